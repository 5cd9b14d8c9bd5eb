"""在单独的子进程里读不可信的文件：内存 1 GB、CPU 20 秒、不能写文件，读垮了只垮自己。

Run as a program: the file comes in on stdin, one JSON object goes out on stdout. JSON and not
pickle, because the parent must not trust what a taken-over parser says.
"""

from __future__ import annotations

import io
import json
import posixpath
import resource
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from xml.etree import ElementTree as ET

import python_calamine as calamine

from doudi.exchange.sheets.grid import Kind, Place, Sheet, Value, pack
from doudi.exchange.sheets.guard import WORKBOOK_PART, UploadRefused, inspect_package
from doudi.exchange.sheets.text_file import read_text

MEMORY_BYTES = 1024**3
CPU_SECONDS = 20
WHOLE_NUMBERS = 1e15


def read_sheets(data: bytes, kind: str) -> list[Sheet]:
    """查过再读：kind 为 "xlsx" 或 "text"；不能读时抛 UploadRefused。"""
    return [read_text(data)] if kind == "text" else _read_xlsx(data)


def _read_xlsx(data: bytes) -> list[Sheet]:
    scans = inspect_package(data)
    try:
        parts = _sheet_parts(data)
        book = calamine.load_workbook(io.BytesIO(data))
        return [
            _sheet(book, place, meta, scans[parts[meta.name]].marks)
            for place, meta in enumerate(book.sheets_metadata)
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
        ]
    except (calamine.CalamineError, ET.ParseError, KeyError, ValueError, OverflowError) as error:
        raise UploadRefused(
            "damaged", "工作簿内部对不上，不能读取。请在表格软件里另存一次再上传。"
        ) from error


def _sheet_parts(data: bytes) -> dict[str, str]:
    """工作表名 → 部件路径。"""
    # inspect_package has refused every DTD, so the plain XML reader is safe here.
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        book = ET.fromstring(package.read(WORKBOOK_PART))  # noqa: S314
        links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")) for link in links}
    found: dict[str, str] = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            link_id = next((value for key, value in element.items() if key.endswith("}id")), "")
            found[element.get("name", "")] = posixpath.normpath(targets[link_id]).lstrip("/")
    return found


def _sheet(
    book: calamine.CalamineWorkbook, place: int, meta: calamine.SheetMetadata, marks: dict[Place, Kind]
) -> Sheet:
    source = book.get_sheet_by_index(place)
    rows = tuple(_row(values) for values in source.to_python(skip_empty_area=False))
    merges = tuple(
        (top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in source.merged_cell_ranges or ()
    )
    return Sheet(
        meta.name, _reaching(rows, marks), marks, merges, meta.visible == calamine.SheetVisibleEnum.Visible
    )


def _reaching(rows: tuple[tuple[Value, ...], ...], marks: dict[Place, Kind]) -> tuple[tuple[Value, ...], ...]:
    """补足行列，使每个公式格、错误格都落在表内（解析器会丢掉没有值的格）。"""
    grown = list(rows)
    for row, column in marks:
        grown.extend(() for _ in range(row - len(grown)))
        missing = column - len(grown[row - 1])
        if missing > 0:
            grown[row - 1] += (None,) * missing
    return tuple(grown)


def _row(values: Sequence[object]) -> tuple[Value, ...]:
    last = len(values)
    while last and values[last - 1] == "":
        last -= 1
    return tuple(_value(value) for value in values[:last])


def _value(value: object) -> Value:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < WHOLE_NUMBERS else value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value)


def limit_resources() -> None:
    """给本进程套上限制；必须在读任何输入之前调用。"""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(kind: str) -> None:
    """子进程入口：读标准输入，把格子或拒收原因写到标准输出。"""
    limit_resources()
    answer: dict[str, object]
    try:
        answer = {"sheets": pack(read_sheets(sys.stdin.buffer.read(), kind))}
    except UploadRefused as refusal:
        answer = {"refused": [refusal.code, refusal.text]}
    json.dump(answer, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main(sys.argv[1])
