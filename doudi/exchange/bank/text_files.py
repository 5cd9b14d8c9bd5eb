"""文本格式的代发文件：逗号分隔，行尾 CRLF，同一批次字节不变。"""

from __future__ import annotations

import csv
import io

from doudi.exchange.bank.batches import BankBatch, check_batch, export_rows


def render_text(batch: BankBatch, *, charset: str, bom: bool = False) -> bytes:
    """写成文本文件；写不进 charset 的字抛 BankCharset。"""
    check_batch(batch, charset)
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator="\r\n").writerows(export_rows(batch))
    return (b"\xef\xbb\xbf" if bom else b"") + page.getvalue().encode(charset)
