"""读回盘：一行一笔，认结果，核合计；只说文件自己看得出的毛病。"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from doudi.exchange.bank.batches import (
    RETURN_HEADER,
    TOTAL_LABEL,
    BankFileRefused,
    Outcome,
    ReturnError,
    ReturnLine,
    ReturnSheet,
)
from doudi.exchange.sheets.grid import Cell, Kind, Sheet, Workbook
from doudi.law.money import BadAmount, parse_yuan, yuan

T = TypeVar("T")
LINE_NO = re.compile(r"[1-9][0-9]{0,8}\Z")
ACCOUNT = re.compile(r"[0-9]{6,32}\Z")
DAY = re.compile(r"([0-9]{4})[-/]?([0-9]{1,2})[-/]?([0-9]{1,2})\Z")


class _Fault(ValueError):
    """这一格的毛病：rule 与给人看的话。"""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(rule, text)
        self.rule, self.text = rule, text


@dataclass(frozen=True, slots=True)
class _Reading:
    lines: list[ReturnLine]
    errors: list[ReturnError]
    count: int | None
    total_fen: int | None


def read_return(workbook: Workbook, *, batch_no: str | None = None, on: date | None = None) -> ReturnSheet:
    """读一份回盘。

    batch_no：应当是哪一批，给了就核对，不是这一批整份拒收。on：今天，给了就不许入账日期在后。
    Raises BankFileRefused with code header, batch, totals or empty. Row faults go into `errors`.
    """
    sheet = next((one for one in workbook.sheets if one.height), None)
    if sheet is None:
        raise BankFileRefused("empty", "回盘文件里没有内容。")
    columns, top = _header(sheet)
    reading = _read_rows(sheet, columns, top, on)
    lines, errors = reading.lines, list(reading.errors)
    found = _one_batch(sheet, columns, top, batch_no)
    if not errors:
        _check_total(lines, reading.count, reading.total_fen)
    errors += _repeated(lines)
    return ReturnSheet(workbook.sha256, found, tuple(lines), tuple(errors), reading.count, reading.total_fen)


def _header(sheet: Sheet) -> tuple[dict[str, int], int]:
    for row in range(1, min(sheet.height, 5) + 1):
        columns = {cell.text: cell.column for cell in sheet.row_cells(row)}
        if columns.keys() >= set(RETURN_HEADER):
            return columns, row
    wanted = "、".join(RETURN_HEADER)
    raise BankFileRefused("header", f"回盘文件的表头不对，应当有这几列：{wanted}。")


def _read_rows(sheet: Sheet, columns: dict[str, int], top: int, on: date | None) -> _Reading:
    lines: list[ReturnLine] = []
    errors: list[ReturnError] = []
    count: int | None = None
    total_fen: int | None = None
    for row in range(top + 1, sheet.height + 1):
        if not any(True for _ in sheet.row_cells(row)):
            continue
        if count is not None:
            errors.append(ReturnError(row, "", "after_total", f"第 {row} 行在合计行之后，请核对。"))
        elif _is_total(sheet, columns, row):
            count, total_fen = _total(sheet, columns, row)
        else:
            reader = _RowReader(sheet, columns, row, [])
            line = _line(reader, on)
            errors += reader.errors
            lines += [line] if line else []
    return _Reading(lines, errors, count, total_fen)


def _is_total(sheet: Sheet, columns: dict[str, int], row: int) -> bool:
    return sheet.cell(row, columns["批次号"]).text.replace(" ", "") == TOTAL_LABEL


def _total(sheet: Sheet, columns: dict[str, int], row: int) -> tuple[int, int]:
    count = sheet.cell(row, columns["序号"]).text
    try:
        if not re.fullmatch("0|[1-9][0-9]{0,8}", count):
            raise BadAmount("malformed", "合计笔数不是整数")
        return int(count), parse_yuan(sheet.cell(row, columns["金额"]).text, zero=True)
    except BadAmount as bad:
        raise BankFileRefused("totals", f"第 {row} 行合计读不出来：{bad.text}。") from bad


@dataclass(slots=True)
class _RowReader:
    """一行回盘：读一列记一列的毛病。"""

    sheet: Sheet
    columns: dict[str, int]
    row: int
    errors: list[ReturnError]

    def cell(self, title: str) -> Cell:
        return self.sheet.cell(self.row, self.columns[title])

    def read(self, title: str, reader: Callable[[Cell], T]) -> T | None:
        try:
            return reader(self.cell(title))
        except _Fault as fault:
            text = f"第 {self.row} 行{title}：{fault.text}。"
            self.errors.append(ReturnError(self.row, title, fault.rule, text))
            return None


def _line(reader: _RowReader, on: date | None) -> ReturnLine | None:
    number, account = reader.read("序号", _line_no), reader.read("账号", _account)
    amount, outcome = reader.read("金额", _amount), reader.read("结果", _outcome)
    day = reader.read("入账日期", _day)
    if reader.errors or number is None or account is None or amount is None or outcome is None:
        return None
    batch_no, reason = reader.cell("批次号").text, reader.cell("失败原因").text
    line = ReturnLine(reader.row, batch_no, number, account, amount, outcome, reason, day)
    late = _date_fault(line, on)
    if late is not None:
        reader.errors.append(late)
        return None
    return line


def _date_fault(line: ReturnLine, on: date | None) -> ReturnError | None:
    where = f"第 {line.row} 行入账日期"
    if line.outcome is Outcome.PAID and line.credited_on is None:
        return ReturnError(line.row, "入账日期", "date.blank", f"{where}：结果是成功却没有入账日期。")
    if on is not None and line.credited_on is not None and line.credited_on > on:
        return ReturnError(line.row, "入账日期", "date.future", f"{where}：在今天之后，请核对。")
    return None


def _line_no(cell: Cell) -> int:
    if not LINE_NO.match(cell.text) or cell.kind not in (Kind.TEXT, Kind.NUMBER):
        raise _Fault("line_no", "应为正整数")
    return int(cell.text)


def _account(cell: Cell) -> str:
    if cell.kind is not Kind.TEXT:
        raise _Fault("account.number_cell", "存成了数字或没有填写，请让银行按文本给出")
    if not ACCOUNT.match(cell.text):
        raise _Fault("account.malformed", "应为 6 到 32 位数字")
    return cell.text


def _amount(cell: Cell) -> int:
    if cell.kind not in (Kind.TEXT, Kind.NUMBER):
        raise _Fault("amount.malformed", "不是金额（公式、错误值和空格都不行）")
    try:
        return parse_yuan(cell.text)
    except BadAmount as bad:
        raise _Fault(f"amount.{bad.code}", bad.text) from bad


def _outcome(cell: Cell) -> Outcome:
    try:
        return Outcome(cell.text)
    except ValueError as error:
        raise _Fault("outcome", f"只能是{'、'.join(Outcome)}") from error


def _day(cell: Cell) -> date | None:
    if cell.is_blank:
        return None
    found = DAY.match(cell.text)
    try:
        if found is None or cell.kind not in (Kind.TEXT, Kind.DATE, Kind.NUMBER):
            raise ValueError(cell.kind)
        return date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise _Fault("date", "不是日期，应为 2026-11-09 这样的写法") from error


def _one_batch(sheet: Sheet, columns: dict[str, int], top: int, wanted: str | None) -> str:
    below = range(top + 1, sheet.height + 1)
    texts = {
        sheet.cell(row, columns["批次号"]).text for row in below if any(True for _ in sheet.row_cells(row))
    }
    found = sorted(text for text in texts if text.replace(" ", "") != TOTAL_LABEL)
    if not found:
        raise BankFileRefused("empty", "回盘文件里没有明细行。")
    if len(found) > 1:
        raise BankFileRefused("batch", f"回盘文件里混有 {len(found)} 个批次号。请让银行按批次分开给。")
    if wanted is not None and found[0] != wanted:
        raise BankFileRefused("batch", f"这是批次 {found[0][:40]} 的回盘，不是 {wanted}。")
    return found[0]


def _check_total(lines: list[ReturnLine], count: int | None, total_fen: int | None) -> None:
    computed = sum(line.amount_fen for line in lines)
    if count is None or (count, total_fen) == (len(lines), computed):
        return
    stated = f"{count} 笔 {yuan(total_fen or 0)} 元"
    text = f"合计行写的是 {stated}，明细加起来是 {len(lines)} 笔 {yuan(computed)} 元。"
    raise BankFileRefused("totals", text)


def _repeated(lines: list[ReturnLine]) -> list[ReturnError]:
    rows = defaultdict(list)
    for line in lines:
        rows[line.line_no].append(line.row)
    return [
        ReturnError(
            row, "序号", "line_no.duplicate", f"第 {row} 行：序号 {number} 在文件里出现了 {len(found)} 次。"
        )
        for number, found in rows.items()
        if len(found) > 1
        for row in found
    ]
