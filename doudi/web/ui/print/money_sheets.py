"""打印用表的数据: 一户的发放经过; 写法同 sheets.py。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.law.money import upper_yuan


@dataclass(frozen=True)
class PaidRow:
    """一笔: 哪个月的、多少、怎样了、哪天到的、到哪张卡, 为什么是这个数。"""

    month: str
    scheme: str
    amount_fen: int
    state: str
    paid_on: date | None
    card: str
    why: str


@dataclass(frozen=True)
class PaymentHistory:
    """救助金发放经过: 一户逐月的发放, 盖章之后给本人办事用; 账号只印后四位。"""

    template: ClassVar[str] = "payment_history.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("arrived_upper",)

    unit: str
    name: str
    household_no: str
    village: str
    rows: Sequence[PaidRow]
    arrived_fen: int
    maker: str
    on: date

    @property
    def arrived_upper(self) -> str:
        return upper_yuan(self.arrived_fen)
