"""The money itself on pages: whose it is, entered by one and checked by another, the year, the closed months."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.ledger.models import Budget, FundReceipt, MonthClose, WorkVoucher
from doudi.records.payments import services
from doudi.records.payments.funds import forecasting
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services.payroll_months import built, replaced

pytestmark = pytest.mark.django_db
READERS = {"caiwu", "fuhe", "pizhun", "juzhang", "shenji"}
PAGES = ("funds", "fund_receipts", "fund_budgets", "fund_work", "fund_months")
PASSWORD = "a-password-of-the-tests"
DAY = dt.date(2026, 11, 20)
GRANT = {"kind": "grant", "level": "national", "scheme": "", "document_no": "豫财社7号", "on": "2026-11-03",
         "fen": "5,000.00"}  # fmt: skip


@pytest.fixture
def office(staff: dict[str, User]) -> factories.Office:
    staff["fuhe"].set_password(PASSWORD)
    staff["fuhe"].save()
    move_to(DAY)
    return factories.Office(staff["caiwu"], staff["fuhe"], staff["pizhun"])


def words(browser: Client, name: str, *args: Any) -> str:
    return text_of(browser.get(reverse(name, args=args)).content.decode())


def post(browser: Client, name: str, *args: Any, **fields: Any) -> Any:
    url = reverse(name, args=args)
    key = browser.get(url).context["form"]["key"].value()
    return browser.post(url, {"key": str(key), **fields}, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_the_funds(role: str, sign_in: SignIn) -> None:
    browser, wanted = sign_in(role), 200 if role in READERS else 403
    for name in PAGES:
        assert browser.get(reverse(name)).status_code == wanted


def test_empty_pages_say_what_to_do(office: factories.Office, sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    told = {name: words(browser, name) for name in PAGES}
    assert "还没有资金记录" in told["funds"]
    assert "还没有结过账" in told["fund_months"]
    assert "2026 年还没有登记预算" in told["fund_budgets"]
    assert "余额 0.00 元" in told["fund_work"]


def test_a_grant_is_entered_by_one_and_checked_by_another(office: factories.Office, sign_in: SignIn) -> None:
    payer = sign_in("caiwu")
    assert "请发放复核核对" in text_of(post(payer, "fund_new", **GRANT).content.decode())
    made = FundReceipt.objects.get()
    assert (made.fen, made.state) == (500_000, "waiting")
    assert "等发放复核核对" in words(payer, "fund_receipts")
    reviewer = sign_in("fuhe")
    assert "豫财社7号" in words(reviewer, "fund_check", made.pk)
    post(reviewer, "fund_check", made.pk)
    made.refresh_from_db()
    assert made.state == "booked"
    assert "5,000.00" in words(reviewer, "funds")
    again = text_of(post(reviewer, "fund_decline", made.pk, reason="错").content.decode())
    assert "不能再办" in again


def test_what_is_not_filled_in_is_said_at_its_field(office: factories.Office, sign_in: SignIn) -> None:
    payer = sign_in("caiwu")
    told = text_of(post(payer, "fund_new", **{**GRANT, "document_no": "", "fen": "12.345"}).content.decode())
    assert "请填写" in told
    future = text_of(post(payer, "fund_new", **{**GRANT, "on": "2026-12-01"}).content.decode())
    assert "还没有到" in future
    assert not FundReceipt.objects.exists()


def test_the_offices_own_money_has_its_own_page(office: factories.Office, sign_in: SignIn) -> None:
    payer, given = sign_in("caiwu"), {"document_no": "支1", "on": "2026-11-03", "purpose": "印制表格"}
    post(payer, "fund_work_new", kind="out", fen="10", **given)
    reviewer, made = sign_in("fuhe"), WorkVoucher.objects.get()
    refused = text_of(post(reviewer, "fund_work_check", made.pk).content.decode())
    assert "不得用救助资金垫付" in refused
    post(reviewer, "fund_work_decline", made.pk, reason="没有经费")
    assert "没有经费" in words(reviewer, "fund_work")


def test_the_year_is_forecast_from_what_is_decided(office: factories.Office, sign_in: SignIn) -> None:
    """Two awards in force; one is raised from December: November and December are still to be paid."""
    raised, _ = factories.receiving(2, fen=10_000)
    services.lock(built(office, 202610), office.caiwu)
    move_to(DAY)
    replaced(raised, 16_000, dt.date(2026, 12, 1), DAY)
    payer = sign_in("caiwu")
    wrong = post(payer, "fund_budget_new", scheme="dibao_rural", year="2026", fen="0", document_no="预1")
    assert wrong.context["form"].errors == {"fen": ["预算要大于零"]}
    post(payer, "fund_budget_new", scheme="dibao_rural", year="2026", fen="600", document_no="预1")
    assert Budget.objects.get().fen == 60_000
    (row,) = forecasting.forecast(DAY)
    assert (row.spent_fen, row.monthly_fen, row.months, row.need_fen) == (20_000, 20_000, 2, 46_000)
    assert (row.year_fen, row.left_fen) == (66_000, -6_000)
    told = words(payer, "funds")
    assert all(yuan(fen) in told for fen in (46_000, 66_000, 6_000))
    assert "县级要补" in told, "nothing was granted, so the county pays the locked month"


def test_a_month_is_closed_on_its_page(office: factories.Office, sign_in: SignIn) -> None:
    factories.receiving(1, fen=10_000)
    services.lock(built(office, 202610), office.caiwu)
    move_to(DAY)
    payer = sign_in("caiwu")
    assert "请发放复核确认" in text_of(post(payer, "fund_month_prepare", month="202610").content.decode())
    close, reviewer = MonthClose.objects.get(), sign_in("fuhe")
    assert "应付救助款" in words(reviewer, "fund_month", close.pk)
    assert "口令不对" in text_of(
        post(reviewer, "fund_month_confirm", close.pk, password="no").content.decode()
    )
    told = text_of(post(reviewer, "fund_month_confirm", close.pk, password=PASSWORD).content.decode())
    assert "月结已确认" in told
    assert payer.get(reverse("fund_month_prepare")).context["form"].fields["month"].choices == []
