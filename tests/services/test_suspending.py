"""What is paid stands still by three hands, is reviewed in time, and goes on with or without the months between."""

import datetime as dt

import pytest

from doudi.records.awards.models import Award, Standing
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision, Resumption, Suspension
from doudi.records.payments import services as payments
from doudi.records.payments.settling.dues import due_in
from doudi.records.people.models import Household
from doudi.records.reviews import services as reviews
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.refusals import DetailMissing, SamePersonAgain
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import move_to
from tests.services import changed_family as changed
from tests.services import golden_family as golden
from tests.services.changed_family import TODAY

pytestmark = pytest.mark.django_db
WHY = "两次入户都锁门, 邻居说全家外出, 情况要查清"


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def home(staff: dict[str, User]) -> Household:
    return changed.receiving(staff)


def decided(event: ChangeEvent, staff: dict[str, User], on: dt.date = TODAY) -> list[Decision]:
    return reviews.decide(event=event, by=staff["shenpi"], on=on)


def stilled(staff: dict[str, User], on: dt.date = TODAY) -> Decision:
    (decision,) = decided(changed.verified(staff, "suspend", None, on, text=WHY), staff, on)
    return decision


def on_day(month: int, day: int = 5) -> dt.date:
    on = dt.date(2026 + month // 13, (month - 1) % 12 + 1, day)
    move_to(on)
    return on


def gone_on(staff: dict[str, User], on: dt.date, pays_back: str) -> Decision:
    event = changed.verified(staff, "resume", None, on, text="已找到, 情况属实", pays_back=pays_back)
    (decision,) = decided(event, staff, on)
    return decision


def test_it_stands_still_from_the_next_month_and_is_kept(home: Household, staff: dict[str, User]) -> None:
    decision = stilled(staff)
    assert (decision.kind, decision.amount_fen, decision.reason) == (
        "suspend",
        81_900,
        WHY,
    )
    assert Suspension.objects.get().from_on == dt.date(2026, 12, 1)
    assert (len(due_in("dibao_rural", 202611)), len(due_in("dibao_rural", 202612))) == (1, 0)
    assert Award.objects.get().holdings.filter(released_on=None).exists()
    # reviewed within ninety days of the decision, though the grant had planned it later
    assert Standing.objects.get().review_on == dt.date(2027, 2, 3) == decision.next_review_on


def test_three_different_hands(home: Household, staff: dict[str, User]) -> None:
    event = changed.reported(staff, "suspend", text=WHY)
    with pytest.raises(Refusal):
        reviews.verify(event=event, by=staff["cun"], note="", on=TODAY)
    event = reviews.verify(event=event, by=staff["jingban"], note="看过", on=TODAY)
    with pytest.raises(Refusal):
        reviews.decide(event=event, by=staff["jingban"], on=TODAY)
    assert not Suspension.objects.exists()
    ChangeEvent.objects.filter(pk=event.pk)
    assert len(decided(event, staff)) == 1


def test_what_stands_still_is_not_suspended_again(home: Household, staff: dict[str, User]) -> None:
    stilled(staff)
    with pytest.raises(decisions.NothingPaid, match="已经暂停"):
        changed.reported(staff, "suspend", text=WHY)
    with pytest.raises(decisions.AlreadySuspended):
        decisions.suspend(
            household=home, awards=list(Award.objects.all()), by=staff["shenpi"], text=WHY, on=TODAY
        )


def test_nothing_to_resume_and_not_before_it_began(home: Household, staff: dict[str, User]) -> None:
    with pytest.raises(decisions.NothingPaid, match="不用恢复"):
        changed.reported(staff, "resume", text="查清", pays_back="yes")
    with pytest.raises(decisions.NotSuspended):
        decisions.resume(
            household=home,
            awards=list(Award.objects.all()),
            by=staff["shenpi"],
            text="",
            on=TODAY,
            pays_back=True,
        )
    stilled(staff)
    with pytest.raises(DetailMissing, match="是否补发"):
        changed.reported(staff, "resume", text="查清")
    event = changed.verified(staff, "resume", text="查清", pays_back="yes")
    with pytest.raises(decisions.SuspensionNotBegun, match="2026-12-01"):
        decided(event, staff)


@pytest.mark.parametrize(("pays_back", "paid"), [("yes", [202612, 202701]), ("no", [])])
def test_it_goes_on_with_or_without_the_months_between(
    home: Household, staff: dict[str, User], pays_back: str, paid: list[int]
) -> None:
    planned = Decision.objects.get(kind="grant").next_review_on
    first = payments.build(scheme="dibao_rural", month=202611, by=staff["caiwu"])
    payments.lock(first, staff["caiwu"])
    stilled(staff)
    on = on_day(13, 6)
    decision = gone_on(staff, on, pays_back)
    assert (decision.kind, decision.next_review_on) == ("resume", planned)
    assert Resumption.objects.get().from_on == dt.date(2027, 2, 1)
    on_day(14, 3)
    february = payments.build(scheme="dibao_rural", month=202702, by=staff["caiwu"])
    payments.lock(february, staff["caiwu"])
    on_day(15, 3)
    if not paid:
        with pytest.raises(Refusal, match="没有要补发"):
            payments.build_backpay(scheme="dibao_rural", month=202703, by=staff["caiwu"])
        return
    run = payments.build_backpay(scheme="dibao_rural", month=202703, by=staff["caiwu"])
    assert list(run.lines.order_by("month").values_list("month", "amount_fen")) == [(m, 81_900) for m in paid]


def test_another_head_does_not_set_the_money_going(home: Household, staff: dict[str, User]) -> None:
    stilled(staff)
    on = on_day(12)
    event = changed.verified(staff, "head", changed.member("钱乙"), on, former="spouse")
    decided(event, staff, on)
    assert due_in("dibao_rural", 202701) == {}
    on = on_day(13)
    gone_on(staff, on, "yes")
    assert Resumption.objects.count() == 2
    assert [due.amount_fen for month in (202612, 202701, 202702) for due in due_in("dibao_rural", month).values()] == [
        81_900, 81_900, 81_900,
    ]  # fmt: skip


def test_the_same_person_does_not_decide_what_they_reported(home: Household, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "suspend", text=WHY)
    ChangeEvent.objects.filter(pk=event.pk).update(verified_by=staff["shenpi"])
    with pytest.raises(SamePersonAgain):
        decided(event, staff)
