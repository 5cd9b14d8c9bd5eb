"""What a change does to a recognition without money: it stands, it counts other people, or it ends early."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import hold_chain, record
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment, Opinion
from doudi.records.decisions.change_queries import Difference
from doudi.records.decisions.models import Decision, Recognition
from doudi.records.decisions.services.stopping import write_decision
from doudi.records.policies.queries import UnknownReason, reason, scheme
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

REVIEWED = "民发〔2021〕57号 第三十一条"
STANDS = "经核查, 仍符合认定条件, 认定的有效期不变"


class RecognitionOver(Refusal):
    """这份认定已经终止。"""


@transaction.atomic
def end_recognition(
    *,
    recognition: Recognition,
    by: User,
    reason_code: str,
    on: dt.date,
    text: str = "",
    case: Case | None = None,
    assessment: Assessment | None = None,
) -> Decision:
    """终止认定: 写明理由代码, 自决定之日起不再认定 (有效期先满的到期满为止); 已经给过的救助不追。

    Raises RecognitionOver, UnknownReason. 依据: 民发〔2021〕57号 第八条、民发〔2024〕57号
    """
    hold_chain()  # one end at a time: the second of two then finds the first
    held = Recognition.objects.get(pk=recognition.pk)
    if held.ended_on:
        raise RecognitionOver(f"认定 {held.no} 已于 {held.ended_on} 终止")
    cited = reason(held.scheme, "stop", reason_code)
    decision = write_decision(
        kind=Decision.Kind.STOP,
        scheme=held.scheme,
        household=held.household,
        village_id=held.village_id,
        case=case,
        assessment=assessment,
        reasons={reason_code: 0},
        text=text or cited.label,
        basis=cited.article,
        by=by,
        on=on,
    )
    _over(held, on)
    record(
        by=by, action="decision.unrecognise", subject=f"household:{held.household_id}", no=decision.no,
        recognition=held.no, reason=reason_code,
    )  # fmt: skip
    return decision


def _over(recognition: Recognition, on: dt.date) -> None:
    recognition.ended_on = min(on, recognition.until_on)
    recognition.save(update_fields=["ended_on"])


def settle(*, case: Case, opinion: Opinion, known: Difference, by: User, on: dt.date) -> Decision:
    """变更、复核案对认定的决定: 不再符合的终止, 符合的不变; 人数变了的换一份, 有效期照旧。Raises RecognitionOver."""
    held = known.before.recognition
    assert held is not None  # changing.settle: only where one stands
    if not opinion.recommends:
        return end_recognition(
            recognition=held, by=by, reason_code=stop_code(case.scheme), on=on, case=case,
            assessment=opinion.assessment,
        )  # fmt: skip
    persons = len(opinion.assessment.results["persons"])
    same = persons == held.persons
    decision = write_decision(
        kind=Decision.Kind.UNCHANGED if same else Decision.Kind.ADJUST,
        scheme=case.scheme,
        household=case.household,
        village_id=case.village_id,
        case=case,
        assessment=opinion.assessment,
        reasons={},
        text=STANDS if same else f"认定的人数由 {held.persons} 人改为 {persons} 人, 有效期不变",
        basis=REVIEWED,
        by=by,
        on=on,
    )
    if not same:
        _again(held, decision, persons, on)
    record(by=by, action=f"decision.{decision.kind}", subject=f"case:{case.pk}", no=decision.no)
    return decision


def _again(held: Recognition, decision: Decision, persons: int, on: dt.date) -> None:
    _over(held, on)
    if held.until_on > on:
        Recognition.objects.create(
            no=f"{decision.no}-R",
            decision=decision,
            scheme=held.scheme,
            household=held.household,
            village_id=decision.household.village_id,
            persons=persons,
            from_on=on,
            until_on=held.until_on,
        )


def stop_code(scheme_id: str) -> str:
    """测算不再符合时的终止理由: 收入或者财产, 一条说全。Raises UnknownReason."""
    found = scheme(scheme_id).reason_of("stop", "income")
    if found is None:
        raise UnknownReason(f"{scheme(scheme_id).name}没有写明不再符合条件的理由代码, 请报规则管理人员补上")
    return found.code
