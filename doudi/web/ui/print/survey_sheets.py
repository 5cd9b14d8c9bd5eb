"""调查、评议、听证的打印表: 有内容的印内容, 没有的印空格由人填写。

Every one is for the file of the case: it names persons and never leaves the office. No record has a field for a whole
identity or account number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from doudi.web.ui.print.pictures import signature_svg


@dataclass(frozen=True)
class SurveyLine:
    """逐项对照的一行: 项目、申报、结论 (相符、不符, 空着由人勾)、所见和说明。"""

    label: str
    declared: str
    verdict: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Signatory:
    """一个签字的地方: 谁, 和他在屏幕上画的签名 (JPEG); 没有画的印一道线, 由人签。"""

    derived: ClassVar[tuple[str, ...]] = ("drawn",)

    who: str
    data: bytes = field(default=b"", metadata={"hidden": True})

    @property
    def drawn(self) -> str:
        return signature_svg(self.data)


@dataclass(frozen=True)
class SurveySheet:
    """入户调查表: 四种方法、逐项对照、所见、签字; 入户之前印出来带去填的, 各格空着。依据: 民发〔2021〕57号 第十六条"""

    template: ClassVar[str] = "survey_form.typ"
    tagged: ClassVar[bool] = True

    unit: str
    no: str
    name: str
    village: str
    scheme: str
    way: str
    methods: Sequence[tuple[str, str]]
    lines: Sequence[SurveyLine]
    observed: str
    member_present: str
    refusal: str
    signatories: Sequence[Signatory]
    least: int
    on: date
    visited_on: date | None = None


@dataclass(frozen=True)
class TalkRow:
    """邻里访问的一次。"""

    on: date
    neighbour: str
    relation: str
    said: str
    asked_by: str


@dataclass(frozen=True)
class TalkSheet:
    """邻里访问记录: 问了谁、说了什么。依据: 民发〔2021〕57号 第十五条"""

    template: ClassVar[str] = "neighbour_talks.typ"
    tagged: ClassVar[bool] = True

    unit: str
    no: str
    name: str
    village: str
    scheme: str
    talks: Sequence[TalkRow]
    on: date


@dataclass(frozen=True)
class VotedCase:
    """评议的一件: 户主、票数、结论、意见、回避。"""

    no: str
    name: str
    scheme: str
    entitled: int
    present: int
    votes_for: int
    votes_against: int
    abstained: int
    verdict: str
    summary: str
    recusals: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class PanelMinutes:
    """民主评议记录: 到会的人、各户票数和意见、签字。只记票数, 不记谁投的。依据: 民发〔2012〕220号 第四章"""

    template: ClassVar[str] = "panel_minutes.typ"
    tagged: ClassVar[bool] = True

    unit: str
    village: str
    held_on: date
    place: str
    chair: str
    entitled: int
    present: Sequence[tuple[str, str]]
    absent: Sequence[str]
    cases: Sequence[VotedCase]
    notes: str
    on: date


@dataclass(frozen=True)
class PanelRoster:
    """评议小组名册。依据: 低保评议制度"""

    template: ClassVar[str] = "panel_roster.typ"
    tagged: ClassVar[bool] = True

    unit: str
    village: str
    from_on: date
    members: Sequence[tuple[str, str, date]]
    least: int
    on: date


@dataclass(frozen=True)
class HearingSheet:
    """听证笔录: 通知、到场、陈述、结论、签字。"""

    template: ClassVar[str] = "hearing_record.typ"
    tagged: ClassVar[bool] = True

    unit: str
    no: str
    name: str
    village: str
    scheme: str
    asker: str
    reason: str
    asked_on: date
    notice_on: date | None
    held_on: date | None
    place: str
    host: str
    attendees: str
    statements: str
    conclusion: str
    on: date
