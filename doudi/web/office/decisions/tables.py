"""One line per household for those who sign: who, how many, how much a head, how much a month, what to mind."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from doudi.law.workdays import Calendar
from doudi.records.cases.models import Case
from doudi.records.decisions.models import Appeal, Decision, SampleEntry
from doudi.records.desk import queues
from doudi.records.desk.deciding import notice_due
from doudi.records.policies.queries import calendar, scheme_name
from doudi.web.office.cases.page import flags
from doudi.web.ui.components import Batch, Deadline, Flag
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("户主"),
    Column("乡镇 / 村"),
    Column("类别"),
    Column("人数", "number", "人"),
    Column("月人均收入", "money"),
    Column("建议月金额", "money"),
    Column("意见"),
    Column("剩余时限", "deadline"),
    Column("标记", "flags"),
)
MUST_OPEN = "有标记的请打开案卷单独办理"


def waiting(cases: Any, on: dt.date, pages: Mapping[str, str], batch: Batch) -> Table:
    """待签批或待确认的名单; 有标记的不进批量。`pages` 是各环节的办理页。"""
    known = calendar()
    rows = [_row(queues.waiting(case, on, known), pages) for case in cases]
    return Table(COLUMNS, rows, batch=batch, key="deciding")


def _row(waiting: queues.Waiting, pages: Mapping[str, str]) -> Row:
    case: Any = waiting.case
    opinion = case.latest[0] if case.latest else None
    results = opinion.assessment.results if opinion else {}
    url = reverse(pages[case.station], args=[case.pk])
    marks = marks_of(case)
    cells = [
        Link(case.household.head.name, url, sub=case.no),
        f"{case.village.parent.name if case.village.parent else ''} · {case.village.name}",
        scheme_name(case.scheme),
        len(results["persons"]) if results else None,
        results.get("income_per_head"),
        opinion.amount_fen if opinion else None,
        "建议确认" if opinion and opinion.recommends else "建议不予确认",
        Deadline(waiting.days_left, waiting.due_on),
        marks or None,
    ]
    locked = MUST_OPEN if marks else ""
    return Row(cells, str(case.pk), url, opinion.amount_fen if opinion else None, locked=locked)


def marks_of(case: Any) -> list[Flag]:
    """要单独打开办的缘由: 近亲属备案、被退回、有人提过意见、更正、建议不予确认、拟确认还没作。"""
    opinion = case.latest[0] if case.latest else None
    told = list(flags(case))
    if case.near and not case.is_relative_filed:  # filed after the case was opened
        told.append(Flag("近亲属备案", "over"))
    if case.complained:
        told.append(Flag("有投诉举报", "over"))
    if case.kind == Case.Kind.CORRECT:
        told.append(Flag("更正", "soon"))
    if case.station == "intend":
        told.append(Flag("县级审核", ""))
    if not opinion or not opinion.recommends:
        told.append(Flag("建议不予确认", "soon"))
    return told


def undelivered(decisions: Any, on: dt.date, batch: Batch) -> Table:
    """待送达的告知书: 不予确认的要在三个工作日内送出, 过了写已超。"""
    columns = (
        Column("户主"), Column("决定文号"), Column("决定"), Column("决定日期", "day"), Column("送达期限", "deadline"),
        Column("每月金额", "money"), Column("乡镇 / 村"),
    )  # fmt: skip
    known = calendar()
    return Table(columns, [_delivery(one, on, known) for one in decisions], batch=batch, key="delivering")


def _delivery(decision: Decision, on: dt.date, known: Calendar) -> Row:
    url = reverse("decision", args=[decision.pk])
    due = notice_due(decision, known)
    village = (decision.case or decision.household).village
    cells = [
        Link(decision.household.head.name, url),
        decision.no,
        decision.get_kind_display(),
        decision.decided_on,
        Deadline(queues.days_left(on, due, known), due) if due else None,
        decision.amount_fen or None,
        f"{village.parent.name if village.parent else ''} · {village.name}",
    ]
    return Row(cells, key=str(decision.pk), url=url)


def appeals(rows: Iterable[Appeal], on: dt.date) -> Table:
    """不服决定的清单: 在办的在前, 写明还剩几天。"""
    columns = (
        Column("户主"), Column("编号"), Column("途径"), Column("原决定"), Column("收到", "day"),
        Column("期限", "deadline"), Column("结果"), Column("更正案"),
    )  # fmt: skip
    return Table(columns, [_appeal(one, on) for one in rows], key="appeals")


def _appeal(one: Appeal, on: dt.date) -> Row:
    url = reverse("appeal", args=[one.pk])
    corrected = getattr(one, "correction", None)
    cells = [
        Link(one.decision.household.head.name, url),
        one.no,
        one.get_kind_display(),
        one.decision.get_kind_display(),
        one.received_on,
        None if one.outcome or not one.due_on else Deadline((one.due_on - on).days, one.due_on, "calendar"),
        one.get_outcome_display(),
        corrected.case.no if corrected else None,
    ]
    return Row(cells, url=url)


def entries(rows: Iterable[SampleEntry], pages: Mapping[str, str]) -> Table:
    """一次抽签的名单: 必去和抽中的在前, 去过的写明相符不相符。"""
    columns = (
        Column("受理号"), Column("户主"), Column("乡镇 / 村"), Column("抽签结果", "flags"), Column("派给"),
        Column("核查日期", "day"), Column("核查结果"),
    )  # fmt: skip
    return Table(
        columns,
        [_entry(one, pages) for one in rows],
        batch=Batch("deciding", [], with_sum=False),
        key="entries",
    )


def _entry(one: SampleEntry, pages: Mapping[str, str]) -> Row:
    case: Any = one.case
    visits = sorted(case.county_visits.all(), key=lambda visit: -visit.pk)
    last = visits[0] if visits else None
    to_go = one.result != SampleEntry.Result.PASSED
    url = reverse("sample_case", args=[case.pk]) if to_go else reverse("case", args=[case.pk])
    tone: dict[str, Any] = {"drawn": "soon", "must": "over"}
    cells = [
        Link(case.no, url),
        case.household.head.name,
        f"{case.village.parent.name if case.village.parent else ''} · {case.village.name}",
        [Flag(one.get_result_display(), tone.get(one.result, ""))],
        "、".join(given.user.name for given in case.assignments.all()) if to_go else None,
        last.visited_on if last else None,
        ("相符" if last.agrees else "不符") if last else ("待入户" if to_go else None),
    ]
    return Row(cells, key=str(one.pk), url=url, locked="" if to_go and not last else "不用派单")
