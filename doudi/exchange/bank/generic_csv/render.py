"""写 UTF-8 的代发文件。"""

from __future__ import annotations

from doudi.exchange.bank.batches import BankBatch
from doudi.exchange.bank.text_files import render_text


def render(batch: BankBatch, *, bom: bool = True) -> bytes:
    """写成 UTF-8 文本；bom 让表格软件认出中文，银行程序不要时关掉。"""
    return render_text(batch, charset="utf-8", bom=bom)
