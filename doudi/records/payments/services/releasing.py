"""A debt the bank could not pay and nobody is due any more: given up by two, with the entry that cancels it."""

from typing import Any

from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger import accounts
from doudi.records.ledger.services import post
from doudi.records.payments.deaths import persons_of
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import Paid, PayLine, Release
from doudi.records.payments.periods import in_words
from doudi.records.payments.refusals import ReasonMissing
from doudi.records.payments.release_refusals import NothingToRelease, ReleasedByTheSame, StillDue
from doudi.records.payments.settling.settlement import LIVING, not_due_any_more, owing_lines, unpaid
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.today import today


@step("release.propose")
def propose_release(line: PayLine, reason: str, by: User) -> Release:
    """提出取消应付: 没有发成的一笔, 那个月不再应发了 (停发、减发追溯), 写明理由。已经提出的再提不起作用。

    Raises DutyNotYours, CaseWorkerOfTheirs, ReasonMissing, NothingToRelease, StillDue.
    """
    require("提出取消应付", by)
    require_no_casework(line.run.scheme, by)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    hold_chain()  # one decision about a debt at a time
    root = _root(line)
    known = Release.objects.filter(line=root).first()
    if known:
        return known
    found = Release.objects.create(line_id=root, reason=reason[:400], proposed_on=today(), proposed_by=by)
    record(by=by, action="payroll.release.propose", subject=f"payline:{root}", reason=reason)
    return found


@step("release.approve")
def approve_release(release: Release, by: User) -> Release:
    """批准取消应付: 借应付救助款 (退过票的借银行退回待处理), 贷当初的支出; 不再重发, 让出那个月。再批不起作用。

    Raises DutyNotYours, CaseWorkerOfTheirs, ReleasedByTheSame, NothingToRelease, StillDue.
    """
    require("批准取消应付", by)
    hold_chain()
    found = Release.objects.select_related("line__run").defer("line__account").get(pk=release.pk)
    require_no_casework(found.line.run.scheme, by)
    if found.approved_by_id:
        return found
    if found.proposed_by_id == by.pk:
        raise ReleasedByTheSame
    _root(found.line)
    found.approved_by, found.approved_on = by, today()
    found.save(update_fields=["approved_by", "approved_on"])
    _book(found)
    _free_month(found.line)
    record(by=by, action="payroll.release", subject=f"payline:{found.line_id}", fen=found.line.amount_fen)
    return found


def _root(line: PayLine) -> int:
    """The line the debt was locked with. Raises NothingToRelease, StillDue."""
    scheme = line.run.scheme
    living = PayLine.objects.filter(award=line.award_id, month=line.month, state__in=LIVING)
    owed: Any = unpaid(scheme).filter(pk=line.pk)
    root: int | None = owed.values_list("root", flat=True).first()
    if root is None or living.exists():
        raise NothingToRelease
    if line.pk not in not_due_any_more(scheme):
        raise StillDue
    return root


def _free_month(line: PayLine) -> None:
    """Nothing was paid and nothing is owed any more, so another scheme or award may pay the month.

    It stays held for whom other money of the household was locked on top of it: that was paid, or is owed still.
    """
    same = PayLine.objects.filter(household=line.household_id, month=line.month, run__scheme=line.run.scheme)
    standing = owing_lines(line.run.scheme).filter(pk__in=same, number__isnull=False)
    given_up = same.filter(release__approved_by__isnull=False)
    Paid.objects.filter(line__in=given_up).exclude(person__in=persons_of(standing)).delete()


def _book(release: Release) -> None:
    """What once came back waits in 2101, whatever failed since; what never arrived is still in 2001."""
    line = release.line
    attempts = PayLine.objects.filter(award=line.award_id, month=line.month, pk__gte=line.pk)
    came_back = attempts.filter(state=PayLine.State.RETURNED).exists()
    owed = accounts.BOUNCED if came_back else accounts.PAYABLE
    entries = [
        (owed, "D", line.amount_fen, line.pk),
        (accounts.expense_of(line.run.scheme), "C", line.amount_fen, line.pk),
    ]
    memo = f"{in_words(line.month)}没有发成又不再应发, 取消应付, {line.run.batch_no}"
    post(key=f"release:{line.pk}", kind="payroll.release", on=today(), memo=memo, entries=entries)
