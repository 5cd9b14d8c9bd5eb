"""文本文件（csv、txt）：先定编码再分格，不猜内容。"""

from __future__ import annotations

import csv
import io

from doudi.exchange.sheets.grid import Sheet
from doudi.exchange.sheets.guard import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, UploadRefused

MAX_FIELD = 32_767


def read_text(data: bytes) -> Sheet:
    """把文本读成一张表；全部格子都是文字。编码不对、行列超限时抛 UploadRefused。"""
    text = decode(data)
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[tuple[str, ...]] = []
    cells = 0
    try:
        for fields in reader:
            rows.append(_checked(fields, len(rows)))
            cells += len(rows[-1])
            if cells > MAX_CELLS:
                raise UploadRefused("cells", f"有内容的格子超过 {MAX_CELLS // 10_000} 万个。请分成几份上传。")
    except csv.Error as error:
        place = f"第 {reader.line_num} 行附近"
        raise UploadRefused("damaged", f"{place}有一格太长或引号不成对，不能读取。") from error
    return Sheet("文本", tuple(rows))


def decode(data: bytes) -> str:
    """先按 UTF-8 严格解码（有无 BOM 都行），不成再按 GB18030；都不成就拒收。

    UTF-8 comes first because UTF-8 text often decodes as GBK into wrong characters, never the reverse.
    """
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    raise UploadRefused("encoding", "文字编码既不是 UTF-8 也不是 GB18030，不能读取。请另存为 UTF-8 的 csv。")


def _delimiter(text: str) -> str:
    first = next((line for line in text[:65_536].splitlines() if line.strip()), "")
    return "\t" if "\t" in first and "," not in first else ","


def _checked(fields: list[str], above: int) -> tuple[str, ...]:
    last = len(fields)
    while last and not fields[last - 1].strip():
        last -= 1
    if above >= MAX_ROWS:
        raise UploadRefused("rows", f"文件超过 {MAX_ROWS} 行。请按乡镇分成几份上传。")
    if last > MAX_COLUMNS:
        raise UploadRefused("extent", f"第 {above + 1} 行超过 {MAX_COLUMNS} 列，不像一份名册。请检查分隔符。")
    return tuple(fields[:last])
