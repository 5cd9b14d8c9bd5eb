"""读这种格式的回盘与代发文件。"""

from __future__ import annotations

from datetime import date

from doudi.exchange.bank.batches import BankBatch, ReturnSheet
from doudi.exchange.bank.exports import read_export
from doudi.exchange.bank.returns import read_return
from doudi.exchange.sheets.reading import read_grid


def parse_return(content: bytes, *, batch_no: str | None = None, on: date | None = None) -> ReturnSheet:
    """读回盘；文件伤人抛 UploadRefused，整份不能用抛 BankFileRefused，行错误在 errors 里。"""
    return read_return(read_grid(content, "return.csv"), batch_no=batch_no, on=on)


def parse_export(content: bytes) -> BankBatch:
    """读回代发文件，核对用。"""
    return read_export(read_grid(content, "export.csv"))
