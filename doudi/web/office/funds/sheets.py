"""What came in, and what stands on each special account, as tables to take away."""

import datetime as dt
from collections.abc import Iterable

from doudi.exchange.sheets.writing import CellValue, Column, ColumnKind, SheetOut
from doudi.records.ledger.models import FundReceipt
from doudi.records.payments.funds.special_accounts import Sums
from doudi.records.policies.queries import scheme_name
from doudi.web.office.funds.tables import SUMS, hands, schemes_of

DATE, MONEY = ColumnKind.DATE, ColumnKind.MONEY
RECEIPTS = (
    Column("日期", DATE, 12), Column("级次", width=8), Column("种类"), Column("文号或单据号", width=24),
    Column("用于", width=18), Column("专户"), Column("金额（元）", MONEY, 18), Column("登记 / 核对", width=18),
    Column("状态"), Column("退回理由", width=24),
)  # fmt: skip
ACCOUNTS = (
    Column("户名", width=24), Column("开户行", width=20), Column("尾号", width=8), Column("发放的项目", width=36),
    Column("开户", DATE, 12), Column("状态"), Column("到账（元）", MONEY, 18), Column("付出（元）", MONEY, 18),
    Column("退回和追回（元）", MONEY, 18), Column("划转净额（元）", MONEY, 18), Column("余额（元）", MONEY, 18),
)  # fmt: skip


def receipts(rows: Iterable[FundReceipt], *, on: dt.date, demo: bool) -> SheetOut:
    """资金到账的单据, 末行是已记账的合计。"""
    found = list(rows)
    lines = [
        (one.on, str(one.get_level_display()), str(one.get_kind_display()), one.document_no,
         scheme_name(one.scheme) if one.scheme else "全部救助", f"尾号 {one.account.last4}" if one.account else "",
         one.fen, hands(one), str(one.get_state_display()), one.declined_reason)
        for one in found
    ]  # fmt: skip
    booked = sum(one.fen for one in found if one.state == FundReceipt.State.BOOKED)
    total = ("已记账合计", None, None, None, None, None, booked, None, None, None)
    return SheetOut("资金到账", "社会救助资金到账", RECEIPTS, lines, on.isoformat(), total, demo)


def accounts(sums: Sums, *, on: dt.date, demo: bool) -> SheetOut:
    """各专户的收付和余额, 末行合计等于总账专户存款。"""
    lines: list[tuple[CellValue, ...]] = []
    for one in sums.rows:
        held, told = one.account, [getattr(one, each) for each in SUMS]
        if held is None:
            lines.append(("没有指定专户", None, None, "设专户以前的收付", None, None, *told))
        else:
            named = (held.holder_name, held.bank, held.last4, schemes_of(held), held.opened_on)
            lines.append((*named, str(held.get_state_display()), *told))
    total = (
        "合计",
        None,
        None,
        None,
        None,
        None,
        *(sum(getattr(row, each) for row in sums.rows) for each in SUMS),
    )
    return SheetOut("资金专户", "社会救助资金专户收付和余额", ACCOUNTS, lines, on.isoformat(), total, demo)
