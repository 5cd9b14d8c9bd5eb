"""写 GB18030 的代发文件。"""

from __future__ import annotations

from doudi.exchange.bank.batches import BankBatch
from doudi.exchange.bank.text_files import render_text


def render(batch: BankBatch, *, charset: str = "gb18030") -> bytes:
    """写成 GB18030 文本；银行只收 GBK 时传 charset="gbk"，写不出的字抛 BankCharset。

    GBK 没有 䶮、㛃、𠮷 和圆点 •；GB18030 都有。
    """
    return render_text(batch, charset=charset)
