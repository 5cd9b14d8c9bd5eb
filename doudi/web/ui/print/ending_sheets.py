"""告知书三种: 终止审核确认程序, 认定终止, 举报答复; 都按 GB/T 9704 排, 二维码可以验证。写法同 sheets.py。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doudi.web.ui.print.sheets import Coded


@dataclass(frozen=True)
class TerminationNotice(Coded):
    """终止审核确认程序告知书: 情形、理由、公示已撤、可以重新申请。依据: 民发〔2021〕57号 第二十九条"""

    template: ClassVar[str] = "termination_notice.typ"
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
    withdrawn: bool
    cause: str
    reason: str
    on: date
    document_no: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class RecognitionEndNotice(Coded):
    """认定终止告知书: 认定什么、到哪天为止、为什么、救济途径; 已经发出的通知书随之作废。"""

    template: ClassVar[str] = "recognition_end_notice.typ"
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
    decided_on: date
    ended_on: date
    reason: str
    article: str
    basis: str
    on: date
    document_no: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class TipAnswer(Coded):
    """举报答复: 哪天收到的反映、查了没有、结论和处理。依据: 民发〔2021〕57号 第三十七条

    It names neither who reported nor anything found in the home; `family` is masked. The addressee's line is written
    by hand by whoever brings it.
    """

    template: ClassVar[str] = "tip_answer.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    township: str
    county: str
    no: str
    village: str
    family: str
    is_objection: bool
    received_on: date
    channel: str
    upheld: bool
    remedy: str
    decided_on: date
    on: date
    document_no: str = ""
    phone: str = ""
    url: str = ""
    case_no: str = ""
