"""The keys, the batch bar, the drawer and the entry grid in a real browser, under the real security policy.

Nothing is served: pages of the gallery and the static files are answered from here, and everything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from playwright.sync_api import ConsoleMessage, Page, Route, expect

from tests.journeys.conftest import FLAGS, chromium
from tests.screens import ui_gallery as gallery

pytestmark = pytest.mark.journey

SITE = "http://gallery.test"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# Boxes and radios are hit through their labels; links inside text are free.
BOXES = "[type=hidden], [type=checkbox], [type=radio]"
TARGETS = f"button:not(.link-button, .why-open), select, textarea, input:not({BOXES})"

Show = Callable[[str], Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


def draw(name: str) -> str:
    template = engines["django"].from_string(gallery.PAGES[name])
    return str(template.render({**gallery.context(), "csrf_token": "t"}))


def answer(route: Route) -> None:
    """A page of the gallery, a static file, or nothing."""
    path = route.request.url.removeprefix(SITE)
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        if found is None:
            route.fulfill(status=404, body="")
            return
        file = Path(found)
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        return
    name = path.strip("/")
    body = draw(name) if name in gallery.PAGES else f"<title>{name}</title>"
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
    route.fulfill(body=body, headers=headers)


@pytest.fixture
def show(page: Page) -> Show:
    """Open a page of the gallery; a script error or a refused style fails the test at once."""

    def heard(message: ConsoleMessage) -> None:
        assert "Content Security Policy" not in message.text, message.text

    def failed(error: Exception) -> None:
        raise error

    def opened(name: str) -> Page:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.on("console", heard)
        page.on("pageerror", failed)
        page.route("**/*", answer)
        page.goto(f"{SITE}/{name}")
        return page

    return opened


def here(page: Page) -> str:
    return page.locator("#list tr.here th").inner_text()


def test_rows_are_walked_and_ticked_from_the_keyboard(show: Show) -> None:
    page = show("home")
    page.focus("#list")
    assert here(page) == "陈国强"
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert here(page) == "王铁柱"
    page.keyboard.press("Space")
    expect(page.locator("[data-batch-count]")).to_have_text("1")
    expect(page.locator("[data-batch-sum]")).to_have_text("980.00")
    page.keyboard.press("k")
    page.keyboard.press("Space")
    expect(page.locator("[data-batch-count]")).to_have_text("1")  # a flagged row cannot be ticked
    page.keyboard.press("Enter")
    page.wait_for_url(f"{SITE}/case")


def test_a_range_is_ticked_with_shift(show: Show) -> None:
    page = show("home")
    page.focus("#list")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-batch-count]")).to_have_text("5")
    expect(page.locator("[data-batch-sum]")).to_have_text("3,678.00")


def test_letters_do_nothing_outside_a_table_and_while_an_input_method_composes(show: Show) -> None:
    page = show("home")
    page.keyboard.press("j")
    assert page.locator("#list tr.here").count() == 0
    page.focus("#list")
    page.evaluate(
        "document.querySelector('#list').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
    )
    assert here(page) == "陈国强"
    page.fill("#global-search", "")
    page.type("#global-search", "jk/?")
    assert page.input_value("#global-search") == "jk/?"


def test_slash_searches_and_question_mark_lists_the_keys(show: Show) -> None:
    page = show("home")
    page.keyboard.press("/")
    expect(page.locator("#global-search")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_all_rows_of_the_page_are_ticked_and_cleared(show: Show) -> None:
    page = show("home")
    expect(page.locator("[data-batchbar]")).to_be_hidden()
    page.locator("[data-tick-all]").check()
    expect(page.locator("[data-batch-count]")).to_have_text("5")
    page.locator("[data-tick-none]").click()
    expect(page.locator("[data-batchbar]")).to_be_hidden()


def test_an_amount_opens_its_arithmetic_and_closes_again(show: Show) -> None:
    page = show("case")
    page.locator("[data-opens]").click()
    drawer = page.locator("#why-golden")
    expect(drawer).to_contain_text("573.33… → 574.00")
    page.mouse.click(100, 400)
    expect(drawer).to_be_hidden()
    expect(page.locator("[data-opens]")).to_be_focused()


def test_a_block_from_excel_fills_the_grid_and_adds_rows(show: Show) -> None:
    page = show("forms")
    page.evaluate(
        """() => {
          window.changes = 0;
          document.addEventListener("grid:changed", () => { window.changes += 1; });
          const data = new DataTransfer();
          const lines = ["陈小雨\\t种植\\t1,200.50", "刘桂花\\t务工\\t3000", "没有这个人\\t务工\\t1", ""];
          data.setData("text/plain", lines.join("\\r\\n"));
          document.querySelector("[name=income-3-person]")
            .dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    assert page.input_value("[name=income-3-person]") == "3"
    assert page.input_value("[name=income-3-kind]") == "crop"
    assert page.input_value("[name=income-3-amount]") == "1200.50"
    assert page.input_value("[name=income-4-amount]") == "3000"
    assert page.input_value("[name=income-TOTAL_FORMS]") == "6"
    expect(page.locator("[name=income-5-person]")).to_have_class("wrong")
    assert page.evaluate("window.changes") == 1


def test_a_row_is_added_and_takes_the_focus(show: Show) -> None:
    page = show("forms")
    page.locator("[data-grid-add]").click()
    expect(page.locator("[name=income-4-person]")).to_be_focused()
    assert page.input_value("[name=income-TOTAL_FORMS]") == "5"


def test_the_error_summary_takes_the_focus_and_the_title(show: Show) -> None:
    page = show("forms")
    expect(page.locator("[data-focus]")).to_be_focused()
    assert page.title().startswith("请修改")


def test_charts_are_drawn_as_svg_under_the_policy(show: Show) -> None:
    page = show("charts")
    expect(page.locator(".chart-canvas svg")).to_have_count(len(gallery.sample_charts()))


@pytest.mark.parametrize("name", gallery.PAGES)
@pytest.mark.parametrize("width", [1366, 1024, 390])
def test_no_page_is_wider_than_its_screen(show: Show, name: str, width: int) -> None:
    page = show(name)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", gallery.PAGES)
def test_targets_are_large_enough_to_hit(show: Show, name: str) -> None:
    """WCAG 2.5.8: 24 px for buttons and fields."""
    page = show(name)
    small = page.eval_on_selector_all(
        TARGETS,
        "nodes => nodes.filter(n => n.offsetParent && n.offsetHeight < 24).map(n => n.outerHTML)",
    )
    assert small == []
