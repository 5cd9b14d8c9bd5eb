"""打印用表的数据: 一张表一个记录, 视图只填这些, 样子由 templates/*.typ 负责。

Days are `date` and print as 2026年10月12日; money is int 分 in fields named `*_fen` and prints as 1,234.00.
`on` is the day of printing: it also dates the file, so the same data give the same bytes. `derived` names the
properties a template needs beside the fields. No record has a field for a whole identity or account number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol

from doudi.law.masking import PublicRow
from doudi.law.money import upper_yuan
from doudi.store.refusal import Refusal
from doudi.web.ui.print.qr import qr_svg

REGISTER_ROWS = 5_000
PAGE_ROWS = 20


class RegisterTooLong(Refusal):
    """一份清册的行数超过上限。"""


class Coded:
    """印着二维码的表: `url` 为空就不印。"""

    url: str

    @property
    def qr(self) -> str:
        return qr_svg(self.url)


@dataclass(frozen=True)
class Way:
    """一条途径: 名称和内容 (电话、地址、网址); 内容为空的印成横线, 由人填写。"""

    label: str
    value: str = ""


@dataclass(frozen=True)
class Board:
    """同一项目、同一天张贴、同一天期满的一批, 单独成页, 期满一起取下。

    Raises TypeError for any row that is not a PublicRow. 依据: 民发〔2021〕57号 第十九条、第二十四条
    """

    scheme: str
    posted_on: date
    until_on: date
    days: int
    rows: Sequence[PublicRow]
    closed: Sequence[str] = ()
    station: str = "post"
    upload_url: str = ""

    derived: ClassVar[tuple[str, ...]] = ("upload_qr",)

    def __post_init__(self) -> None:
        only_public(self.rows)

    @property
    def upload_qr(self) -> str:
        return qr_svg(self.upload_url)


def only_public(rows: Sequence[PublicRow]) -> None:
    """公开的表只能由 PublicRow 组成。Raises TypeError."""
    if any(type(row) is not PublicRow for row in rows):
        raise TypeError("公示榜只能由 law.masking.PublicRow 组成")


@dataclass(frozen=True)
class PostingSheet(Coded):
    """公示榜: 只有姓名、人口、金额; 写明公示期、提意见的途径和电话。依据: 民发〔2021〕57号 第十九条、第二十四条"""

    template: ClassVar[str] = "posting_sheet.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    village: str
    boards: Sequence[Board]
    ways: Sequence[Way]
    hotlines: Sequence[Way]
    on: date
    url: str = ""


@dataclass(frozen=True)
class PostingBook:
    """许多村的公示榜印在一份文件里: 每村从第 1 页起, 页码各算各的。"""

    template: ClassVar[str] = "posting_book.typ"
    tagged: ClassVar[bool] = True

    sheets: Sequence[PostingSheet]
    on: date


@dataclass(frozen=True)
class PublishedGroup:
    """长期公布的一个项目。Raises TypeError for any row that is not a PublicRow."""

    scheme: str
    rows: Sequence[PublicRow]

    def __post_init__(self) -> None:
        only_public(self.rows)


@dataclass(frozen=True)
class PublishedSheet(Coded):
    """长期公布: 确认之后一直公布, 停发就撤; 只有姓名、人口、金额。依据: 民发〔2021〕57号 第二十四条"""

    template: ClassVar[str] = "published_sheet.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    village: str
    groups: Sequence[PublishedGroup]
    ways: Sequence[Way]
    hotlines: Sequence[Way]
    on: date
    url: str = ""


@dataclass(frozen=True)
class PayRow:
    """清册的一行。账号只有后四位: 整个账号进不了这张表。Raises ValueError for more than four characters."""

    number: int
    village: str
    name: str
    bank: str
    last4: str
    persons: int
    amount_fen: int
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.last4) > 4:
            raise ValueError("发放清册只印账号后四位")


@dataclass(frozen=True)
class PayPage:
    """清册的一页和本页小计。"""

    rows: Sequence[PayRow]

    derived: ClassVar[tuple[str, ...]] = ("persons", "total_fen")

    @property
    def persons(self) -> int:
        return sum(row.persons for row in self.rows)

    @property
    def total_fen(self) -> int:
        return sum(row.amount_fen for row in self.rows)


@dataclass(frozen=True)
class PayRegister:
    """发放清册: 横排, 每页小计, 末页合计大写, 经办、复核、负责人签字。Raises RegisterTooLong above 5,000 rows.

    `month` is YYYYMM. The rows go by the page before the sheet is drawn, so each page's subtotal is a plain sum.
    """

    template: ClassVar[str] = "pay_register.typ"
    tagged: ClassVar[bool] = False  # a tag a cell would make the file twenty times larger
    derived: ClassVar[tuple[str, ...]] = (
        "pages", "persons", "total_fen", "total_upper", "month_text", "count",
    )  # fmt: skip

    unit: str
    scheme: str
    month: int
    batch_no: str
    on: date
    rows: Sequence[PayRow] = field(metadata={"hidden": True})
    area: str = ""
    maker: str = ""
    reviewer: str = ""
    approver: str = ""

    def __post_init__(self) -> None:
        if len(self.rows) > REGISTER_ROWS:
            raise RegisterTooLong(
                f"一份清册最多 {REGISTER_ROWS:,} 行, 这一份有 {len(self.rows):,} 行, 请分乡镇打印"
            )

    @property
    def pages(self) -> list[PayPage]:
        starts = range(0, max(len(self.rows), 1), PAGE_ROWS)
        return [PayPage(self.rows[start : start + PAGE_ROWS]) for start in starts]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def persons(self) -> int:
        return sum(row.persons for row in self.rows)

    @property
    def total_fen(self) -> int:
        return sum(row.amount_fen for row in self.rows)

    @property
    def total_upper(self) -> str:
        return upper_yuan(self.total_fen)

    @property
    def month_text(self) -> str:
        return f"{self.month // 100}年{self.month % 100}月"


class Sheet(Protocol):
    """一张能打印的表: 用哪个模板、文件带不带标签、打印日期。"""

    template: ClassVar[str]
    tagged: ClassVar[bool]

    @property
    def on(self) -> date: ...
