"""一件案子装成一册: 封面、目录、各部分、图片。一份文件, 页码连着排。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from doudi.web.ui.print.pictures import svg_of
from doudi.web.ui.print.sheets import Coded, Way


@dataclass(frozen=True)
class Listing:
    """册里的一张表: 表头和各行, `widths` 是各列的份数。"""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    title: str = ""


@dataclass(frozen=True)
class Picture:
    """册里的一张图: 名称, JPEG 的全部字节。"""

    derived: ClassVar[tuple[str, ...]] = ("svg",)

    title: str
    data: bytes = field(metadata={"hidden": True})

    @property
    def svg(self) -> str:
        """包在 SVG 里的图: 模板只收文字。"""
        return svg_of(self.data)


@dataclass(frozen=True)
class Part:
    """册里的一部分, 在目录上占一行: 几项事实、几段话、几张表、几张图; 什么也没有就写“无”。"""

    title: str
    facts: Sequence[Way] = ()
    texts: Sequence[str] = ()
    listings: Sequence[Listing] = ()
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Dossier(Coded):
    """案卷: 封面上写谁家、哪一项、办到哪里, 谁在哪天为什么导出; 后面各部分。"""

    template: ClassVar[str] = "dossier.typ"
    tagged: ClassVar[bool] = True
    derived: ClassVar[tuple[str, ...]] = ("qr",)

    unit: str
    no: str
    name: str
    village: str
    scheme: str
    kind: str
    state: str
    accepted_on: date
    parts: Sequence[Part]
    by: str
    purpose: str
    on: date
    url: str = ""
