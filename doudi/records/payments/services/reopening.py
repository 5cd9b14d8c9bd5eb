"""Send a locked run back to be done again, as long as the bank has no file of it."""

from doudi.records.audit.services import record
from doudi.records.ledger.models import Entry, Txn
from doudi.records.ledger.services import Posting, post
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import Paid, PayLine, PayrollRun
from doudi.records.payments.periods import in_words
from doudi.records.payments.refusals import ReasonMissing
from doudi.records.payments.services.intercepting import intercept
from doudi.records.payments.services.locking import lock_key
from doudi.records.payments.services.runs import State, advance, hold, payable, require_state
from doudi.records.payments.settling.settlement import due_of
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.today import today

_OTHER_SIDE = {Entry.Side.DEBIT: Entry.Side.CREDIT, Entry.Side.CREDIT: Entry.Side.DEBIT}
_UNFROZEN = {
    "number": None, "holder_name": "", "bank": "", "account": None, "account_bi": None, "account_last4": "",
}  # fmt: skip


@step("reopen")
def reopen(run: PayrollRun, reason: str, by: User) -> PayrollRun:
    """退回重做: 已锁定、已复核、已审批而没有导出的批次回到待锁定, 冲回应付账, 让出当月, 再查一遍拦截。

    原来的审批作为证据留着, 不算这一轮的。Raises DutyNotYours, CaseWorkerOfTheirs, RunNotAt, ReasonMissing.
    """
    require("退回重做", by)
    require_no_casework(run.scheme, by)
    held = hold(run)
    require_state(held, "退回重做", State.LOCKED, State.REVIEWED, State.APPROVED)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("退回重做")
    booked, digest, was = lock_key(held), held.content_hash, held.state
    advance(held, State.DRAFT, round=held.round + 1)
    _book_back(held, booked)
    Paid.objects.filter(line__run=held).delete()
    PayLine.objects.filter(run=held).update(**_UNFROZEN)
    found = intercept(held, due_of(held))
    count, total = payable(held)
    advance(held, State.DRAFT, content_hash="", locked_on=None, lines_count=count, total_fen=total)
    record(by=by, action="payroll.reopen", subject=held, round=held.round, was=was, content=digest, reason=reason,
           intercepted=found)  # fmt: skip
    run.refresh_from_db()
    return run


def _book_back(run: PayrollRun, key: str) -> None:
    """What the lock booked, the other way round; a correction booked nothing, the money is owed already."""
    booked = Txn.objects.filter(key=key).first()
    if booked is None:
        return
    rows = Entry.objects.filter(txn=booked).order_by("line").values_list("account", "side", "fen", "subject")
    entries: list[Posting] = [
        (account, _OTHER_SIDE[Entry.Side(side)], fen, subject)
        for account, side, fen, subject in rows.iterator(chunk_size=20_000)
    ]
    memo = f"{in_words(run.month)}发放清册退回重做, {run.batch_no}"
    post(
        key=f"reopen:{run.batch_no}:{run.round}",
        kind="payroll.reopen",
        on=today(),
        memo=memo,
        entries=entries,
    )
