"""A list as tables to print, sign and give to the insurer."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut
from doudi.law.masking import mask_identity
from doudi.records.decisions.models import ListBatch, ListRow
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.web.office.cases.page import shown_name

MONEY = ColumnKind.MONEY
FIRST = (
    Column("序号", width=6), Column("乡镇（街道）", width=14), Column("村（社区）", width=14),
    Column("户编号", width=18), Column("姓名"), Column("身份证号码", width=22), Column("领款人"),
    Column("金额（元）", MONEY, 12),
)  # fmt: skip
SIGNED = (Column("签收人"), Column("签收日期", width=12), Column("本人签字", width=16))
WHY = (Column("不列入的原因", width=40),)


def register(
    user: User, batch: ListBatch, rows: QuerySet[ListRow], *, on: dt.date, demo: bool
) -> list[SheetOut]:
    """名单: 列入的一人一行, 末行合计, 实物留签字栏; 不列入的另一张表。保险名单交承保单位, 号码写全。"""
    kept, out = [row for row in rows if not row.left_out], [row for row in rows if row.left_out]
    insured, goods = batch.scheme == "insurance_batch", batch.scheme == "goods"
    told = [
        (
            *_row(user, place, row, insured),
            *((row.received_by, str(row.received_on or ""), "") if goods else ()),
        )
        for place, row in enumerate(kept, 1)
    ]
    blank = ("", "", "") if goods else ()
    total: list[Any] = [
        "合计",
        "",
        "",
        "",
        f"{len(kept)} 人",
        "",
        "",
        sum(row.amount_fen for row in kept),
        *blank,
    ]
    title = f"{scheme_name(batch.scheme)}名单：{batch.title}"
    columns = (*FIRST, *SIGNED) if goods else FIRST
    pages = [SheetOut("名单", title, columns, told, on.isoformat(), total, demo)]
    if out:
        rest = [(*_row(user, place, row, insured=False), row.left_out) for place, row in enumerate(out, 1)]
        pages.append(
            SheetOut("不列入", f"{title}，不列入的", (*FIRST, *WHY), rest, on.isoformat(), None, demo)
        )
    return pages


def _row(user: User, place: int, row: ListRow, insured: bool) -> tuple[Any, ...]:
    town = row.village.parent.name if row.village.parent else ""
    number = (
        row.person.id_number if insured and user.role != Role.AUDITOR else mask_identity(row.person.id_number)
    )
    return (
        str(place), town, row.village.name, row.household.no, shown_name(user, row.person.name), number,
        shown_name(user, row.payee.name), row.amount_fen,
    )  # fmt: skip
