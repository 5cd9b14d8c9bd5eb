"""Whether a paper is ours: the number printed on it, and the token in its code that only this office can make."""

import base64
import hmac

from django.conf import settings

from doudi.records.decisions.models import Decision
from doudi.store.crypto import blind

COLUMN = "decisions.paper.token"
MAC_BYTES = 15


def document_no(decision: Decision) -> str:
    """文号: 机关代字〔年份〕序号, 年份用六角括号, 序号不编虚位。依据: GB/T 9704-2012 7.2.5"""
    serial = decision.no.rsplit("-D", 1)[-1]
    number = int(serial) if serial.isdigit() else serial
    return f"{settings.DOCUMENT_WORD}〔{decision.decided_on.year}〕{number}号"


def token_of(decision: Decision) -> str:
    """印在二维码里的验证串: 决定的编号加上它的文号、种类、日期、金额的 HMAC; 猜不出, 内容被改就对不上。"""
    return f"{decision.pk}-{_mac(decision)}"


def _mac(decision: Decision) -> str:
    told = f"{decision.pk}|{decision.no}|{decision.kind}|{decision.decided_on}|{decision.amount_fen}"
    return base64.b32encode(blind(told, COLUMN)[:MAC_BYTES]).decode().lower()


def decision_of(token: str) -> Decision | None:
    """验证串对应的决定; 对不上为空。"""
    number, _, mac = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = Decision.objects.select_related("household__head").filter(pk=int(number)).first()
    if found is None or not hmac.compare_digest(_mac(found).encode(), mac.encode()):
        return None
    return found
