"""The month that is paid, and the bank's answers to it."""

import datetime as dt

from doudi.exchange.bank.batches import RETURN_HEADER
from doudi.law.money import plain_yuan

SCHEME, LAST_MONTH, MONTH, FORMAT = "dibao_rural", 202610, 202611, "csv"
FROM_ON, PAY_ON = dt.date(2026, 1, 1), dt.date(2026, 11, 5)  # all of it happens on one day
AMOUNTS_FEN = (30_000, 45_500, 62_010)
FAILED_EVERY = 50  # 2 % of the lines
REASON = "账户已注销"

Sent = tuple[int, str, int]  # number, account, 分


def answer(batch: str, sent: list[Sent], *, stranger: bool) -> bytes:
    """银行的回盘: 每五十行有一行没有发成; `stranger` 多出一行清册里没有的。"""
    lines = [_line(batch, one, place % FAILED_EVERY != 0) for place, one in enumerate(sent, 1)]
    if stranger:
        middle = len(lines) // 2
        lines.insert(middle, _line(batch, (len(sent) + 1, sent[middle][1], sent[middle][2]), is_paid=True))
    return ("\r\n".join([",".join(RETURN_HEADER), *lines]) + "\r\n").encode()


def _line(batch: str, one: Sent, is_paid: bool) -> str:
    number, account, fen = one
    result, reason, day = ("成功", "", PAY_ON.isoformat()) if is_paid else ("失败", REASON, "")
    return f"{batch},{number},{account},{plain_yuan(fen)},{result},{reason},{day}"
