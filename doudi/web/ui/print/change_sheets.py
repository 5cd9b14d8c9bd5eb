"""打印用表的数据: 增减、停发、转移的告知书, 和迁出本县的转移接续函。写法同 sheets.py。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.law.money import upper_yuan
from doudi.law.telling import Proof
from doudi.web.ui.print.sheets import Coded


@dataclass(frozen=True)
class ChangeReason:
    """一条理由: 说法、条款、它说明的每月增减 (带正负号的元, 不涉及金额的为空)。"""

    text: str
    article: str
    change: str = ""


@dataclass(frozen=True)
class ChangeNotice(Coded):
    """变更告知书: 原来多少、现在多少、从哪月起、逐条理由、救济途径。依据: 民发〔2021〕57号 第三十二条、第三十五条

    `word` 是增发、减发、停发、转移等; `paid_until` 是渐退期最后一个月, 没有为空; `standing` 是 suspended (暂停)、
    resumed (恢复, 不补发)、resumed_back (恢复并补发)、raised (随调标提高), 别的为空; `back_fen` 是调标以前各月
    每月要补的, 不用补的为 None。
    """

    template: ClassVar[str] = "change_notice.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("amount_upper", "qr")

    unit: str
    government: str
    township: str
    no: str
    case_no: str
    name: str
    village: str
    scheme: str
    word: str
    decided_on: date
    from_on: date
    before_fen: int
    amount_fen: int
    members: int
    reasons: Sequence[ChangeReason]
    basis: str
    next_review_on: date | None
    on: date
    note: str = ""
    paid_until: str = ""
    document_no: str = ""
    phone: str = ""
    url: str = ""
    sums: Sequence[Proof] = ()
    standing: str = ""
    back_fen: int | None = None

    @property
    def amount_upper(self) -> str:
        return upper_yuan(self.amount_fen)


@dataclass(frozen=True)
class ChangeBook:
    """一个村的变更告知书印在一份文件里: 每份从第 1 页起。"""

    template: ClassVar[str] = "change_book.typ"
    tagged: ClassVar[bool] = True

    title: str
    letters: Sequence[ChangeNotice]
    on: date


@dataclass(frozen=True)
class TransferredAward:
    """转移接续函上的一项待遇: 项目、人数、月金额、发到哪个月。"""

    scheme: str
    members: int
    amount: str
    since: date
    paid_until: str


@dataclass(frozen=True)
class TransferLetter:
    """转移接续函: 告诉迁入地这户原来享受什么、发到哪个月, 请接续办理。依据: 民发〔2021〕57号 第三十条"""

    template: ClassVar[str] = "transfer_letter.typ"
    tagged: ClassVar[bool] = True

    unit: str
    to: str
    no: str
    name: str
    number: str
    village: str
    members: int
    awards: Sequence[TransferredAward]
    decided_on: date
    on: date
    phone: str = ""
    qr: str = ""
