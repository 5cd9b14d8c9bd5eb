"""Two approvals by two persons, neither of them the maker. No switch relaxes it."""

from doudi.records.audit.services import record
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import Approval, PayrollRun
from doudi.records.payments.refusals import StepTaken, StepUnknown
from doudi.records.payments.services.locking import require_unchanged
from doudi.records.payments.services.runs import State, advance, hold, require_state
from doudi.records.payments.services.since_lock import require_nothing_since_lock
from doudi.records.payments.sides import require_one_side, side_of
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.today import now, today

# step → (act, the state it needs, the state it leads to)
STEPS = {
    Approval.Step.REVIEW: ("复核", State.LOCKED, State.REVIEWED),
    Approval.Step.APPROVE: ("审批", State.REVIEWED, State.APPROVED),
}


@step("approve")
def approve(run: PayrollRun, step: int, by: User) -> Approval:
    """批一级: 1 复核, 2 审批; 三道手续三个人。同一人把同一级再交一次不起作用。退回重做的, 这一轮重新批。

    Raises StepUnknown, DutyNotYours, CaseWorkerOfTheirs, SamePersonTwice, StepTaken, RunNotAt, ContentChanged,
    NotDueSinceLock.
    """
    if step not in STEPS:
        raise StepUnknown(step)
    act, needed, reached = STEPS[Approval.Step(step)]
    require(act, by)
    require_no_casework(run.scheme, by)
    held = hold(run)
    done = Approval.objects.filter(run=held, round=held.round, step=step).select_related("user").first()
    if done:
        return _again(done, act, by)
    require_one_side(held, by, side_of(step))
    require_state(held, act, needed)
    require_unchanged(held)
    require_nothing_since_lock(held)
    row = Approval.objects.create(
        run=held, round=held.round, step=step, user=by, maker_id=held.maker_id, on=today(), at=now()
    )
    advance(held, reached)
    record(by=by, action="payroll.approve", subject=held, step=step, content=held.content_hash)
    run.refresh_from_db()
    return row


def _again(done: Approval, act: str, by: User) -> Approval:
    if done.user_id != by.pk:
        raise StepTaken(act, done.user.username)
    return done
