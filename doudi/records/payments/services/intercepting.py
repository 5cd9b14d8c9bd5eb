"""Hold back what a person must look at first; nothing is stopped or recovered by itself."""

from collections.abc import Mapping

from doudi.records.audit.services import record
from doudi.records.payments.comparing.findings import cooled_on, findings
from doudi.records.payments.duties import require
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.refusals import (
    CannotRelease,
    InterceptionSettled,
    OutcomeUnreadable,
    ReasonMissing,
    ResolverIsMaker,
)
from doudi.records.payments.services.runs import State, hold, payable, require_state
from doudi.records.payments.settling.dues import Due, Key
from doudi.records.payments.settling.settlement import due_of
from doudi.records.people.models import Account
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.today import today

Cause, Outcome = Interception.Cause, Interception.Outcome


def intercept(run: PayrollRun, due: Mapping[Key, Due]) -> int:
    """查出还没有记下的拦截事实并记下, 涉及的行标为拦截。

    `due` are the awards due this month. Returns how many are new. Runs in the caller's transaction.
    """
    known = set(
        Interception.objects.filter(line__run=run).values_list("line_id", "cause", "about").iterator()
    )
    fresh = [found for found in findings(run, due) if (found.line_id, found.cause, found.about) not in known]
    Interception.objects.bulk_create(
        (Interception(line_id=f.line_id, cause=f.cause, about=f.about, detail=f.detail) for f in fresh),
        batch_size=500,
    )
    held = sorted({found.line_id for found in fresh})
    for start in range(0, len(held), 500):
        lines = PayLine.objects.filter(pk__in=held[start : start + 500], state=PayLine.State.PENDING)
        lines.update(state=PayLine.State.HELD)
    return len(fresh)


@step("resolve")
def resolve(interception: Interception, outcome: str, reason: str, by: User) -> Interception:
    """处理一条拦截: 放行 (released)、本月不发 (dropped), 没有账户的可以当面发放 (by_hand), 写明理由。

    由经办人以外的发放复核办; 同样的处理再交一次不起作用。Raises DutyNotYours, ResolverIsMaker, OutcomeUnreadable,
    ReasonMissing, InterceptionSettled, CannotRelease, RunNotAt.
    """
    require("处理拦截", by)
    line = PayLine.objects.defer("account").get(pk=interception.line_id)
    run = hold(line.run)
    found = Interception.objects.get(pk=interception.pk)
    reason = reason.strip()
    if found.outcome:
        return _again(found, outcome, by)
    _require_decidable(run, outcome, reason, by)
    if outcome == Outcome.RELEASED:
        _require_releasable(run, line, found)
    if outcome == Outcome.BY_HAND and found.cause != Cause.NO_ACCOUNT:
        raise CannotRelease("只有没有领款账户的才能当面发放, 请选放行或本月不发")
    found.outcome, found.reason, found.by, found.on = outcome, reason, by.username, today()
    found.save(update_fields=["outcome", "reason", "by", "on"])
    _settle_line(line)
    run.lines_count, run.total_fen = payable(run)
    run.save(update_fields=["lines_count", "total_fen"])
    record(by=by, action="payroll.resolve", subject=f"payline:{line.pk}", cause=found.cause, outcome=outcome,
           reason=reason)  # fmt: skip
    return found


def _again(found: Interception, outcome: str, by: User) -> Interception:
    if (found.outcome, found.by) != (outcome, by.username):
        raise InterceptionSettled(found.by, found.get_outcome_display())
    return found


def _require_decidable(run: PayrollRun, outcome: str, reason: str, by: User) -> None:
    require_state(run, "处理拦截", State.DRAFT)
    if by.pk == run.maker_id:
        raise ResolverIsMaker
    if outcome not in (Outcome.RELEASED, Outcome.DROPPED, Outcome.BY_HAND):
        raise OutcomeUnreadable
    if not reason:
        raise ReasonMissing


def _require_releasable(run: PayrollRun, line: PayLine, found: Interception) -> None:
    """Four causes are facts no reason can outweigh."""
    key = (found.line_id, found.cause, found.about)
    if found.cause == Cause.CLOSED:
        raise CannotRelease("待遇已经停了, 请选择本月不发")
    if (
        found.cause == Cause.NO_ACCOUNT
        and not Account.objects.filter(person=line.payee_id, until_on=None).exists()
    ):
        raise CannotRelease("领款人还没有在用的账户, 请先登记账户")
    if found.cause == Cause.COOLING:
        card = Account.objects.defer("number").get(pk=found.about.partition(":")[2])
        if today() < cooled_on(card):
            raise CannotRelease(f"换卡还没有满期, {cooled_on(card)} 起才能放行; 等不到的请选择本月不发")
    if found.cause == Cause.EXCLUSIVE and key in {
        (f.line_id, f.cause, f.about) for f in findings(run, due_of(run))
    }:
        raise CannotRelease("同一人本月只能在互斥的项目里发一份")


def _settle_line(line: PayLine) -> None:
    settled = Interception.objects.filter(line=line)
    if not settled.filter(outcome__in=[Outcome.OPEN, Outcome.DROPPED]).exists():
        PayLine.objects.filter(pk=line.pk, state=PayLine.State.HELD).update(state=PayLine.State.PENDING)
