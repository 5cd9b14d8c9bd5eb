"""Stop what is being paid: from next month on, with its reason."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment
from doudi.records.decisions.models import Closing, Decision, DecisionReason
from doudi.records.people.models import Household
from doudi.records.policies.queries import reason
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal


class AlreadyClosed(Refusal):
    """这份待遇已经停了。"""


@transaction.atomic
def stop(*, award: Award, by: User, reason_code: str, text: str, on: dt.date) -> Decision:
    """停发: 自下月起停, 写明理由代码; 已发的不追。Raises AlreadyClosed. 依据: 民发〔2021〕57号 第三十二条"""
    return stop_all(
        household=award.household, awards=[award], by=by, reason_code=reason_code, text=text, on=on
    )


@transaction.atomic
def stop_all(
    *,
    household: Household,
    awards: Iterable[Award],
    by: User,
    reason_code: str,
    text: str,
    on: dt.date,
    ends_on: dt.date | None = None,
    case: Case | None = None,
    assessment: Assessment | None = None,
) -> Decision:
    """一户一个项目的待遇一并停发, 一个决定。`ends_on` 是渐退期满之日, 空着为次月一日。Raises AlreadyClosed."""
    hold_chain()  # one stop at a time: the second of two then finds the first
    ending = list(awards)
    require_open(ending)
    cited = reason(ending[0].scheme, "stop", reason_code)
    decision = write_decision(
        kind=Decision.Kind.STOP,
        scheme=ending[0].scheme,
        household=household,
        village_id=ending[0].village_id,
        case=case,
        assessment=assessment,
        reasons={reason_code: -sum(award.amount_fen for award in ending)},
        text=text or cited.label,
        basis=cited.article,
        by=by,
        on=on,
    )
    end(ending, decision, on, ends_on)
    record(
        by=by,
        action="decision.stop",
        subject=f"award:{ending[0].pk}",
        no=decision.no,
        reason=reason_code,
        awards=[award.no for award in ending],
    )
    return decision


def require_open(awards: Iterable[Award]) -> None:
    """这些待遇都还没有决定停止。Raises AlreadyClosed."""
    closed = Closing.objects.filter(award__in=list(awards)).select_related("award").order_by("pk").first()
    if closed:
        raise AlreadyClosed(f"待遇 {closed.award.no} 已经停发")


def end(awards: Iterable[Award], decision: Decision, on: dt.date, ends_on: dt.date | None = None) -> None:
    """待遇到此为止: 自次月一日 (渐退的到期满), 互斥的占用随之放开。"""
    until = ends_on or clocks.benefit_from(on)
    for award in awards:
        Closing.objects.create(decision=decision, award=award, ends_on=until)
        # Held to the last day of a gradual exit: another award may begin no earlier (granting.hold).
        Holding.objects.filter(award=award, released_on=None).update(released_on=ends_on or on)


def cut_short(household: Household, scheme: str, decision: Decision, on: dt.date) -> None:
    """更正的决定开出新的待遇: 还在渐退期里的旧待遇发到本月底为止, 占用随之放开; 原定的止日留着。"""
    until = clocks.benefit_from(on)
    running = Closing.objects.filter(
        award__household=household, award__scheme=scheme, ends_on__gt=until, cut_by=None
    )
    for closing in running.order_by("pk"):
        closing.first_ends_on, closing.ends_on, closing.cut_by = closing.ends_on, until, decision
        closing.save(update_fields=["first_ends_on", "ends_on", "cut_by"])
        Holding.objects.filter(award=closing.award_id, released_on__gt=on).update(released_on=on)
        record(
            by=decision.by, action="decision.cut", subject=f"award:{closing.award_id}", no=decision.no,
            was=closing.first_ends_on.isoformat(), until=until.isoformat(),
        )  # fmt: skip


def write_decision(
    *,
    kind: str,
    scheme: str,
    household: Household,
    village_id: str,
    reasons: Mapping[str, int],
    text: str,
    basis: str,
    by: User,
    on: dt.date,
    case: Case | None = None,
    assessment: Assessment | None = None,
    amount_fen: int = 0,
    next_review_on: dt.date | None = None,
) -> Decision:
    """写下一个改变在享待遇的决定, 连同各条理由和它说明的金额 (理由代码 → 分)。"""
    decision = Decision.objects.create(
        no=f"{village_id[:6]}-{on:%Y}-D{next_number(f'decision-{on:%Y}'):06}",
        kind=kind,
        scheme=scheme,
        household=household,
        case=case,
        assessment=assessment,
        decided_on=on,
        amount_fen=amount_fen,
        reason_code=next(iter(reasons), ""),
        reason=text[:400],
        basis=basis[:120],
        next_review_on=next_review_on,
        by=by.username,
    )
    DecisionReason.objects.bulk_create(
        DecisionReason(decision=decision, code=code, amount_fen=fen) for code, fen in reasons.items()
    )
    return decision
