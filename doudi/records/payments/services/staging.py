"""The bank's answer before it counts: one person brings it, sees what it would do, and leaves it for another."""

import hashlib
from typing import Any

from django.db import transaction

from doudi.law.money import yuan
from doudi.records.audit.services import record
from doudi.records.payments.bank import matching
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import PayrollRun, ReturnDraft, ReturnFile
from doudi.records.payments.refusals import (
    DraftSettled,
    ReasonMissing,
    ReturnRefused,
    SamePersonUploaded,
)
from doudi.records.payments.services.returning import apply_return, matched, read_sheet, sent_of
from doudi.records.payments.services.runs import State, hold, require_state
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.kept import keep
from doudi.store.today import today

Draft = ReturnDraft.State
SHOWN = 200  # queried lines told one by one in the preview


def stage_return(run: PayrollRun, data: bytes, filename: str, by: User) -> ReturnDraft:
    """上传回盘: 读出、逐笔对上、封存原件, 等另一人核对; 一行也不入账。

    同一文件再来不起作用, 返回先前那份 (`is_replay` 为真); 作废过的可以再传; 拒收的也记一笔谁拿来的、为什么不收。
    Raises DutyNotYours, CaseWorkerOfTheirs, RunNotAt, ReturnRefused.
    """
    try:
        return _staged(run, data, filename, by)
    except ReturnRefused as refused:
        with transaction.atomic():
            record(by=by, action="payroll.return_refused", subject=run, sha256=hashlib.sha256(data).hexdigest(),
                   code=refused.code, errors=len(refused.errors))  # fmt: skip
        raise


@step("return.stage")
def _staged(run: PayrollRun, data: bytes, filename: str, by: User) -> ReturnDraft:
    require("登记回盘", by)
    require_no_casework(run.scheme, by)
    held = hold(run)
    known = _known(held, data)
    if known:
        known.is_replay = True
        return known
    require_state(held, "登记回盘", State.EXPORTED, State.HANDED, State.CLOSED)
    name = _plain(filename)
    sheet = read_sheet(held, data, name)
    sent = sent_of(held)
    summary = _summary(matched(sent, held, sheet), sent)
    file = keep(
        data, media_type="application/octet-stream", title=f"回盘 {held.batch_no}"[:80], by=by.username
    )
    draft = ReturnDraft.objects.create(
        run=held,
        sha256=sheet.sha256,
        name=name,
        file=file,
        summary=summary,
        uploaded_by=by,
        uploaded_on=today(),
    )
    record(by=by, action="payroll.return_staged", subject=held, sha256=sheet.sha256, draft=draft.pk)
    return draft


def take_return(run: PayrollRun, data: bytes, filename: str, by: User) -> ReturnDraft | ReturnFile:
    """同一个词办两步: 先来的人上传, 另一个人拿着同一份文件再来就是核对入账。Raises as the two do."""
    known = _known(run, data)
    if known and known.state == Draft.WAITING and known.uploaded_by_id != by.pk:
        return apply_return(known, by)
    return stage_return(run, data, filename, by)


@transaction.atomic
def withdraw_return(draft: ReturnDraft, reason: str, by: User) -> ReturnDraft:
    """作废一份待核的回盘, 写明理由; 原件和核对结果留着。Raises DutyNotYours, ReasonMissing, DraftSettled,
    SamePersonUploaded."""
    require("核对回盘", by)
    hold(draft.run)
    known = ReturnDraft.objects.get(pk=draft.pk)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("作废回盘")
    if known.state != Draft.WAITING:
        raise DraftSettled(known.get_state_display())
    if known.uploaded_by_id == by.pk:
        raise SamePersonUploaded
    known.state, known.reason, known.checked_by, known.checked_on = Draft.WITHDRAWN, reason, by, today()
    known.save(update_fields=["state", "reason", "checked_by", "checked_on"])
    record(by=by, action="payroll.return_withdrawn", subject=known.run, draft=known.pk, reason=reason)
    draft.refresh_from_db()
    return draft


def _known(run: PayrollRun, data: bytes) -> ReturnDraft | None:
    digest = hashlib.sha256(data).hexdigest()
    return ReturnDraft.objects.filter(run=run, sha256=digest).exclude(state=Draft.WITHDRAWN).first()


def _plain(filename: str) -> str:
    """The name only, printable: it is shown, never used as a path."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in name if letter.isprintable())[:120]


def _summary(found: matching.Settlement, sent: dict[int, matching.Sent]) -> dict[str, Any]:
    """What the file would do, in counts and 分; of an account only whether it differs."""
    parts = {"paid": found.paid, "failed": found.failed, "returned": found.returned, "queried": found.queried}
    told: dict[str, Any] = {
        name: {"count": len(answers), "fen": sum(ours.amount_fen for ours, _ in answers)}
        for name, answers in parts.items()
    }
    answered = {line.line_no for answers in parts.values() for _, line in answers}
    waiting = [
        one for number, one in sent.items() if one.state in matching.AWAITED and number not in answered
    ]
    told["unanswered"] = {"count": len(waiting), "fen": sum(one.amount_fen for one in waiting)}
    told["lines"] = [_queried(ours, line) for ours, line in found.queried[:SHOWN]]
    return told


def _queried(ours: matching.Sent, line: Any) -> dict[str, Any]:
    same = ours.amount_fen == line.amount_fen
    why = (
        "账号与交出的不同"
        if same
        else f"回盘写 {yuan(line.amount_fen)} 元, 交出的是 {yuan(ours.amount_fen)} 元"
    )
    return {"number": line.line_no, "result": str(line.outcome), "sent_fen": ours.amount_fen, "why": why}
