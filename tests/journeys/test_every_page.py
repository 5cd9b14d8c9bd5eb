"""Every page there is, opened in a browser: axe finds nothing serious, nothing runs out of the screen sideways.

The office's pages come from its table of addresses, each opened by a role that may; each leaves a picture under
var/pictures/pages for whoever judges the looks.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from doudi.records.cases.models import Case
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from doudi.web.office.access import PAGES
from tests.guards.test_authorisation import BACKEND, ONLY_WITH_DATA, World, address, patterns
from tests.journeys.conftest import keep_inside
from tests.journeys.story import OFFICE, PHONE, Picture, public_site

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SERIOUS = ("serious", "critical")
# The roles asked first: who uses the office most.
FIRST = (Role.CLERK, Role.APPROVER, Role.LEADER, Role.VILLAGE, Role.PAYER)
PUBLIC = ("/", "/zhinan/", "/dianhua/", "/suanyisuan/", "/jindu/", "/gongshi/")


class Reader:
    """One browser that signs in as whoever may open a page, without the login page in between."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.pages: dict[str, Page] = {}
        self.axe = Axe()

    def as_(self, user: User | None, size: dict[str, int]) -> Page:
        key = f"{user and user.pk}-{size['width']}"
        if key not in self.pages:
            context = self.browser.new_context(
                viewport=size,  # type: ignore[arg-type]
                locale="zh-CN",
                reduced_motion="reduce",
            )
            context.route("**/*", keep_inside)
            self._sign_in(context, user)
            self.pages[key] = context.new_page()
        return self.pages[key]

    def _sign_in(self, context: BrowserContext, user: User | None) -> None:
        if user is None:
            return
        client = Client()
        client.force_login(user, backend=BACKEND)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.base}])

    def faults(self, page: Page) -> list[str]:
        """What axe calls serious, with the first element it means; and a page wider than its window."""
        found = self.axe.run(page, options=RULES).response["violations"]
        told = [
            f"{one['id']}: {one['help']} · {one['nodes'][0]['html'][:120]}"
            for one in found
            if one["impact"] in SERIOUS
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return [*told, f"页面比窗口宽 {wide} 像素"] if wide > 0 else told

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


@pytest.fixture
def reader(browser: Browser, live_server: LiveServer) -> Iterator[Reader]:
    found = Reader(browser, live_server.url)
    yield found
    found.close()


def _reader_of(name: str) -> Role:
    roles = PAGES[name].roles
    return next((role for role in FIRST if role in roles), sorted(Role(role) for role in roles)[0])


def _shown(page: Page, url: str) -> Any:
    """The answer to opening a page; a file to download is none."""
    try:
        return page.goto(url)
    except Exception as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(
            error
        ):  # a file, or an answer without a page
            return None
        raise


def test_a_fault_would_be_found(reader: Reader) -> None:
    page = reader.as_(None, PHONE)
    page.set_content(
        '<html lang="zh"><title>甲</title><main><img src="data:,"><p style="width:900px">宽</p></main>'
    )
    assert [fault.split(":")[0] for fault in reader.faults(page)] == ["image-alt", "页面比窗口宽 518 像素"]


def test_no_office_page_has_a_serious_fault(reader: Reader, picture: Picture) -> None:
    world, wrong, opened = World(), [], 0
    for name, route in sorted(patterns().items()):
        if "GET" not in PAGES[name].methods or name in ONLY_WITH_DATA:
            continue
        page = reader.as_(world.staff[str(_reader_of(name))], OFFICE)
        answer = _shown(page, reader.base + address(name, route, world.own, world))
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status < 500, f"{name}: {answer.status}"  # a refusal is a page too
        if not answer.text().lstrip().lower().startswith("<!doctype"):
            continue  # a fragment that its page fetches
        opened += 1
        picture(page, f"pages/{name}", full=True)
        wrong += [f"{name}: {fault}" for fault in reader.faults(page)]
    print(f"办公页面 {opened} 张, 严重问题 {len(wrong)} 处")
    assert not wrong, "\n".join(wrong)
    assert opened > 50


def test_no_public_page_has_a_serious_fault_on_a_phone(reader: Reader, picture: Picture) -> None:
    World()
    case = Case.objects.order_by("pk").first()
    assert case is not None
    move_to(dt.date(2026, 9, 20))
    wrong, page = [], reader.as_(None, PHONE)
    with public_site():
        addresses = [*PUBLIC, f"/gongshi/{case.village_id}/"]
        for url in addresses:
            answer = page.goto(reader.base + url)
            if answer is not None and answer.status == 200:
                picture(page, f"pages/public{url.replace('/', '-')}", full=True)
                wrong += [f"{url}: {fault}" for fault in reader.faults(page)]
    assert not wrong, "\n".join(wrong)
