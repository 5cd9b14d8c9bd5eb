"""把一张表印成 PDF: 数据经 JSON 交给 typst 模板, 同样的数据得到同样的字节。"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from doudi.law.money import yuan
from doudi.web.ui.print.change_sheets import ChangeBook
from doudi.web.ui.print.drawing import Job, draw, draw_apart
from doudi.web.ui.print.sheets import PayRegister, PostingBook, Sheet

LONG_REGISTER = 500  # rows; about 100 MB to draw
LONG_BOOK = 40  # letters


def render(sheet: Sheet, *, demo: bool) -> bytes:
    """印一张表, 返回 PDF; `demo` 时每页都有“演示数据”水印。Raises drawing.FontMissing."""
    is_long = (
        isinstance(sheet, PostingBook)
        or (isinstance(sheet, PayRegister) and sheet.count > LONG_REGISTER)
        or (isinstance(sheet, ChangeBook) and len(sheet.letters) > LONG_BOOK)
    )
    return (draw_apart if is_long else draw)(job_of(sheet, demo=demo))


def job_of(sheet: Sheet, *, demo: bool) -> Job:
    """一张表要画的内容。"""
    content = json.dumps({**plain(sheet), "demo": demo}, ensure_ascii=False)
    return Job(sheet.template, content, sheet.on.isoformat(), sheet.tagged)


def plain(value: Any) -> Any:
    """把记录写成模板能直接印的样子: 日期和金额成文字, `x_fen` 改名 `x_yuan`。"""
    if is_dataclass(value):
        names = [f.name for f in fields(value) if not f.metadata.get("hidden")]
        pairs = ((name, getattr(value, name)) for name in (*names, *getattr(value, "derived", ())))
        return dict(_entry(name, item) for name, item in pairs)
    if isinstance(value, dt.date):
        return chinese_day(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def _entry(name: str, item: Any) -> tuple[str, Any]:
    if name.endswith("_fen"):
        return f"{name.removesuffix('_fen')}_yuan", "" if item is None else yuan(item)
    return name, plain(item)


def chinese_day(day: dt.date) -> str:
    """正文里的日期: 2026年10月12日。依据: GB/T 9704-2012"""
    return f"{day.year}年{day.month}月{day.day}日"
