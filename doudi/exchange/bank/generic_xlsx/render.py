"""写 xlsx 的代发文件。"""

from __future__ import annotations

import io
from datetime import datetime

import xlsxwriter

from doudi.exchange.bank.batches import BankBatch, check_batch, export_rows

# A moment fixed for ever: the same batch must give the same bytes on every day and machine.
CREATED_AT = datetime(2000, 1, 1)  # noqa: DTZ001
WIDTHS = (24, 8, 20, 26, 14, 24)


def render(batch: BankBatch) -> bytes:
    """写成 xlsx；每格都是文本，账号前面的 0 不丢，同一批次字节不变。"""
    check_batch(batch, "utf-8")
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": CREATED_AT})
    text = book.add_format({"num_format": "@"})
    page = book.add_worksheet("代发")
    for row, values in enumerate(export_rows(batch)):
        for column, value in enumerate(values):
            page.write_string(row, column, value, text)
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    book.close()
    return content.getvalue()
