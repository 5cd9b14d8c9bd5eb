"""The office's today: the only clock the product reads."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from doudi.store.models import OfficeDay
from doudi.store.refusal import Refusal


class NotADemo(Refusal):
    """正式环境的日期不能拨动。"""


def today() -> dt.date:
    """机关的今天: 演示时是拨定的日期, 其余时候是本地日期。"""
    if settings.DEMO:
        row = OfficeDay.objects.first()
        if row:
            return row.day
    return timezone.localdate()


def now() -> dt.datetime:
    """机关的此刻: 今天的日期, 时钟上的时间。"""
    day = today()
    return timezone.localtime().replace(year=day.year, month=day.month, day=day.day)


def move_to(day: dt.date) -> None:
    """拨动演示日期。Raises NotADemo outside the demo."""
    if not settings.DEMO:
        raise NotADemo("只有演示环境可以拨动日期")
    OfficeDay.objects.update_or_create(pk=1, defaults={"day": day})
