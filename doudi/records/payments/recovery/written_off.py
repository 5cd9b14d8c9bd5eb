"""What had come in before the rest of a recovery was written off: it counts as given back. Nothing here writes."""

from collections import defaultdict

from django.db.models import Sum

from doudi.records.payments.models import Recovery, RecoveryMonth, RecoveryReceipt
from doudi.records.payments.settling.dues import Key


def came_in_before(scheme: str) -> dict[Key, int]:
    """已核销的追缴里到过账的 (分), 按待遇和月份, 先到的算在早的月份上。

    The rest the family keeps. Should the months turn out to have been due, this much is short of them and no more.
    """
    ended = Recovery.objects.filter(scheme=scheme, state=Recovery.State.WRITTEN_OFF)
    receipts = RecoveryReceipt.objects.filter(recovery__in=ended).order_by().values_list("recovery_id")
    left = {pk: int(fen) for pk, fen in receipts.annotate(sum=Sum("fen"))}
    months = RecoveryMonth.objects.filter(recovery__in=list(left)).order_by("recovery_id", "month", "pk")
    found: dict[Key, int] = defaultdict(int)
    for recovery, award, month, fen in months.values_list("recovery_id", "award_id", "month", "fen"):
        part = min(left[recovery], fen)
        left[recovery] -= part
        found[award, month] += part
    return dict(found)
