"""The boards as an office sees them: what is to be put up, what hangs, what is done hanging, which photographs lack."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from doudi.law.procedure import POSTINGS
from doudi.records.cases.models import Case
from doudi.records.postings.models import BoardPhoto, Posting
from doudi.records.staff.models import User

VIEWS = {"waiting": "待张贴", "hanging": "公示中", "ended": "期满待上报"}
PHOTO_DAYS = 30  # days after its end that a sheet is still asked for its photographs


@dataclass(frozen=True)
class HungSheet:
    """贴出去的一张榜: 同村、同榜次、同一天张贴的各户; `sent` 是已传回照片的时点。"""

    posting: Posting
    households: int
    photos: tuple[BoardPhoto, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """还缺哪几张照片。"""
        sent = {photo.moment for photo in self.photos}
        return tuple(str(moment.label) for moment in BoardPhoto.Moment if moment not in sent)

    def due(self, on: dt.date) -> str:
        """今天该拍的时点 (Moment 的代码); 没有为空。"""
        sent, moment = {photo.moment for photo in self.photos}, BoardPhoto.Moment
        if moment.LAST not in sent and on >= self.posting.until_on:
            return moment.LAST.value
        return "" if moment.FIRST in sent else moment.FIRST.value


def board(user: User, view: str, on: dt.date, village: str = "") -> QuerySet[Case]:
    """某一类公示的案件, 先到期的在前; 带着公示的日期和未结异议数。"""
    here = Posting.objects.filter(case=OuterRef("pk"), station=OuterRef("station"), withdrawn_on=None)
    rows = Case.objects.visible_to(user).open().filter(station__in=POSTINGS)
    narrowed = {
        "waiting": rows.filter(~Exists(here)),
        "hanging": rows.filter(Exists(here.filter(until_on__gte=on))),
        "ended": rows.filter(Exists(here.filter(until_on__lt=on))),
    }[view]
    if village:
        narrowed = narrowed.within(village)
    shown = narrowed.select_related("household__head", "village__parent").prefetch_related(
        "postings__objections", "opinions__assessment"
    )
    return shown.order_by(F("station_due_on").asc(nulls_last=True), "pk")


def counts(user: User, on: dt.date) -> dict[str, int]:
    """各类各有几户, 一次查询。"""
    here = Posting.objects.filter(case=OuterRef("pk"), station=OuterRef("station"), withdrawn_on=None)
    rows = Case.objects.visible_to(user).open().filter(station__in=POSTINGS)
    known = rows.annotate(
        up=Exists(here),
        hangs=Exists(here.filter(until_on__gte=on)),
        over=Exists(here.filter(until_on__lt=on)),
    )
    told: dict[str, int] = known.aggregate(
        waiting=Count("pk", filter=Q(up=False)),
        hanging=Count("pk", filter=Q(hangs=True)),
        ended=Count("pk", filter=Q(over=True)),
    )
    return told


def villages_waiting(user: User, on: dt.date) -> QuerySet[Any, Any]:
    """有待张贴的村和榜次, 各有几户。"""
    rows = board(user, "waiting", on).order_by().values("village_id", "village__name", "station")
    return rows.annotate(households=Count("pk")).order_by("village_id", "station")


def villages_hanging(user: User, on: dt.date) -> QuerySet[Any, Any]:
    """有公示在期内的村和榜次, 各有几户。"""
    open_now = Posting.objects.visible_to(user).filter(posted_on__lte=on, until_on__gte=on, withdrawn_on=None)
    rows = open_now.order_by().values("village_id", "village__name", "village__parent__name", "station")
    return rows.annotate(households=Count("pk")).order_by("village_id", "station")


def hung_sheets(user: User, on: dt.date) -> list[HungSheet]:
    """要照片的榜: 正在公示的, 和期满不到三十日还缺照片的; 今天该拍的在前。"""
    since = on - dt.timedelta(days=PHOTO_DAYS)
    rows = Posting.objects.visible_to(user).filter(withdrawn_on=None, until_on__gte=since, posted_on__lte=on)
    found = [
        one
        for one in _sheets(
            rows.select_related("village__parent").order_by("village", "station", "posted_on", "pk")
        )
        if one.missing or one.posting.until_on >= on
    ]
    return sorted(found, key=lambda one: (not one.due(on), one.posting.until_on))


def hung_sheet(user: User, pk: int) -> HungSheet:
    """某次公示所在的那张榜。Raises Posting.DoesNotExist."""
    one = Posting.objects.visible_to(user).select_related("village__parent").get(pk=pk)
    same = Posting.objects.filter(village=one.village_id, station=one.station, posted_on=one.posted_on)
    rows = same.filter(Q(withdrawn_on=None) | Q(pk=pk)).select_related("village__parent").order_by("pk")
    return next(iter(_sheets(rows)))


def photo(user: User, pk: int) -> BoardPhoto:
    """一张公示照片。Raises BoardPhoto.DoesNotExist outside the user's area."""
    return BoardPhoto.objects.visible_to(user).select_related("file").get(pk=pk)


def _sheets(rows: Iterable[Posting]) -> list[HungSheet]:
    def sheet(one: Posting | BoardPhoto) -> tuple[str, str, dt.date]:
        return one.village_id, one.station, one.posted_on

    groups = [(key, list(group)) for key, group in groupby(rows, sheet)]
    villages = {village for (village, _, _), _ in groups}
    photos: dict[tuple[str, str, dt.date], list[BoardPhoto]] = {}
    for sent in BoardPhoto.objects.filter(village__in=villages).select_related("file").order_by("pk"):
        photos.setdefault(sheet(sent), []).append(sent)
    return [HungSheet(group[0], len(group), tuple(photos.get(key, ()))) for key, group in groups]
