"""写 GBK 的代发文件。"""

from __future__ import annotations

from doudi.exchange.bank.batches import BankBatch
from doudi.exchange.bank.text_files import render_text


def render(batch: BankBatch) -> bytes:
    """写成 GBK 文本；䶮、㛃、𠮷 和圆点 • 不在 GBK 里，抛 BankCharset 说明是谁。"""
    return render_text(batch, charset="gbk")
