"""When the county pays, and what stands on its special account: the opening balance and the quarterly grants."""

import datetime as dt
from dataclasses import dataclass

from doudi.demo.numbers import account_number
from doudi.demo.plan import weekday
from doudi.records.ledger.models import AccountScheme, Budget, FundReceipt, SpecialAccount
from doudi.records.ledger.services.funds import book
from doudi.records.staff.models import User

GRANT_MONTHS = (1, 4, 7, 10)
SHARES = (("national", 58), ("province", 22), ("city", 6))  # per cent; the county gives the rest
SPECIAL_SERIAL = 10**11 - 1
STEP_FEN = 10_000_00  # grants come in whole ten thousands of yuan
HOLIDAY_MONTH, HOLIDAY_DAYS = 10, 8


def pay_date(month: dt.date, step: int) -> dt.date:
    """发放第 `step` 步的日子: 每月上旬, 十月让过国庆。"""
    later = step - 1 + (HOLIDAY_DAYS if month.month == HOLIDAY_MONTH else 0)
    return weekday(month + dt.timedelta(days=later))


@dataclass(frozen=True)
class Hands:
    """资金单据的两个人: 登记的和核对的。"""

    payer: User
    reviewer: User


def open_account(month: dt.date, monthly_fen: int, hands: Hands) -> None:
    """移交日专户结余: 够发到下一次拨款, 另留半个月。"""
    _special_account(month, hands)
    months = (12 - month.month) % 3 + 1
    amount = _rounded(monthly_fen * (2 * months + 1) // 2)
    _received(FundReceipt.Kind.OPENING, amount, month, f"移交结余表{month:%Y%m} (演示值)", hands)


def grant(month: dt.date, quarter_fen: int, hands: Hands) -> None:
    """一个季度的各级拨款; 不是拨款的月份什么也不做。"""
    if month.month in GRANT_MONTHS:
        document = f"演财社〔{month.year}〕{(month.month + 2) // 3}号 (演示值)"
        _received(FundReceipt.Kind.GRANT, _rounded(quarter_fen), weekday(month), document, hands)


def _special_account(month: dt.date, hands: Hands) -> None:
    """One account pays every scheme; the serial is one that no card of the county has."""
    number = account_number(SPECIAL_SERIAL)
    made = SpecialAccount.objects.create(
        holder_name="汝州市社会救助资金专户 (演示值)", bank="汝州农商银行", number=number, last4=number[-4:],
        opened_on=month, registered_by=hands.payer, registered_on=month,
    )  # fmt: skip
    AccountScheme.objects.create(account=made, scheme="", from_on=month)
    made.state, made.checked_by, made.checked_on = SpecialAccount.State.OPEN, hands.reviewer, month
    made.save(update_fields=["state", "checked_by", "checked_on"])


def _received(kind: str, amount: int, on: dt.date, document: str, hands: Hands) -> None:
    """One voucher a level, registered by one, checked by another, booked."""
    parts = [(level, amount * share // 100) for level, share in SHARES]
    parts.append(("county", amount - sum(fen for _, fen in parts)))
    account = SpecialAccount.objects.get()
    for level, fen in parts:
        made = FundReceipt.objects.create(
            kind=kind, level=level, scheme="", document_no=document, on=on, fen=fen, account=account,
            registered_by=hands.payer, registered_on=on,
        )  # fmt: skip
        made.state, made.checked_by, made.checked_on = FundReceipt.State.BOOKED, hands.reviewer, on
        made.save(update_fields=["state", "checked_by", "checked_on"])
        book(made)


def set_budgets(year: int, yearly_fen: dict[str, int], hands: Hands) -> None:
    """某年各项目的预算: 照当年应发的, 取整到万元。"""
    for scheme, fen in yearly_fen.items():
        Budget.objects.create(
            scheme=scheme, year=year, fen=_rounded(fen), document_no=f"演财预〔{year}〕1号 (演示值)",
            by=hands.payer, on=dt.date(year, 1, 1),
        )  # fmt: skip


def _rounded(fen: int) -> int:
    """Up to the next whole step."""
    return -(-fen // STEP_FEN) * STEP_FEN
