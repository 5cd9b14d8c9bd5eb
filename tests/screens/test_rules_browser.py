"""The picture of a rulebook in a real browser, under the real security policy, with and without script."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from doudi.law.library import BOOKS
from doudi.records.staff.models import User
from tests.journeys.conftest import FLAGS, chromium
from tests.screens.conftest import SignIn
from tests.screens.test_ui_browser import POLICY, SITE, answer

pytestmark = [pytest.mark.journey, pytest.mark.django_db]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def drawn(staff: dict[str, User], sign_in: SignIn) -> str:
    """The page as the office sends it."""
    return str(sign_in("jingban").get(reverse("rulebook")).content.decode())


def opened(page: Page, html: str) -> Page:
    """The page in the browser, its static files beside it and nothing else."""

    def serve(route: Route) -> None:
        if "/static/" in route.request.url:
            answer(route)
            return
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=html, headers=headers)

    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.route("**/*", serve)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{SITE}/rules")
    assert troubles == []
    return page


def names(page: Page, state: str) -> set[str]:
    found = page.eval_on_selector_all(f".box.{state}", "boxes => boxes.map(box => box.dataset.name)")
    return set(found)


def test_a_click_shows_what_a_value_needs_and_what_uses_it(drawn: str, page: Page) -> None:
    page = opened(page, drawn)
    edition = BOOKS["dibao"].edition(date(2026, 9, 14))
    page.click('a[data-name="household_income"]')
    behind = {item.name for item in edition.closure(("household_income",))} - {"household_income"}
    assert names(page, "is-need") == behind
    assert names(page, "is-here") == {"household_income"}
    assert {"income_below", "monthly_total"} <= names(page, "is-user")
    told = page.locator("[data-told]")
    expect(told).to_contain_text("家庭年收入")
    expect(told).to_contain_text("第十三条")
    expect(told).to_contain_text("不低于 0")
    page.keyboard.press("Escape")
    assert names(page, "is-here") == set()
    expect(told).to_contain_text("点一个值")


def test_the_same_value_again_goes_back_and_the_keyboard_does_it_too(drawn: str, page: Page) -> None:
    page = opened(page, drawn)
    page.click('a[data-name="members"]')
    page.click('a[data-name="members"]')
    assert names(page, "is-here") == set()
    page.focus('a[data-name="members"]')
    page.keyboard.press("Enter")
    assert names(page, "is-here") == {"members"}
    page.click("[data-told] a")
    assert page.url.endswith("#v-members")


def test_the_picture_fits_the_office_screen(drawn: str, page: Page) -> None:
    page = opened(page, drawn)
    wide = page.eval_on_selector(".rules-scroll", "box => [box.scrollWidth, box.clientWidth]")
    assert wide[0] <= wide[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_without_script_a_value_leads_to_its_row(drawn: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context.new_page(), drawn)
    page.click('a[data-name="members"]')
    assert page.url.endswith("#v-members")
    expect(page.locator("#v-members")).to_be_in_viewport()
    context.close()
