"""写 GB18030 的代发文件。"""

from __future__ import annotations

from doudi.exchange.bank.batches import BankBatch
from doudi.exchange.bank.text_files import render_text


def render(batch: BankBatch) -> bytes:
    """写成 GB18030 文本，䶮、㛃、𠮷 和圆点 • 都有。"""
    return render_text(batch, charset="gb18030")
