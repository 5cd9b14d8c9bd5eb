"""The list of cases and the case page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from doudi.law.duties import Block
from doudi.law.procedure import POSTINGS
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.desk import case_page, outcomes, queues
from doudi.records.desk.case_clock import clock_page
from doudi.records.desk.case_page import CaseView
from doudi.records.postings.queries import sends_to
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists, queue, saved
from doudi.web.office.cases.forms import NarrowingForm
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.households.rows import payments
from doudi.web.ui import components as ui

# Where a duty or a blocking cause is dealt with.
PLACES = {
    "papers": "case_papers", "entry": "case_entry", "visit": "case_visit", "findings": "case_findings",
    "assessment": "case_assessment", "opinion": "case_opinion", "post": "postings", "sign": "case_sign",
    "intend": "case_intend", "confirm": "case_confirm", "samples": "samples", "notify": "deliver_queue",
    "clock": "case_clock",
    "objections": "objections", "photos": "board_photos", "ability": "case_ability",
    "signatures": "case_signatures", "likeness": "case_likeness", "panel": "case_panel",
}  # fmt: skip
CAUSES = {
    "papers_missing": "papers", "not_authorised": "signatures", "unsigned": "signatures",
    "duplicates_open": "likeness", "relatives_open": "likeness", "too_few_investigators": "visit",
    "survey_unsigned": "visit", "survey_gaps": "visit", "panel_open": "panel", "ability_open": "ability",
    "verification_open": "findings", "findings_open": "findings", "not_assessed": "assessment",
    "assessment_stale": "assessment", "no_opinion": "opinion", "not_posted": "post", "posting_open": "post",
    "objection_open": "objections", "photos_missing": "photos", "paused": "clock",
    "award_ended": "clock", "county_visit_due": "confirm", "sample_visit_due": "confirm", "sample_undrawn": "samples",
}  # fmt: skip
# At each station: what leaving it is called, where it is done, and the cause that this very step removes.
LEAVING = {
    "accept": ("受理", "papers", ""),
    "survey": ("测算", "assessment", ""),
    "verify": ("测算", "assessment", ""),
    "review": ("写初审意见", "opinion", "no_opinion"),
    "post_intake": ("转入户调查", "post", ""),
    "panel": ("民主评议", "panel", "panel_open"),
    "post": ("公示期满上报", "post", ""),
    "intend": ("县级审核", "intend", "not_intended"),
    "post_final": ("报确认", "post", ""),
    "sign": ("签批", "sign", "not_signed"),
    "confirm": ("确认", "confirm", ""),
}
OF_A_CASE = frozenset(PLACES) - {"samples", "post", "notify", "objections", "photos"}


def cases(request: HttpRequest) -> HttpResponse:
    """案件名单: 待我办的在前, 剩余时间短的在前。"""
    user, on = the_user(request), today()
    form = NarrowingForm(request.GET, user=user)
    narrowing = form.narrowing()
    counts = queues.counted(user, on)
    whole = None if form.chips() else counts.get(narrowing.view)
    page = lists.page_of(request, queues.narrowed(user, narrowing, on), total=whole)
    chips = [ui.Chip(label, lists.without(request, name)) for name, label in form.chips()]
    token = queue.token(narrowing)
    context = {
        "filters": ui.FilterBar(
            form.shown(),
            chips,
            f"{request.path}?view={narrowing.view}" if chips else "",
            {"view": narrowing.view},
        ),
        "tabs": _tabs(user, narrowing, counts, request.path),
        "table": lists.table(user, page.object_list, on, queue=token, here=request.GET.get("at", "")),
        "pager": lists.pager(request, page),
        "saved": saved.bar(request, "cases", token),
        "empty": _empty(user, narrowing, bool(chips), request.path),
    }
    return render(request, "office/cases/list.html", context)


def _tabs(user: User, narrowing: queues.Narrowing, counts: dict[str, int], here: str) -> list[ui.Tab]:
    """Each view is an address of its own; only a desk's own views are counted."""
    return [
        ui.Tab(label, f"{here}?view={view}", view == narrowing.view, counts.get(view))
        for view, label in queues.VIEWS.items()
        if user.role in queues.WAITS or view not in queues.OF_A_DESK
    ]


def _empty(user: User, narrowing: queues.Narrowing, chosen: bool, here: str) -> ui.Empty:
    if chosen:
        clear = ui.Action("清除条件", f"{here}?view={narrowing.view}")
        return ui.Empty("nomatch", "没有符合条件的案件", "换个条件, 或清除条件看全部。", clear)
    if narrowing.view == "paused":
        return ui.Empty("nothing", "没有挂起的案件", "暂停计时的案件会列在这里, 恢复以后回到待办。")
    if narrowing.view == "done":
        return ui.Empty("nothing", "近 7 日没有办出去的案件", "您办过、已经到下一步的案件会列在这里。")
    if narrowing.view == "closed":
        return ui.Empty("nothing", "还没有办结的案件", "办结的案件会列在这里。")
    if may_open(user, "intake_window"):
        start = ui.Action("去受理", reverse("intake_window"))
        return ui.Empty("done", "待办已清空", "没有等您办的案件。有人来窗口时, 从受理开始登记。", start)
    return ui.Empty("done", "待办已清空", "没有等您办的案件。")


def case(request: HttpRequest, pk: int) -> HttpResponse:
    """案件概览: 任务、时限、下一步、经过。"""
    found = opened(request, pk)
    user = the_user(request)
    view = case_page.view_of(found, user, today())
    ended = next((block for block in view.blocks if block.code == "award_ended"), None)
    is_over = ended is not None or (found.closed_on is not None and found.outcome in Case.ENDED_EARLY)
    context = {
        **frame(request, found, "case"),
        "stepper": stepper(view),
        "tasks": [_task(user, found, duty, is_over=is_over) for duty in view.duties],
        "clocks": [(clock, _deadline(clock)) for clock in view.clocks],
        "paused": view.facts.paused,
        "ended": ended,
        "may_clock": may_open(user, "case_clock"),
        "next_step": next_step(user, view),
        "entries": [_entry(act) for act in case_page.acts_of(found, user)],
        "assumed": "、".join(str(year) for year in view.assumed_years),
        "dossier_url": reverse("case_dossier", args=[pk]) if may_open(user, "case_dossier") else "",
    }
    return render(request, "office/cases/case.html", context)


def _deadline(clock: case_page.Clock, label: str = "") -> ui.Deadline:
    cite = f"{clock.label} · {clock.cite}" if label else clock.cite
    return ui.Deadline(clock.left, clock.due_on, "working" if clock.in_workdays else "calendar", cite)


def stepper(view: CaseView) -> ui.Stepper:
    """阶段条。"""
    stages = [
        ui.Stage(step.label, step.state, step.note or (f"{step.on:%m-%d}" if step.on else ""), step.late)
        for step in view.steps
    ]
    return ui.Stepper(stages, view.used, view.limit, view.cite)


def _task(user: User, case: Case, duty: case_page.Duty, *, is_over: bool) -> ui.Task:
    if is_over and duty.state != "done" and duty.code != "notify":
        return ui.Task(duty.label, "void")
    return ui.Task(duty.label, duty.state, _place(user, case, duty.code), duty.hint)


def _place(user: User, case: Case, code: str) -> str:
    """The page where a duty is done, for those who may open it."""
    name = PLACES[code]
    if not may_open(user, name):
        return ""
    return queue.carry(reverse(name, args=[case.pk]), case) if code in OF_A_CASE else reverse(name)


def next_step(user: User, view: CaseView) -> ui.NextStep:
    """下一步: 一个主要按钮, 拦住它的原因列在上面; 不归这个岗位的写明等谁。"""
    case = view.case
    if case.closed_on:
        return _after_decision(user, view)
    if view.facts.award_ended:
        return _to_end(user, view)
    label, code, own = LEAVING[case.station]
    if case.station in POSTINGS:
        label = sends_to(case)
    first = view.clocks[0]
    limit = None if view.facts.paused else _deadline(first, first.label)
    if case.station not in queues.WAITS.get(user.role, ()):
        return ui.NextStep(f"等待{procedure_of(case).label(case.station)}", deadline=limit)
    lines = [_line(user, case, block) for block in view.blocks if block.code != own]
    url = _place(user, case, code)
    return ui.NextStep(label, ui.Action(label, url) if url else None, lines, limit, _others(user, view))


def _to_end(user: User, view: CaseView) -> ui.NextStep:
    """Nothing is left to decide: whoever has the case in hand ends it, the others wait for that."""
    may = "terminate" in clock_page(view.case, user, today()).may and may_open(user, "case_clock")
    url = f"{_place(user, view.case, 'clock')}#terminate"
    return ui.NextStep("终止办理", ui.Action("终止办理", url)) if may else ui.NextStep("等待终止办理")


def _line(user: User, case: Case, block: Block) -> ui.BlockLine:
    """A blocking cause with the page where it is dealt with."""
    url = _place(user, case, CAUSES[block.code]) if block.code in CAUSES else ""
    return ui.BlockLine(block.text, block.cite, url)


def _others(user: User, view: CaseView) -> list[ui.Action]:
    """The first piece of work that can be done now, when the step itself cannot be taken yet."""
    for duty in view.duties:
        url = _place(user, view.case, duty.code)
        if duty.state in ("todo", "doing") and url and duty.code in OF_A_CASE:
            return [ui.Action(duty.label, url)]
    return []


def _after_decision(user: User, view: CaseView) -> ui.NextStep:
    ended_early = view.case.outcome in Case.ENDED_EARLY
    if ended_early and may_open(user, "termination_letter"):
        notice, slip = (
            reverse("termination_letter", args=[view.case.pk, kind]) for kind in ("gaozhi", "huizheng")
        )
        told = f"{view.case.get_outcome_display()}, 书面告知申请人"
        return ui.NextStep(
            told, ui.Action("打印终止告知书", notice), [], None, [ui.Action("打印送达回证", slip)]
        )
    if ended_early or view.facts.notice_given or not may_open(user, "deliver_queue"):
        return ui.NextStep(f"已办结: {view.case.get_outcome_display()}")
    return ui.NextStep("告知申请人", ui.Action("去送达", reverse("deliver_queue")))


def _entry(act: Any) -> ui.TimelineEntry:
    at = act.at if timezone.localtime(act.at).date() == act.on else act.on
    return ui.TimelineEntry(act.title, at, act.user.name, act.note, loud="退回" in act.title)


def case_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """这件案子的公示、决定和发放。"""
    found = opened(request, pk)
    told = outcomes.outcome_of(found, the_user(request))
    context = {
        **frame(request, found, "case_outcome"),
        "postings": told.postings,
        "may_hear": may_open(the_user(request), "objections"),
        "may_take": may_open(the_user(request), "take_objection"),
        "decisions": told.decisions,
        "table": payments(told.lines),
    }
    return render(request, "office/cases/outcome.html", context)
