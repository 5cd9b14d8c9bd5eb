"""Who has had a hand in a run: making, reviewing, approving with sending are three sides, and three persons."""

from doudi.records.audit.queries import events_of
from doudi.records.audit.services import subject_of
from doudi.records.payments.models import Approval, Interception, PayrollRun
from doudi.records.payments.refusals import SamePersonTwice
from doudi.records.staff.models import User

MAKING = ("payroll.open", "payroll.build", "payroll.lock")
SENDING = ("payroll.export", "payroll.hand_over")
MAKER, REVIEWER, APPROVER = "编制", "复核", "审批和送银行"
_APPROVALS = {Approval.Step.REVIEW: REVIEWER, Approval.Step.APPROVE: APPROVER}


def side_of(step: int) -> str:
    """这一级审批站在哪一边。"""
    return _APPROVALS[Approval.Step(step)]


def require_one_side(run: PayrollRun, by: User, side: str) -> None:
    """没有在这一批的另一边办过手续才放行: 换了岗位、退回重做过都一样。Raises SamePersonTwice."""
    if _sides_of(run, by) - {side}:
        raise SamePersonTwice


def _sides_of(run: PayrollRun, by: User) -> set[str]:
    """The sides he has stood on in any round; settling an interception is a reviewer's."""
    sides = {
        side_of(step) for step in Approval.objects.filter(run=run, user=by).values_list("step", flat=True)
    }
    done = set(events_of(subject_of(run)).filter(actor=by.username).values_list("action", flat=True))
    if by.pk == run.maker_id or done.intersection(MAKING):
        sides.add(MAKER)
    if done.intersection(SENDING):
        sides.add(APPROVER)
    if Interception.objects.filter(line__run=run, by=by.username).exists():
        sides.add(REVIEWER)
    return sides
