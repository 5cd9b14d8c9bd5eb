"""The list of a raise as a workbook."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut
from doudi.records.decisions.models import RaiseLine
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.web.office.cases.page import shown_name

MONEY = ColumnKind.MONEY
COLUMNS = (
    Column("乡镇（街道）", width=16), Column("村（社区）", width=16), Column("户编号", width=18), Column("户主"),
    Column("项目", width=18), Column("结果", width=16), Column("在册每月（元）", MONEY, 16),
    Column("按原标准重算（元）", MONEY, 20), Column("按新标准（元）", MONEY, 16), Column("每月增减（元）", MONEY, 16),
    Column("不随批办的原因", width=50),
)  # fmt: skip


def register(
    user: User, rows: QuerySet[RaiseLine], words: Mapping[str, str], *, on: dt.date, demo: bool
) -> SheetOut:
    """名单: 一户一行, 末行合计。"""
    found: list[tuple[Any, ...]] = []
    for line in rows:
        town = line.village.parent.name if line.village.parent else ""
        found.append(
            (town, line.village.name, line.household.no, shown_name(user, line.household.head.name),
             scheme_name(line.scheme), words["out" if line.left_out else line.effect], line.was_fen, line.before_fen,
             line.now_fen, line.now_fen - line.was_fen, line.left_out)
        )  # fmt: skip
    sums = [sum(row[place] for row in found) for place in range(6, 10)]
    total: list[str | int | dt.date | None] = ["合计", "", "", "", "", "", *sums, ""]
    return SheetOut("调标名单", "调整保障标准重新核定名单", COLUMNS, found, on.isoformat(), total, demo)
