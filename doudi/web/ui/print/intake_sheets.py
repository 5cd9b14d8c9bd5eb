"""受理窗口的打印表: 回执、一次性告知书、授权书和承诺书、户籍地协查函。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from doudi.web.ui.print.pictures import signature_svg
from doudi.web.ui.print.sheets import Coded

BLANK_ROWS = 6


@dataclass(frozen=True)
class Receipt(Coded):
    """受理回执: 受理号、查询码、收到的材料、办结期限、查进度的二维码。依据: 民发〔2021〕57号 第十条

    `missing` or `unsigned` not empty prints as 收件 with a pointer to the notice of gaps; `url` is the public page.
    """

    template: ClassVar[str] = "receipt.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    no: str
    code: str
    name: str
    village: str
    scheme: str
    accepted_on: date
    due_on: date
    workdays: int
    received: Sequence[str]
    missing: Sequence[str]
    fetched: Sequence[str]
    clerk: str
    on: date
    phone: str = ""
    url: str = ""
    unsigned: Sequence[str] = ()


@dataclass(frozen=True)
class GapNotice(Coded):
    """一次性告知书: 所缺材料和还没有签字的人一次列全; 部门能查到的不向申请人要。依据: 民发〔2021〕57号 第十条"""

    template: ClassVar[str] = "gap_notice.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    no: str
    name: str
    village: str
    scheme: str
    applied_on: date
    told_on: date
    missing: Sequence[str]
    fetched: Sequence[str]
    clerk: str
    on: date
    round: int = 1
    reason: str = ""
    phone: str = ""
    url: str = ""
    unsigned: Sequence[str] = ()


@dataclass(frozen=True)
class SignerLine:
    """授权书上的一行: 谁、与申请人的关系、是不是由监护人代签; 在屏幕上画了签名的印出来, 连同日期。"""

    derived: ClassVar[tuple[str, ...]] = ("drawn",)

    name: str = ""
    standing: str = ""
    is_minor: bool = False
    data: bytes = field(default=b"", metadata={"hidden": True})
    signed_on: date | None = None

    @property
    def drawn(self) -> str:
        return signature_svg(self.data)


@dataclass(frozen=True)
class AuthorisationSheet:
    """核对授权书和诚信承诺书: 每个成员和义务人一行; 没有名单的印空行。依据: 649号令 第五十八条"""

    template: ClassVar[str] = "authorisation.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("lines", "promise")

    unit: str
    on: date
    no: str = ""
    name: str = ""
    village: str = ""
    scheme: str = ""
    signers: Sequence[SignerLine] = ()
    promised: SignerLine | None = None

    @property
    def promise(self) -> SignerLine:
        """申请人承诺的那一行。"""
        return self.promised or SignerLine()

    @property
    def lines(self) -> Sequence[SignerLine]:
        return self.signers or [SignerLine()] * BLANK_ROWS


@dataclass(frozen=True)
class HukouLetter:
    """户籍地协查函: 请成员的户籍地核对。`identity` 是遮掩过的身份号码。依据: 民发〔2021〕57号 第五条"""

    template: ClassVar[str] = "hukou_letter.typ"
    tagged: ClassVar[bool] = True

    unit: str
    no: str
    to: str
    name: str
    identity: str
    applicant: str
    village: str
    scheme: str
    asked_on: date
    clerk: str
    on: date
    phone: str = ""
