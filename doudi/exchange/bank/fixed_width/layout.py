"""定长文本的栏宽：导出与回盘各种记录的栏名和字节数，行尾 CRLF。"""

from __future__ import annotations

from doudi.exchange.bank.batches import BankFileRefused

CHARSET = "gb18030"
# Each record: its mark, then (column, bytes of GB18030). Numbers are filled with 0 in front, text with blanks behind.
Columns = tuple[tuple[str, int], ...]
HEAD: Columns = (("批次号", 40), ("笔数", 8), ("总额", 15))
LINE: Columns = (("序号", 8), ("户名", 64), ("账号", 32), ("金额", 15), ("摘要", 60))
ANSWER: Columns = (("序号", 8), ("账号", 32), ("金额", 15), ("结果", 1), ("失败原因", 60), ("入账日期", 8))
FOOT: Columns = (("笔数", 8), ("总额", 15))
NUMBERS = frozenset({"笔数", "总额", "序号", "金额"})
HEAD_SIZE = 1 + sum(size for _, size in HEAD)


class BankTextTooLong(BankFileRefused):
    """有一栏写不下：说明第几行、谁、哪一栏，绝不截断。"""


def written(mark: str, columns: Columns, values: tuple[str, ...], where: str) -> bytes:
    """一条记录的字节；写不下的抛 BankTextTooLong。`where` names the line and the person."""
    parts = [mark.encode()]
    for (name, size), value in zip(columns, values, strict=True):
        text = value.encode(CHARSET)
        if len(text) > size:
            raise BankTextTooLong(
                "width", f"{where}：{name}有 {len(text)} 字节，定长文本这一栏只有 {size} 字节，没有生成文件。"
            )
        parts.append(text.rjust(size, b"0") if name in NUMBERS else text.ljust(size, b" "))
    return b"".join(parts) + b"\r\n"


def read(record: bytes, columns: Columns) -> tuple[str, ...] | None:
    """一条记录的各栏文字，去掉补的 0 和空格；长度不对或解不出来的为空。"""
    if len(record) != 1 + sum(size for _, size in columns):
        return None
    values, place = [], 1
    for name, size in columns:
        part = record[place : place + size]
        place += size
        try:
            text = part.decode(CHARSET)
        except UnicodeDecodeError:
            return None
        values.append((text.lstrip("0") or "0") if name in NUMBERS else text.rstrip(" "))
    return tuple(values)
