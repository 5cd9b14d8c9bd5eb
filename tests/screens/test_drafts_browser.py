"""Half-typed pages in a real browser: kept by itself, offered again, gone after submitting; and a block from Excel."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from doudi.records.cases.models import Case
from doudi.store.models import Draft
from tests.journeys.conftest import FLAGS, chromium
from tests.screens.conftest import SignIn
from tests.screens.served import served
from tests.screens.test_ui_browser import SITE

pytestmark = [pytest.mark.journey, pytest.mark.django_db]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def office(page: Page, sign_in: SignIn, settings: Any) -> Page:
    settings.ALLOWED_HOSTS = ["*"]
    return served(page, sign_in("jingban"))


def entry(case: Case) -> str:
    return SITE + reverse("case_entry", args=[case.pk])


def paste(page: Page, selector: str, text: str) -> None:
    page.evaluate(
        """([selector, text]) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.querySelector(selector).dispatchEvent(event);
        }""",
        [selector, text],
    )


def first_kind(page: Page) -> str:
    """The first kind of income the grid offers, as it is written there."""
    return page.locator('[name="shouru-0-income_kind"] option').nth(1).inner_text()


def test_a_draft_keeps_itself_and_is_offered_again(office: Page, accepted: Case) -> None:
    office.clock.install()
    office.goto(entry(accepted))
    office.fill("#note", "补交了合同")
    assert not Draft.objects.exists()
    with office.expect_response("**/caogao/"):
        office.clock.fast_forward(5_000)
    expect(office.locator("[data-draft-said]")).to_contain_text("草稿已存")
    office.goto(entry(accepted))
    assert office.input_value("#note") == ""
    expect(office.locator(".draft-bar")).to_contain_text("的草稿")
    office.get_by_role("button", name="恢复").click()
    assert office.input_value("#note") == "补交了合同"


def test_rows_that_were_added_come_back(office: Page, accepted: Case) -> None:
    office.goto(entry(accepted))
    table = office.locator('table[data-prefix="shouru"]')
    before = table.locator("tbody tr").count()
    kind = first_kind(office)
    lines = "\n".join(f"赵甲\t{kind}\t{place},200.00" for place in range(1, before + 4))
    paste(office, f'[name="shouru-{before - 1}-who"]', lines)
    after = table.locator("tbody tr").count()
    assert after > before
    with office.expect_response("**/caogao/"):
        office.keyboard.press("Alt+s")
    office.goto(entry(accepted))
    office.get_by_role("button", name="恢复").click()
    assert table.locator("tbody tr").count() == after
    assert office.input_value(f'[name="shouru-{after - 1}-gross"]') != ""


def test_a_draft_is_thrown_away_when_asked(office: Page, accepted: Case) -> None:
    office.goto(entry(accepted))
    office.fill("#note", "写错了")
    with office.expect_response("**/caogao/"):
        office.keyboard.press("Alt+s")
    office.goto(entry(accepted))
    with office.expect_response("**/diuqi/"):
        office.get_by_role("button", name="丢弃").click()
    assert not Draft.objects.exists()


def test_a_submitted_form_leaves_no_draft(office: Page, accepted: Case) -> None:
    office.goto(entry(accepted))
    office.fill("#note", "补交了合同")
    with office.expect_response("**/caogao/"):
        office.keyboard.press("Alt+s")
    assert Draft.objects.count() == 1
    office.focus("#note")
    with office.expect_navigation():
        office.keyboard.press("Control+Enter")
    assert not Draft.objects.exists()


def test_what_excel_spoils_is_said_beside_the_cell(office: Page, accepted: Case) -> None:
    office.goto(entry(accepted))
    paste(
        office, '[name="shouru-0-who"]', f"赵甲\t不知什么\t１，２００元\n赵甲\t{first_kind(office)}\t一千二"
    )
    assert office.input_value('[name="shouru-0-gross"]') == "1200"
    warned = office.locator("[data-grid-warn]")
    expect(warned).to_have_count(2)
    expect(warned.first).to_contain_text("没有“不知什么”这一项")
    expect(office.locator(".grid-foot .hint[role=status]")).to_have_text("已粘贴 2 行, 有 2 格要核对")


def test_a_number_that_lost_its_digits_is_noticed(office: Page, accepted: Case) -> None:
    office.goto(entry(accepted))
    kind = first_kind(office)
    paste(office, '[name="shouru-0-who"]', f"赵甲\t{kind}\t1200\t0\t4.10482E+17")
    expect(office.locator("[data-grid-warn]")).to_contain_text("Excel 只留 15 位")
