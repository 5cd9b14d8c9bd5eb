"""The monthly statistics as sheets for Excel: by scheme, by township, entries and exits."""

import datetime as dt

from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut, write_xlsx
from doudi.law.money import yuan
from doudi.records.areas.queries import full_name
from doudi.records.policies.queries import scheme_name
from doudi.records.reports.queries import Statistics, by_township, reason_label

COUNT, MONEY = ColumnKind.COUNT, ColumnKind.MONEY


def percent(basis_points: int | None) -> str:
    """比例写成 4.82%; 没有基数为 --。"""
    return "--" if basis_points is None else f"{basis_points // 100}.{basis_points % 100:02}%"


def workbook(told: Statistics, month: int, *, on: dt.date, demo: bool) -> bytes:
    """月报的 xlsx: 三张表, 都写明地方、月份、截至日和分母。"""
    where, as_of = full_name(told.area), on.isoformat()
    pages = [
        _by_scheme(told, where, as_of, demo),
        _by_place(told, month, where, as_of, demo),
        _movements(told, where, as_of, demo),
    ]
    return write_xlsx(pages, created_on=on)


def _by_scheme(told: Statistics, where: str, as_of: str, demo: bool) -> SheetOut:
    columns = (
        Column("项目", width=24), Column("户数", COUNT), Column("人数", COUNT), Column("月金额（元）", MONEY, 18),
        Column("人均（元）", MONEY), Column("新增户", COUNT), Column("新增人", COUNT), Column("退出户", COUNT),
        Column("退出人", COUNT), Column("覆盖率"),
    )  # fmt: skip
    rows = [
        (scheme_name(one.id), one.households, one.persons, one.amount_fen, one.average_fen, one.entered.households,
         one.entered.persons, one.left.households, one.left.persons, percent(one.coverage_bp))
        for one in told.schemes
    ]  # fmt: skip
    base = "；".join(f"{name} {count} 人" for name, count in told.base.items()) or "没有登记人口基数"
    title = f"{where}社会救助月报 {told.month}（覆盖率分母：{base}）"
    return SheetOut("分项目", title, columns, rows, as_of, demo=demo)


def _by_place(told: Statistics, month: int, where: str, as_of: str, demo: bool) -> SheetOut:
    columns = (
        Column("区划代码"), Column("名称", width=20), Column("项目", width=24), Column("户数", COUNT),
        Column("人数", COUNT), Column("月金额（元）", MONEY, 18),
    )  # fmt: skip
    places = by_township(month, told.area)
    rows = [(p.code, p.name, scheme_name(p.scheme), p.households, p.persons, p.amount_fen) for p in places]
    total = ("", "合计", "", None, sum(p.persons for p in places), sum(p.amount_fen for p in places))
    return SheetOut("分地区", f"{where} {told.month} 分地区", columns, rows, as_of, total, demo)


def _movements(told: Statistics, where: str, as_of: str, demo: bool) -> SheetOut:
    columns = (Column("项目", width=24), Column("退出理由", width=28), Column("户数", COUNT))
    rows = [
        (scheme_name(one.id), reason_label(one.id, code), count)
        for one in told.schemes
        for code, count in one.left.by_reason.items()
    ]
    return SheetOut("退出理由", f"{where} {told.month} 退出理由", columns, rows, as_of, demo=demo)


def table_text(told: Statistics) -> str:
    """月报的文字表, 供命令行看。"""
    lines = [f"{told.month} {full_name(told.area)}"]
    for one in told.schemes:
        lines.append(
            f"{scheme_name(one.id)}\t{one.households} 户\t{one.persons} 人\t{yuan(one.amount_fen)} 元"
            f"\t新增 {one.entered.households} 户 {one.entered.persons} 人"
            f"\t退出 {one.left.households} 户 {one.left.persons} 人\t覆盖率 {percent(one.coverage_bp)}"
        )
    return "\n".join(lines)
