"""Money counted out by hand, for whoever has no account: what waits to be signed for, what was. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, QuerySet

from doudi.records.payments.models import HandReceipt, PayLine, PayrollRun

LOCKED_OUT = (PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)


def runs_without_bank(runs: Iterable[int]) -> set[int]:
    """这些批次里没有一笔交银行、全部当面发放的。"""
    numbered = PayLine.objects.filter(run=OuterRef("pk"), number__isnull=False)
    found = PayrollRun.objects.filter(Exists(numbered), pk__in=list(runs))
    return set(found.exclude(Exists(numbered.exclude(account_bi=None))).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class HandPayment:
    """当面发放的一笔: 一份待遇的几个月合在一起; 签收了的带着签收。"""

    line: PayLine
    months: tuple[int, ...]
    amount_fen: int
    receipt: HandReceipt | None


def hand_lines(run: PayrollRun | None = None) -> QuerySet[PayLine]:
    """锁定时没有账户、决定当面发放的行, 按批次和序号。"""
    rows = PayLine.objects.filter(number__isnull=False, account_bi=None).exclude(run__state__in=LOCKED_OUT)
    rows = rows.filter(run=run) if run else rows
    related = (
        "run",
        "payee",
        "household",
        "village__parent",
        "hand_receipt__handed_by",
        "hand_receipt__witness",
    )
    return rows.select_related(*related).order_by("-run_id", "number", "month")


def hand_payments(rows: Iterable[PayLine]) -> list[HandPayment]:
    """这些行合成一笔一笔, 次序不变。"""
    found = []
    for _, group in groupby(rows, key=lambda line: (line.run_id, line.number)):
        lines = list(group)
        receipt = getattr(lines[0], "hand_receipt", None)
        months = tuple(line.month for line in lines)
        found.append(HandPayment(lines[0], months, sum(line.amount_fen for line in lines), receipt))
    return found
