"""Money to be got back, on pages: found, ordered by two, paid in, given up; every refusal in words."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.models import Recovery
from doudi.records.reviews import services as reviews
from doudi.records.reviews.models import ChangeEvent
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import golden_family as golden
from tests.services.payroll_months import month_paid

pytestmark = pytest.mark.django_db
READERS = {"caiwu", "fuhe", "pizhun", "juzhang", "shenji"}
PASSWORD = "a-password-of-the-tests"
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def stopped(staff: dict[str, User]) -> Award:
    """Paid for October and November, then stopped as from October."""
    staff["pizhun"].set_password(PASSWORD)
    staff["pizhun"].save()
    (award,) = factories.receiving()
    for month in (202610, 202611):
        month_paid(factories.Office(staff["caiwu"], staff["fuhe"], staff["pizhun"]), month)
    factories.stop(award, dt.date(2026, 10, 1))
    move_to(DAY)
    return award


@pytest.fixture
def proposed(stopped: Award, staff: dict[str, User]) -> Recovery:
    return services.order_recovery(
        household=stopped.household, scheme=stopped.scheme, cause="stopped", reason="停发前已发两个月",
        basis="测试依据", by=staff["fuhe"], plan=[(dt.date(2026, 12, 20), 163_800)],
    )  # fmt: skip


@pytest.fixture
def ordered(proposed: Recovery, staff: dict[str, User]) -> Recovery:
    return services.confirm_recovery(proposed, staff["pizhun"])


def words(browser: Client, name: str, *args: Any, **query: str) -> str:
    return text_of(browser.get(reverse(name, args=args), query).content.decode())


def post(browser: Client, name: str, *args: Any, **fields: Any) -> Any:
    url = reverse(name, args=args)
    key = browser.get(url).context["form"]["key"].value()
    return browser.post(url, {"key": str(key), **fields}, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_what_is_to_be_got_back(role: str, sign_in: SignIn) -> None:
    browser, wanted = sign_in(role), 200 if role in READERS else 403
    for name in ("recoveries", "recovery_candidates", "recoveries_xlsx"):
        assert browser.get(reverse(name)).status_code == wanted


def test_with_nothing_overpaid_the_pages_say_so(sign_in: SignIn) -> None:
    browser = sign_in("fuhe")
    assert "没有多发的钱" in words(browser, "recovery_candidates")
    assert "没有追缴中的" in words(browser, "recoveries")


def test_one_press_orders_every_month(stopped: Award, sign_in: SignIn) -> None:
    browser = sign_in("fuhe")
    listed = words(browser, "recovery_candidates")
    assert "2026年10月至2026年11月, 共 2 个月" in listed
    assert "1,638.00" in listed
    args = (stopped.household_id, stopped.scheme)
    given = {
        "cause": "stopped",
        "reason": "停发前已发",
        "basis": "测试依据",
        "count": "2",
        "first_on": "2026-12-20",
    }
    answer = post(browser, "recovery_new", *args, **given)
    assert "已提出追缴, 请发放审批批准" in text_of(answer.content.decode())
    made = Recovery.objects.get()
    assert [(one.number, one.fen) for one in made.instalments.order_by("number")] == [
        (1, 81_900),
        (2, 81_900),
    ]
    assert browser.get(reverse("recovery_new", args=args)).status_code == 404
    assert "等发放审批批准" in words(sign_in("caiwu"), "recovery", made.pk)


def test_a_form_that_says_too_little_comes_back_with_words(stopped: Award, sign_in: SignIn) -> None:
    browser, args = sign_in("fuhe"), (stopped.household_id, stopped.scheme)
    given = {"cause": "stopped", "reason": "", "basis": "x", "count": "0", "first_on": "2026-11-01"}
    told = text_of(post(browser, "recovery_new", *args, **given).content.decode())
    assert "请填写" in told
    assert "第一期不能早于今天" in told
    assert not Recovery.objects.exists()


def test_confirmed_paid_in_and_settled(proposed: Recovery, sign_in: SignIn) -> None:
    approver, payer = sign_in("pizhun"), sign_in("caiwu")
    assert "口令不对" in text_of(
        post(approver, "recovery_confirm", proposed.pk, password="x").content.decode()
    )
    assert approver.get(reverse("recovery_letter", args=[proposed.pk])).status_code == 404
    post(approver, "recovery_confirm", proposed.pk, password=PASSWORD)
    letter = approver.get(reverse("recovery_letter", args=[proposed.pk]))
    assert letter.content[:5] == b"%PDF-"
    given = {"document_no": "SJ-1", "on": "2026-11-20", "how": "cash"}
    told = post(payer, "recovery_receive", proposed.pk, fen="1,638.01", **given)
    assert "多于还差的 1,638.00 元" in text_of(told.content.decode())
    told = post(payer, "recovery_receive", proposed.pk, fen="1,638.00", **given)
    assert "已缴清" in text_of(told.content.decode())
    assert "1,638.00" in words(payer, "recoveries", state="ended")


def test_written_off_by_two(ordered: Recovery, sign_in: SignIn) -> None:
    reviewer, approver = sign_in("fuhe"), sign_in("pizhun")
    post(reviewer, "recovery_write_off", ordered.pk, reason="没有遗产")
    assert "等核销批准" in words(approver, "recovery", ordered.pk)
    post(approver, "recovery_write_off_decline", ordered.pk, reason="再追一追")
    assert "退回: 再追一追" in words(approver, "recovery", ordered.pk)
    post(reviewer, "recovery_write_off", ordered.pk, reason="确实没有")
    told = post(approver, "recovery_write_off_approve", ordered.pk, password=PASSWORD)
    assert "已核销" in text_of(told.content.decode())


def test_overdue_comes_first_and_a_new_plan_ends_it(ordered: Recovery, sign_in: SignIn) -> None:
    move_to(dt.date(2027, 1, 4))
    browser = sign_in("fuhe")
    assert "逾期" in words(browser, "recoveries")
    post(browser, "recovery_plan", ordered.pk, count="3", first_on="2027-02-01")
    assert ordered.instalments.filter(plan=2).count() == 3
    assert "逾期" not in text_of(browser.get(reverse("recovery", args=[ordered.pk])).content.decode())


def test_an_order_without_ground_any_more_says_so_and_is_cancelled(
    ordered: Recovery, stopped: Award, sign_in: SignIn
) -> None:
    factories.grant(stopped.household, from_on=dt.date(2026, 10, 1))
    browser = sign_in("pizhun")
    assert "应当撤销" in words(browser, "recovery", ordered.pk)
    told = post(browser, "recovery_cancel", ordered.pk, reason="死亡信息有误")
    assert "追缴已撤销" in text_of(told.content.decode())


def test_the_family_page_and_the_public_check_know_of_it(
    ordered: Recovery, stopped: Award, sign_in: SignIn, settings: Any
) -> None:
    from doudi.records.payments.recovery.papers import recovery_paper, token_of

    assert ordered.no in words(sign_in("jingban"), "household", stopped.household_id)
    token = token_of(ordered)
    found = recovery_paper(token)
    assert found is not None
    assert found.kind.endswith("追缴通知书")
    assert recovery_paper(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


def test_opening_and_downloading_leave_a_trace_and_the_auditor_sees_masked_names(
    ordered: Recovery, sign_in: SignIn
) -> None:
    browser = sign_in("shenji")
    told = words(browser, "recovery", ordered.pk)
    assert ordered.household.head.name not in told
    assert browser.get(reverse("recoveries_xlsx")).content[:2] == b"PK"
    assert ordered.no in browser.get(reverse("recoveries_xlsx"), {"as": "csv"}).content.decode("utf-8-sig")
    seen = set(Look.objects.filter(actor="shenji").values_list("subject", flat=True))
    assert {f"recovery:{ordered.pk}", "recoveries:all"} <= seen


def test_what_the_bank_could_not_pay_leads_to_the_card_and_then_to_the_correction(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    awards = factories.receiving(2)
    month_paid(factories.Office(staff["caiwu"], staff["fuhe"], staff["pizhun"]), 202610, {1: "失败"})
    told = words(sign_in("jingban"), "unpaid_lines")
    assert "失败: 账户已销户" in told
    assert "换卡" in told
    page = sign_in("jingban").get(reverse("unpaid_lines")).content.decode()
    assert f"{reverse('change_report', args=[awards[0].household_id])}?kind=account" in page
    _change_card(awards[0], staff)
    assert "换卡已报, 等另一名经办人核实" in words(sign_in("jingban"), "unpaid_lines")
    event = ChangeEvent.objects.get()
    reviews.verify(event=event, by=staff["jingban2"], note="看过新卡", on=dt.date(2026, 10, 8))
    assert "已换卡, 生成更正发放" in words(sign_in("caiwu"), "unpaid_lines")
    assert "已换卡, 等重发" in words(sign_in("fuhe"), "unpaid_lines")


def _change_card(award: Award, staff: dict[str, User]) -> None:
    reviews.report(
        by=staff["jingban"], household=award.household, kind="account", happened_on=dt.date(2026, 10, 6),
        details={"bank": factories.BANK, "number": "6217000000000000123"}, photos=[golden.photo()],
        person=award.payee, on=dt.date(2026, 10, 6),
    )  # fmt: skip


def test_the_township_sees_its_own_and_nothing_left_is_said(staff: dict[str, User], sign_in: SignIn) -> None:
    elsewhere = factories.elsewhere()
    heads = factories.persons(1)
    factories.cards(heads)
    factories.grants(factories.households(heads, elsewhere.code), [10_000])
    month_paid(factories.Office(staff["caiwu"], staff["fuhe"], staff["pizhun"]), 202610, {1: "失败"})
    assert "都发成了" in words(sign_in("jingban"), "unpaid_lines")
    assert "账户已销户" in words(sign_in("shenji"), "unpaid_lines")


def test_the_month_beside_the_books_on_a_page(stopped: Award, sign_in: SignIn) -> None:
    told = words(sign_in("caiwu"), "reconciliation")
    assert "多发 819.00 元, 还没有列入追缴" in told
    told = words(sign_in("shenji"), "reconciliation", month="202610")
    assert "2026年10月" in told
    assert stopped.household.head.name not in told
    answer = sign_in("juzhang").get(reverse("reconciliation_xlsx"), {"month": "202610"})
    assert answer.content[:2] == b"PK"
    answer = sign_in("juzhang").get(reverse("reconciliation_xlsx"), {"month": "202610", "as": "csv"})
    assert "2026年10月在册与发放核对: 不符" in answer.content.decode("utf-8-sig")


def test_a_month_in_which_all_agrees_says_so(staff: dict[str, User], sign_in: SignIn) -> None:
    assert "还没有发放" in words(sign_in("caiwu"), "reconciliation")
    factories.receiving(2)
    month_paid(factories.Office(staff["caiwu"], staff["fuhe"], staff["pizhun"]), 202610)
    assert "2026年10月全部相符" in words(sign_in("caiwu"), "reconciliation")
