"""Money the bank could not deliver: to whom, why, and whether the card has been changed since. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from doudi.records.payments.deaths import waiting_for_decision
from doudi.records.payments.models import PayLine, Release
from doudi.records.payments.settling.settlement import LIVING, UNPAID
from doudi.records.people.models import Account
from doudi.records.staff.models import Role, User
from doudi.store.fields import index_value

OF_THE_COUNTY = (Role.PAYER, Role.PAY_REVIEWER, Role.PAY_APPROVER)


@dataclass(frozen=True, slots=True)
class Unpaid:
    """没有发成的一行, 领款人现在的卡, 是不是换过了; 有死亡报告的, 在等什么。"""

    line: PayLine
    card: Account | None
    is_changed: bool
    waits_for: str = ""


def unpaid_seen_by(user: User) -> QuerySet[PayLine]:
    """银行没有发成或退回来、还没有重发、应付也没有取消的行, 在这个人的职权范围内; 早的月份在前。"""
    scope = PayLine.objects.all() if user.role in OF_THE_COUNTY else PayLine.objects.visible_to(user)
    same = PayLine.objects.filter(award=OuterRef("award"), month=OuterRef("month"))
    again = same.filter(Q(state__in=LIVING) | Q(state__in=UNPAID, pk__gt=OuterRef("pk")))
    given_up = Release.objects.filter(
        line__award=OuterRef("award"), line__month=OuterRef("month"), approved_by__isnull=False
    )
    rows = scope.filter(state__in=UNPAID).exclude(Exists(again)).exclude(Exists(given_up))
    related = ("household", "payee", "village__parent", "run")
    return rows.defer("account").select_related(*related).order_by("month", "village_id", "pk")


def with_cards(lines: Iterable[PayLine]) -> list[Unpaid]:
    """这些行连同领款人现在的卡。"""
    found = list(lines)
    payees = {line.payee_id for line in found}
    cards = {card.person_id: card for card in Account.objects.filter(until_on=None, person__in=payees)}
    dead = waiting_for_decision(PayLine.objects.filter(pk__in=[line.pk for line in found]))
    return [
        Unpaid(
            line, cards.get(line.payee_id), _changed(line, cards.get(line.payee_id)), _told(dead.get(line.pk))
        )
        for line in found
    ]


def _told(dead: str | None) -> str:
    return f"{dead}有死亡报告, 先办变动决定" if dead else ""


def _changed(line: PayLine, card: Account | None) -> bool:
    return card is not None and index_value(PayLine, "account_bi", card.number) != bytes(
        line.account_bi or b""
    )
