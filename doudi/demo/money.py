"""When the county pays, and what stands on its special account: the opening balance and the quarterly grants."""

import datetime as dt

from doudi.demo.plan import weekday
from doudi.records.ledger import accounts
from doudi.records.ledger.services import post

GRANT_MONTHS = (1, 4, 7, 10)
SHARES = (("national", 58), ("province", 22), ("city", 6))  # per cent; the county gives the rest
STEP_FEN = 10_000_00  # grants come in whole ten thousands of yuan
HOLIDAY_MONTH, HOLIDAY_DAYS = 10, 8


def pay_date(month: dt.date, step: int) -> dt.date:
    """发放第 `step` 步的日子: 每月上旬, 十月让过国庆。"""
    later = step - 1 + (HOLIDAY_DAYS if month.month == HOLIDAY_MONTH else 0)
    return weekday(month + dt.timedelta(days=later))


def open_account(month: dt.date, monthly_fen: int) -> None:
    """移交日专户结余: 够发到下一次拨款, 另留半个月。"""
    months = (12 - month.month) % 3 + 1
    amount = _rounded(monthly_fen * (2 * months + 1) // 2)
    entries = [(accounts.CASH, "D", amount, None), (accounts.OPENING, "C", amount, None)]
    post(key="opening", kind="opening", on=month, memo="移交时专户结余 (演示值)", entries=entries)


def grant(month: dt.date, quarter_fen: int) -> None:
    """一个季度的各级拨款; 不是拨款的月份什么也不做。"""
    if month.month not in GRANT_MONTHS:
        return
    amount = _rounded(quarter_fen)
    parts = [(accounts.GRANTS[level], amount * share // 100) for level, share in SHARES]
    parts.append((accounts.GRANTS["county"], amount - sum(fen for _, fen in parts)))
    entries = [(accounts.CASH, "D", amount, None), *((code, "C", fen, None) for code, fen in parts if fen)]
    memo = f"{month.year}年第{(month.month + 2) // 3}季度救助资金 (演示值)"
    post(key=f"grant:{month:%Y%m}", kind="grant", on=weekday(month), memo=memo, entries=entries)


def _rounded(fen: int) -> int:
    """Up to the next whole step."""
    return -(-fen // STEP_FEN) * STEP_FEN
