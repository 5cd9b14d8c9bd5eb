"""The village deliberates, on screen: panels and their meetings, and the vote on one case."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.procedure import STATIONS
from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks import village as boards
from doudi.records.checks.meetings import Meeting, Panel
from doudi.records.policies.queries import scheme_name
from doudi.store.areas import contains
from doudi.store.kept import content
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.checks.panel_forms import MeetingForm, MinutesForm, PanelForm, VoteForm
from doudi.web.office.checks.papers import minutes_sheet, pdf, roster_sheet
from doudi.web.office.checks.saving import saved
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.views import problems_of, tell
from doudi.web.ui.components import Empty, Flag
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("村(社区)"),
    Column("评议小组"),
    Column("上次评议会", "day"),
    Column("例会", "flags"),
    Column("下一次", "day"),
    Column("等评议", "number", "件"),
)


def panels(request: HttpRequest) -> HttpResponse:
    """民主评议: 各村的小组、开过的会、该开没开的例会、等着评的案件。"""
    user, on = the_user(request), today()
    rows = areas.villages(str(user.area_id)).select_related("parent")
    page = lists.page_of(request, rows)
    found = boards.panels_of([(v.code, v.name) for v in page.object_list], on)
    table = Table(COLUMNS, [_row(one) for one in found], "各村的民主评议")
    nothing = Empty("nothing", "还没有村(社区)", "区划导入之后, 各村会列在这里。")
    context = {"table": table, "pager": lists.pager(request, page), "empty": nothing}
    return render(request, "office/checks/panels.html", context)


def _row(one: boards.VillagePanel) -> Row:
    url = reverse("panel", args=[one.village_id])
    if one.panel is None:
        flags, told = [Flag("没有小组", "soon")], "--"
    else:
        told = f"{one.panel.from_on} 成立"
        missed = f"{len(one.missed)} 次没有开"
        flags = [Flag(missed, "over") if one.missed else Flag("按时", "good")]
    return Row([Link(one.name, url), told, one.last_on, flags, one.next_on, one.waiting], url=url)


def _village(request: HttpRequest, code: str) -> Area:
    """A village inside this person's area; outside it there is none."""
    found = Area.objects.filter(code=code, level=Area.Level.VILLAGE).select_related("parent").first()
    if found is None or not any(contains(area, code) for area in the_user(request).areas):
        raise Http404
    return found


def panel(request: HttpRequest, village: str) -> HttpResponse:
    """一个村的评议小组、评议会和等评议的案件。"""
    place, on = _village(request, village), today()
    now = boards.panels_of([(place.code, place.name)], on)[0]
    look(by=the_user(request), action="view", subject=f"panel:{place.code}")
    context = {
        "village": place,
        "now": now,
        "members": boards.members_at(now.panel, on) if now.panel else [],
        "terms": boards.panel_terms(place.code, on),
        "meetings": boards.meetings_of(place.code)[:24],
        "waiting": boards.waiting_at_panel(place.code),
        "may_write": may_open(the_user(request), "panel_form"),
        "may_read": may_open(the_user(request), "meeting"),
    }
    return render(request, "office/checks/panel.html", context)


def panel_form(request: HttpRequest, village: str) -> HttpResponse:
    """成立评议小组, 或换届。"""
    place, on = _village(request, village), today()
    current = boards.panel_on(place.code, on)
    members = list(boards.members_at(current, on)) if current else []
    form = PanelForm(request.POST or None, members=members)
    refused = ""
    if form.is_bound and form.is_valid():

        def effect() -> object:
            return services.form_panel(village=place, by=the_user(request), members=form.members(), on=on)

        refused = _take(request, form, effect, "评议小组已登记")
        if not refused:
            return redirect("panel", place.code)
    context = {
        "village": place,
        "form": form,
        "current": current,
        "refused": refused,
        "problems": problems_of(form) if form.is_bound else [],
        "terms": boards.panel_terms(place.code, on),
    }
    return render(request, "office/checks/panel_form.html", context, status=409 if refused else 200)


def _take(request: HttpRequest, form: KeyedForm, effect: Any, text: str) -> str:
    """办成了为空, 没办成是原因。"""

    def once() -> None:
        effect()

    try:
        take_effect(request, form.cleaned_data["key"], once)
    except Refusal as refusal:
        return refusal.text
    tell(request, text)
    return ""


def meeting_new(request: HttpRequest, village: str) -> HttpResponse:
    """记一次评议会。"""
    place, on = _village(request, village), today()
    current = boards.panel_on(place.code, on)
    form = MeetingForm(request.POST or None, members=list(boards.members_at(current, on)) if current else [])
    refused = "" if current else "这个村还没有评议小组, 请先成立"
    if current and form.is_bound and form.is_valid():

        def effect() -> object:
            return services.hold_meeting(panel=current, by=the_user(request), **form.said())

        refused = _take(request, form, effect, "评议会已登记, 接着逐件登记票数")
        if not refused:
            return redirect("panel", place.code)
    context = {
        "village": place,
        "form": form,
        "panel": current,
        "refused": refused,
        "problems": problems_of(form) if form.is_bound else [],
    }
    status = 409 if refused and form.is_bound else 200
    return render(request, "office/checks/meeting_new.html", context, status=status)


def _meeting(request: HttpRequest, village: str, meeting: int) -> Meeting:
    place = _village(request, village)
    return get_object_or_404(boards.meetings_of(place.code), pk=meeting)


def meeting(request: HttpRequest, village: str, meeting: int) -> HttpResponse:
    """一次评议会: 到会的人、评了哪些案件、签字的记录。"""
    return _meeting_page(request, _meeting(request, village, meeting), "")


def _meeting_page(request: HttpRequest, held: Meeting, refused: str) -> HttpResponse:
    user = the_user(request)
    look(by=user, action="view", subject=f"meeting:{held.pk}")
    came = {one.member_id for one in held.attendances.all()}
    members = list(boards.members_at(held.panel, held.on))
    context = {
        "village": held.village,
        "meeting": held,
        "present": [member for member in members if member.pk in came],
        "absent": [member for member in members if member.pk not in came],
        "reviews": [(one, scheme_name(one.case.scheme)) for one in held.reviews.all()],
        "form": MinutesForm(),
        "may_write": may_open(user, "meeting_minutes"),
        "refused": refused,
    }
    return render(request, "office/checks/meeting.html", context, status=409 if refused else 200)


def meeting_minutes(request: HttpRequest, village: str, meeting: int) -> HttpResponse:
    """上传签好字的评议记录。"""
    held = _meeting(request, village, meeting)
    form = MinutesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _meeting_page(request, held, "请选择签好字的评议记录照片")
    picture = form.cleaned_data["picture"].read()

    def effect() -> object:
        return services.keep_minutes(meeting=held, by=the_user(request), picture=picture)

    refused = _take(request, form, effect, "评议记录已封存")
    if refused:
        return _meeting_page(request, held, refused)
    return redirect("meeting", village, held.pk)


def meeting_photo(request: HttpRequest, village: str, meeting: int) -> HttpResponse:
    """签好字的评议记录的照片; 查看留痕。"""
    held = _meeting(request, village, meeting)
    if held.minutes is None:
        raise Http404
    look(by=the_user(request), action="view", subject=f"file:{held.minutes_id}")
    response = HttpResponse(content(held.minutes), content_type=held.minutes.media_type)
    response["Cache-Control"] = "private, no-store"
    return response


def meeting_sheet(request: HttpRequest, village: str, meeting: int) -> HttpResponse:
    """民主评议记录 (PDF)。"""
    held = _meeting(request, village, meeting)
    look(by=the_user(request), action="view", subject=f"meeting:{held.pk}")
    return pdf(minutes_sheet(held), f"pingyi-{held.on}.pdf")


def panel_roster(request: HttpRequest, village: str) -> HttpResponse:
    """评议小组名册 (PDF)。"""
    place = _village(request, village)
    current: Panel | None = boards.panel_on(place.code, today())
    if current is None:
        raise Http404
    look(by=the_user(request), action="view", subject=f"panel:{place.code}")
    return pdf(roster_sheet(current), f"pingyi-{place.code}.pdf")


def case_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """一件申请的民主评议: 票数、回避、意见。"""
    case = opened(request, pk)
    form = _vote_form(request, case)
    refused = ""
    if request.method == "POST" and form is not None and form.is_valid():
        votes = form

        def effect() -> object:
            return services.hold_panel(case=case, by=the_user(request), on=today(), **votes.said())

        answer = saved(request, case, form, effect, "民主评议已登记", "case_panel")
        if isinstance(answer, HttpResponse):
            return answer
        refused = answer
    return _case_page(request, case, form, refused)


def _vote_form(request: HttpRequest, case: Case) -> VoteForm | None:
    """None where this person or this station records no votes."""
    here = case.station in ("panel", "survey", "review") and not case.closed_on
    if not here or not may_open(the_user(request), "panel_form"):
        return None
    held = list(boards.meetings_of(case.village_id).exclude(reviews__case=case)[:6])
    members = list(boards.members_at(held[0].panel, held[0].on)) if held else []
    aside = list(boards.must_recuse(case, held[0].panel)) if held else []
    posted = request.POST if request.method == "POST" else None
    return VoteForm(posted, meetings=held, members=members, aside=aside)


def _case_page(request: HttpRequest, case: Case, form: VoteForm | None, refused: str) -> HttpResponse:
    user = the_user(request)
    current = boards.panel_on(case.village_id, today())
    names = may_open(user, "meeting")
    context = {
        **frame(request, case, "case_panel"),
        "reviews": boards.reviews_of(case),
        "names": names,
        "form": form,
        "has_meetings": form is not None and bool(form.fields["meeting"].choices),  # type: ignore[attr-defined]
        "problems": problems_of(form) if form is not None and form.is_bound else [],
        "aside": list(boards.must_recuse(case, current).items()) if current and names else [],
        "refused": refused,
        "station": "" if case.closed_on else STATIONS[case.station].label,
        "may_hear": may_open(user, "case_hearing"),
    }
    return render(request, "office/checks/case_panel.html", context, status=409 if refused else 200)
