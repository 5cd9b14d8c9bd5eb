"""A simulation as sheets for Excel: sums only, to the fen, each sheet's total the county's."""

import datetime as dt
from typing import Any

from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut, write_xlsx
from doudi.records.areas.queries import full_name
from doudi.records.checks.weighing import MOVES

COUNT, MONEY = ColumnKind.COUNT, ColumnKind.MONEY
Figures = dict[str, Any]


def workbook(told: Figures, *, on: dt.date, demo: bool) -> bytes:
    """测算的 xlsx: 改动与合计、去向、分乡镇、资金级次、金额分布; `told` 为 Simulated.as_json 的样子。"""
    head = f"{full_name(told['area'])} {told['month']} 测算"
    pages = [_changes(told), _moves(told), _places(told), _funds(told), _spread(told)]
    return write_xlsx(
        [
            SheetOut(name, f"{head}：{name}", columns, rows, on.isoformat(), total, demo)
            for name, columns, rows, total in pages
            if rows
        ],
        created_on=on,
    )


Page = tuple[str, tuple[Column, ...], list[tuple[Any, ...]], tuple[Any, ...] | None]


def _changes(told: Figures) -> Page:
    columns = (
        Column("参数", width=30), Column("路径", width=34), Column("现行值", width=22), Column("改为", width=22),
    )  # fmt: skip
    rows = [(one["label"], one["path"], one["before"] or "没有取值", one["after"]) for one in told["changes"]]
    return "改动", columns, rows, None


def _moves(told: Figures) -> Page:
    columns = (
        Column("去向"), Column("户数", COUNT), Column("改前人数", COUNT), Column("改后人数", COUNT),
        Column("改前月金额（元）", MONEY, 18), Column("改后月金额（元）", MONEY, 18),
        Column("每月增减（元）", MONEY, 18), Column("全年增减（元）", MONEY, 18),
    )  # fmt: skip
    rows = [_move(label, told["moves"][name]) for name, label in MOVES.items()]
    return "去向", columns, rows, ("合计", *(sum(row[place] for row in rows) for place in range(1, 8)))


def _move(label: str, one: dict[str, int]) -> tuple[Any, ...]:
    change = one["after_fen"] - one["before_fen"]
    return (
        label, one["households"], one["before_persons"], one["after_persons"], one["before_fen"], one["after_fen"],
        change, 12 * change,
    )  # fmt: skip


def _places(told: Figures) -> Page:
    columns = (
        Column("区划代码", width=16), Column("乡镇（街道）", width=18), Column("改前户", COUNT),
        Column("改后户", COUNT), Column("改前人", COUNT), Column("改后人", COUNT),
        Column("改前月金额（元）", MONEY, 18), Column("改后月金额（元）", MONEY, 18),
        Column("每月增减（元）", MONEY, 18), Column("全年增减（元）", MONEY, 18),
    )  # fmt: skip
    rows = []
    for one in told["townships"]:
        before, after = one["before"], one["after"]
        change = after["amount_fen"] - before["amount_fen"]
        rows.append(
            (one["code"], one["name"], before["households"], after["households"], before["persons"],
             after["persons"], before["amount_fen"], after["amount_fen"], change, 12 * change)
        )  # fmt: skip
    total = ("", "合计", *(sum(row[place] for row in rows) for place in range(2, 10)))
    return "分乡镇", columns, rows, total


def _funds(told: Figures) -> Page:
    columns = (
        Column("资金级次"), Column("上年到账（元）", MONEY, 20), Column("改前每月（元）", MONEY, 18),
        Column("改后每月（元）", MONEY, 18), Column("每月增减（元）", MONEY, 18), Column("全年增减（元）", MONEY, 18),
    )  # fmt: skip
    rows = []
    for one in told["funds"]:
        change = one["after_fen"] - one["before_fen"]
        rows.append(
            (
                one["label"],
                one["received_fen"],
                one["before_fen"],
                one["after_fen"],
                change,
                12 * change,
            )
        )
    return "资金级次", columns, rows, ("合计", *(sum(row[place] for row in rows) for place in range(1, 6)))


def _spread(told: Figures) -> Page:
    columns = (Column("每户月金额自（元）", MONEY, 20), Column("改前户数", COUNT), Column("改后户数", COUNT))
    rows = [(one["from_fen"], one["before"], one["after"]) for one in told["histogram"]]
    return "金额分布", columns, rows, (None, sum(row[1] for row in rows), sum(row[2] for row in rows))
