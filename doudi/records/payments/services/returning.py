"""What the bank answers: all or nothing, once, and money is always conserved."""

from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Sum

from doudi.exchange.bank.batches import BankFileRefused, Outcome, ReturnLine, ReturnSheet
from doudi.exchange.bank.formats import FORMATS, kind_of
from doudi.exchange.sheets.guard import UploadRefused
from doudi.law.money import yuan
from doudi.records.audit.services import record
from doudi.records.ledger import accounts
from doudi.records.ledger.services import Posting, post
from doudi.records.payments.bank import matching
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import PayLine, PayrollRun, ReturnDraft, ReturnFile
from doudi.records.payments.models import ReturnLine as KeptLine
from doudi.records.payments.periods import in_words
from doudi.records.payments.queries import conservation
from doudi.records.payments.refusals import (
    ContentChanged,
    DraftSettled,
    NotConserved,
    OutcomeUnknown,
    ReturnRefused,
    SamePersonUploaded,
)
from doudi.records.payments.services.exporting import found_handed
from doudi.records.payments.services.runs import State, advance, hold, require_state
from doudi.records.staff.models import User
from doudi.store import kept
from doudi.store.arrow import bulk_append, bulk_change
from doudi.store.failpoints import step
from doudi.store.today import today

Line, Draft = PayLine.State, ReturnDraft.State
_ANSWERED = ("state", "paid_on", "reason")
_KEPT = ("file", "number", "line", "result", "reason", "amount_fen", "on", "is_queried")


def read_sheet(run: PayrollRun, data: bytes, filename: str) -> ReturnSheet:
    """读一份回盘: csv、GB18030 文本、xlsx 或定长文本, 由内容和扩展名认出。Raises ReturnRefused."""
    kind = kind_of(data, filename)
    try:
        return FORMATS[kind].parse_return(data, batch_no=run.batch_no, on=today())
    except (BankFileRefused, UploadRefused) as refused:
        raise ReturnRefused(refused.code, refused.text.rstrip("。")) from refused


@step("return.apply")
def apply_return(draft: ReturnDraft, by: User) -> ReturnFile:
    """核对入账: 上传人以外的发放复核办; 批次号、序号、账号、金额都对上才入账, 有一处错整份不入账。

    原件重新读、重新对, 不信上传时的结果; 已入账的再核对一次不起作用。Raises DutyNotYours, CaseWorkerOfTheirs,
    SamePersonUploaded, DraftSettled, RunNotAt, ReturnRefused.
    """
    require("核对回盘", by)
    require_no_casework(draft.run.scheme, by)
    held = hold(draft.run)
    known = ReturnDraft.objects.select_related("file").get(pk=draft.pk)
    if known.state == Draft.APPLIED:
        return ReturnFile.objects.get(run=held, sha256=known.sha256)
    if known.state == Draft.WITHDRAWN:
        raise DraftSettled(known.get_state_display())
    if known.uploaded_by_id == by.pk:
        raise SamePersonUploaded
    require_state(held, "核对回盘", State.EXPORTED, State.HANDED, State.CLOSED)
    sheet = read_sheet(held, kept.content(known.file), known.name)
    if sheet.sha256 != known.sha256:
        raise ContentChanged
    known.state, known.checked_by, known.checked_on = Draft.APPLIED, by, today()
    known.save(update_fields=["state", "checked_by", "checked_on"])
    file = _registered(held, sheet, known, by)
    draft.refresh_from_db()
    return file


def _registered(run: PayrollRun, sheet: ReturnSheet, draft: ReturnDraft, by: User) -> ReturnFile:
    sent = sent_of(run)
    found = matched(sent, run, sheet)
    if run.state == State.EXPORTED:  # the bank's answer proves that it has the file
        found_handed(run, by)
    file = _keep(run, sheet, found, draft)
    _keep_lines(file, sheet, sent, {line.line_no for _, line in found.queried})
    _answer(run, found)
    _book(run, found, sheet.sha256)
    counts = {kind: getattr(file, f"{kind}_count") for kind in ("paid", "failed", "returned", "queried")}
    record(by=by, action="payroll.return", subject=run, sha256=file.sha256, fen=file.paid_fen,
           uploaded_by=file.by, **counts)  # fmt: skip
    if not conservation(run).holds:
        raise NotConserved
    return file


def matched(sent: dict[int, matching.Sent], run: PayrollRun, sheet: ReturnSheet) -> matching.Settlement:
    """回盘与交出的各笔对上的结果; 一行也没有改动。Raises ReturnRefused."""
    if sheet.batch_no != run.batch_no:
        raise ReturnRefused("batch", f"这是批次 {sheet.batch_no[:40]} 的回盘, 不是 {run.batch_no}")
    if sheet.errors:
        texts = tuple(one.text for one in sheet.errors)
        raise ReturnRefused("lines", f"回盘有 {len(texts)} 处错误", texts)
    found = matching.settle(sent, sheet.lines)
    if found.errors:
        raise ReturnRefused("lines", f"回盘有 {len(found.errors)} 处与清册矛盾", tuple(found.errors))
    return found


def sent_of(run: PayrollRun) -> dict[int, matching.Sent]:
    """按序号, 交给银行的各笔。A line of an exported run is with the bank even before anybody noted the handing over."""
    lines = PayLine.objects.filter(run=run, number__isnull=False).order_by("number", "month")
    rows: Any = lines.values_list("number", "pk", "account", "amount_fen", "state")
    sent = {}
    for number, group in groupby(rows.iterator(chunk_size=20_000), key=lambda row: row[0]):
        months = [(pk, account, fen, state) for _, pk, account, fen, state in group]
        _, account, _, state = months[0]
        told = tuple((pk, fen) for pk, _, fen, _ in months)
        state = Line.SENT if state == Line.PENDING else state
        sent[number] = matching.Sent(told, account, sum(fen for _, fen in told), state)
    return sent


def _keep(run: PayrollRun, sheet: ReturnSheet, found: matching.Settlement, draft: ReturnDraft) -> ReturnFile:
    return ReturnFile.objects.create(
        run=run, sha256=sheet.sha256, name=draft.name, by=draft.uploaded_by.username, on=today(),
        paid_count=len(found.paid), failed_count=len(found.failed), returned_count=len(found.returned),
        queried_count=len(found.queried), paid_fen=sum(line.amount_fen for _, line in found.paid),
    )  # fmt: skip


def _keep_lines(
    file: ReturnFile, sheet: ReturnSheet, sent: dict[int, matching.Sent], queried: set[int]
) -> None:
    """The answer as it came, line by line; `queried` are the numbers it did not settle."""
    rows = []
    for line in sheet.lines:
        pk = sent[line.line_no].lines[0][0]
        rows.append((file.pk, line.line_no, pk, str(line.outcome), line.reason[:120], line.amount_fen,
                     line.credited_on, line.line_no in queried))  # fmt: skip
    bulk_append(KeptLine, _KEPT, rows)


def _answer(run: PayrollRun, found: matching.Settlement) -> None:
    """The lines' states; whatever was sent and not answered for is unknown from the first answer on."""
    _write(found.paid, Line.PAID)
    _write(found.failed, Line.FAILED)
    _write(found.returned, Line.RETURNED)
    with_bank = PayLine.objects.filter(run=run, state=Line.SENT).exclude(account_bi=None)
    with_bank.update(state=Line.UNKNOWN)


def _write(answers: list[matching.Answer], state: str) -> None:
    rows = [
        (state, _day(line), "" if state == Line.PAID else line.reason[:120], pk)
        for sent, line in answers
        for pk, _ in sent.lines
    ]
    bulk_change(PayLine, _ANSWERED, rows)


def _day(line: ReturnLine) -> date | None:
    return None if line.outcome is Outcome.FAILED else line.credited_on


def _book(run: PayrollRun, found: matching.Settlement, sha256: str) -> None:
    """Paid moves the liability to the bank account; failed moves nothing; a bounced payment comes back to 2101."""
    bounced = _paid_out_of_what_bounced(run)
    paid: list[Posting] = [
        (accounts.BOUNCED if pk in bounced else accounts.PAYABLE, "D", fen, pk)
        for sent, _ in found.paid
        for pk, fen in sent.lines
    ]
    back: list[Posting] = [
        (accounts.BOUNCED, "C", fen, pk) for sent, _ in found.returned for pk, fen in sent.lines
    ]
    _post(run, "paid", "银行入账", [*paid, (accounts.CASH, "C", _total(paid), None)], sha256)
    _post(run, "bounced", "银行退票", [(accounts.CASH, "D", _total(back), None), *back], sha256)


def _paid_out_of_what_bounced(run: PayrollRun) -> set[int]:
    """Lines that pay again what once came back: the money waits in 2101, through however many failed attempts."""
    found = set()
    for line in PayLine.objects.filter(run=run, repays__isnull=False).only("pk", "repays").order_by("pk"):
        before: PayLine | None = line
        while before := before.repays if before else None:
            if before.state == Line.RETURNED:
                found.add(line.pk)
    return found


def _total(entries: list[Posting]) -> int:
    return sum(entry[2] for entry in entries)


def _post(run: PayrollRun, kind: str, words: str, entries: list[Posting], sha256: str) -> None:
    if len(entries) > 1:
        memo = f"{in_words(run.month)}{words}, {run.batch_no}"
        key = f"{kind}:{run.batch_no}:{sha256[:32]}"
        post(key=key, kind=f"payroll.{kind}", on=today(), memo=memo, entries=entries)


@step("close")
def close(run: PayrollRun, by: User) -> PayrollRun:
    """办结: 每一笔都有银行结果、合计守恒才行; 失败和退票另起更正批次补发。再办一次不起作用。

    Raises DutyNotYours, RunNotAt, OutcomeUnknown, NotConserved.
    """
    require("办结", by)
    held = hold(run)
    if held.state != State.CLOSED:
        require_state(held, "办结", State.HANDED)
        _require_answered(held)
        advance(held, State.CLOSED, closed_on=today())
        record(by=by, action="payroll.close", subject=held, **_facts(held))
    run.refresh_from_db()
    return run


def _require_answered(run: PayrollRun) -> None:
    waiting = PayLine.objects.filter(run=run, state__in=(Line.PENDING, Line.SENT, Line.UNKNOWN))
    if waiting.exists():
        total = waiting.aggregate(total=Sum("amount_fen"))["total"]
        raise OutcomeUnknown(waiting.count(), yuan(total))
    if not conservation(run).holds:
        raise NotConserved


def _facts(run: PayrollRun) -> dict[str, Any]:
    found = conservation(run)
    return {
        "batch": run.batch_no,
        "paid": found.paid.fen,
        "failed": found.failed.fen,
        "returned": found.returned.fen,
    }
