"""The survey form in a real browser, under the real security policy: signatures drawn, pads that come and go."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route

from doudi.records.cases.models import Case
from doudi.records.checks.models import VisitRecord
from doudi.records.staff.models import User
from doudi.store.kept import content
from doudi.store.today import move_to
from tests.journeys.conftest import FLAGS, chromium
from tests.journeys.story import sign
from tests.screens.conftest import SignIn
from tests.screens.test_checks_pages import visit_form
from tests.screens.test_ui_browser import POLICY, SITE, answer

pytestmark = [pytest.mark.journey, pytest.mark.django_db]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


def opened(page: Page, office: Client, path: str) -> Page:
    """A page of the office in the browser, with the pictures it shows; asked for before the browser does."""
    html = office.get(path).content
    pictures = re.findall(r'<img src="(/(?:anjian|pingyi)/[^"]+)"', html.decode())
    shown = {src: office.get(src).content for src in pictures}

    def serve(route: Route) -> None:
        asked = route.request.url.removeprefix(SITE)
        if asked.startswith("/static/"):
            answer(route)
        elif asked in shown:
            route.fulfill(body=shown[asked], content_type="image/jpeg")
        else:
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=html, headers=headers)

    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.unroute_all()
    page.route("**/*", serve)
    page.goto(f"{SITE}{path}")
    assert troubles == []
    return page


def test_signatures_drawn_in_the_browser_are_what_is_kept(
    accepted: Case, staff: dict[str, User], sign_in: SignIn, page: Page
) -> None:
    move_to(dt.date(2026, 9, 16))
    office, path = sign_in("jingban"), reverse("case_visit", args=[accepted.pk])
    form = visit_form(office, accepted, staff["jingban2"])
    form.pop("paper")
    page.set_viewport_size({"width": 1366, "height": 768})
    page = opened(page, office, path)
    assert page.locator("[data-pad]:visible").count() == 2
    page.get_by_label("测试jingban2 (乡镇经办)").check()
    assert page.locator("[data-pad]:visible").count() == 3
    page.get_by_text("全部相符").click()
    agreed = page.locator('[name^="agrees-"][value="1"]')
    assert all(agreed.nth(place).is_checked() for place in range(agreed.count()))
    for pad in page.locator("[data-pad]:visible canvas").all():
        sign(page, pad)
    drawn = page.eval_on_selector_all(
        "[data-pad] input[type=hidden]", "all => all.map(one => [one.name, one.value])"
    )
    signed = {name: value for name, value in drawn if value}
    assert len(signed) == 3
    assert office.post(path, form | signed).status_code == 302
    visit = VisitRecord.objects.get()
    assert visit.member_signature is not None
    assert content(visit.member_signature)[:3] == b"\xff\xd8\xff"


def test_a_signature_can_be_taken_back(accepted: Case, sign_in: SignIn, page: Page) -> None:
    page = opened(page, sign_in("jingban"), reverse("case_visit", args=[accepted.pk]))
    pad = page.locator("[data-pad]").last
    sign(page, pad.locator("canvas"))
    assert pad.locator("input[type=hidden]").input_value().startswith("data:image/png;base64,")
    pad.get_by_text("重签").click()
    assert pad.locator("input[type=hidden]").input_value() == ""
