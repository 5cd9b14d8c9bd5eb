"""The boards: put up a village at once, print its sheets, send up."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.areas.models import Area
from doudi.records.cases.models import Case
from doudi.records.desk.published import published
from doudi.records.policies.queries import calendar, scheme_name
from doudi.records.postings import boards, services
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.objections import objections
from doudi.records.postings.queries import on_board, sends_to, unposted
from doudi.records.staff.models import Role, User
from doudi.store.areas import contains
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.batches import Errand, bar, begin, cases_of, errand, key_of, of_a_case
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import flags, the_user
from doudi.web.office.postings import printing as many
from doudi.web.office.postings.forms import BoardForm
from doudi.web.office.postings.sheets import posting_sheet, published_sheet_of
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

ACTING = frozenset({Role.CLERK, Role.VILLAGE})
COLUMNS = (
    Column("户主"),
    Column("村(社区)"),
    Column("类别"),
    Column("榜次"),
    Column("人数", "number", "人"),
    Column("每月金额", "money"),
    Column("张贴日期", "day"),
    Column("公示期"),
    Column("标记", "flags"),
)
DISPUTES = Column("异议")
EMPTY = {
    "waiting": ("没有待张贴的", "写完初审意见、建议确认的案件会到这里。"),
    "hanging": ("没有正在公示的", "张贴之后, 七日内的案件会在这里。"),
    "ended": ("没有期满待上报的", "公示期满、没有未结异议的案件会到这里。"),
}


def postings(request: HttpRequest) -> HttpResponse:
    """公示管理: 待张贴、公示中、期满待上报。"""
    user, on = the_user(request), today()
    view = request.GET.get("view", "waiting")
    if view not in boards.VIEWS:
        raise Http404
    form = BoardForm(request.GET, user=user)
    village = form.cleaned_data["village"] if form.is_valid() else ""
    counts = boards.counts(user, on)
    whole = None if village else counts[view]
    page = lists.page_of(request, boards.board(user, view, on, village), total=whole)
    batch = _batch_of(request, user, view, page)
    title, text = EMPTY[view]
    context = {
        "tabs": _tabs(view, counts),
        "filters": ui.FilterBar(list(form), _chips(request, village)),
        "table": _table(user, list(page.object_list), on, batch),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nomatch" if village else "done", title, text),
        "waiting": _rounds(boards.villages_waiting(user, on))
        if view == "waiting" and user.role in ACTING
        else [],
        "sheets": (sheets := _rounds(boards.villages_hanging(user, on))),
        "villages_hanging": len({row["village_id"] for row in sheets}),
        "print_key": str(uuid.uuid4()),
        "photos_due": _photos_due(user, on) if user.role in ACTING else 0,
        "may_hear": may_open(user, "objections"),
        "open_objections": objections(user).count(),
    }
    return render(request, "office/postings/list.html", context)


def _photos_due(user: User, on: dt.date) -> int:
    return sum(1 for sheet in boards.hung_sheets(user, on) if sheet.due(on))


def _tabs(view: str, found: dict[str, int]) -> list[ui.Tab]:
    here = reverse("postings")
    return [
        ui.Tab(label, f"{here}?view={code}", code == view, found[code])
        for code, label in boards.VIEWS.items()
    ]


def _chips(request: HttpRequest, village: str) -> list[ui.Chip]:
    known = Area.objects.filter(code=village).first() if village else None
    return [ui.Chip(f"村: {known.name}", lists.without(request, "village"))] if known else []


def _rounds(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "round": Posting.Round(row["station"]).label, "key": str(uuid.uuid4())} for row in rows]


def _table(user: User, cases: list[Case], on: dt.date, batch: ui.Batch | None) -> Table:
    may_hear = may_open(user, "objections")
    columns = (*COLUMNS, DISPUTES) if may_hear else COLUMNS
    return Table(columns, [_row(case, on, may_hear) for case in cases], batch=batch)


def _batch_of(request: HttpRequest, user: User, view: str, page: Page[Case]) -> ui.Batch | None:
    if view == "waiting" and user.role in ACTING:
        return bar(request, page, PUBLISH.name, "张贴公示", with_sum=False)
    if view == "ended" and may_open(user, SEND_UP.name):
        words = {sends_to(case) for case in page.object_list}
        label = words.pop() if len(words) == 1 else "报下一步"
        return bar(request, page, SEND_UP.name, label, with_sum=False)
    return None


def _row(case: Case, on: dt.date, may_hear: bool) -> Row:
    hung = [p for p in case.postings.all() if p.withdrawn_on is None and p.station == case.station]
    posting = hung[-1] if hung else None
    opinion = max(case.opinions.all(), key=lambda one: one.pk, default=None)
    if case.station == Posting.Round.INTAKE:
        opinion = None
    url = reverse("case", args=[case.pk])
    cells: list[Any] = [
        Link(case.household.head.name, url),
        case.village.name,
        scheme_name(case.scheme),
        Posting.Round(case.station).label,
        posting.row["members"]
        if posting
        else len(opinion.assessment.results["persons"])
        if opinion
        else None,
        posting.row["amount_fen"] if posting else opinion.amount_fen if opinion else None,
        posting.posted_on if posting else None,
        _period(posting, on) if posting else "--",
        _flags(case, posting) or None,
    ]
    if may_hear:
        cells.append(_disputes(posting) if posting else "--")
    return Row(cells, key=str(case.pk), url=url)


def _flags(case: Case, posting: Posting | None) -> list[ui.Flag]:
    why = "" if posting else unposted(case)
    return [*flags(case), *([ui.Flag(f"依法不公示: {why}", "soon")] if why else [])]


def _period(posting: Posting, on: dt.date) -> str:
    if on > posting.until_on:
        return f"{posting.until_on} 期满"
    length = (posting.until_on - posting.posted_on).days
    return f"第 {(on - posting.posted_on).days} 天, 共 {length} 天"


def _disputes(posting: Posting) -> Link | str:
    found = list(posting.objections.all())
    if not found:
        return "无"
    waiting = sum(1 for objection in found if not objection.outcome)
    label = f"{len(found)} 条" + (f", {waiting} 条待处理" if waiting else "")
    return Link(label, reverse("objection", args=[_first_open(found).pk]))


def _first_open(found: list[Objection]) -> Objection:
    return next((objection for objection in found if not objection.outcome), found[0])


PUBLISH = errand(
    Errand(
        "postings_publish", "张贴", "已张贴", "postings", cases_of,
        lambda user, said, on: boards.board(user, "waiting", on, said.get("village", "")),
        lambda case, user, said, on: services.put_up(case=case, by=user, on=on),
        of_a_case, onward=("看公示中的, 打印榜", "?view=hanging"),
    )
)  # fmt: skip
SEND_UP = errand(
    Errand(
        "postings_send_up", "上报", "已上报", "postings", cases_of,
        lambda user, said, on: boards.board(user, "ended", on, said.get("village", "")),
        lambda case, user, said, on: services.send_up(case=case, by=user, on=on),
        of_a_case, onward=("看还有没有期满的", "?view=ended"),
    )
)  # fmt: skip


def publish(request: HttpRequest) -> HttpResponse:
    """张贴勾选的、或者名单上全部的公示; 依法不公示的记明原因, 直接转下一步。"""
    return begin(request, PUBLISH)


def publish_village(request: HttpRequest, village: str) -> HttpResponse:
    """一个村待张贴的各户一次张贴, 然后打印榜。"""
    user, on = the_user(request), today()
    _own(user, village)
    rows = boards.board(user, "waiting", on, village).filter(station=request.POST.get("station", ""))
    keys = list(rows.values_list("pk", flat=True))
    return begin(request, PUBLISH, keys)


def send_up(request: HttpRequest) -> HttpResponse:
    """勾选的、或者名单上全部的期满案件报下一步。"""
    return begin(request, SEND_UP)


def sheet(request: HttpRequest, village: str) -> HttpResponse:
    """某村某榜次的公示榜, 可打印; 不指定榜次的全印。"""
    user, on = the_user(request), today()
    area = _own(user, village)
    hung = on_board(village, on)
    if request.GET.get("station"):
        hung = hung.filter(station=request.GET["station"])
    content = posting_sheet(area, list(hung), on, calendar(), request.build_absolute_uri("/"))
    return _pdf(content, f"gongshi-{village}-{on}")


def print_boards(request: HttpRequest) -> HttpResponse:
    """许多村的公示榜印成一份: 后台集齐, 到任务页看进度、取文件。"""
    user, on = the_user(request), today()
    mine = boards.villages_hanging(user, on).values_list("village_id", flat=True)
    site = request.build_absolute_uri("/")
    job = many.begin(by=user, villages=list(mine), key=key_of(request), on=on, site=site)
    return redirect("job", job.pk)


def published_sheet(request: HttpRequest, village: str) -> HttpResponse:
    """某村长期公布的名单, 可打印。"""
    user, on = the_user(request), today()
    area = _own(user, village)
    return _pdf(published_sheet_of(area, published(village, on), on), f"changqi-{village}-{on}")


def _own(user: User, village: str) -> Area:
    if not user.area_id or not contains(user.area_id, village):
        raise Http404
    return get_object_or_404(Area.objects.select_related("parent"), code=village)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
