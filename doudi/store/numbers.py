"""Numbers people read out on the phone: one counter a kind, never given twice."""

from django.db import transaction
from django.db.models import F

from doudi.store.models import Counter


def next_number(name: str, count: int = 1) -> int:
    """取下一个号 (成批时取 `count` 个, 返回第一个)。

    Inside the caller's transaction the row stays locked, so no number is given twice.
    """
    with transaction.atomic():
        Counter.objects.get_or_create(name=name)
        Counter.objects.filter(name=name).update(value=F("value") + count)
        return Counter.objects.get(name=name).value - count + 1
