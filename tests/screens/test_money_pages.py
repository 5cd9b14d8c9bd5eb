"""What a family was paid, as its office, its payers and itself read it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Opening
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.public_site import as_public_site
from tests.screens.public_site import granted as grant_it
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import payroll_months as months

if TYPE_CHECKING:
    from django.test import Client

    from doudi.records.cases.models import Case
    from doudi.records.staff.models import User

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 12, 28)
ALL = "/jindu/wode/faqian/"


@pytest.fixture
def paid(staff: dict[str, User]) -> Award:
    """November failed and was paid again in December with December's own."""
    office = factories.office(ON)
    award = factories.receiving(1)[0]
    months.month_paid(office, 202611, results={1: "失败"})
    months.month_paid(office, 202612)
    months.paid_out(months.correction(office, 202612), office)
    move_to(ON)
    return award


def read(browser: Client, name: str, award: Award) -> str:
    return text_of(browser.get(reverse(name, args=[award.household_id])).content.decode())


@pytest.mark.parametrize(("login", "name"), [("jingban", "household_money"), ("caiwu", "payroll_household")])
def test_the_office_reads_every_month_with_its_decision(
    paid: Award, sign_in: SignIn, login: str, name: str
) -> None:
    words = read(sign_in(login), name, paid)
    for said in (
        "2026 年 12 月",
        "2026 年 11 月",
        "已到账合计 1,638.00 元",
        "失败",
        "银行说: 账户已销户",
        "重发",
    ):
        assert said in words, said
    assert paid.opening.decision.no in words
    assert Look.objects.filter(subject=f"household:{paid.household_id}", actor=login, action="view").exists()


def test_the_auditor_reads_no_whole_name_and_prints_nothing(paid: Award, sign_in: SignIn) -> None:
    browser = sign_in("shenji")
    words = read(browser, "household_money", paid)
    assert paid.payee.name not in words
    assert "打印发放经过" not in words
    assert browser.get(reverse("household_money_sheet", args=[paid.household_id])).status_code == 403


def test_the_page_of_the_family_shows_its_latest_months(paid: Award, sign_in: SignIn) -> None:
    body = sign_in("jingban").get(reverse("household", args=[paid.household_id])).content.decode()
    assert reverse("household_money", args=[paid.household_id]) in body
    assert "2026 年 12 月" in text_of(body)


def test_nothing_paid_yet_says_where_it_will_stand(staff: dict[str, User], sign_in: SignIn) -> None:
    factories.office(ON)
    award = factories.receiving(1)[0]
    assert "还没有发放" in read(sign_in("jingban"), "household_money", award)


@pytest.mark.parametrize(
    ("login", "name"), [("jingban", "household_money_sheet"), ("fuhe", "payroll_household_sheet")]
)
def test_the_sheet_is_printed_and_leaves_a_trace(paid: Award, sign_in: SignIn, login: str, name: str) -> None:
    pdf = sign_in(login).get(reverse(name, args=[paid.household_id]))
    assert (pdf["Content-Type"], pdf["Cache-Control"], pdf.content[:5]) == (
        "application/pdf",
        "no-store",
        b"%PDF-",
    )
    assert Look.objects.filter(subject=f"household:{paid.household_id}", action="download").exists()


def test_another_townships_family_is_not_there(paid: Award, sign_in: SignIn, staff: dict[str, User]) -> None:
    village = factories.elsewhere()
    heads = factories.persons(1)
    home = factories.households(heads, village.pk)[0]
    assert sign_in("jingban").get(reverse("household_money", args=[home.pk])).status_code == 404
    assert sign_in("caiwu").get(reverse("payroll_household", args=[home.pk])).status_code == 200


def test_the_family_reads_its_money_and_nobody_elses(
    client: Client, accepted: Case, staff: dict[str, User], settings: Any
) -> None:
    grant_it(accepted, staff)
    other = factories.receiving(1, 12_300)[0]
    office = factories.office(dt.date(2026, 11, 5))
    months.month_paid(office, 202611)
    as_public_site(settings)
    assert client.get(ALL).status_code == 302
    client.post("/jindu/", {"no": accepted.no, "code": accepted.query_code})
    page = client.get(ALL)
    words = text_of(page.content.decode())
    for said in ("发钱记录", "2026 年 11 月", "819.00 元", "2026-11-25 到账", "尾号 0001", "2026-10-12 批准"):
        assert said in words, said
    assert "123.00" not in words
    assert other.payee.name not in words
    assert "no-store" in page["Cache-Control"]
    assert Look.objects.filter(actor="群众", subject=f"case:{accepted.pk}").exists()


def test_a_family_without_money_yet_is_told_so(client: Client, accepted: Case, settings: Any) -> None:
    as_public_site(settings)
    client.post("/jindu/", {"no": accepted.no, "code": accepted.query_code})
    assert "还没有发过钱" in client.get(ALL).content.decode()


@pytest.mark.parametrize("is_raise", [True, False])
def test_what_a_raise_made_of_the_award_is_told_and_a_new_application_is_not(
    client: Client, accepted: Case, staff: dict[str, User], settings: Any, is_raise: bool
) -> None:
    grant_it(accepted, staff)
    award = Award.objects.get()
    office = factories.office(dt.date(2026, 11, 5))
    months.month_paid(office, 202611)
    decided = factories.stop(award, dt.date(2026, 12, 1)).decision
    if is_raise:
        raised = Award.objects.create(
            no="A-raised", scheme=award.scheme, household=award.household, payee=award.payee, persons=3,
            village_id=award.village_id, amount_fen=91_900, from_on=dt.date(2026, 12, 1),
        )  # fmt: skip
        Opening.objects.create(decision=decided, award=raised)
    else:
        factories.grant(award.household, 91_900, from_on=dt.date(2026, 12, 1))
    months.month_paid(office, 202612)
    as_public_site(settings)
    client.post("/jindu/", {"no": accepted.no, "code": accepted.query_code})
    words = client.get(ALL).content.decode()
    assert ("919.00" in words) == is_raise
    assert "819.00" in words
