"""A decision that did not hold is decided again in a case of its own, by somebody else, and nothing is edited."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.cases.services import NotYourDuty, OutsideYourArea
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Appeal, Closing, Decision, Delivery
from doudi.records.decisions.services import stop
from doudi.records.postings import services as postings
from doudi.records.staff.models import User
from tests.services import factories
from tests.services import golden_family as golden
from tests.services.waiting import day, granted, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def appealed(decision: Decision, staff: dict[str, User], kind: str = "reconsideration") -> Appeal:
    return decisions.appeal(
        decision=decision, by=staff["jingban"], kind=kind, ground="算错了", on=day("10-20")
    )


def answered(appeal: Appeal, staff: dict[str, User], outcome: str) -> Case | None:
    return decisions.answer(
        appeal=appeal, by=staff["shenpi2"], outcome=outcome, document_no="汝政复决〔2026〕3号",
        decided_on=day("11-10"), text="事实不清", on=day("11-10"),
    )  # fmt: skip


def walked_again(case: Case, staff: dict[str, User]) -> Case:
    """Visited, assessed, advised, posted and signed once more; at the county on 2026-11-23."""
    checks.visit(
        case=case, by=staff["jingban"], others=[staff["jingban2"]], on=day("11-12"), draft=golden.seen()
    )
    checks.assess(case=case, by=staff["jingban"], on=day("11-12"))
    checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="重新核实", on=day("11-13"))
    postings.publish(case=Case.objects.get(pk=case.pk), by=staff["jingban"], on=day("11-13"))
    postings.send_up(case=Case.objects.get(pk=case.pk), by=staff["jingban"], on=day("11-23"))
    return decisions.sign(case=Case.objects.get(pk=case.pk), by=staff["fuze"], on=day("11-23"))


@pytest.mark.parametrize(
    ("kind", "due"),
    [("complaint", "2026-12-19"), ("reconsideration", "2026-12-19"), ("lawsuit", "2027-04-20")],
)
def test_each_way_has_its_own_clock(kind: str, due: str, staff: dict[str, User]) -> None:
    decision = granted(1, staff).decisions.get()
    assert appealed(decision, staff, kind).due_on == dt.date.fromisoformat(due)


def test_upheld_is_the_end_of_it_and_its_result_is_written_once(staff: dict[str, User]) -> None:
    appeal = appealed(granted(1, staff).decisions.get(), staff)
    with pytest.raises(decisions.AppealOpen):
        appealed(appeal.decision, staff)
    assert answered(appeal, staff, "upheld") is None
    with pytest.raises(decisions.AppealAnswered):
        answered(appeal, staff, "revoked")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(outcome="revoked")
    assert not Case.objects.filter(kind="correct").exists()


def test_a_revoked_refusal_ends_in_an_award_given_by_somebody_else(staff: dict[str, User]) -> None:
    case = signed(1, staff)
    first = decisions.refuse(case=case, by=staff["shenpi"], reason_code="R01", text="", on=day("10-12"))
    again = answered(appealed(first, staff), staff, "revoked")
    assert again is not None
    again = walked_again(again, staff)
    with pytest.raises(decisions.DecidedBefore):
        decisions.confirm(case=again, by=staff["shenpi"], on=day("11-24"))
    second = decisions.confirm(case=again, by=staff["shenpi2"], on=day("11-24"))
    assert (second.kind, Award.objects.get().from_on) == ("grant", day("12-01"))
    assert Decision.objects.get(pk=first.pk).kind == "refuse"


def test_a_grant_decided_again_ends_the_old_award_on_the_day_the_new_one_begins(
    staff: dict[str, User],
) -> None:
    first = granted(1, staff).decisions.get()
    old = Award.objects.get()
    again = answered(appealed(first, staff), staff, "altered")
    assert again is not None
    second = decisions.confirm(case=walked_again(again, staff), by=staff["shenpi2"], on=day("11-24"))
    new = Award.objects.get(opening__decision=second)
    assert (Closing.objects.get(award=old).ends_on, new.from_on) == (day("12-01"), day("12-01"))
    held = Holding.objects.filter(released_on=None).values_list("award_id", flat=True)
    assert set(held) == {new.pk}


def test_a_grant_that_does_not_hold_is_refused_and_its_award_ends(staff: dict[str, User]) -> None:
    first = granted(1, staff).decisions.get()
    again = answered(appealed(first, staff), staff, "revoked")
    assert again is not None
    walked_again(again, staff)
    second = decisions.refuse(
        case=Case.objects.get(pk=again.pk), by=staff["shenpi2"], reason_code="R02", text="", on=day("11-24")
    )
    assert Closing.objects.get().decision_id == second.pk
    assert not Holding.objects.filter(released_on=None).exists()


def test_letters_are_delivered_by_those_whose_families_they_are(staff: dict[str, User]) -> None:
    decision = granted(1, staff).decisions.get()
    elsewhere = factories.staff("jingban9", area=golden.TOWNSHIP)
    User.objects.filter(pk=elsewhere.pk).update(area=None)
    told = {"decision": decision, "received_by": "户主", "on": day("10-13")}
    with pytest.raises(OutsideYourArea):
        decisions.deliver(by=User.objects.get(pk=elsewhere.pk), **told)
    for login in ("fuze", "caiwu"):
        with pytest.raises(NotYourDuty):
            decisions.deliver(by=staff[login], **told)
    with pytest.raises(decisions.DeliveredTooEarly):
        decisions.deliver(by=staff["jingban"], decision=decision, received_by="户主", on=day("10-11"))
    with pytest.raises(decisions.PictureRefused):
        decisions.deliver(by=staff["jingban"], slip=b"not a picture", **told)
    first = decisions.deliver(by=staff["jingban"], how="left", slip=golden.photo(), **told)
    assert decisions.deliver(by=staff["shenpi"], **told) == first
    assert Delivery.objects.get().how == "left"


def test_a_stop_without_a_case_is_delivered_within_the_area_only(staff: dict[str, User]) -> None:
    granted(1, staff)
    decision = stop(
        award=Award.objects.get(), by=staff["shenpi"], reason_code="S01", text="", on=day("11-20")
    )
    assert decision.case is None
    told = {"decision": decision, "received_by": "户主", "on": day("11-21")}
    with pytest.raises(NotYourDuty):
        decisions.deliver(by=staff["fuze"], **told)
    decisions.deliver(by=staff["jingban"], **told)
