"""Tables of the recovery pages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.payments.models import Instalment, Recovery, RecoveryMonth, RecoveryReceipt
from doudi.records.payments.periods import in_words
from doudi.records.payments.recovery.recoveries import Overpaid, PaidAfterDeath, Standing
from doudi.records.people.models import Household
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import shown_name
from doudi.web.ui.components import Flag, Tone
from doudi.web.ui.tables import Column, Link, Row, Table

__all__ = ["yuan"]

TONES: dict[str, Tone] = {"proposed": "soon", "settled": "good"}


def state_flag(one: Recovery) -> Flag:
    """状态。"""
    return Flag(str(one.get_state_display()), TONES.get(one.state, ""))


def month_words(month: int) -> str:
    """2026年11月。"""
    return in_words(month)


def register(user: User, rows: Iterable[Standing]) -> Table:
    """追缴清单。"""
    columns = (
        Column("户主"), Column("追缴编号"), Column("项目"), Column("原因"), Column("应追缴", "money"),
        Column("已到账", "money"), Column("还差", "money"), Column("逾期", "money"), Column("下一期", "day"),
        Column("状态", "flags"),
    )  # fmt: skip
    return Table(columns, [_registered(user, one) for one in rows], key="recoveries")


def _registered(user: User, one: Standing) -> Row:
    found = one.recovery
    url = reverse("recovery", args=[found.pk])
    flags = [state_flag(found), *([Flag("逾期", "over")] if one.overdue_fen else [])]
    cells = [
        Link(shown_name(user, found.household.head.name), url, found.household.no), found.no,
        scheme_name(found.scheme), found.get_cause_display(), found.amount_fen, one.received_fen,
        one.outstanding_fen, one.overdue_fen or None, one.next_due.due_on if one.next_due else None, flags,
    ]  # fmt: skip
    return Row(cells, url=url)


def candidates(
    user: User, rows: Iterable[Overpaid], homes: Mapping[int, Household], *, may_order: bool
) -> Table:
    """多发而没有追的。"""
    columns = (
        Column("户主"), Column("乡镇 / 村"), Column("项目"), Column("看来是"), Column("多发的月份"),
        Column("可追", "money"), Column("在途", "money"), Column("办理"),
    )  # fmt: skip
    return Table(
        columns, [_candidate(user, one, homes[one.household_id], may_order) for one in rows], key="candidates"
    )


def _candidate(user: User, one: Overpaid, home: Household, may_order: bool) -> Row:
    url = reverse("recovery_new", args=[home.pk, one.scheme]) + (
        f"?person={one.person_id}" if one.person_id else ""
    )
    town = home.village.parent.name if home.village.parent else ""
    act = (
        Link("提出追缴", url)
        if may_order and one.fen
        else "银行答复后再追"
        if not one.fen
        else "等发放复核提出"
    )
    cells = [
        Link(shown_name(user, home.head.name), url, home.no) if may_order and one.fen
        else f"{shown_name(user, home.head.name)} {home.no}",
        f"{town} · {home.village.name}", scheme_name(one.scheme), Recovery.Cause(one.cause).label,
        _span([part.month for part in one.months]), one.fen or None, one.in_transit_fen or None, act,
    ]  # fmt: skip
    return Row(cells, url=url if may_order and one.fen else "")


def _span(months: list[int]) -> str:
    told = sorted(set(months))
    first = in_words(told[0])
    return first if len(told) == 1 else f"{first}至{in_words(told[-1])}, 共 {len(told)} 个月"


def waiting(user: User, rows: Iterable[PaidAfterDeath]) -> Table:
    """死亡之后还在发、待遇没有停的。"""
    columns = (
        Column("死亡的人"), Column("死亡日期", "day"), Column("户编号"), Column("项目"), Column("之后发的月份"),
        Column("之后共发", "money"),
    )  # fmt: skip
    return Table(columns, [_waits(user, one) for one in rows], key="waiting", keyboard=False)


def _waits(user: User, one: PaidAfterDeath) -> Row:
    home = one.award.household
    url = reverse("household", args=[home.pk]) if may_open(user, "household") else ""
    cells = [
        shown_name(user, one.person.name), one.person.died_on, Link(home.no, url) if url else home.no,
        scheme_name(one.award.scheme), _span(list(one.months)), one.fen,
    ]  # fmt: skip
    return Row(cells)


def months(over: Iterable[RecoveryMonth]) -> Table:
    """追缴的各月; 撤销了的写明还有多少算数 (已经到账的)。"""
    found = list(over)
    columns = [Column("月份"), Column("已发", "money"), Column("其中多发", "money")]
    lines: list[list[Any]] = [[in_words(one.month), one.line.amount_fen, one.fen] for one in found]
    foot: list[Any] = ["合计", None, sum(one.fen for one in found)]
    if any(one.stands_fen != one.fen for one in found):
        columns.append(Column("其中已到账, 由补发退还", "money"))
        lines = [[*line, one.stands_fen] for line, one in zip(lines, found, strict=True)]
        foot.append(sum(one.stands_fen for one in found))
    columns.append(Column("批次号"))
    rows = [Row([*line, one.line.run.batch_no]) for line, one in zip(lines, found, strict=True)]
    return Table(columns, rows, foot=[*foot, None], compact=True, key="months", keyboard=False)


def plan(rows: list[Instalment], standing: Standing, on: dt.date) -> Table:
    """分期: 到账从头抵起, 交了多少、哪一期逾期。"""
    before = standing.recovery.amount_fen - sum(one.fen for one in rows)
    left = standing.received_fen - before
    lines = []
    for one in rows:
        got = max(min(left, one.fen), 0)
        left -= one.fen
        word: Tone = "good" if got == one.fen else "over" if one.due_on < on else ""
        text = "已交" if got == one.fen else "逾期" if one.due_on < on else "未到期"
        lines.append(Row([one.number, one.due_on, one.fen, got, [Flag(text, word)]]))
    columns = (
        Column("期次", "number"), Column("在此之前", "day"), Column("应交", "money"), Column("已交", "money"),
        Column("状态", "flags"),
    )  # fmt: skip
    return Table(columns, lines, compact=True, key="plan", keyboard=False)


def receipts(rows: Iterable[RecoveryReceipt]) -> Table:
    """到账。"""
    columns = (
        Column("到账日期", "day"), Column("单据号"), Column("方式"), Column("金额", "money"), Column("登记人"),
    )  # fmt: skip
    lines = [Row([one.on, one.document_no, one.get_how_display(), one.fen, one.by.name]) for one in rows]
    return Table(columns, lines, compact=True, key="receipts", keyboard=False)


def of_household(user: User, rows: Iterable[Standing]) -> Table:
    """一户的追缴, 放在户页上。"""
    columns = (
        Column("追缴编号"), Column("项目"), Column("原因"), Column("应追缴", "money"), Column("已到账", "money"),
        Column("还差", "money"), Column("状态", "flags"),
    )  # fmt: skip
    lines = []
    for one in rows:
        found = one.recovery
        no = Link(found.no, reverse("recovery", args=[found.pk])) if may_open(user, "recovery") else found.no
        lines.append(
            Row([no, scheme_name(found.scheme), found.get_cause_display(), found.amount_fen, one.received_fen,
                 one.outstanding_fen, [state_flag(found)]])
        )  # fmt: skip
    return Table(columns, lines, compact=True, key="recoveries", keyboard=False)
