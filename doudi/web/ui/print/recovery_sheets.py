"""打印用表的数据: 追缴通知书; 按 GB/T 9704 排, 二维码可以验证。写法同 sheets.py。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.law.money import upper_yuan
from doudi.web.ui.print.sheets import Coded


@dataclass(frozen=True)
class RecoveredMonth:
    """多发的一个月。"""

    month: str
    paid_fen: int
    excess_fen: int


@dataclass(frozen=True)
class DueInstalment:
    """约定的一期。"""

    number: int
    due_on: date
    amount_fen: int


@dataclass(frozen=True)
class RecoveryNotice(Coded):
    """追缴通知书: 哪几个月多发了多少、为什么、怎么交、不从以后的救助里扣、救济途径。"""

    template: ClassVar[str] = "recovery_notice.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr", "amount_upper")

    unit: str
    government: str
    township: str
    no: str
    name: str
    payee: str
    village: str
    scheme: str
    cause: str
    reason: str
    basis: str
    months: Sequence[RecoveredMonth]
    plan: Sequence[DueInstalment]
    amount_fen: int
    decided_on: date
    on: date
    document_no: str = ""
    case_no: str = ""
    phone: str = ""
    url: str = ""

    @property
    def amount_upper(self) -> str:
        return upper_yuan(self.amount_fen)
