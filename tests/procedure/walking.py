"""One case along its whole road through the services, whatever the procedure: what is done at each station, by whom."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from doudi.law.panels import Votes
from doudi.records.areas.models import Area
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.decisions.queries import blocks
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper
from doudi.records.postings import services as postings
from doudi.records.staff.models import User
from tests.services import golden_family as golden

Staff = Mapping[str, User]
RECEIVED = dt.date(2026, 9, 14)
VOTERS = tuple(f"评议员{place}" for place in "甲乙丙丁戊己庚")


def file(staff: Staff, on: dt.date = RECEIVED) -> Case:
    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=on)


def confirmer(case: Case, staff: Staff) -> User:
    """Who says yes in this procedure."""
    return staff["fuze" if procedure_of(case).confirm_by == "township" else "shenpi"]


def accept(case: Case, staff: Staff, on: dt.date) -> dt.date:
    asked = Paper.objects.filter(case=case).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=case, by=staff["jingban"], have=list(asked), on=on)
    intake.accept(case=case, by=staff["jingban"], on=on)
    return on


def hang(case: Case, staff: Staff, on: dt.date) -> dt.date:
    posting = postings.publish(case=case, by=staff["jingban"], on=on)
    after = posting.until_on + dt.timedelta(days=1)
    postings.send_up(case=case, by=staff["jingban"], on=after)
    return after


def survey(case: Case, staff: Staff, on: dt.date) -> dt.date:
    clerk = staff["jingban"]
    checks.visit(case=case, by=clerk, others=[staff["jingban2"]], on=on, draft=golden.seen())
    checks.assess(case=case, by=clerk, on=on)
    return on


def panel(case: Case, staff: Staff, on: dt.date) -> dt.date:
    clerk, village = staff["jingban"], Area.objects.get(code=case.village_id)
    members = [checks.MemberDraft(name=name, standing="村民代表") for name in VOTERS]
    formed = checks.form_panel(village=village, by=clerk, members=members, on=on)
    present = list(formed.members.order_by("pk"))
    meeting = checks.hold_meeting(
        panel=formed, by=clerk, on=on, place="村委会", chair=present[0], present=present
    )
    votes = Votes(in_favour=len(present), against=0, abstained=0)
    checks.hold_panel(case=case, meeting=meeting, by=clerk, votes=votes, summary="属实", on=on)
    return on


def review(case: Case, staff: Staff, on: dt.date) -> dt.date:
    checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="符合条件", on=on)
    return on


def sign(case: Case, staff: Staff, on: dt.date) -> dt.date:
    decisions.sign(case=case, by=staff["fuze"], on=on)
    return on


def county_looks(case: Case, staff: Staff, on: dt.date) -> None:
    """The sample is drawn where it comes before the decision, and a drawn family is visited."""
    standing = {block.code for block in blocks(case, on)}
    if "sample_undrawn" in standing:
        month = on.year * 100 + on.month
        decisions.draw(by=staff["shenpi"], scheme=case.scheme, stage="before", month=month, on=on)
        standing = {block.code for block in blocks(case, on)}
    if standing & {"sample_visit_due", "county_visit_due"}:
        decisions.county_visit(case=case, by=staff["shenpi"], second=staff["shenpi2"], note="属实", on=on)


def intend(case: Case, staff: Staff, on: dt.date) -> dt.date:
    county_looks(case, staff, on)
    decisions.intend(case=case, by=confirmer(case, staff), on=on)
    return on


def confirm(case: Case, staff: Staff, on: dt.date) -> dt.date:
    county_looks(case, staff, on)
    decisions.confirm(case=case, by=confirmer(case, staff), on=on)
    return on


STEPS: Mapping[str, Callable[[Case, Staff, dt.date], dt.date]] = {
    "accept": accept,
    "post_intake": hang,
    "survey": survey,
    "panel": panel,
    "review": review,
    "post": hang,
    "sign": sign,
    "intend": intend,
    "post_final": hang,
    "confirm": confirm,
}


def walk(case: Case, staff: Staff, on: dt.date = RECEIVED) -> Iterator[tuple[str, Case, dt.date]]:
    """Do what each station asks, until the case is closed; gives every station as the case arrives there."""
    while not case.closed_on:
        yield case.station, case, on
        on = STEPS[case.station](case, staff, on)
        case = Case.objects.get(pk=case.pk)


def tell(case: Case, staff: Staff, on: dt.date) -> None:
    """The letter reaches the family."""
    decision = Decision.objects.get(case=case)
    decisions.deliver(decision=decision, by=confirmer(case, staff), received_by="赵甲", on=on)
