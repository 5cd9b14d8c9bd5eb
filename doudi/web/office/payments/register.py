"""Sheets of a run: the locked lines of a township or of the whole, and the slip that goes with the bank's file."""

import datetime as dt
from collections.abc import Callable

from doudi.exchange.bank.formats import FORMATS
from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut
from doudi.records.areas.models import Area
from doudi.records.ledger.special_accounts import paying_account
from doudi.records.payments import queries
from doudi.records.payments.models import BankFile, PayrollRun
from doudi.records.payments.periods import in_words
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.queries import names
from doudi.web.ui.print import printing
from doudi.web.ui.print.payment_sheets import HandoverSlip
from doudi.web.ui.print.sheets import PayRegister, PayRow

COLUMNS = (
    Column("序号", ColumnKind.COUNT, 8), Column("村（社区）", width=16), Column("户编号", width=18), Column("领款人"),
    Column("保障人数", ColumnKind.COUNT, 10), Column("金额（元）", ColumnKind.MONEY, 16), Column("开户行", width=20),
    Column("账号后四位", width=12), Column("状态"),
)  # fmt: skip


def register_sheet(
    run: PayrollRun, area: Area | None, *, on: dt.date, demo: bool, named: Callable[[str], str]
) -> SheetOut:
    """发放清册各行, 末行合计; 一笔几个月的合在一行。"""
    rows = [
        (one.number, one.village, one.household_no, named(one.payee), one.persons, one.amount_fen, one.bank,
         one.account_last4, one.state)
        for one in queries.register_rows(run, area.code if area else "")
    ]  # fmt: skip
    total = (None, "合计", f"{len(rows)} 笔", None, None, sum(row[5] for row in rows), None, None, None)
    title = (
        f"{in_words(run.month)}{scheme_name(run.scheme)}发放清册 {run.batch_no} {area.name if area else ''}"
    )
    return SheetOut("发放清册", title.strip(), COLUMNS, rows, on.isoformat(), total, demo)


def register_pdf(
    run: PayrollRun,
    area: Area | None,
    *,
    unit_name: str,
    on: dt.date,
    demo: bool,
    named: Callable[[str], str],
) -> bytes:
    """发放清册 PDF; `named`: 领款人的姓名给这个人看成什么样。Raises RegisterTooLong."""
    steps = {step.key: step.by for step in queries.stepper(run)}
    rows = [_row(one, named) for one in queries.register_rows(run, area.code if area else "")]
    sheet = PayRegister(
        unit=unit_name, scheme=scheme_name(run.scheme), month=run.month, batch_no=run.batch_no, on=on, rows=rows,
        area=area.name if area else "", maker=steps["build"], reviewer=steps["review"], approver=steps["approve"],
    )  # fmt: skip
    return printing.render(sheet, demo=demo)


def _row(one: queries.RegisterRow, named: Callable[[str], str]) -> PayRow:
    return PayRow(
        one.number, one.village, named(one.payee), one.bank, one.account_last4, one.persons, one.amount_fen
    )


def paid_from(run: PayrollRun, on: dt.date) -> str:
    """这个批次那天从哪个专户付; 没有设专户的为空。"""
    held = paying_account(run.scheme, on)
    return f"{held.bank} 尾号 {held.last4}" if held else ""


def slip_pdf(file: BankFile, *, unit_name: str, on: dt.date, demo: bool) -> bytes:
    """代发文件交接单 PDF: 笔数、总额、大写、指纹和签字处。"""
    run = file.run
    steps = {step.key: step.by for step in queries.stepper(run)}
    first, last = run.months
    known = FORMATS[file.format]
    sheet = HandoverSlip(
        unit=unit_name, scheme=scheme_name(run.scheme), batch_no=run.batch_no, format=known.title,
        months=in_words(last) if first == last else f"{in_words(first)}至{in_words(last)}",
        filename=f"{run.batch_no}{known.suffix}", count=file.count, total_fen=file.total_fen, sha256=file.sha256,
        exported_by=names().get(file.by, file.by), exported_on=file.on, reviewer=steps["review"],
        approver=steps["approve"], on=on, account=paid_from(run, file.on),
    )  # fmt: skip
    return printing.render(sheet, demo=demo)
