"""造伤人的文件：每个函数当场造出一份，仓库里不存大文件。"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import xlsxwriter

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><worksheet {MAIN}><sheetData>'
TAIL = "</sheetData></worksheet>"
SHEET_PART = "xl/worksheets/sheet1.xml"


def package(sheet: bytes | Iterator[bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """一份最小的 xlsx，工作表内容由调用者给；extra 是另外的部件，同名的覆盖。"""
    content = io.BytesIO()
    parts = {**_frame(), **(extra or {})}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        with archive.open(SHEET_PART, "w", force_zip64=False) as part:
            for chunk in [sheet] if isinstance(sheet, bytes) else sheet:
                part.write(chunk)
    return content.getvalue()


def _frame() -> dict[str, bytes]:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet("名册")
    book.close()
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != SHEET_PART}


def rows_of(count: int, columns: int = 1, text: str = "甲") -> Iterator[bytes]:
    """流出 count 行的工作表，不在内存里攒。"""
    yield HEAD.encode()
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for _ in range(columns))
    for first in range(0, count, 1000):
        numbers = range(first + 1, min(first + 1000, count) + 1)
        yield "".join(f'<row r="{row}">{cells}</row>' for row in numbers).encode()
    yield TAIL.encode()


def row_bomb() -> bytes:
    """A01：一百多 MB 的行压成不到 1 MB。"""
    return package(rows_of(30_000, columns=20, text="很长的一段文字" * 10))


def cell_bomb() -> bytes:
    """A02：一个格子 300 MB。"""

    def chunks() -> Iterator[bytes]:
        yield (HEAD + '<row r="1"><c r="A1" t="inlineStr"><is><t>').encode()
        for _ in range(300):
            yield b"x" * (1 << 20)
        yield ("</t></is></c></row>" + TAIL).encode()

    return package(chunks())


def far_cell() -> bytes:
    """A03：只有 A1 和最远的 XFD1048576。"""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return package((HEAD + cells + TAIL).encode())


def nested_entities() -> bytes:
    """A04：层层展开的实体。"""
    layers = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE w [<!ENTITY a0 "笑">{layers}]>'
    body = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>'
    return package((f'<?xml version="1.0"?>{doctype}<worksheet {MAIN}><sheetData>' + body + TAIL).encode())


def external_entity(target: str) -> bytes:
    """A05：外部实体指向本机文件，藏在共享字符串里。"""
    shared = (
        f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e SYSTEM "file://{target}">]>'
        f'<sst {MAIN} count="1" uniqueCount="1"><si><t>&e;</t></si></sst>'
    )
    cell = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return package((HEAD + cell + TAIL).encode(), {"xl/sharedStrings.xml": shared.encode()})


def with_part(name: str, data: bytes = b"x") -> bytes:
    """多带一个部件的工作簿。"""
    return package((HEAD + TAIL).encode(), {name: data})


def amplified_strings() -> bytes:
    """一条 3 万字的共享字符串被引用一百四十万次：目录和行列都合规，展开要几十 GB。"""
    shared = f'<sst {MAIN} count="1" uniqueCount="1"><si><t>{"长" * 30_000}</t></si></sst>'

    def chunks() -> Iterator[bytes]:
        yield HEAD.encode()
        cells = '<c t="s"><v>0</v></c>' * 28
        for row in range(1, 50_001):
            yield f'<row r="{row}">{cells}</row>'.encode()
        yield TAIL.encode()

    return package(chunks(), {"xl/sharedStrings.xml": shared.encode()})
