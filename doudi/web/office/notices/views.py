"""What one is told: unread first by its mark, each leading to where it is dealt with."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.records.desk import queues
from doudi.records.staff import services
from doudi.records.staff.models import Notice, User
from doudi.records.staff.queries import notices_for
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (Column("消息"), Column("种类"), Column("日期", "day"), Column("状态", "flags"))


def notices(request: HttpRequest) -> HttpResponse:
    """消息: 给本岗位和本人的, 新的在前; 超期件数是当时算的。"""
    user = the_user(request)
    unread_only = request.GET.get("view") != "all"
    mine = notices_for(user)
    unread = mine.filter(is_read=False)
    page = lists.page_of(request, unread if unread_only else mine)
    here = reverse("notices")
    context = {
        "tabs": [
            ui.Tab("未读", here, unread_only, unread.count()),
            ui.Tab("全部", f"{here}?view=all", not unread_only),
        ],
        "table": Table(COLUMNS, [_row(one) for one in page.object_list], key="notices"),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", "没有未读的消息", "退回、异议、派单这类要您看的事会到这里。")
        if unread_only
        else ui.Empty("nothing", "还没有消息", "退回、异议、派单这类要您看的事会到这里。"),
        "late": _late(user),
        "any_unread": unread_only and bool(page.object_list),
    }
    return render(request, "office/notices/notices.html", context)


def _row(one: Notice) -> Row:
    url = reverse("notice", args=[one.pk])
    state = None if one.is_read else [ui.Flag("未读", "soon")]  # type: ignore[attr-defined]
    return Row([Link(one.title, url), one.get_kind_display(), one.on, state], url=url)


def _late(user: User) -> int:
    """How many of one's own are overdue: counted when asked, because a stored count would be wrong tomorrow."""
    if user.role not in queues.WAITS or not may_open(user, "cases"):
        return 0
    return int(queues.waiting_for(user).filter(next_due_on__lt=today()).count())


def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """打开一条消息: 标为已读, 到要办的那一页。"""
    try:
        found = services.read_notice(by=the_user(request), pk=pk)
    except Notice.DoesNotExist:
        raise Http404 from None
    return redirect(found.link or "notices")


def all_read(request: HttpRequest) -> HttpResponse:
    """全部标为已读。"""
    services.read_all(by=the_user(request))
    return redirect("notices")
