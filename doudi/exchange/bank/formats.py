"""银行格式一览：按代号取，新格式在这里加一行。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from doudi.exchange.bank.batches import BankBatch, BankFileRefused, ReturnSheet
from doudi.exchange.bank.fixed_width import parse as fixed_parse
from doudi.exchange.bank.fixed_width import render as fixed_render
from doudi.exchange.bank.fixed_width.layout import HEAD_SIZE
from doudi.exchange.bank.generic_csv import parse as csv_parse
from doudi.exchange.bank.generic_csv import render as csv_render
from doudi.exchange.bank.generic_gb18030 import parse as gb18030_parse
from doudi.exchange.bank.generic_gb18030 import render as gb18030_render
from doudi.exchange.bank.generic_gbk import parse as gbk_parse
from doudi.exchange.bank.generic_gbk import render as gbk_render
from doudi.exchange.bank.generic_xlsx import parse as xlsx_parse
from doudi.exchange.bank.generic_xlsx import render as xlsx_render


class ReturnParser(Protocol):
    """读回盘的函数。"""

    def __call__(self, content: bytes, *, batch_no: str | None = None, on: date | None = None) -> ReturnSheet:
        """读回盘。"""


@dataclass(frozen=True, slots=True)
class BankFormat:
    """一种银行格式：代号、名称、扩展名，怎么写，怎么读。"""

    id: str
    title: str
    suffix: str
    render: Callable[[BankBatch], bytes]
    parse_return: ReturnParser
    parse_export: Callable[[bytes], BankBatch]


FORMATS = {
    one.id: one
    for one in (
        BankFormat("csv", "通用文本 UTF-8", ".csv", csv_render.render, csv_parse.parse_return, csv_parse.parse_export),
        BankFormat(
            "gb18030", "通用文本 GB18030", ".csv",
            gb18030_render.render, gb18030_parse.parse_return, gb18030_parse.parse_export,
        ),
        BankFormat("gbk", "通用文本 GBK", ".csv", gbk_render.render, gbk_parse.parse_return, gbk_parse.parse_export),
        BankFormat(
            "fixed", "定长文本 GB18030", ".txt",
            fixed_render.render, fixed_parse.parse_return, fixed_parse.parse_export,
        ),
        BankFormat("xlsx", "通用 xlsx", ".xlsx", xlsx_render.render, xlsx_parse.parse_return, xlsx_parse.parse_export),
    )
}  # fmt: skip


def bank_format(format_id: str) -> BankFormat:
    """按代号取格式；没有时抛 BankFileRefused。"""
    if format_id not in FORMATS:
        known = "、".join(FORMATS)
        raise BankFileRefused("format", f"没有叫“{format_id[:20]}”的银行格式，可用的是：{known}。")
    return FORMATS[format_id]


def kind_of(content: bytes, filename: str) -> str:
    """一份银行文件是哪种格式：xlsx 看扩展名，定长看首记录，其余是逗号分隔文本（编码由内容认出）。"""
    if filename.lower().endswith(".xlsx"):
        return "xlsx"
    first = content.partition(b"\r\n")[0]
    return "fixed" if first[:1] == b"H" and len(first) == HEAD_SIZE else "csv"
