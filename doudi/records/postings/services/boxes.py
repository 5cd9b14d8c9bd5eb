"""Open a village's tip box by two; keep the numbers and places that stand on every sheet."""

import datetime as dt

from django.db import transaction

from doudi.records.areas.models import Area
from doudi.records.audit.services import record
from doudi.records.cases.services import NotYourDuty, OutsideYourArea
from doudi.records.postings.models import BoxOpening, Hotline
from doudi.records.staff.models import Role, User
from doudi.records.staff.presence import require_present
from doudi.store.areas import contains
from doudi.store.refusal import Refusal


class OpenedAlone(Refusal):
    """意见箱要两个人一同打开。"""


@transaction.atomic
def open_box(*, village: Area, by: User, second: User, letters: int, on: dt.date) -> BoxOpening:
    """乡镇两人开箱, 记下几封信; 村里的人不在场也打不开。Raises OpenedAlone, NotYourDuty, AwayNow."""
    if by.role != Role.CLERK or second.role == Role.VILLAGE:
        raise NotYourDuty("意见箱由乡镇的人打开, 村里的人不经手")
    for one in (by, second):
        require_present(one)
    if second.pk == by.pk:
        raise OpenedAlone("意见箱要两个人一同打开, 请选另一个人")
    if not all(user.area_id and contains(user.area_id, village.code) for user in (by, second)):
        raise OutsideYourArea("这个村不在您的辖区")
    opening = BoxOpening.objects.create(
        village=village, opened_on=on, first=by, second=second, letters=letters
    )
    record(by=by, action="box.open", subject=f"area:{village.code}", second=second.username, letters=letters)
    return opening


@transaction.atomic
def set_hotline(*, area: Area, kind: str, text: str, by: User, on: dt.date) -> None:
    """登记一处的监督电话、公示栏或意见箱位置; 空着就是撤去。"""
    text = text.strip()
    known = Hotline.objects.filter(area=area, kind=kind)
    if not text:
        known.delete()
    elif not known.filter(text=text).exists():
        values = {"text": text, "set_by": by.username, "set_on": on}
        Hotline.objects.update_or_create(area=area, kind=kind, defaults=values)
    else:
        return
    record(by=by, action="hotline.set", subject=f"area:{area.code}", kind=str(kind), text=text)
