"""The board of a village as a printable sheet: one page a scheme and day, lawful fields only."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby

from django.conf import settings

from doudi.law.masking import PublicRow
from doudi.law.workdays import Calendar
from doudi.records.areas.models import Area
from doudi.records.policies.queries import scheme_name
from doudi.records.postings.models import Posting
from doudi.store.refusal import Refusal
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print.sheets import Board, PostingSheet, Way

HOTLINE = Way("政务服务便民热线", "12345")


class NothingPosted(Refusal):
    """这个村没有在公示期内的。"""


def posting_sheet(area: Area, postings: Sequence[Posting], on: dt.date, calendar: Calendar) -> bytes:
    """某村公示榜 (PDF): 同一项目、同一天张贴的一页。Raises NothingPosted. 依据: 民发〔2021〕57号 第十九条"""
    if not postings:
        raise NothingPosted(f"{area.name}今天没有在公示期内的公示, 请先在公示管理里张贴")
    office = offices.township_office(area)
    url = offices.public_address("public_area_boards", area.code)
    sheet = PostingSheet(
        unit=office,
        village=offices.village_name(area),
        boards=list(_boards(postings, calendar)),
        ways=[
            Way("到窗口", f"{office}社会救助窗口（工作日）"),
            Way("打电话", settings.HELP_PHONE),
            Way("投意见箱", "村（社区）公开栏旁"),
            Way("上网", url),
        ],
        hotlines=[Way(office), Way(offices.civil_affairs(), settings.HELP_PHONE), HOTLINE],
        on=on,
        url=url,
    )
    return printing.render(sheet, demo=settings.DEMO)


def _boards(postings: Sequence[Posting], calendar: Calendar) -> Iterator[Board]:
    """What goes up together comes down together, so it shares a page."""

    def shared(posting: Posting) -> tuple[str, dt.date, dt.date]:
        return posting.case.scheme, posting.posted_on, posting.until_on

    for (scheme, posted_on, until_on), group in groupby(sorted(postings, key=shared), shared):
        yield Board(
            scheme=scheme_name(scheme),
            posted_on=posted_on,
            until_on=until_on,
            days=(until_on - posted_on).days,
            rows=[PublicRow(**posting.row) for posting in group],
            closed=list(holidays(posted_on, until_on, calendar)),
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
