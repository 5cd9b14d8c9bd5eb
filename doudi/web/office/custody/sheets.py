"""The register of custody as a table to take away."""

import datetime as dt
from collections.abc import Iterable, Mapping

from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut
from doudi.law.masking import mask_identity
from doudi.records.payments.models import Custody
from doudi.records.people.models import Household
from doudi.records.staff.models import User
from doudi.web.office.cases.page import shown_name

COLUMNS = (
    Column("持卡人"), Column("户编号", width=18), Column("乡镇"), Column("村"), Column("代管人"),
    Column("代管人身份证号", width=22), Column("是持卡人的"), Column("起", ColumnKind.DATE), Column("登记人"),
    Column("备案人"), Column("备案日期", ColumnKind.DATE),
)  # fmt: skip


def register(
    user: User, rows: Iterable[Custody], homes: Mapping[int, Household], *, on: dt.date, demo: bool
) -> SheetOut:
    """存折代管清单: 正在代管的, 证件号遮着。"""
    lines = [_line(user, row, homes.get(row.person_id)) for row in rows]
    return SheetOut("存折代管", "存折代管清单", COLUMNS, lines, on.isoformat(), demo=demo)


def _line(user: User, row: Custody, home: Household | None) -> tuple[str | dt.date | None, ...]:
    village = home.village if home else None
    town = village.parent.name if village and village.parent else ""
    return (
        shown_name(user, row.person.name), home.no if home else "", town, village.name if village else "",
        shown_name(user, row.custodian), mask_identity(str(row.custodian_id)), row.relation, row.from_on,
        row.recorded_by.name, row.filed_by.name if row.filed_by else "", row.filed_on,
    )  # fmt: skip
