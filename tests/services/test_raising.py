"""A raise over the whole roll: everybody weighed once, signed by two, written once, and the past paid to the 分."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from doudi.records.awards.models import Award, Holding, Standing
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import assess_all
from doudi.records.decisions.models import Closing, Decision, RaiseLine, StandardRaise
from doudi.records.decisions.reassessing import GONE
from doudi.records.decisions.services import raise_writing, raising
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.payments import queries as payment_queries
from doudi.records.payments.settling.dues import due_in
from doudi.records.people.models import Fact, Household, Membership, Relative
from doudi.records.policies import services as policies
from doudi.records.policies.models import PolicyProposal
from doudi.records.policies.services.proposals import NewValue
from doudi.records.staff.models import User
from doudi.store.today import today
from tests.services import factories
from tests.services import payroll_months as months

RURAL = "dibao.standard.rural"
NOVEMBER, SEPTEMBER = dt.date(2026, 11, 1), dt.date(2026, 9, 1)
DAY = dt.date(2026, 11, 5)
NEW = "6240"  # 元 a year; 520 元 a month where it was 490, and a fifth more for the old
STEP = 3_600
pytestmark = pytest.mark.django_db


def receiving(count: int, members: int = 0) -> list[Award]:
    """Families without means, each paid what the standard of the day before the raise gives."""
    heads = factories.persons(count)
    factories.cards(heads)
    homes = factories.households(heads)
    with_members = [(home, factories.persons(members)) for home in homes]
    Membership.objects.bulk_create(
        Membership(household=home, person=person, relation="child", from_on=factories.OPENED)
        for home, people in with_members
        for person in people
    )
    due = assessed(homes)
    return [factories.grant(home, due[home.pk], members=people) for home, people in with_members]


def assessed(homes: Sequence[Household], on: dt.date = dt.date(2026, 10, 31)) -> dict[int, int]:
    found = assess_all(Household.objects.filter(pk__in=[home.pk for home in homes]), on, ("monthly_total",))
    rows = found["household"]
    return dict(zip(rows["household_id"].to_pylist(), rows["monthly_total"].to_pylist(), strict=True))


def fact(home: Household, **told: Any) -> None:
    given = {"household": home, "source": "declared", "from_on": factories.OPENED, "code": ""}
    Fact.objects.create(**given | told, recorded_by="test", recorded_on=factories.OPENED)


@pytest.fixture
def people() -> dict[str, User]:
    factories.office(DAY)
    return {login: factories.staff(login) for login in ("shenpi", "juzhang", "caiwu", "fuhe", "pizhun")}


def standard(people: dict[str, User], since: dt.date = NOVEMBER, value: str = NEW) -> PolicyProposal:
    proposal = policies.propose(
        by=people["shenpi"], area_code=settings.COUNTY, values=[NewValue(RURAL, value)], since=since,
        document="汝民〔2026〕99号", reason="年度提标", on=today(),
    )  # fmt: skip
    return policies.sign(proposal=proposal, by=people["juzhang"], on=today())


def opened(people: dict[str, User], from_on: dt.date = NOVEMBER, **more: Any) -> StandardRaise:
    given = {"proposal": more.pop("proposal", None) or standard(people), "book": "dibao", "from_on": from_on}
    return raising.open_raise(**given, by=people["shenpi"], on=today(), **more)


def signed(made: StandardRaise, people: dict[str, User]) -> StandardRaise:
    return raising.sign(raising=made, by=people["juzhang"], on=today())


def test_every_household_of_the_roll_is_listed_with_its_effect(people: dict[str, User]) -> None:
    up, rich, down, grown, unlike = receiving(5)
    fact(rich.household, kind="income", code="crops", person=rich.payee, amount_fen=9_000_000)
    factories.stop(down, DAY)
    down = factories.grant(down.household, 99_900)
    (child,) = factories.persons(1)
    Membership.objects.create(
        household=grown.household, person=child, relation="child", from_on=factories.OPENED
    )
    factories.stop(unlike, DAY)
    unlike = factories.grant(unlike.household, 30_000)
    made = opened(people)
    told = {line.household_id: line for line in made.lines.all()}
    assert made.state == "draft"
    assert {pk: line.effect for pk, line in told.items()} == {
        up.household_id: "up", rich.household_id: "lost", down.household_id: "down", grown.household_id: "changed",
        unlike.household_id: "up",
    }  # fmt: skip
    line = told[up.household_id]
    assert (line.was_fen, line.before_fen, line.left_out) == (up.amount_fen, up.amount_fen, "")
    assert line.now_fen - line.was_fen == STEP
    assert "按原标准重算" in told[unlike.household_id].left_out
    assert list(raising.to_raise(made)) == [line]


def test_an_open_review_keeps_its_household_out(people: dict[str, User]) -> None:
    award, other = receiving(2)
    cases.open_case(
        by=people["shenpi"],
        household=award.household,
        scheme_id=award.scheme,
        on=today(),
        kind=Case.Kind.REVIEW,
    )
    made = opened(people)
    assert [line.household_id for line in raising.to_raise(made)] == [other.household_id]


def test_a_signed_raise_replaces_awards_with_their_persons_and_parts(people: dict[str, User]) -> None:
    old = receiving(3, members=2)
    made = signed(opened(people), people)
    assert (made.state, made.households, made.added_fen) == ("done", 3, 3 * 3 * STEP)
    for award in old:
        closing = Closing.objects.select_related("decision").get(award=award)
        assert (closing.ends_on, closing.decision.kind, closing.decision.case) == (NOVEMBER, "raise", None)
        assert "保障标准提高" in closing.decision.reason
        assert closing.decision.basis == "汝民〔2026〕99号"
        assert [one.amount_fen for one in closing.decision.reasons.all()] == [3 * STEP]
        new = Award.objects.get(opening__decision=closing.decision)
        assert (new.from_on, new.payee_id, new.persons) == (NOVEMBER, award.payee_id, 3)
        assert (
            new.amount_fen == award.amount_fen + 3 * STEP == sum(part.amount_fen for part in new.parts.all())
        )
        assert assessed([award.household], DAY)[award.household_id] == new.amount_fen
        kept = {row.person_id for row in award.holdings.all()}
        assert {row.person_id for row in Holding.objects.filter(award=new, released_on=None)} == kept
        assert Standing.objects.get(household=award.household).amount_fen == new.amount_fen


def test_what_stands_still_is_raised_and_still_stands(people: dict[str, User]) -> None:
    still = receiving(1)[0]
    months.suspended(still, dt.date(2026, 10, 1))
    signed(opened(people), people)
    new = Award.objects.get(household=still.household, closing=None)
    assert new.amount_fen == still.amount_fen + STEP
    assert (new.suspensions.get().from_on, due_in("dibao_rural", 202611)) == (NOVEMBER, {})


def test_a_raise_of_past_months_is_paid_by_back_pay_to_the_fen(people: dict[str, User]) -> None:
    office = factories.office(dt.date(2026, 9, 5))
    awards = receiving(3)
    late = receiving(1)[0]
    factories.stop(late, SEPTEMBER)
    late = factories.grant(late.household, late.amount_fen, from_on=dt.date(2026, 10, 1))
    for month in (202609, 202610):
        months.month_paid(office, month)
    factories.move_to(DAY)
    signed(opened(people, SEPTEMBER), people)
    run = months.backpay(office, 202611)
    by_home = {line.household_id: 0 for line in run.lines.all()}
    for line in run.lines.all():
        by_home[line.household_id] += line.amount_fen
    assert by_home == {award.household_id: 2 * STEP for award in awards} | {late.household_id: STEP}
    assert payment_queries.difference(run).unexplained == 0
    months.paid_out(run, office)
    months.month_paid(office, 202611)
    full = awards[0].amount_fen + STEP
    assert months.paid_to(awards[0]) == [(202609, full), (202610, full), (202611, full)]
    assert months.paid_to(late) == [(202610, full), (202611, full)]


def test_a_second_raise_of_the_same_standard_finds_nothing(people: dict[str, User]) -> None:
    receiving(2)
    proposal = standard(people)
    signed(opened(people, proposal=proposal), people)
    again = opened(people, proposal=proposal)
    assert set(again.lines.values_list("effect", flat=True)) == {"same"}
    with pytest.raises(raising.NothingRaised):
        signed(again, people)
    assert raising.withdraw(raising=again, by=people["shenpi"]).state == "withdrawn"


def test_who_may_and_when(people: dict[str, User]) -> None:
    award = receiving(1)[0]
    pending = policies.propose(
        by=people["shenpi"], area_code=settings.COUNTY, values=[NewValue(RURAL, NEW)], since=NOVEMBER,
        document="汝民〔2026〕99号", reason="年度提标", on=today(),
    )  # fmt: skip
    with pytest.raises(raising.NotARaise, match="还没有签发"):
        opened(people, proposal=pending)
    proposal = policies.sign(proposal=pending, by=people["juzhang"], on=today())
    with pytest.raises(raising.NotARaise, match="不能晚于"):
        opened(people, dt.date(2026, 12, 1), proposal=proposal)
    with pytest.raises(raising.NotARaise, match="不影响"):
        raising.open_raise(
            proposal=proposal, book="gangxing", from_on=NOVEMBER, by=people["shenpi"], on=today()
        )
    with pytest.raises(raising.NotYourRaise):
        raising.open_raise(proposal=proposal, book="dibao", from_on=NOVEMBER, by=people["caiwu"], on=today())
    made = opened(people, proposal=proposal)
    assert opened(people, proposal=proposal) == made
    with pytest.raises(raising.RaiseOpen):
        opened(people, SEPTEMBER, proposal=proposal)
    with pytest.raises(raising.NotYourRaise):
        raising.sign(raising=made, by=people["shenpi"], on=today())
    User.objects.filter(pk=people["shenpi"].pk).update(role="juzhang")
    with pytest.raises(raising.SignedByTheSame):
        raising.sign(raising=made, by=User.objects.get(pk=people["shenpi"].pk), on=today())
    assert not Closing.objects.filter(award=award).exists()


def test_far_ahead_is_too_early(people: dict[str, User]) -> None:
    receiving(1)
    ahead = standard(people, dt.date(2027, 1, 1))
    with pytest.raises(raising.RaiseTooEarly):
        opened(people, dt.date(2027, 1, 1), proposal=ahead)


def test_left_out_with_a_reason_and_taken_in_again(people: dict[str, User]) -> None:
    receiving(2)
    made = opened(people)
    line = made.lines.order_by("pk").first()
    with pytest.raises(raising.ReasonMissing):
        raising.leave_out(line=line, reason=" ", by=people["shenpi"])
    raising.leave_out(line=line, reason="正在核实外出务工", by=people["shenpi"])
    assert raising.to_raise(made).count() == 1
    raising.take_in(line=line, reason="已核实", by=people["shenpi"])
    raising.leave_out(line=line, reason="收入未核清", by=people["shenpi"])
    done = signed(made, people)
    assert (done.households, Decision.objects.filter(kind="raise").count()) == (1, 1)
    with pytest.raises(raising.RaiseNotThere):
        raising.take_in(line=line, reason="晚了", by=people["shenpi"])


def test_nobody_raises_their_own_family(people: dict[str, User]) -> None:
    award = receiving(2)[0]
    made = opened(people)
    filed = {"relation": "父母", "filed_on": today(), "filed_by": "test"}
    Relative.objects.create(user=people["juzhang"], person=award.payee, **filed)
    with pytest.raises(raising.OwnRelative, match=award.household.no):
        signed(made, people)
    raising.leave_out(
        line=made.lines.get(household=award.household), reason="近亲属另办", by=people["shenpi"]
    )
    assert signed(made, people).households == 1


def test_what_changed_before_the_writing_is_left_out(people: dict[str, User]) -> None:
    gone, kept = receiving(2)
    made = opened(people)
    factories.stop(gone, dt.date(2026, 12, 1))
    done = signed(made, people)
    line = made.lines.get(household=gone.household)
    assert (done.state, line.decision, line.left_out) == ("done", None, GONE)
    assert (
        Award.objects.filter(household=kept.household, closing=None).get().amount_fen
        == kept.amount_fen + STEP
    )


class Killed(BaseException):
    """Stands for the process being killed: nothing catches it."""


def test_killed_in_the_middle_it_goes_on_and_writes_nobody_twice(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving(7)
    monkeypatch.setattr(raise_writing, "CHUNK", 3)
    made = opened(people)
    killed_at(monkeypatch, 2)
    with pytest.raises(Killed):
        signed(made, people)
    made.refresh_from_db()
    assert made.state == "signed"
    assert (Decision.objects.filter(kind="raise").count(), Closing.objects.count()) == (3, 3)
    monkeypatch.undo()
    Job.objects.filter(state="running").update(heartbeat_at=None)
    jobs.sweep(now=raising_now())
    jobs.run_queued()
    made.refresh_from_db()
    assert (made.state, made.households) == ("done", 7)
    assert (Decision.objects.filter(kind="raise").count(), Closing.objects.count()) == (7, 7)
    assert signed(made, people) == made
    assert Award.objects.filter(closing=None).count() == 7 == made.lines.exclude(decision=None).count()


def killed_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    real: Callable[..., None] = jobs.progress
    calls: list[int] = []

    def dying(job: Job, **told: Any) -> None:
        calls.append(1)
        if len(calls) == call:
            raise Killed
        real(job, **told)

    monkeypatch.setattr(jobs, "progress", dying)


def raising_now() -> dt.datetime:
    return dt.datetime(2026, 11, 6, tzinfo=dt.UTC)


def test_the_building_too_goes_on_where_it_was_killed(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving(5)
    proposal = standard(people)
    monkeypatch.setattr(raising, "chunks", lambda rows: (rows[:2], rows[2:]))
    killed_at(monkeypatch, 2)
    with pytest.raises(Killed):
        opened(people, proposal=proposal)
    assert (StandardRaise.objects.get().state, RaiseLine.objects.count()) == ("building", 2)
    monkeypatch.undo()
    Job.objects.update(state="queued")
    jobs.run_queued()
    assert (opened(people, proposal=proposal).state, RaiseLine.objects.count()) == ("draft", 5)


def test_the_database_refuses_what_the_services_refuse(people: dict[str, User]) -> None:
    award = receiving(2)[0]
    made = opened(people)
    line = made.lines.get(household=award.household)
    refused(lambda: StandardRaise.objects.filter(pk=made.pk).update(state="done"))
    refused(lambda: StandardRaise.objects.filter(pk=made.pk).update(from_on=SEPTEMBER))
    refused(lambda: StandardRaise.objects.filter(pk=made.pk).update(
        state="signed", signed_by=people["shenpi"], signed_on=DAY))  # fmt: skip
    refused(lambda: RaiseLine.objects.filter(pk=line.pk).update(now_fen=99_999))
    refused(lambda: RaiseLine.objects.filter(pk=line.pk).update(decision=Decision.objects.first()))
    refused(lambda: RaiseLine.objects.create(
        raising=made, household=award.household, scheme="dibao_rural", village_id=award.village_id, effect="up",
        was_fen=1, before_fen=1, now_fen=2,
    ))  # fmt: skip
    refused(line.delete)
    signed(made, people)
    refused(lambda: StandardRaise.objects.filter(pk=made.pk).update(added_fen=1))
    refused(lambda: RaiseLine.objects.filter(pk=line.pk).update(decision=None))
    refused(lambda: RaiseLine.objects.filter(pk=line.pk).update(left_out="改"))


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
