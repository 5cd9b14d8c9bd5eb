"""Send to the bank: the same batch in the same format is the same bytes for ever."""

import hashlib
from itertools import groupby
from typing import Any

from doudi.exchange.bank.batches import BankBatch, BankFileRefused, BankLine
from doudi.exchange.bank.formats import FORMATS
from doudi.records.audit.queries import epoch
from doudi.records.audit.services import look, record
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.in_person.by_hand import runs_without_bank
from doudi.records.payments.in_person.refusals import NothingForTheBank
from doudi.records.payments.models import BankFile, PayLine, PayrollRun
from doudi.records.payments.periods import in_words
from doudi.records.payments.refusals import BankFileUnwritable, ContentChanged, FormatUnknown
from doudi.records.payments.services.locking import require_unchanged
from doudi.records.payments.services.runs import State, advance, hold, require_state
from doudi.records.payments.services.since_lock import require_nothing_since_lock
from doudi.records.payments.sides import APPROVER, require_one_side
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.fields import index_value
from doudi.store.today import today

_SENDABLE = (State.APPROVED, State.EXPORTED, State.HANDED, State.CLOSED)


@step("export")
def export(run: PayrollRun, format: str, by: User) -> tuple[BankFile, bytes]:  # noqa: A002 (the word of the contract)
    """导出银行文件: 两级审批之后, 由发放审批导出; 每次下载都留记录。Returns the file's row and its bytes.

    再导出逐字节相同, 批次号不变。Raises DutyNotYours, SamePersonTwice, RunNotAt, FormatUnknown,
    NothingForTheBank, BankFileUnwritable, ContentChanged, NotDueSinceLock before the first file.
    """
    require("导出银行文件", by)
    require_no_casework(run.scheme, by)
    if format not in FORMATS:
        raise FormatUnknown(format[:20], "、".join(FORMATS))
    held = hold(run)
    require_one_side(held, by, APPROVER)
    require_state(held, "导出银行文件", *_SENDABLE)
    if runs_without_bank([held.pk]):
        raise NothingForTheBank
    require_unchanged(held)
    if held.state == State.APPROVED:  # once a file exists, what has changed is recovered, not sent back
        require_nothing_since_lock(held)
    batch = bank_batch(held)
    content = _rendered(batch, format)
    file = _kept(held, batch, format, content, by)
    look(by=by, action="export", subject=held, purpose=f"代发文件 {held.batch_no} ({format}) 交银行")
    run.refresh_from_db()
    return file, content


def _rendered(batch: BankBatch, format_id: str) -> bytes:
    try:
        return FORMATS[format_id].render(batch)
    except BankFileRefused as refused:
        raise BankFileUnwritable(refused.text) from refused


def memo_of(run: PayrollRun) -> str:
    """摘要: 2026年11月救助金; 补发和更正的写明, 按季的写起止。"""
    first, last = run.months
    months = in_words(last) if first == last else f"{in_words(first)}至{last % 100}月"
    mark = {PayrollRun.Kind.BACKPAY: "补发", PayrollRun.Kind.CORRECTION: "重发"}
    return f"{months}{mark.get(PayrollRun.Kind(run.kind), '')}救助金"


def bank_batch(run: PayrollRun) -> BankBatch:
    """要交给银行的一批, 全取自锁定时抄进清册的内容。Raises ContentChanged where an account is not the one locked."""
    memo = memo_of(run)
    numbered = PayLine.objects.filter(run=run, number__isnull=False)
    sendable = numbered.exclude(account_bi=None).order_by("number", "month")  # without one it is paid by hand
    rows: Any = sendable.values_list("number", "holder_name", "account", "account_bi", "amount_fen")
    lines: list[BankLine] = []
    for number, group in groupby(rows.iterator(chunk_size=20_000), key=lambda row: row[0]):
        months = list(group)
        cards = {(name, account) for _, name, account, _, _ in months}
        name, account = cards.pop()
        index = months[0][3]
        if cards or index_value(PayLine, "account_bi", account or "") != bytes(index or b""):
            raise ContentChanged
        lines.append(BankLine(number, name, account, sum(row[4] for row in months), memo))
    return BankBatch(run.batch_no, tuple(lines))


def _kept(run: PayrollRun, batch: BankBatch, format_id: str, content: bytes, by: User) -> BankFile:
    digest = hashlib.sha256(content).hexdigest()
    known = BankFile.objects.filter(run=run, format=format_id).first()
    if known:
        if known.sha256 != digest:
            raise ContentChanged
        return known
    file = BankFile.objects.create(
        run=run, format=format_id, sha256=digest, count=len(batch.lines),
        total_fen=sum(line.amount_fen for line in batch.lines), epoch=epoch(), by=by.username, on=today(),
    )  # fmt: skip
    if run.state == State.APPROVED:
        advance(run, State.EXPORTED)
    record(by=by, action="payroll.export", subject=run, format=format_id, sha256=digest, count=file.count,
           fen=file.total_fen)  # fmt: skip
    return file


@step("hand_over")
def hand_over(run: PayrollRun, by: User) -> PayrollRun:
    """登记文件已交银行: 此后每一行的结果未知, 只等回盘, 绝不重发。再登记一次不起作用。

    全部当面发放的批次没有文件, 审批之后直接交出, 凭签字领款。Raises DutyNotYours, CaseWorkerOfTheirs, SamePersonTwice,
    RunNotAt, and without a file ContentChanged, NotDueSinceLock.
    """
    require("交银行", by)
    require_no_casework(run.scheme, by)
    held = hold(run)
    if held.state not in (State.HANDED, State.CLOSED):
        require_one_side(held, by, APPROVER)
        if held.state == State.APPROVED and runs_without_bank([held.pk]):
            require_unchanged(held)
            require_nothing_since_lock(held)
            advance(held, State.EXPORTED)
        require_state(held, "登记交银行", State.EXPORTED)
        _mark_handed(held, by)
        record(by=by, action="payroll.hand_over", subject=held, batch=held.batch_no)
    run.refresh_from_db()
    return run


def found_handed(run: PayrollRun, by: User) -> None:
    """银行的回盘证明文件已经交去: 交的人是导出文件的人, 不是核对回盘的人。

    Runs in the caller's transaction on a held run.
    """
    sender = BankFile.objects.filter(run=run).order_by("pk").values_list("by", flat=True)[0]
    _mark_handed(run, User.objects.get(username=sender))
    record(by=by, action="payroll.found_handed", subject=run, batch=run.batch_no, sender=sender)


def _mark_handed(run: PayrollRun, sender: User) -> None:
    advance(run, State.HANDED, handed_on=today(), handed_by=sender)
    PayLine.objects.filter(run=run, state=PayLine.State.PENDING).update(state=PayLine.State.SENT)
