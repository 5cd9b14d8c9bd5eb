"""读定长的回盘与代发文件：切成格子之后与别的格式一样核对。"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from doudi.exchange.bank.batches import (
    EXPORT_HEADER,
    RETURN_HEADER,
    TOTAL_LABEL,
    BankBatch,
    BankFileRefused,
    Outcome,
    ReturnSheet,
)
from doudi.exchange.bank.exports import read_export
from doudi.exchange.bank.fixed_width.layout import ANSWER, FOOT, HEAD, LINE, Columns, read
from doudi.exchange.bank.returns import read_return
from doudi.exchange.sheets.grid import Sheet, Workbook
from doudi.exchange.sheets.guard import MAX_BYTES, MAX_ROWS, UploadRefused
from doudi.law.money import plain_yuan

RESULTS = dict(zip("012", (Outcome.PAID, Outcome.FAILED, Outcome.BOUNCED), strict=True))
Row = tuple[str, ...]


def parse_return(content: bytes, *, batch_no: str | None = None, on: date | None = None) -> ReturnSheet:
    """读回盘；文件伤人抛 UploadRefused，整份不能用抛 BankFileRefused，行错误在 errors 里。"""
    head, body, foot = _split(content, "R", ANSWER)
    rows: list[Row] = [RETURN_HEADER, *(_answer(head[0], row) for row in body)]
    rows.append((TOTAL_LABEL, foot[0], "", _yuan(foot[1]), "", "", ""))
    return read_return(_workbook(content, rows), batch_no=batch_no, on=on)


def parse_export(content: bytes) -> BankBatch:
    """读回代发文件，核对用。"""
    head, body, foot = _split(content, "D", LINE)
    rows: list[Row] = [EXPORT_HEADER]
    rows += [(head[0], number, name, account, _yuan(fen), memo) for number, name, account, fen, memo in body]
    rows.append((TOTAL_LABEL, foot[0], "", "", _yuan(foot[1]), ""))
    return read_export(_workbook(content, rows))


def _answer(batch_no: str, row: Row) -> Row:
    number, account, fen, result, reason, day = row
    return batch_no, number, account, _yuan(fen), str(RESULTS.get(result, result)), reason, day.strip()


def _split(content: bytes, mark: str, columns: Columns) -> tuple[Row, list[Row], Row]:
    """The first record, those between, the last one; the first and the last must agree."""
    if len(content) > MAX_BYTES:
        raise UploadRefused("size", f"文件超过 {MAX_BYTES // 1024 // 1024} MB，没有接收。")
    records = content.split(b"\r\n")
    if len(records) > MAX_ROWS:
        raise UploadRefused("rows", f"文件超过 {MAX_ROWS} 行。请按乡镇分成几份。")
    if len(records) < 3 or records[-1]:
        raise BankFileRefused("header", "定长文件不完整：应有首记录、明细和合计，每行以 CRLF 结尾。")
    head, foot = _record(records[0], 1, "H", HEAD), _record(records[-2], len(records) - 1, "T", FOOT)
    if head[1:] != foot:
        raise BankFileRefused("totals", "定长文件的首记录与合计记录写的笔数、总额不同。")
    return head, list(_body(records[1:-2], mark, columns)), foot


def _body(records: list[bytes], mark: str, columns: Columns) -> Iterator[Row]:
    for place, record in enumerate(records, 2):
        yield _record(record, place, mark, columns)


def _record(record: bytes, place: int, mark: str, columns: Columns) -> Row:
    values = read(record, columns) if record[:1] == mark.encode() else None
    if values is None:
        raise BankFileRefused("header", f"定长文件第 {place} 行的长度或记录标志不对，应以 {mark} 开头。")
    return values


def _yuan(fen: str) -> str:
    """The amount as the other formats write it; what is no number goes on as it is and is an error of its row."""
    return plain_yuan(int(fen)) if fen.isascii() and fen.isdigit() else fen


def _workbook(content: bytes, rows: list[Row]) -> Workbook:
    return Workbook("定长文本", hashlib.sha256(content).hexdigest(), (Sheet("定长文本", tuple(rows)),))
