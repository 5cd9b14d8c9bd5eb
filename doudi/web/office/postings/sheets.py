"""The boards of a village as printable sheets: one page a scheme and day, lawful fields only, every level's number."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.conf import settings
from django.urls import reverse

from doudi.law.masking import PublicRow
from doudi.law.workdays import Calendar
from doudi.records.areas.models import Area
from doudi.records.areas.queries import codes_above
from doudi.records.desk.published import Published
from doudi.records.policies.queries import scheme_name
from doudi.records.postings.models import Hotline, Posting
from doudi.records.postings.queries import contacts
from doudi.store.refusal import Refusal
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print.sheets import Board, PostingSheet, PublishedGroup, PublishedSheet, Way

HOTLINE = Way("政务服务便民热线", "12345")


class NothingPosted(Refusal):
    """这个村没有在公示期内的。"""


class NothingPublished(Refusal):
    """这个村没有要长期公布的。"""


def posting_sheet(
    area: Area, postings: Sequence[Posting], on: dt.date, calendar: Calendar, site: str = ""
) -> bytes:
    """某村公示榜 (PDF)。Raises NothingPosted."""
    if not postings:
        raise NothingPosted(f"{area.name}今天没有在公示期内的公示, 请先在公示管理里张贴")
    return printing.render(posting_sheet_of(area, postings, on, calendar, site), demo=settings.DEMO)


def posting_sheet_of(
    area: Area, postings: Sequence[Posting], on: dt.date, calendar: Calendar, site: str = ""
) -> PostingSheet:
    """某村公示榜: 同一榜次、项目、同一天张贴的一页。`site` 是经办系统的网址, 印传照片的码。

    依据: 民发〔2021〕57号 第十九条
    """
    url = offices.public_address("public_area_boards", area.code)
    return PostingSheet(
        unit=offices.township_office(area),
        village=offices.village_name(area),
        boards=list(_boards(postings, calendar, site)),
        ways=_ways(area, url),
        hotlines=_hotlines(area),
        on=on,
        url=url,
    )


def published_sheet_of(area: Area, rows: Iterable[Published], on: dt.date) -> bytes:
    """某村长期公布名单 (PDF)。Raises NothingPublished. 依据: 民发〔2021〕57号 第二十四条"""
    groups = [
        PublishedGroup(scheme, [one.row for one in group])
        for scheme, group in groupby(rows, lambda one: one.scheme)
    ]
    if not groups:
        raise NothingPublished(f"{area.name}现在没有要长期公布的家庭")
    url = offices.public_address("public_published", area.code)
    sheet = PublishedSheet(
        unit=offices.township_office(area),
        village=offices.village_name(area),
        groups=groups,
        ways=_ways(area, url),
        hotlines=_hotlines(area),
        on=on,
        url=url,
    )
    return printing.render(sheet, demo=settings.DEMO)


def _ways(area: Area, url: str) -> list[Way]:
    boxes = contacts(Hotline.Kind.BOX, area.code)
    return [
        Way("到窗口", f"{offices.township_office(area)}社会救助窗口（工作日）"),
        Way("投意见箱", boxes[0].text if boxes else "村（社区）公开栏旁"),
        Way("上网", url),
    ]


def _hotlines(area: Area) -> list[Way]:
    """Every level that has a number, the nearest first; township and county stand even where the line is empty."""
    found = {one.area_code: one for one in contacts(Hotline.Kind.PHONE, area.code)}
    named = {
        str(area.parent_id): (offices.township_office(area), ""),
        settings.COUNTY.ljust(12, "0"): (offices.civil_affairs(), settings.HELP_PHONE),
    }
    ways = []
    for code in reversed(codes_above(area.code)):
        label, fallback = named.get(code, (found[code].place if code in found else "", ""))
        if label:
            ways.append(Way(label, found[code].text if code in found else fallback))
    return [*ways, HOTLINE]


def _boards(postings: Sequence[Posting], calendar: Calendar, site: str) -> Iterator[Board]:
    """What goes up together comes down together, so it shares a page."""

    def shared(posting: Posting) -> tuple[str, str, dt.date, dt.date]:
        return posting.station, posting.case.scheme, posting.posted_on, posting.until_on

    for (station, scheme, posted_on, until_on), group in groupby(sorted(postings, key=shared), shared):
        held = list(group)
        upload = reverse("board_photo_send", args=[held[0].pk], urlconf="doudi.web.office.urls")
        yield Board(
            scheme=scheme_name(scheme),
            posted_on=posted_on,
            until_on=until_on,
            days=(until_on - posted_on).days,
            rows=[PublicRow(**posting.row) for posting in held],
            closed=list(holidays(posted_on, until_on, calendar)),
            station=station,
            upload_url=site.rstrip("/") + upload if site else "",
        )


def holidays(first: dt.date, last: dt.date, calendar: Calendar) -> Iterator[str]:
    """其间有名称的放假日, 相连的合写: 10月1日至10月7日（国庆节）。"""
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    for name, group in groupby(days, lambda day: "" if calendar.is_working(day) else calendar.name(day)):
        if name:
            off = list(group)
            until = f"至{_short(off[-1])}" if len(off) > 1 else ""
            yield f"{_short(off[0])}{until}（{name}）"


def _short(day: dt.date) -> str:
    return f"{day.month}月{day.day}日"
