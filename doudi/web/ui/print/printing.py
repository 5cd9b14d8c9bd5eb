"""把一张表印成 PDF: 数据经 JSON 交给 typst 模板, 同样的数据得到同样的字节。"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from doudi.law.money import yuan
from doudi.store.refusal import Refusal
from doudi.web.ui.print.sheets import Sheet

TEMPLATES = Path(__file__).parent / "templates"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
CHINA = dt.timezone(dt.timedelta(hours=8))

# The compiler keeps fonts and parsed templates between sheets and is not made for two threads at a time.
_one_at_a_time = threading.Lock()


class FontMissing(Refusal):
    """服务器上没有打印用的字体。"""


def render(sheet: Sheet, *, demo: bool) -> bytes:
    """印一张表, 返回 PDF; `demo` 时每页都有“演示数据”水印。Raises FontMissing."""
    content = {**plain(sheet), "demo": demo}
    with _one_at_a_time:
        pdf = _compiler().compile(
            input=TEMPLATES / sheet.template,
            format="pdf",
            sys_inputs={"sheet": json.dumps(content, ensure_ascii=False)},
            timestamp=dt.datetime.combine(sheet.on, dt.time(12), CHINA),
            pdf_tags=sheet.tagged,
        )
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst 没有给出 PDF: {sheet.template}")
    return pdf


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
        return f"{name.removesuffix('_fen')}_yuan", yuan(item)
    return name, plain(item)


def chinese_day(day: dt.date) -> str:
    """正文里的日期: 2026年10月12日。依据: GB/T 9704-2012"""
    return f"{day.year}年{day.month}月{day.day}日"


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = _fonts(FONT_FOLDERS)
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


def _fonts(folders: Sequence[str]) -> typst.Fonts:
    """The system's fonts, searched once; only these two families are ever named in a template."""
    present = [folder for folder in folders if Path(folder).is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=present)
    missing = [family for family in FAMILIES if family not in fonts.families()]
    if missing:
        raise FontMissing(
            f"服务器上没有打印用的字体 {'、'.join(missing)}, 请系统管理员安装软件包 fonts-noto-cjk 后再打印"
        )
    return fonts
