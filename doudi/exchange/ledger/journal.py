"""The ledger as another program reads it: accounts, transactions, lines; no database behind them."""

import datetime as dt
from dataclasses import dataclass

KINDS = {"assets": "资产", "liabilities": "负债", "income": "拨款", "equity": "结余", "expenses": "支出"}


@dataclass(frozen=True)
class Account:
    """一个科目: 代码、名称、类别 (KINDS 的键)。"""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Line:
    """一条分录: 科目、分 (借为正, 贷为负)、关联的发放行。"""

    account: Account
    fen: int
    subject: int | None


@dataclass(frozen=True)
class Transaction:
    """一笔账。"""

    key: str
    kind: str
    on: dt.date
    memo: str
    lines: tuple[Line, ...]


def one_line(text: str) -> str:
    """去掉换行和控制字符, 连续空白并成一个。"""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
