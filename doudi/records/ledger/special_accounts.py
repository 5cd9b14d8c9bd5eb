"""Which special accounts there are, and from which one a scheme is paid on a day."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from doudi.records.ledger.models import AccountScheme, SchemeChange, SpecialAccount

USED = (SpecialAccount.State.OPEN, SpecialAccount.State.CLOSED)


def special_accounts() -> QuerySet[SpecialAccount]:
    """全部专户, 在用的在前, 先登记的在前; 账号不取出。"""
    rows = SpecialAccount.objects.select_related("registered_by", "checked_by").defer("number")
    return rows.prefetch_related("schemes", "changes").order_by("closed_on", "pk")


def scheme_changes() -> QuerySet[SchemeChange]:
    """专户的增减项目; 账号不取出。"""
    return (
        SchemeChange.objects.select_related("account", "registered_by")
        .defer("account__number")
        .order_by("-pk")
    )


def open_accounts() -> list[SpecialAccount]:
    """在用的专户; 账号不取出。"""
    return list(SpecialAccount.objects.filter(state=SpecialAccount.State.OPEN).defer("number").order_by("pk"))


@dataclass(frozen=True)
class Payers:
    """各项目哪些日子从哪个专户发: 项目自己的专户在先, 没有的从发放“没有另设专户的各项目”的专户发。"""

    spans: dict[str, list[tuple[dt.date, dt.date | None, int]]]

    def of(self, scheme: str, on: dt.date) -> int | None:
        """某项目某日从哪个专户发; 没有的为空。"""
        for name in (scheme, ""):
            for from_on, until_on, account in self.spans.get(name, ()):
                if from_on <= on and (until_on is None or on < until_on):
                    return account
        return None


def payers() -> Payers:
    """核对过的专户各发放什么。"""
    spans: dict[str, list[tuple[dt.date, dt.date | None, int]]] = {}
    rows = AccountScheme.objects.filter(account__state__in=USED).order_by("from_on", "pk")
    for scheme, from_on, until_on, account in rows.values_list("scheme", "from_on", "until_on", "account"):
        spans.setdefault(scheme, []).append((from_on, until_on, account))
    return Payers(spans)


def paying_account(scheme: str, on: dt.date) -> SpecialAccount | None:
    """某项目某日从哪个专户发; 账号不取出。"""
    found = payers().of(scheme, on)
    return SpecialAccount.objects.defer("number").get(pk=found) if found else None
