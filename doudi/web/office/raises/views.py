"""A raise: begun by the county's approver, looked through household by household, signed by the director."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.library import BOOKS
from doudi.law.money import yuan
from doudi.records.audit.services import look, look_at_all
from doudi.records.decisions import raise_queries as queries
from doudi.records.decisions.models import RaiseLine, StandardRaise
from doudi.records.decisions.services import raising as services
from doudi.records.desk.paid import short_name
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.acting import Words, confirm_of, confirmed, done_once
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.checks.figures import sheet_of
from doudi.web.office.forms import KeyedForm
from doudi.web.office.payments.forms import PasswordForm
from doudi.web.office.raises import sheets
from doudi.web.office.raises.forms import BeginForm, ReasonForm, told
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

State, Effect = StandardRaise.State, RaiseLine.Effect
LIST = (
    Column("依据"), Column("待遇"), Column("调标自", "day"), Column("核算人"), Column("签发人"),
    Column("户数", "number"), Column("每月增加", "money"), Column("状态", "flags"),
)  # fmt: skip
LINES = (
    Column("户主"), Column("乡镇 / 村"), Column("项目"), Column("在册每月", "money"), Column("按新标准", "money"),
    Column("每月增减", "change"),
)  # fmt: skip
VIEWS = {
    "up": "随批提高", "out": "提高, 不随批办", "same": "不变", "down": "降低", "lost": "不再符合",
    "changed": "保障的人有变",
}  # fmt: skip
WAITS = {
    "down": "降低不随批办: 由乡镇立复核案核实, 写明理由再决定。",
    "lost": "按新标准不再符合的不随批停发: 由乡镇立复核案核实再决定。",
    "changed": "现在登记的人与待遇保障的人不同: 由乡镇立变更案办理, 新标准一并用上。",
    "out": "有原因的先不提高, 核实以后可以放回名单, 或者在案件里另行决定。",
}
TONES: dict[str, Any] = {State.DRAFT: "soon", State.SIGNED: "soon", State.DONE: "good"}
JOB_STATES: dict[str, Literal["waiting", "running", "done", "failed"]] = {
    "queued": "waiting", "running": "running", "done": "done", "failed": "failed",
}  # fmt: skip


def listed(request: HttpRequest) -> HttpResponse:
    """各批调标, 新的在前; 从这里发起。"""
    page = lists.page_of(request, queries.raises())
    rows = []
    for one in page.object_list:
        url = reverse("raise", args=[one.pk])
        signed = one.signed_by.name if one.signed_by else None
        rows.append(
            Row([Link(one.proposal.document, url), BOOKS[one.book].title, one.from_on, one.built_by.name, signed,
                 one.households or None, one.added_fen or None, [_flag(one)]], url=url)
        )  # fmt: skip
    context = {
        "table": Table(LIST, rows, key="raises"),
        "pager": lists.pager(request, page),
        "may_begin": may_open(the_user(request), "raise_new"),
        "empty": ui.Empty(
            "nothing", "还没有调标", "新标准签发以后, 由县级审批从这里把在册的各户重新核定一遍。"
        ),
    }
    return render(request, "office/raises/list.html", context)


def _flag(one: StandardRaise) -> ui.Flag:
    return ui.Flag(one.get_state_display(), TONES.get(one.state, ""))


def begin(request: HttpRequest) -> HttpResponse:
    """发起调标: 交给后台核算, 页面看进度。"""
    form = BeginForm(request.POST or None)
    if pk := done_once(request, form, lambda: _begun(request, form)):
        return redirect("raise", pk)
    warning = "只核算、列出名单, 不改待遇; 名单由局领导签发以后才提高。"
    confirm = confirm_of(form, ("发起调标", "核算在册各户", warning, ""), (), reverse("raises"))
    empty = ui.Empty(
        "nothing", "没有可以据以调标的新标准", "参数改动由局领导签发以后才能调标。",
        ui.Action("看参数改动", reverse("proposals")),
    )  # fmt: skip
    context = {
        "form": form,
        "confirm": confirm if form.due else None,
        "empty": empty,
        "one": None,
        "name": "",
    }
    return render(request, "office/raises/act.html", context)


def _begun(request: HttpRequest, form: BeginForm) -> StandardRaise:
    proposal, book, from_on = form.chosen()
    return services.open_raise(
        proposal=proposal, book=book, from_on=from_on, by=the_user(request), on=today(), here=False
    )


def the_raise(pk: int) -> StandardRaise:
    """一批调标; 没有就 404。"""
    return get_object_or_404(queries.raises(), pk=pk)


def raising(request: HttpRequest, pk: int) -> HttpResponse:
    """一批: 各种结果几户、多少元, 名单, 下一步归谁。"""
    one, user = the_raise(pk), the_user(request)
    view = request.GET.get("view", "up")
    view = view if view in VIEWS else "up"
    sums = queries.sums(one)
    page = lists.page_of(request, queries.lines(one, view), sums[view].households)
    look(by=user, action="view", subject=one)
    look_at_all(
        by=user, action="view", subjects=[f"household:{line.household_id}" for line in page.object_list]
    )
    context = {
        **_head(one),
        "tiles": _tiles(one, sums),
        "tabs": [
            ui.Tab(label, f"{request.path}?view={key}", key == view, sums[key].households)
            for key, label in VIEWS.items()
        ],
        "waits": WAITS.get(view, ""),
        "table": _table(user, one, view, page.object_list),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", f"没有“{VIEWS[view]}”的"),
        "next_step": _next(user, one, sums["up"].households),
        "job": _progress(one),
        "facts": _facts(one),
        "told_url": reverse("raise_told") if one.signed_by_id and may_open(user, "raise_told") else "",
    }
    return render(request, "office/raises/raise.html", context)


def _head(one: StandardRaise) -> dict[str, Any]:
    return {"one": one, "name": told(one.proposal, one.book), "state": _flag(one)}


def _tiles(one: StandardRaise, sums: Any) -> list[ui.Tile]:
    up, here = sums["up"], reverse("raise", args=[one.pk])
    added = up.now_fen - up.was_fen
    waiting = sum(sums[key].households for key in ("down", "lost", "changed"))
    total = sum(row.households for row in sums.values())
    return [
        ui.Tile("随批提高", f"{up.households:,}", "户", f"在册共 {total:,} 户", f"{here}?view=up"),
        ui.Tile("每月增加", yuan(added), "元", f"全年 {yuan(12 * added)} 元"),
        ui.Tile("提高, 不随批办", f"{sums['out'].households:,}", "户", "各有原因", f"{here}?view=out"),
        ui.Tile("要立案核实", f"{waiting:,}", "户", "降低、不再符合、人有变", f"{here}?view=down",
                "soon" if waiting else ""),
    ]  # fmt: skip


def _table(user: User, one: StandardRaise, view: str, lines: Iterable[RaiseLine]) -> Table:
    """Why stands beside the sums only where something is left out."""
    columns = (*LINES, Column("说明")) if view == "out" else LINES
    rows = [_row(user, one, line) for line in lines]
    return Table(columns, [Row(row.cells[: len(columns)], url=row.url) for row in rows], key="raise")


def _row(user: User, one: StandardRaise, line: RaiseLine) -> Row:
    url = reverse("raise_line", args=[one.pk, line.pk])
    town = line.village.parent.name if line.village.parent else ""
    cells = [
        Link(shown_name(user, line.household.head.name), url, line.household.no), f"{town} · {line.village.name}",
        short_name(line.scheme), line.was_fen, line.now_fen or None, line.now_fen - line.was_fen,
        line.left_out or None,
    ]  # fmt: skip
    return Row(cells, url=url)


def _next(user: User, one: StandardRaise, count: int) -> ui.NextStep | None:
    withdraw = ui.Action("撤回这一批", reverse("raise_withdraw", args=[one.pk]))
    others = (
        [withdraw] if may_open(user, "raise_withdraw") and one.state in (State.BUILDING, State.DRAFT) else []
    )
    if one.state == State.DRAFT:
        if may_open(user, "raise_sign") and count:
            return ui.NextStep("签发调标", ui.Action("去签发", reverse("raise_sign", args=[one.pk])))
        goal = "等局领导签发" if count else "没有随批提高的户, 请撤回"
        return ui.NextStep(goal, others=others)
    return ui.NextStep("正在核算", others=others) if one.state == State.BUILDING else None


def _facts(one: StandardRaise) -> list[ui.SummaryLine]:
    lines = [
        ui.SummaryLine("调标自", f"{one.from_on:%Y} 年 {one.from_on.month} 月"),
        ui.SummaryLine("新标准生效", str(one.proposal.since)),
        ui.SummaryLine("核算", f"{one.built_by.name} {one.built_on}"),
        ui.SummaryLine("用哪天的", f"{one.assessed_on} 的资料和标准"),
    ]
    if one.signed_by:
        lines.append(ui.SummaryLine("签发", f"{one.signed_by.name} {one.signed_on}"))
        lines.append(ui.SummaryLine("签发时", f"{one.households:,} 户, 每月增加 {yuan(one.added_fen)} 元"))
    return lines


def _progress(one: StandardRaise) -> ui.JobProgress | None:
    job = queries.job_of(one) if one.state in (State.BUILDING, State.SIGNED) else None
    if job is None:
        return None
    label = "写入各户的决定和待遇" if one.state == State.SIGNED else "核算在册各户"
    return ui.JobProgress(
        label, job.done, job.total, JOB_STATES[job.state], message=job.message,
        poll_url=reverse("raise_progress", args=[one.pk]), result_url=reverse("raise", args=[one.pk]),
    )  # fmt: skip


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """进度的片段; 做完整页换成结果。"""
    one = the_raise(pk)
    job = _progress(one)
    answer = render(request, "ui/parts/job.html", {"job": job}) if job else HttpResponse("")
    if job is None or not job.open:
        answer["HX-Redirect"] = reverse("raise", args=[pk])
    return answer


def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """名单的 xlsx 或 CSV, 各种结果都在; 每次下载留痕。"""
    one, user = the_raise(pk), the_user(request)
    look(by=user, action="download", subject=one)
    page = sheets.register(user, queries.lines(one), VIEWS, on=today(), demo=settings.DEMO)
    return sent_as_file(request, f"tiaobiao-{one.pk}", [page], on=today())


def _the_line(pk: int, line: int) -> RaiseLine:
    rows = queries.lines(the_raise(pk)).select_related("raising__proposal", "decision")
    return get_object_or_404(rows, pk=line)


def household(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """名单里的一户: 原来、现在各多少, 按新标准的每一步。"""
    user, found = the_user(request), _the_line(pk, line)
    look(by=user, action="view", subject=found.household)
    people = members_on(found.household, found.raising.assessed_on).select_related("person")
    who = {one.person_id: shown_name(user, one.person.name) for one in people}
    is_open = found.raising.state == State.DRAFT and found.effect == Effect.UP
    act = "raise_take_in" if found.left_out else "raise_leave_out"
    context = {
        **_head(found.raising),
        "line": found,
        "holder": shown_name(user, found.household.head.name),
        "effect": VIEWS["out" if found.left_out else found.effect],
        "scheme": scheme_name(found.scheme),
        "sheet": sheet_of(queries.explained(found), who, found.raising.book, bool(found.now_fen)),
        "act": (reverse(act, args=[pk, line]), "放回名单" if found.left_out else "从名单剔除")
        if is_open and may_open(user, act)
        else None,
        "household_url": reverse("household", args=[found.household_id])
        if may_open(user, "household")
        else "",
    }
    return render(request, "office/raises/line.html", context)


def leave_out(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """从名单剔除一户。"""
    user, found, form = the_user(request), _the_line(pk, line), ReasonForm(request.POST or None)
    words = ("从名单剔除", "剔除", "剔除的不随批提高, 以后在案件里另行决定。", "已剔除。")

    def effect() -> RaiseLine:
        return services.leave_out(line=found, reason=form.cleaned_data["reason"], by=user)

    return _acted(request, found.raising, form, words, _line_facts(user, found), effect)


def take_in(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """把剔除的一户放回名单。"""
    user, found, form = the_user(request), _the_line(pk, line), ReasonForm(request.POST or None)
    words = ("放回名单", "放回名单", "原来没有随批办的原因已经核实清楚才放回。", "已放回名单。")

    def effect() -> RaiseLine:
        return services.take_in(line=found, reason=form.cleaned_data["reason"], by=user)

    return _acted(request, found.raising, form, words, _line_facts(user, found), effect)


def _line_facts(user: User, line: RaiseLine) -> list[ui.SummaryLine]:
    lines = [
        ui.SummaryLine("户主", shown_name(user, line.household.head.name)),
        ui.SummaryLine("户编号", line.household.no),
        ui.SummaryLine("在册每月", f"{yuan(line.was_fen)} 元"),
        ui.SummaryLine("按新标准", f"{yuan(line.now_fen)} 元", strong=True),
    ]
    return [*lines, ui.SummaryLine("不随批办的原因", line.left_out)] if line.left_out else lines


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """签发: 再输一次口令, 交给后台逐户写入。"""
    one, user = the_raise(pk), the_user(request)
    up = queries.sums(one)["up"]
    form = PasswordForm(request.POST or None, user=user)
    facts = [
        *_facts(one),
        ui.SummaryLine("提高", f"{up.households:,} 户"),
        ui.SummaryLine("每月增加", f"{yuan(up.now_fen - up.was_fen)} 元", strong=True),
    ]
    warning = "签发以后逐户写决定, 旧待遇到调标月为止, 新待遇接上; 以前各月的差额由补发清册发放。"
    words = ("签发调标", "签发", warning, "已签发, 正在逐户写入。")
    return _acted(
        request, one, form, words, facts, lambda: services.sign(raising=one, by=user, on=today(), here=False)
    )


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回还没有签发的一批。"""
    one, form = the_raise(pk), KeyedForm(request.POST or None)
    words = ("撤回这一批", "撤回", "名单留着备查, 可以重新发起。", "已撤回。")
    return _acted(
        request, one, form, words, _facts(one), lambda: services.withdraw(raising=one, by=the_user(request))
    )


def _acted(
    request: HttpRequest, one: StandardRaise, form: KeyedForm, words: Words, facts: list[ui.SummaryLine],
    effect: Callable[[], Any],
) -> HttpResponse:  # fmt: skip
    """A confirm page of a raise that is still open."""
    if one.state not in StandardRaise.OPEN and request.method == "GET":
        raise Http404
    back = reverse("raise", args=[one.pk])
    return confirmed(
        request,
        form,
        words,
        effect,
        template="office/raises/act.html",
        back=back,
        facts=facts,
        context=_head(one),
    )
