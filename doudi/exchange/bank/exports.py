"""把自己出的代发文件读回来：交接前核对用，一字一分都要一样。"""

from __future__ import annotations

from doudi.exchange.bank.batches import EXPORT_HEADER, TOTAL_LABEL, BankBatch, BankFileRefused, BankLine
from doudi.exchange.sheets.grid import Sheet, Workbook
from doudi.law.money import BadAmount, parse_yuan


def read_export(workbook: Workbook) -> BankBatch:
    """读一份代发文件；表头、批次号、合计有一处不对就抛 BankFileRefused。"""
    sheet = workbook.sheets[0]
    rows = [_texts(sheet, row) for row in range(1, sheet.height + 1)]
    if len(rows) < 3 or rows[0] != EXPORT_HEADER or rows[-1][0] != TOTAL_LABEL:
        raise BankFileRefused("header", "不是本系统出的代发文件：表头或合计行不对。")
    try:
        lines = tuple(BankLine(int(row[1]), row[2], row[3], parse_yuan(row[4]), row[5]) for row in rows[1:-1])
        stated = int(rows[-1][1]), parse_yuan(rows[-1][4])
    except (BadAmount, ValueError) as error:
        raise BankFileRefused("line", "代发文件里有读不出的序号或金额，文件可能被改过。") from error
    batch = BankBatch(rows[1][0], lines)
    if {row[0] for row in rows[1:-1]} != {batch.batch_no} or stated != (len(lines), batch.total_fen):
        raise BankFileRefused("totals", "代发文件的批次号或合计与明细不符，文件可能被改过。")
    return batch


def _texts(sheet: Sheet, row: int) -> tuple[str, ...]:
    return tuple(sheet.cell(row, column).text for column in range(1, len(EXPORT_HEADER) + 1))
