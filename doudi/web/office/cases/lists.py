"""Lists of cases and their turning of pages: the same columns wherever cases are listed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from doudi.law.procedure import STATIONS
from doudi.records.cases.models import Case
from doudi.records.desk import queues
from doudi.records.policies.queries import calendar, scheme_name
from doudi.records.staff.models import User
from doudi.web.office.cases.page import flags, shown_name
from doudi.web.office.cases.queue import PAGE_SIZE, carry
from doudi.web.ui.components import Deadline, Flag, Pager
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("户主"),
    Column("受理号"),
    Column("乡镇 / 村"),
    Column("类别"),
    Column("阶段"),
    Column("要做什么"),
    Column("剩余时限", "deadline"),
    Column("标记", "flags"),
)


def table(user: User, cases: Iterable[Case], on: dt.date, *, queue: str = "", here: str = "") -> Table:
    """案件表; `cases` 来自 desk.queues, `queue` 是它的条件, `here` 是刚才打开的一件。"""
    known = calendar()
    rows = [_row(user, queues.waiting(case, on, known), queue, here) for case in cases]
    return Table(COLUMNS, rows, key="cases")


def _row(user: User, waiting: queues.Waiting, token: str, here: str) -> Row:
    case: Any = waiting.case
    case.come_from = token
    url = carry(reverse("case", args=[case.pk]), case)
    town = case.village.parent.name if case.village.parent else ""
    closed = bool(case.closed_on)
    cells: list[Any] = [
        Link(shown_name(user, case.household.head.name), url),
        case.no,
        f"{town} · {case.village.name}",
        scheme_name(case.scheme),
        "已办结" if closed else STATIONS[case.station].label,
        waiting.todo,
        None if closed else Deadline(waiting.days_left, waiting.due_on),
        [*flags(case), *([Flag("有异议", "soon")] if case.disputed and not closed else ())] or None,
    ]
    return Row(cells, key=str(case.pk), url=url, here=str(case.pk) == here)


COUNTED = 10_000


class FirstThousands(Paginator):
    """Counts no further than COUNTED: nobody turns two hundred pages, and counting a whole county takes a second."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED].count())  # unordered: it may stop as soon as it has them


def page_of(request: HttpRequest, rows: QuerySet[Any], total: int | None = None) -> Page[Any]:
    """名单的一页, 每页 50 条; 已经数过的给 `total`, 不再数。"""
    pages = Paginator(rows, PAGE_SIZE)
    if total is not None:
        pages.count = total
    return pages.get_page(request.GET.get("page"))


def first_thousands(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """全县名单的一页; 一万条以后的不数也不翻, 请缩小条件。"""
    return FirstThousands(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def pager(request: HttpRequest, page: Page[Any]) -> Pager:
    """翻页, 条件不丢。"""
    before = _turn(request, page.previous_page_number()) if page.has_previous() else ""
    after = _turn(request, page.next_page_number()) if page.has_next() else ""
    total = page.paginator.count
    capped = isinstance(page.paginator, FirstThousands) and total >= COUNTED
    return Pager(page.start_index(), page.end_index(), total, before, after, capped)


def _turn(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query.pop("at", None)
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"


def without(request: HttpRequest, name: str) -> str:
    """去掉一个条件后的地址。"""
    query = request.GET.copy()
    for gone in (name, "page", "at"):
        query.pop(gone, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
