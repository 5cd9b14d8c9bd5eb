"""Whether a paper is ours: the number printed on it, and the token in its code that only this office can make."""

import base64
import datetime as dt
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from doudi.records.cases.models import Act, Case
from doudi.records.decisions.models import Decision
from doudi.records.policies.queries import scheme_name
from doudi.records.postings.models import Objection
from doudi.store.crypto import blind

COLUMN = "decisions.paper.token"
MAC_BYTES = 15
# What a token's number counts: a decision, a case that was ended, an objection that was answered.
ENDED, ANSWERED = "z", "j"
ENDING = "终止办理: "


@dataclass(frozen=True)
class Paper:
    """一份文书: 文号、编号、名称、日期、户主; 答复反映人的不写哪一户。"""

    document_no: str
    no: str
    kind: str
    on: dt.date
    name: str
    token: str


def document_no(decision: Decision) -> str:
    """文号: 机关代字〔年份〕序号, 年份用六角括号, 序号不编虚位。依据: GB/T 9704-2012 7.2.5"""
    return _numbered("", decision.decided_on.year, decision.no.rsplit("-D", 1)[-1])


def ending_no(case: Case) -> str:
    """终止告知书的文号: 序号同受理号, 年份是受理的年份, 两年的不会重。"""
    year, serial = case.no.split("-")[-2:]
    return _numbered("终", int(year), serial)


def answer_no(objection: Objection) -> str:
    """答复的文号: 序号是异议、举报编号里的月份和顺序。"""
    return _numbered("复", objection.received_on.year, objection.no[6:].replace("-", ""))


def _numbered(letter: str, year: int, serial: str) -> str:
    number = int(serial) if serial.isdigit() else serial
    return f"{settings.DOCUMENT_WORD}{letter}〔{year}〕{number}号"


def ending_of(case: Case) -> Act | None:
    """终止或撤回这件申请的那一步; 没有终止的为空。"""
    if case.outcome not in Case.ENDED_EARLY:
        return None
    return Act.objects.filter(case=case, title__startswith=ENDING).order_by("-pk").first()


def token_of(decision: Decision) -> str:
    """印在二维码里的验证串: 决定的编号加上它的文号、种类、日期、金额的 HMAC; 猜不出, 内容被改就对不上。"""
    told = f"{decision.pk}|{decision.no}|{decision.kind}|{decision.decided_on}|{decision.amount_fen}"
    return f"{decision.pk}-{_mac(told)}"


def ending_token(case: Case) -> str:
    """终止告知书的验证串。"""
    return f"{ENDED}{case.pk}-{_mac(f'{ENDED}{case.pk}|{case.no}|{case.outcome}|{case.closed_on}')}"


def answer_token(objection: Objection) -> str:
    """答复的验证串。"""
    told = f"{ANSWERED}{objection.pk}|{objection.no}|{objection.outcome}|{objection.answered_on}"
    return f"{ANSWERED}{objection.pk}-{_mac(told)}"


def _mac(told: str) -> str:
    return base64.b32encode(blind(told, COLUMN)[:MAC_BYTES]).decode().lower()


def paper_of(token: str) -> Paper | None:
    """验证串对应的文书; 对不上为空。"""
    number = token.partition("-")[0]
    letter = number[:1] if number[:1] in (ENDED, ANSWERED) else ""
    number = number.removeprefix(letter)
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = KINDS[letter](int(number))
    return found if found and hmac.compare_digest(found.token.encode(), token.encode()) else None


def _decided(pk: int) -> Paper | None:
    one = Decision.objects.select_related("household__head").filter(pk=pk).first()
    if one is None:
        return None
    kind = f"{scheme_name(one.scheme)} · {one.get_kind_display()}"
    return Paper(document_no(one), one.no, kind, one.decided_on, one.household.head.name, token_of(one))


def _ended(pk: int) -> Paper | None:
    ended = Case.objects.filter(outcome__in=Case.ENDED_EARLY, closed_on__isnull=False)
    one = ended.select_related("household__head").filter(pk=pk).first()
    if one is None or one.closed_on is None:
        return None
    kind = f"{scheme_name(one.scheme)} · 终止审核确认程序"
    return Paper(ending_no(one), one.no, kind, one.closed_on, one.household.head.name, ending_token(one))


def _answered(pk: int) -> Paper | None:
    one = Objection.objects.exclude(outcome="").filter(pk=pk).first()
    if one is None or one.answered_on is None:
        return None
    kind = f"社会救助{one.get_kind_display()}答复"
    return Paper(answer_no(one), one.no, kind, one.answered_on, "", answer_token(one))


KINDS: dict[str, Callable[[int], Paper | None]] = {"": _decided, ENDED: _ended, ANSWERED: _answered}
