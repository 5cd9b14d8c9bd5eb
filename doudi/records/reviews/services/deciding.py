"""What the county decides without a sum: a move within the county, another head, a stop."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.decisions.services import moving
from doudi.records.people import family
from doudi.records.people.models import Membership
from doudi.records.policies.queries import UnknownReason, scheme, scheme_name
from doudi.records.reviews.models import WAY, ChangeEvent
from doudi.records.reviews.queries import awards_of
from doudi.records.reviews.refusals import CaseStillOpen, SamePersonAgain
from doudi.records.reviews.services.gate import check
from doudi.records.reviews.services.verifying import locked, require, stopping, touched, unrecognising
from doudi.records.staff.models import User

Kind, State = ChangeEvent.Kind, ChangeEvent.State
STOPS = {Kind.MOVE_OUT: "moved", Kind.WITHDRAW: "withdrawn", Kind.DEATH: "death"}
LEFT_CAUSE = {"prison": "prison"}


@transaction.atomic
def decide(*, event: ChangeEvent, by: User, on: dt.date, stop_code: str = "") -> list[Decision]:
    """县级决定: 县内迁移的待遇随户转移, 换户主的改由新户主领取, 迁出、退出、死亡的停发, 暂停的保留待遇; 都自次月起。

    Raises SamePersonAgain, NotAtThisStep, CaseStillOpen, UnknownReason, gate's refusals.
    依据: 民发〔2021〕57号 第三十条、第三十二条
    """
    event = locked(event)
    require(event, State.VERIFIED)
    check(event.household, by, "confirm")
    if by.pk in (event.reported_by_id, event.verified_by_id):
        raise SamePersonAgain("报告、核实、决定要由三个人分别办理")
    if event.kind not in (Kind.SUSPEND, Kind.RESUME):  # what waits may be worked out meanwhile
        _require_no_case(event)
    made = _carry_out(event, by, on, stop_code)
    event.state, event.decided_by, event.decided_on = State.APPLIED, by, on
    event.save(update_fields=WAY)
    record(
        by=by,
        action="change.decide",
        subject=f"changeevent:{event.pk}",
        decisions=[decision.no for decision in made],
    )
    return made


def _require_no_case(event: ChangeEvent) -> None:
    """A case under way would decide about awards that are gone; what it does not touch may be stopped beside it."""
    beside = [award.scheme for award in stopping(event)] if event.case_id else []
    mine = Case.objects.open().filter(household=event.household)
    known = (mine.filter(scheme__in=beside) if beside else mine).first()
    if known:
        raise CaseStillOpen(
            f"这一户的{scheme_name(known.scheme)}案件 {known.no} 还在办, 办结之后再决定这件变动"
        )


def _carry_out(event: ChangeEvent, by: User, on: dt.date, stop_code: str) -> list[Decision]:
    home, awards = event.household, awards_of(event.household)
    if event.kind == Kind.MOVE:
        told = event.details
        family.move_household(
            by=by, household=home, village_id=told["village"], address=told["address"], on=on
        )
        return moving.transfer(household=home, awards=awards, by=by, village_id=told["village"], on=on)
    if event.kind == Kind.HEAD and event.person:
        former = event.details.get("former", Membership.Relation.OTHER)
        family.change_head(by=by, household=home, person=event.person, former=former, on=on)
        return moving.pay_to(household=home, awards=awards, by=by, payee=event.person, on=on)
    if event.kind in (Kind.SUSPEND, Kind.RESUME):
        return _stand_still_or_go_on(event, by, on)
    return _stop(event, by, on, stop_code)


def _stand_still_or_go_on(event: ChangeEvent, by: User, on: dt.date) -> list[Decision]:
    told, home = event.details, event.household
    text = told["text"]
    if event.kind == Kind.SUSPEND:
        return [
            decisions.suspend(household=home, awards=rows, by=by, text=text, on=on)
            for rows in touched(event).values()
        ]
    back = told["pays_back"] == "yes"
    return [
        decisions.resume(household=home, awards=rows, by=by, text=text, on=on, pays_back=back)
        for rows in touched(event).values()
    ]


def _stop(event: ChangeEvent, by: User, on: dt.date, stop_code: str) -> list[Decision]:
    ending: dict[str, list[Award]] = {}
    for award in stopping(event):
        ending.setdefault(award.scheme, []).append(award)
    over = [
        decisions.end_recognition(
            recognition=one, by=by, reason_code=_code(event, one.scheme, stop_code), on=on
        )
        for one in unrecognising(event, on)
    ]
    stopped = [
        decisions.stop_all(
            household=event.household,
            awards=rows,
            by=by,
            reason_code=_code(event, scheme_id, stop_code),
            text="",
            on=on,
        )
        for scheme_id, rows in ending.items()
    ]
    return [*stopped, *over]


def _code(event: ChangeEvent, scheme_id: str, chosen: str) -> str:
    known = scheme(scheme_id)
    if chosen and any(one.code == chosen for one in known.reasons_for("stop")):
        return chosen
    found = default_code(event, scheme_id)
    if not found:
        raise UnknownReason(f"{known.name}没有与这种变动对应的停发理由, 请从列表中选")
    return found


def default_code(event: ChangeEvent, scheme_id: str) -> str:
    """这种变动在这个项目的停发理由; 没有对应的为空, 由县级选。"""
    cause = STOPS.get(Kind(event.kind)) or LEFT_CAUSE.get(event.details.get("why", ""), "moved")
    found = scheme(scheme_id).reason_of("stop", cause)
    return found.code if found else ""
