"""A whole list in a real browser: the bar says how many, one press does them all, one page tells what came of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from doudi.records.decisions.models import Delivery
from doudi.records.people.services import file_relative
from doudi.records.staff.models import User
from doudi.store.today import move_to
from doudi.web.office.cases import lists
from tests.journeys.conftest import FLAGS, chromium
from tests.screens.served import HOST, served
from tests.screens.test_grading_pages import BACKEND
from tests.services import golden_family as golden
from tests.services.waiting import granted

pytestmark = [pytest.mark.journey, pytest.mark.django_db]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Client:
    """Three letters to bring, two a page; the clerk is a relative of one family."""
    settings.ALLOWED_HOSTS = [HOST]
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    staff: dict[str, User] = golden.county()
    cases = [granted(place, staff) for place in (1, 2, 3)]
    file_relative(
        by=staff["jingban2"], user=staff["jingban"], person=cases[2].household.head, relation="兄弟",
        on=dt.date(2026, 10, 12),
    )  # fmt: skip
    move_to(dt.date(2026, 10, 13))
    client = Client()
    client.force_login(staff["jingban"], backend=BACKEND)
    return client


def test_one_tick_and_one_press_do_the_whole_list(clerk: Client, page: Page, tmp_path: Path) -> None:
    page = served(page, clerk)
    page.goto(f"http://{HOST}{reverse('deliver_queue')}")
    page.locator("input[name=row]").first.check()
    bar = page.locator("[data-batchbar]")
    expect(bar).to_contain_text("已选 1 份")
    every = page.get_by_label("选中全部 3 份")
    every.check()
    expect(bar).to_contain_text("已选 3 份")
    expect(page.locator("input[name=row]:checked")).to_have_count(2)
    page.locator("input[name=row]").first.uncheck()  # one less is no longer all
    expect(every).not_to_be_checked()
    every.check()
    page.select_option("select[name=how]", "post")
    page.screenshot(path=tmp_path / "list.png")
    bar.get_by_role("button", name="登记送达").click()
    expect(page.locator("main")).to_contain_text("已登记送达 2 份")
    expect(page.locator("main")).to_contain_text("没有登记送达 1 份")
    page.screenshot(path=tmp_path / "told.png")
    assert Delivery.objects.count() == 2
