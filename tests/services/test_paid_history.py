"""A family's money told by the month: every state in words, what was paid again, held, stood still or came back."""

import datetime as dt

import pytest

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision
from doudi.records.desk import paid
from doudi.records.desk.paid import Month, awards_of_household, months_of
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayLine
from doudi.records.people import services as people
from tests.services import factories
from tests.services import payroll_months as months
from tests.services.waiting import law

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 12, 28)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(dt.date(2026, 12, 5))


def told(award: Award, on: dt.date = ON) -> dict[int, Month]:
    return {one.month: one for one in months_of(awards_of_household(award.household), on)}


def test_every_state_cause_and_kind_has_words() -> None:
    assert set(paid.MONEY_WORDS) == set(PayLine.State)
    assert set(paid.HELD_FOR) == set(Interception.Cause)
    opening = set(Decision.Kind) - {"refuse", "stop", "unchanged", "suspend", "resume"}
    assert set(paid.DECIDED) == opening


def test_a_month_says_what_came_when_to_which_card_and_why(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    months.month_paid(office, 202611)
    one = told(award)[202611]
    credit = one.credits[0]
    assert (one.tone, one.shown_fen, one.arrived_fen, one.due_fen) == ("paid", 81_900, 81_900, 81_900)
    assert (credit.paid_on, credit.bank) == (dt.date(2026, 11, 25), factories.BANK)
    assert credit.last4 == PayLine.objects.get().account_last4
    assert one.why[0].decision == award.opening.decision
    assert one.why[0].words == "原来的名册上就有"


def test_what_has_not_come_says_until_when_or_that_it_is_late(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    months.month_paid(office, 202611)
    assert told(award, dt.date(2026, 12, 8))[202612].words == "最迟 2026-12-10 交银行"
    late = told(award, dt.date(2026, 12, 11))[202612]
    assert (late.tone, late.credits) == ("trouble", ())
    assert "过了 2026-12-10 还没有交银行" in late.words
    assert late.shown_fen == 81_900


def test_a_draft_is_nobodys_money(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    months.built(office, 202612)
    assert told(award)[202612].credits == ()


def test_months_before_there_was_a_payroll_are_not_told(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    assert told(award) == {}
    months.built(office, 202612)
    assert list(told(award)) == [202612]


def test_a_failed_payment_paid_again_is_one_story(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    months.month_paid(office, 202611, results={1: "失败"})
    failed = told(award)[202611]
    assert (failed.tone, failed.credits[0].detail) == ("trouble", "银行说: 账户已销户")
    run = months.correction(office, 202612)
    months.paid_out(run, office)
    again = told(award)[202611]
    assert [(one.replaced, one.arrived, one.kind) for one in again.credits] == [
        (True, False, ""),
        (False, True, "重发"),
    ]
    assert again.credits[0].words == "没打进卡里, 后来重发了"
    assert (again.tone, again.shown_fen, again.arrived_fen) == ("paid", 81_900, 81_900)


def test_a_raise_decided_late_is_back_pay_beside_what_came_before(office: factories.Office) -> None:
    award = factories.receiving(1, 80_000)[0]
    months.month_paid(office, 202611)
    months.replaced(award, 90_000, dt.date(2026, 11, 1), dt.date(2026, 12, 3))
    assert told(award)[202611].notes == ("后来定的多 100.00 元, 另行补发, 不用申请",)
    months.month_paid(office, 202612)
    months.paid_out(months.backpay(office, 202612), office)
    november = told(award)[202611]
    assert [(one.amount_fen, one.kind) for one in november.credits] == [(80_000, ""), (10_000, "补发")]
    assert november.shown_fen == november.due_fen == 90_000
    assert november.notes == ()


def test_a_quarter_comes_as_one_sum(office: factories.Office) -> None:
    law("pay.cycle.tekun_rural", "quarter", "代码")
    award = factories.receiving(1, 76_000, scheme="tekun_rural")[0]
    months.month_paid(office, 202612, scheme="tekun_rural")
    credit = told(award)[202611].credits[0]
    assert credit.together == "和 2026 年 10 月、2026 年 12 月的合成一笔, 共 2,280.00 元"


def test_a_suspended_month_says_so_and_is_not_missed(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    months.month_paid(office, 202610)
    months.suspended(award, dt.date(2026, 11, 1))
    still = told(award, dt.date(2026, 11, 28))[202611]
    assert (still.tone, still.words, still.shown_fen) == ("still", "暂停发放", 0)
    assert still.notes == ("2026-11-01 起暂停发放",)


def test_a_line_held_back_says_why_in_plain_words(office: factories.Office) -> None:
    first, second = factories.receiving(2)
    people.report_death(
        by=office.caiwu, person=first.payee, died_on=dt.date(2026, 11, 3), on=dt.date(2026, 11, 4)
    )
    run = months.built(office, 202611)
    months.settle_held(run, office, "dropped")
    services.lock(run, office.caiwu)
    held = told(first)[202611]
    assert (held.tone, held.credits[0].detail) == ("trouble", "登记上有人去世了, 要先核实")
    assert told(second)[202611].tone == "waiting"


def test_what_must_be_given_back_stands_beside_the_month(office: factories.Office) -> None:
    award = factories.receiving(1)[0]
    for month in (202610, 202611):
        months.month_paid(office, month)
    factories.stop(award, dt.date(2026, 11, 1))
    found = services.order_recovery(
        household=award.household, scheme=award.scheme, by=office.fuhe, cause="stopped", reason="已停",
        basis="649号令 第六十八条",
    )  # fmt: skip
    assert told(award)[202611].notes == ()
    services.confirm_recovery(found, office.pizhun)
    assert told(award)[202611].notes == ("这个月多发了 819.00 元, 要交回, 还没有交清",)
    assert told(award)[202610].notes == ()


def test_any_number_of_months_asks_the_same_questions(
    office: factories.Office, django_assert_max_num_queries: object
) -> None:
    award = factories.receiving(1)[0]
    for month in (202609, 202610, 202611):
        months.month_paid(office, month)
    told(award)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(told(award)) == 4
