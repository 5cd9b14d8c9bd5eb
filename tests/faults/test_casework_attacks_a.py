"""A correction is no short cut: it walks the road of what it corrects, and leaves nothing behind of what it ends."""

import datetime as dt

import pytest

from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.change_queries import held_now
from doudi.records.decisions.models import Appeal, Closing, Decision, Recognition
from doudi.records.decisions.services import moving
from doudi.records.intake import services as intake
from doudi.records.intake.queries import unsigned
from doudi.records.postings.models import Posting
from doudi.records.reviews import services as reviews
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.procedure import walking
from tests.services import changed_family as cf
from tests.services import golden_family as golden
from tests.services.waiting import day, granted, law, signed

pytestmark = pytest.mark.django_db
Staff = dict[str, User]


@pytest.fixture
def staff() -> Staff:
    return golden.county()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def revoked(decision: Decision, staff: Staff, on: dt.date) -> Case:
    """Appealed by the family and revoked by another office the same day: the case that decides again."""
    appeal = decisions.appeal(
        decision=decision, by=staff["jingban"], kind="reconsideration", ground="不服", on=on
    )
    again = decisions.answer(
        appeal=appeal, by=staff["shenpi2"], outcome="revoked", document_no="汝政复决〔2026〕3号",
        decided_on=on, text="事实不清", on=on,
    )  # fmt: skip
    assert again is not None
    return again


def walked_to_county(case: Case, staff: Staff, on: dt.date) -> tuple[Case, dt.date]:
    """Survey, opinion, board and signature, each as its road asks."""
    while case.station != "confirm":
        on = walking.STEPS[case.station](case, staff, on)
        case = fresh(case)
    return case, on


def unchanged(staff: Staff) -> Decision:
    """The family in receipt reviewed and nothing changed: decided by the leader of the township."""
    case = reviews.open_reviews(by=staff["jingban"], awards=[Award.objects.get().pk], on=cf.TODAY).cases[0]
    cf.visited(case, staff)
    reviews.report_unchanged(case=fresh(case), by=staff["jingban"], on=cf.TODAY)
    decisions.sign(case=fresh(case), by=staff["fuze"], on=cf.TODAY)
    return Decision.objects.get(case=case)


def test_a_refused_application_decided_again_hangs_on_the_board_before_it_is_granted(staff: Staff) -> None:
    case = signed(1, staff)
    first = decisions.refuse(case=case, by=staff["shenpi"], reason_code="R01", text="", on=day("10-12"))
    again = revoked(first, staff, day("10-20"))
    assert (again.station, again.road) == ("survey", "full")
    again, on = walked_to_county(again, staff, day("10-20"))
    decisions.confirm(case=again, by=staff["shenpi2"], on=on)
    assert Posting.objects.filter(case=again).count() == Award.objects.count() == 1


def test_the_intake_board_of_the_first_application_is_not_asked_for_again(staff: Staff) -> None:
    stations = "accept, post_intake, survey, review, post, sign, confirm, notify, roll"
    law("road.full", f"[{stations}]", "代码表", "完整程序")
    case = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=walking.RECEIVED)
    case, on = walked_to_county(case, staff, walking.RECEIVED)
    first = decisions.refuse(case=case, by=staff["shenpi"], reason_code="R01", text="", on=on)
    again, on = walked_to_county(revoked(first, staff, on), staff, on)
    assert decisions.confirm(case=again, by=staff["shenpi2"], on=on).kind == "grant"


@pytest.mark.parametrize("ends", ["confirm", "refuse"])
def test_what_is_held_now_ends_though_it_was_closed_and_opened_again_meanwhile(
    ends: str, staff: Staff
) -> None:
    home = cf.receiving(staff)
    first = Decision.objects.get()
    moving.pay_to(
        household=home, awards=held_now(home, "dibao_rural").awards, by=staff["shenpi"],
        payee=cf.member("钱乙"), on=cf.TODAY,
    )  # fmt: skip
    again, on = walked_to_county(revoked(first, staff, cf.TODAY), staff, cf.TODAY)
    if ends == "refuse":
        decisions.refuse(case=again, by=staff["shenpi2"], reason_code="R01", text="", on=on)
    else:
        decisions.confirm(case=again, by=staff["shenpi2"], on=on)
    left = Award.objects.filter(closing=None)
    assert [award.opening.decision.case_id for award in left] == ([again.pk] if ends == "confirm" else [])
    assert not Holding.objects.filter(released_on=None).exclude(award__in=left).exists()


def test_the_recognition_of_a_decision_that_does_not_hold_ends_with_it(staff: Staff) -> None:
    case = granted(1, staff)
    first = case.decisions.get()
    given = Recognition.objects.create(
        no="R", decision=first, scheme="bianyuan", household=case.household, village_id=case.village_id,
        persons=1, from_on=first.decided_on, until_on=day("12-31"),
    )  # fmt: skip
    again, on = walked_to_county(revoked(first, staff, day("10-20")), staff, day("10-20"))
    decisions.refuse(case=again, by=staff["shenpi2"], reason_code="R01", text="", on=on)
    given.refresh_from_db()
    assert given.ended_on == on


def test_a_refusal_refused_again_leaves_what_a_later_application_gave(staff: Staff) -> None:
    first = decisions.refuse(
        case=signed(1, staff), by=staff["shenpi"], reason_code="R01", text="", on=day("10-12")
    )
    again, on = walked_to_county(revoked(first, staff, day("10-20")), staff, day("10-20"))
    decisions.confirm(case=again, by=staff["shenpi2"], on=on)
    once_more, on = walked_to_county(later(first, staff, on), staff, on)
    decisions.refuse(case=once_more, by=staff["shenpi2"], reason_code="R01", text="", on=on)
    assert Award.objects.get(closing=None).opening.decision.case_id == again.pk


def later(decision: Decision, staff: Staff, on: dt.date) -> Case:
    return decisions.reopen(decision=decision, by=staff["shenpi2"], cause="再次复查", on=on)


def test_a_review_decided_again_is_settled_like_a_review_and_nobody_signs_anew(staff: Staff) -> None:
    cf.receiving(staff)
    again = revoked(unchanged(staff), staff, cf.TODAY)
    assert (again.road, unsigned(again)) == ("change", ())
    cf.signed(cf.assessed(again, staff), staff)
    with pytest.raises(decisions.NotAnApplication):
        decisions.refuse(case=again, by=staff["shenpi2"], reason_code="R01", text="", on=cf.TODAY)
    decided = decisions.confirm(case=fresh(again), by=staff["shenpi2"], on=cf.TODAY)
    assert decided.kind == "unchanged"
    assert Award.objects.get().amount_fen == decided.amount_fen
    assert not Closing.objects.exists()


def test_a_review_decided_again_after_everything_stopped_can_still_be_ended(staff: Staff) -> None:
    granted(1, staff)
    move_to(cf.TODAY)
    again = revoked(unchanged(staff), staff, cf.TODAY)
    cf.signed(cf.assessed(again, staff), staff)
    decisions.stop(award=Award.objects.get(), by=staff["shenpi"], reason_code="S01", text="", on=cf.TODAY)
    with pytest.raises(decisions.NothingPaid, match="请不予确认"):
        decisions.confirm(case=fresh(again), by=staff["shenpi2"], on=cf.TODAY)
    decisions.refuse(case=fresh(again), by=staff["shenpi2"], reason_code="R01", text="", on=cf.TODAY)
    assert fresh(again).outcome == "refused"


def test_a_stop_decided_again_asks_nobody_who_was_in_receipt_to_sign(staff: Staff) -> None:
    home = cf.receiving(staff)
    case = cf.verified(staff, "means", None, text="收入多了").case
    assert case is not None
    cf.declared(staff, home, cf.TODAY, wage=90_000_000)
    stopped = cf.decided(fresh(case), staff)
    assert stopped.kind == "stop"
    assert unsigned(revoked(stopped, staff, cf.TODAY)) == ()


def test_nobody_answers_a_complaint_about_his_own_decision(staff: Staff) -> None:
    decision = granted(1, staff).decisions.get()
    appeal = decisions.appeal(
        decision=decision, by=staff["jingban"], kind="complaint", ground="不服", on=day("10-20")
    )
    said = {
        "outcome": "upheld",
        "document_no": "",
        "decided_on": day("10-21"),
        "text": "对",
        "on": day("10-21"),
    }
    with pytest.raises(decisions.DecidedBefore, match="另一名审批人"):
        decisions.answer(appeal=appeal, by=staff["shenpi"], **said)
    decisions.answer(appeal=appeal, by=staff["shenpi2"], **said)
    assert Appeal.objects.get().answered_by == staff["shenpi2"].username
