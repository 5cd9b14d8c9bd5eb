"""决定的打印表: 审批表, 确认、不予确认的通知书, 送达回证; 增减停发的在 change_sheets。

The notices are official documents and are laid out by GB/T 9704: `document_no` is their number, `url` the public page
on which whoever holds one sees that the system has it. No record has a field for a whole identity number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.law.money import upper_yuan
from doudi.law.telling import Proof
from doudi.web.ui.print.sheets import Coded


@dataclass(frozen=True)
class FormMember:
    """审批表的一名家庭成员。`identity` 是遮掩过的身份号码。"""

    name: str
    relation: str
    sex: str
    age: int | None
    identity: str
    condition: str
    counted: bool


@dataclass(frozen=True)
class FormIncome:
    """审批表的一类年收入: 由哪些项目得来, 计入多少分。"""

    label: str
    detail: str
    amount_fen: int


@dataclass(frozen=True)
class FormProperty:
    """审批表的一项财产: 现有和规定各是多少, 均为写好的文字。"""

    label: str
    held: str
    limit: str


@dataclass(frozen=True)
class FormSums:
    """审批表的测算: 年收入 (分/年), 月人均收入、月标准、人均差额 (分/人·月), 补差与增发 (分/月)。"""

    members: int
    klass: str
    income_fen: int
    income_per_head_fen: int
    standard_fen: int
    gap_per_head_fen: int
    base_fen: int
    supplements_fen: int
    property_meets: bool


@dataclass(frozen=True)
class Said:
    """一栏意见: 写了什么、谁、哪天。没有的印成空白, 由人填写。"""

    text: str = ""
    who: str = ""
    on: date | None = None


@dataclass(frozen=True)
class ApprovalForm(Coded):
    """审批表: 家庭基本情况、成员、收入、财产、调查公示、乡镇意见、签批、县级意见, 依次。"""

    template: ClassVar[str] = "approval_form.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("amount_upper", "qr")

    unit: str
    township: str
    no: str
    decision_no: str
    scheme: str
    name: str
    village: str
    locality: str
    phone: str
    applied_on: date
    reason: str
    members: Sequence[FormMember]
    incomes: Sequence[FormIncome]
    properties: Sequence[FormProperty]
    sums: FormSums | None
    survey: Said
    posting: Said
    opinion: Said
    signed: Said
    county: Said
    granted: bool
    amount_fen: int
    on: date
    url: str = ""

    @property
    def amount_upper(self) -> str:
        return upper_yuan(self.amount_fen)


@dataclass(frozen=True)
class ConfirmationNotice(Coded):
    """确认通知书: 金额、大写、起发月、下次复核、救济途径; 只认定的写有效期。

    依据: 民发〔2021〕57号 第二十一条; 649号令 第六十五条"""

    template: ClassVar[str] = "confirmation_notice.typ"
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
    applied_on: date
    decided_on: date
    members: int
    amount_fen: int
    parts: Sequence[tuple[str, str]]
    from_on: date
    next_review_on: date | None
    basis: str
    on: date
    document_no: str = ""
    phone: str = ""
    url: str = ""
    sums: Sequence[Proof] = ()
    paid_to: str = "户主的银行账户"
    valid_until: date | None = None

    @property
    def amount_upper(self) -> str:
        return upper_yuan(self.amount_fen)


@dataclass(frozen=True)
class RefusalReason:
    """一条不予确认的理由及其条款。"""

    text: str
    article: str


@dataclass(frozen=True)
class RefusalNotice(Coded):
    """不予确认通知书: 理由、条款、核实的情况、救济途径。依据: 民发〔2021〕57号 第二十一条; 649号令 第六十五条

    `figures` are the facts the refusal rests on, as (label, text).
    """

    template: ClassVar[str] = "refusal_notice.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    government: str
    township: str
    no: str
    case_no: str
    name: str
    village: str
    scheme: str
    applied_on: date
    decided_on: date
    reasons: Sequence[RefusalReason]
    on: date
    figures: Sequence[tuple[str, str]] = ()
    document_no: str = ""
    phone: str = ""
    url: str = ""
    sums: Sequence[Proof] = ()


@dataclass(frozen=True)
class DeliverySlip(Coded):
    """送达回证: 什么文书、送给谁、怎样送的、谁签收; 没有的印空格由人填写。"""

    template: ClassVar[str] = "delivery_slip.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    title: str
    no: str
    document_no: str
    name: str
    village: str
    decided_on: date
    on: date
    how: str = ""
    received_by: str = ""
    delivered_on: date | None = None
    delivered_by: str = ""
    url: str = ""
