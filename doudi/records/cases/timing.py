"""Stop a case's clock and start it again; ask for longer, and sign that."""

import datetime as dt

from django.db import transaction

from doudi.law import duties
from doudi.law.procedure import POSTINGS
from doudi.records.cases import queries, services
from doudi.records.cases.models import Case, Extension, Pause
from doudi.records.cases.telling import tell
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

COUNTY_STATIONS = ("intend", "post_final", "confirm")
SIGNERS = ("fuze", "shenpi")


class ReasonMissing(Refusal):
    """没有写明理由。"""


class CauseNotAllowed(Refusal):
    """政策没有列出这种情形。"""


class AlreadyPaused(Refusal):
    """计时已经暂停。"""


class NotPaused(Refusal):
    """计时没有暂停。"""


class LimitPassed(Refusal):
    """时限已过, 不能再暂停或延长。"""


class CannotBeLonger(Refusal):
    """不能延长: 政策没有规定, 或已经延长、已经提出过。"""


class NothingToSign(Refusal):
    """没有等着签的延长。"""


@transaction.atomic
def pause(*, case: Case, by: User, cause: str, reason: str, on: dt.date) -> Pause:
    """暂停计时: 当天起不计入时限, 案件不往下走。Raises AlreadyPaused, CauseNotAllowed, LimitPassed, ReasonMissing."""
    case = _open(case)
    _require_reason(reason, "暂停计时")
    require_cause("procedure.pause_causes", cause, case)
    if queries.open_pause(case):
        raise AlreadyPaused(f"案件 {case.no} 的计时已经暂停, 不必再办")
    if on > case.due_on:
        raise LimitPassed(f"案件 {case.no} 的全程时限 {case.due_on} 已过, 不能再暂停计时")
    title = f"暂停计时: {queries.cause_label('procedure.pause_causes', cause, case)}"
    services.do(case=case, by=by, duty=handling_duty(case), title=title, on=on)
    return Pause.objects.create(case=case, cause=cause, reason=reason.strip(), from_on=on, by=by)


@transaction.atomic
def resume(*, case: Case, by: User, on: dt.date) -> Case:
    """恢复计时: 当天照算, 全程和本站的时限顺延。Raises NotPaused."""
    case = _open(case)
    pause = queries.open_pause(case)
    if pause is None:
        raise NotPaused(f"案件 {case.no} 的计时没有暂停")
    services.do(case=case, by=by, duty=handling_duty(case), title="恢复计时", on=on)
    pause.until_on, pause.ended_by = max(on, pause.from_on), by
    pause.save(update_fields=["until_on", "ended_by"])
    return _reckoned(case)


@transaction.atomic
def ask_longer(*, case: Case, by: User, reason: str, on: dt.date) -> Extension:
    """提出延长期限, 报负责人签。Raises CannotBeLonger, LimitPassed. 依据: 民发〔2021〕57号 第二十二条"""
    case = _open(case)
    _require_reason(reason, "延长期限")
    if queries.longer_limit(case) is None:
        raise CannotBeLonger("政策没有规定这件案子的全程时限可以延长")
    if queries.extension(case):
        raise CannotBeLonger(f"案件 {case.no} 已经提出过延长, 一件案子只延长一次")
    _require_in_time(case, on)
    services.do(case=case, by=by, duty=asking_duty(case, by), title="提出延长期限", on=on)
    tell(case, to_role=_signer(case), kind="extension", what="请签延长期限", on=on)
    return Extension.objects.create(case=case, reason=reason.strip(), asked_on=on, asked_by=by)


@transaction.atomic
def answer_longer(*, case: Case, by: User, agreed: bool, on: dt.date) -> Case:
    """签延长: 同意的, 全程时限改为特殊情况的时限; 到期以后不能再签同意。Raises NothingToSign, LimitPassed."""
    case = _open(case)
    asked = queries.extension(case)
    if asked is None or asked.answer:
        raise NothingToSign(f"案件 {case.no} 没有等着签的延长")
    if agreed:
        _require_in_time(case, on)
    asked.answer = Extension.Answer.AGREED if agreed else Extension.Answer.DECLINED
    asked.answered_on, asked.answered_by = on, by
    services.do(case=case, by=by, duty=signing_duty(case), title=str(asked.get_answer_display()), on=on)
    asked.save(update_fields=["answer", "answered_on", "answered_by"])
    case.extended_reason = asked.reason[:200] if agreed else ""
    return _reckoned(case)


def handling_duty(case: Case) -> str:
    """谁停、谁终止: 到了县级的只由作确认的人, 其余由乡镇经办。"""
    return "confirm" if case.station in COUNTY_STATIONS else "review"


def asking_duty(case: Case, by: User) -> str:
    """谁提出延长: 乡镇经办; 在县级的也可以由作确认的人。"""
    held = duties.duties_of(by.role, services.procedure_of(case).confirm_by)
    return "confirm" if case.station in COUNTY_STATIONS and "confirm" in held else "review"


def signing_duty(case: Case) -> str:
    """谁签延长: 到了县级或委托乡镇确认的, 由确认的人; 其余由乡镇负责人。"""
    delegated = services.procedure_of(case).confirm_by == "township"
    return "confirm" if delegated or case.station in COUNTY_STATIONS else "sign"


def _signer(case: Case) -> str:
    """The role whose duty signing is, in this procedure and at this station."""
    duty, terms = signing_duty(case), services.procedure_of(case)
    return next(role for role in SIGNERS if duty in duties.duties_of(role, terms.confirm_by))


def require_cause(path: str, cause: str, case: Case) -> None:
    """情形是政策列出的。Raises CauseNotAllowed."""
    known = dict(queries.causes(path, case))
    if cause not in known:
        raise CauseNotAllowed(f"政策没有列出这种情形, 可选: {'、'.join(known.values())}")


def _open(case: Case) -> Case:
    case = services.locked(case)
    services.require_station(case, *services.procedure_of(case).road)
    return case


def _require_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise ReasonMissing(f"请写明{what}的理由")


def _require_in_time(case: Case, on: dt.date) -> None:
    if on > case.due_on and not queries.open_pause(case):
        raise LimitPassed(f"案件 {case.no} 的全程时限 {case.due_on} 已过, 不能再延长")


def _reckoned(case: Case) -> Case:
    """The limits as they are now; what hangs on a board keeps its own days."""
    case.due_on = queries.whole_clock(case).due_on
    if case.station not in POSTINGS:
        case.station_due_on = services.station_due(case, case.station, case.station_from_on)
    case.version += 1
    case.save()
    return case
