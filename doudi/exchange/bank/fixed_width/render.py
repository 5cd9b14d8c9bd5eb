"""写定长的代发文件。"""

from __future__ import annotations

from doudi.exchange.bank.batches import BankBatch, check_batch
from doudi.exchange.bank.fixed_width.layout import CHARSET, FOOT, HEAD, LINE, written


def render(batch: BankBatch) -> bytes:
    """写成定长文本；写不进的字抛 BankCharset，写不下的抛 BankTextTooLong，都说明是谁。金额以分写整数。"""
    check_batch(batch, CHARSET)
    count, total = str(len(batch.lines)), str(batch.total_fen)
    records = [written("H", HEAD, (batch.batch_no, count, total), "批次号")]
    for line in batch.lines:
        values = (str(line.line_no), line.name, line.account, str(line.amount_fen), line.memo)
        records.append(written("D", LINE, values, f"第 {line.line_no} 行 {line.name}"))
    return b"".join([*records, written("T", FOOT, (count, total), "合计")])
