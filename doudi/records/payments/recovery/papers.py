"""The letter that asks for money back: its number, and the token in its code that only this office can make."""

import base64
import hmac

from django.conf import settings

from doudi.records.decisions.verifying import Paper
from doudi.records.payments.models import Recovery
from doudi.records.policies.queries import scheme_name
from doudi.store.crypto import blind

COLUMN = "payments.recovery.token"
LETTER = "q"
MAC_BYTES = 15


def letter_no(recovery: Recovery) -> str:
    """文号: 机关代字加“追”, 年份, 序号是追缴编号里的月份和顺序。依据: GB/T 9704-2012 7.2.5"""
    month, serial = recovery.no.removeprefix("ZJ").split("-")
    return f"{settings.DOCUMENT_WORD}追〔{month[:4]}〕{int(month[4:])}{serial}号"


def token_of(recovery: Recovery) -> str:
    """印在二维码里的验证串: 猜不出, 内容被改就对不上。"""
    told = f"{recovery.pk}|{recovery.no}|{recovery.confirmed_on}|{recovery.amount_fen}"
    mac = base64.b32encode(blind(told, COLUMN)[:MAC_BYTES]).decode().lower()
    return f"{LETTER}{recovery.pk}-{mac}"


def recovery_paper(token: str) -> Paper | None:
    """验证串对应的追缴通知书; 对不上为空。"""
    number = token.partition("-")[0].removeprefix(LETTER)
    if not token.startswith(LETTER) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = Recovery.objects.filter(pk=int(number), confirmed_on__isnull=False)
    one = found.select_related("household__head").first()
    if (
        one is None
        or one.confirmed_on is None
        or not hmac.compare_digest(token_of(one).encode(), token.encode())
    ):
        return None
    kind = f"{scheme_name(one.scheme)} · 追缴通知书"
    return Paper(letter_no(one), one.no, kind, one.confirmed_on, one.household.head.name, token)
