"""打印用表的数据: 当面领款签收表。写法同 sheets.py。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.law.money import upper_yuan


@dataclass(frozen=True)
class HandRow:
    """领款表的一行: 一份待遇的几个月合在一起。"""

    number: int
    village: str
    name: str
    persons: int
    months: str
    amount_fen: int


@dataclass(frozen=True)
class HandList:
    """当面领款签收表: 每笔领款人签字按手印, 发款、见证各签字。依据: 民发〔2021〕57号 第二十五条"""

    template: ClassVar[str] = "hand_list.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("count", "total_fen", "total_upper")

    unit: str
    scheme: str
    month: str
    batch_no: str
    rows: Sequence[HandRow]
    on: date

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def total_fen(self) -> int:
        return sum(row.amount_fen for row in self.rows)

    @property
    def total_upper(self) -> str:
        return upper_yuan(self.total_fen)
