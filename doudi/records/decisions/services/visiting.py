"""The county goes and looks: two persons, what they saw, whether it is as reported."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.decisions.models import CountyVisit, SampleEntry
from doudi.records.decisions.services import correcting, deciding
from doudi.records.decisions.services.deciding import ReasonMissing
from doudi.records.decisions.services.delivering import kept_picture
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

CONFIRMING = ("intend", "confirm")


class OneVisitor(Refusal):
    """县级入户只有一个人。"""


class NotSampled(Refusal):
    """已办结的案件没有被抽中。"""


@transaction.atomic
def county_visit(
    *, case: Case, by: User, second: User, note: str, on: dt.date, agrees: bool = True, photo: bytes = b""
) -> CountyVisit:
    """县级入户核查, 两人同去: 近亲属备案、有投诉和抽中的, 确认前必须去; 确认后抽查的看决定对不对。

    不符的退回调查; 已经确认的立案更正。Raises ReasonMissing, OneVisitor, NotSampled, PictureRefused.
    依据: 民发〔2021〕57号 第二十条
    """
    if not note.strip():
        raise ReasonMissing("请写明入户核查看到的情况")
    if by.pk == second.pk:
        raise OneVisitor("县级入户核查要两人同去, 请选另一名核查人")
    case = cases.locked(case)
    _require_place(case)
    word = "相符" if agrees else "不符"
    cases.do(
        case=case,
        by=by,
        duty="sample",
        title=f"县级入户核查, 与上报{word}",
        on=on,
        note=f"同行 {second.name}",
    )
    cases.do(case=case, by=second, duty="sample", title="同行县级入户核查", on=on)
    visit = CountyVisit.objects.create(
        case=case,
        first=by,
        second=second,
        visited_on=on,
        agrees=agrees,
        findings=note,
        photo=kept_picture(photo, f"县级入户 {case.no}", by),
    )
    record(
        by=by, action="case.county_visit", subject=f"case:{case.pk}", second=second.username, agrees=agrees
    )
    if not agrees:
        _disagreed(case, by, note, on)
    return visit


def _require_place(case: Case) -> None:
    """Before the decision at the county's stations; after it only what was drawn."""
    if not case.closed_on:
        cases.require_station(case, *CONFIRMING)
    elif not SampleEntry.objects.filter(case=case).exclude(result=SampleEntry.Result.PASSED).exists():
        raise NotSampled(f"案件 {case.no} 已办结, 也没有被抽中, 不登记县级入户")


def _disagreed(case: Case, by: User, note: str, on: dt.date) -> None:
    why = f"县级入户核查不符: {note}"[:300]
    if case.closed_on:
        correcting.reopen(decision=case.decisions.get(), by=by, cause=why, on=on, duty="sample")
    else:
        deciding.send_back(case=case, by=by, text=why, on=on, duty="sample")
