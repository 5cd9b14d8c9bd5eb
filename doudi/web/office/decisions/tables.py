"""One line per household for those who sign: who, how many, how much a head, how much a month, what to mind."""

import datetime as dt
from typing import Any

from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.decisions.models import Decision
from doudi.records.desk import queues
from doudi.records.policies.queries import calendar, scheme_name
from doudi.web.office.cases.page import flags
from doudi.web.ui.components import Action, Batch, Deadline, Flag
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


def waiting(cases: Any, on: dt.date, page: str, action: Action) -> Table:
    """待签批或待确认的名单; 有标记的不进批量。"""
    known = calendar()
    rows = [_row(queues.waiting(case, on, known), page) for case in cases]
    return Table(COLUMNS, rows, batch=Batch("deciding", [action]), key="deciding")


def _row(waiting: queues.Waiting, page: str) -> Row:
    case: Any = waiting.case
    opinion = case.latest[0] if case.latest else None
    results = opinion.assessment.results if opinion else {}
    url = reverse(page, args=[case.pk])
    marks = [*flags(case), *([] if opinion and opinion.recommends else [Flag("建议不予确认", "soon")])]
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


def undelivered(decisions: Any, on: dt.date) -> Table:
    """待送达的告知书。"""
    columns = (
        Column("户主"), Column("决定文号"), Column("决定"), Column("决定日期", "day"), Column("每月金额", "money"),
        Column("村(社区)"),
    )  # fmt: skip
    return Table(columns, [_delivery(one) for one in decisions], keyboard=True)


def _delivery(decision: Decision) -> Row:
    url = reverse("decision", args=[decision.pk])
    case: Case = decision.case  # type: ignore[assignment]
    cells = [
        Link(decision.household.head.name, url),
        decision.no,
        decision.get_kind_display(),
        decision.decided_on,
        decision.amount_fen or None,
        case.village.name,
    ]
    return Row(cells, url=url)
