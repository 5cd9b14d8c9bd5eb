"""People of a story, each in a browser of their own, and the office's day that passes between them."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.test import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.journeys.conftest import keep_inside

PASSWORD = "a-long-test-password"
PHONE = {"width": 390, "height": 844}
OFFICE = {"width": 1366, "height": 768}
Picture = Callable[..., Path]


def the_day(text: str) -> dt.date:
    """Move the office to a day of 2026 and return it."""
    day = dt.date.fromisoformat(f"2026-{text}")
    move_to(day)
    return day


class People:
    """Who is at work: `as_("jingban")` gives that person's page, signed in through the real login page."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.pages: dict[str, Page] = {}
        self.troubles: list[str] = []

    def as_(self, login: str, size: dict[str, int] | None = None) -> Page:
        """The page of one person; the first call signs them in."""
        if login not in self.pages:
            self.pages[login] = self._signed_in(login, size or OFFICE)
        return self.pages[login]

    def citizen(self) -> Page:
        """A citizen's phone: nobody signs in."""
        if "citizen" not in self.pages:
            self.pages["citizen"] = self._page(PHONE)
        return self.pages["citizen"]

    def _page(self, size: dict[str, int]) -> Page:
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", accept_downloads=True,
        )  # fmt: skip
        context.route("**/*", keep_inside)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        return context.new_page()

    def _heard(self, said: ConsoleMessage) -> None:
        # htmx writes an error when it drops an answer that a later keystroke made stale; that is what it should do.
        if said.type == "error" and not said.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
            self.troubles.append(said.text)

    def _signed_in(self, login: str, size: dict[str, int]) -> Page:
        user = User.objects.get(username=login)
        user.set_password(PASSWORD)
        user.save()
        page = self._page(size)
        page.goto(f"{self.base}/accounts/login/")
        page.get_by_label("用户名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.locator("main, .content").first).to_be_visible()
        return page

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


@contextmanager
def public_site() -> Iterator[None]:
    """The same test server answers as the public site while this holds."""
    with override_settings(ROOT_URLCONF="doudi.web.public.urls", SITE="public"):
        yield


def fill_rows(page: Page, prefix: str, rows: list[dict[str, Any]]) -> None:
    """Fill an entry grid: text by typing, choices by label, ticks by truth; rows are added as needed."""
    for place, row in enumerate(rows):
        for name, value in row.items():
            cell = page.locator(f"[name='{prefix}-{place}-{name}']")
            if not cell.count():
                page.locator(f".grid-wrap:has([data-prefix='{prefix}']) [data-grid-add]").click()
            tag = cell.evaluate("cell => cell.tagName + ':' + cell.type")
            if tag.startswith("SELECT"):
                cell.select_option(value)
            elif tag.endswith("checkbox"):
                cell.set_checked(bool(value))
            else:
                cell.fill(str(value))


def sign(page: Page, pad: Any) -> None:
    """A stroke with the mouse, as a finger draws it."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 30 + step * 14, box["y"] + 40 + (step % 3) * 12)
    page.mouse.up()
