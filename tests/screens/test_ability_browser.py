"""The ability page in a real browser: the class is counted while the items are tapped, and a thumb can hit them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.journeys.conftest import FLAGS, chromium
from tests.screens.test_grading_pages import BACKEND
from tests.screens.test_rules_browser import opened
from tests.services import golden_family as golden
from tests.services import test_grading_road as road

pytestmark = [pytest.mark.journey, pytest.mark.django_db]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def asked() -> str:
    """The page of a destitute man as the office sends it."""
    move_to(dt.date(2026, 9, 17))
    staff: dict[str, User] = golden.county()
    case = road.surveyed(staff, road.HEAD)
    road.assessed(case, staff)
    client = Client()
    client.force_login(staff["jingban"], backend=BACKEND)
    return str(client.get(reverse("case_ability", args=[case.pk])).content.decode())


def test_the_class_follows_the_taps(asked: str, page: Page) -> None:
    page = opened(page, asked)
    live = page.locator("[data-live]")
    expect(live).to_be_hidden()
    rows = page.locator(".reach")
    for place in range(6):
        rows.nth(place).get_by_text("达到", exact=True).first.click()
    expect(live).to_contain_text("全自理")
    for place, words in ((0, "半护理"), (1, "半护理"), (2, "半护理"), (3, "全护理")):
        rows.nth(place).get_by_text("不能达到").click()
        expect(live).to_contain_text(words)
    heights = page.eval_on_selector_all(".reach label", "labels => labels.map(one => one.offsetHeight)")
    assert len(heights) == 12
    assert min(heights) >= 60
