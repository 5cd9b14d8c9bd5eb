"""随钱走的单子: 代发文件交接单。写法同 sheets.py。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.law.money import upper_yuan


@dataclass(frozen=True)
class HandoverSlip:
    """代发文件交接单: 笔数、总额、大写、文件指纹, 交出人和银行接收人当面核对签字。"""

    template: ClassVar[str] = "handover_slip.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("total_upper", "digest_parts", "count_text")

    unit: str
    scheme: str
    months: str
    batch_no: str
    format: str
    filename: str
    count: int
    total_fen: int
    sha256: str
    exported_by: str
    exported_on: date
    reviewer: str
    approver: str
    on: date
    account: str = ""  # the special account that pays: bank and last four

    @property
    def count_text(self) -> str:
        return f"{self.count:,}"

    @property
    def total_upper(self) -> str:
        return upper_yuan(self.total_fen)

    @property
    def digest_parts(self) -> list[str]:
        """指纹每八位一段, 好当面念着核对。"""
        return [self.sha256[start : start + 8] for start in range(0, len(self.sha256), 8)]
