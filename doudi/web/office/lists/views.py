"""Lists and one list: who is on it, who is not and why, how it came about, whose turn it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.audit.services import look, look_at_all
from doudi.records.decisions import list_queries as queries
from doudi.records.decisions.models import ListBatch, ListRow, ListTransfer
from doudi.records.decisions.services import listing as services
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.acting import Words, confirmed
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.lists import sheets
from doudi.web.office.lists.forms import ReasonForm, SignForForm
from doudi.web.office.lists.received import bar
from doudi.web.office.payments.forms import PasswordForm
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

State = ListBatch.State
LIST = (
    Column("名单"), Column("项目"), Column("月份"), Column("拟定"), Column("签发"), Column("人数", "number"),
    Column("金额", "money"), Column("状态", "flags"),
)  # fmt: skip
ROWS = (
    Column("姓名"), Column("乡镇 / 村"), Column("领款人"), Column("金额", "money"), Column("决定或说明"),
    Column("办理"),
)  # fmt: skip
VIEWS = {"in": "列入", "out": "不列入"}
TONES: dict[str, Any] = {State.DRAFT: "soon", State.SIGNED: "soon", State.DONE: "good"}
JOB_STATES: dict[str, Literal["waiting", "running", "done", "failed"]] = {
    "queued": "waiting", "running": "running", "done": "done", "failed": "failed",
}  # fmt: skip
SIGN = "登记签收"
PREMIUM = {
    "": ui.Flag("待付保费", "soon"),
    "waiting": ui.Flag("保费待复核", "soon"),
    "reviewed": ui.Flag("保费待审批", "soon"),
    "paid": ui.Flag("保费已付", "good"),
    "declined": ui.Flag("保费转账退回", "over"),
}
ACTS = (
    ("listing_subsidy", "价格补贴"), ("listing_pick", "从在册的人里挑"), ("listing_upload", "照文件列"),
)  # fmt: skip


def listed(request: HttpRequest) -> HttpResponse:
    """各份名单, 新的在前; 从这里列新的。"""
    user = the_user(request)
    page = lists.page_of(request, queries.batches())
    rows, found = [], list(page.object_list)
    drafted, paid = queries.drafted(found), queries.transfer_states(found)
    for one in found:
        kept = drafted.get(one.pk)
        url = reverse("listing", args=[one.pk])
        signed = f"{one.signed_by.name} {one.signed_on}" if one.signed_by else None
        made = f"{one.built_by.name} {one.built_on}"
        rows.append(
            Row([Link(one.title, url, one.document), scheme_name(one.scheme), services.in_words(one.month),
                 made, signed, (kept.persons if kept else one.persons) or None,
                 (kept.fen if kept else one.total_fen) or None, _flags(one, paid)],
                url=url)
        )  # fmt: skip
    acts = [ui.Action(label, reverse(name)) for name, label in ACTS if may_open(user, name)]
    context = {
        "table": Table(LIST, rows, key="listings"),
        "pager": lists.pager(request, page),
        "acts": acts,
        "empty": ui.Empty(
            "nothing",
            "还没有名单",
            "价格涨幅够启动的、慰问、意外险、实物, 由县级审批列名单, 另一名县级审批签发。",
        ),
    }
    return render(request, "office/lists/list.html", context)


def _flags(one: ListBatch, paid: Mapping[int, str]) -> list[ui.Flag]:
    """Where a list stands; of an insurance list that is signed, where its premium does."""
    premium = PREMIUM[paid[one.pk]] if one.pk in paid else None
    return [premium or ui.Flag(one.get_state_display(), TONES.get(one.state, ""))]


def the_list(pk: int) -> ListBatch:
    """一份名单; 没有就 404。"""
    return get_object_or_404(queries.batches(), pk=pk)


def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """一份名单: 列入的、不列入的和为什么, 怎样定的, 下一步归谁。"""
    one, user = the_list(pk), the_user(request)
    view = request.GET.get("view", "in")
    view = view if view in VIEWS else "in"
    sums, paid = queries.sums(one), queries.transfer_of(one)
    page = lists.page_of(request, queries.rows(one, view), sums[view].persons)
    look(by=user, action="view", subject=one)
    look_at_all(
        by=user, action="view", subjects=[f"household:{row.household_id}" for row in page.object_list]
    )
    context = {
        **_head(one),
        "tiles": _tiles(one, sums),
        "tabs": [
            ui.Tab(label, f"{request.path}?view={key}", key == view, sums[key].persons) for key, label in VIEWS.items()
        ],
        "table": replace(_table(user, one, page.object_list), batch=bar(user, one) if view == "in" else None),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", "没有不列入的" if view == "out" else "没有列入的"),
        "next_step": _next(user, one, sums["in"].persons),
        "job": _progress(one),
        "facts": _facts(one),
        "transfer": transfer_facts(paid) if paid else (),
        "declined": queries.declined_of(one),
        "steps": one.told.get("steps", ()),
    }  # fmt: skip
    return render(request, "office/lists/listing.html", context)


def _head(one: ListBatch) -> dict[str, Any]:
    return {
        "one": one,
        "scheme": scheme_name(one.scheme),
        "month": services.in_words(one.month),
        "states": _flags(one, queries.transfer_states([one])),
    }


def _tiles(one: ListBatch, sums: Any) -> list[ui.Tile]:
    kept, out, here = sums["in"], sums["out"], reverse("listing", args=[one.pk])
    money = {"insurance_batch": "交承保单位, 一笔付", "goods": "折价, 不发钱"}.get(
        one.scheme, "随当月清册发到卡上"
    )
    tiles = [
        ui.Tile("列入", f"{kept.persons:,}", "人", f"{kept.households:,} 户", f"{here}?view=in"),
        ui.Tile("金额", yuan(kept.fen), "元", money),
        ui.Tile(
            "不列入",
            f"{out.persons:,}",
            "人",
            "各有原因" if out.persons else "",
            f"{here}?view=out",
            "soon" if out.persons else "",
        ),
    ]
    if one.scheme == "goods" and one.state == State.DONE:
        tiles.append(
            ui.Tile("已签收", f"{kept.received:,}", "人", f"还差 {kept.persons - kept.received:,} 人")
        )
    return tiles


def _table(user: User, one: ListBatch, found: Iterable[ListRow]) -> Table:
    """The column of what can be done stands only where something can."""
    rows = [_row(user, one, row) for row in found]
    if any(row.cells[-1] for row in rows):
        return Table(ROWS, rows, key="listing")
    return Table(ROWS[:-1], [replace(row, cells=row.cells[:-1]) for row in rows], key="listing")


def _row(user: User, one: ListBatch, row: ListRow) -> Row:
    town = row.village.parent.name if row.village.parent else ""
    name = shown_name(user, row.person.name)
    home = reverse("household", args=[row.household_id]) if may_open(user, "household") else ""
    told = row.left_out or (f"{row.received_by} {row.received_on} 签收" if row.received_on else "")
    act = _act(user, one, row)
    cells = [
        Link(name, home, row.household.no) if home else name, f"{town} · {row.village.name}",
        shown_name(user, row.payee.name), row.amount_fen or None, told or (row.decision.no if row.decision else None),
        Link(act.label, act.url) if act else None,
    ]  # fmt: skip
    key = str(row.pk) if act and act.label == SIGN else ""
    return Row(cells, key=key, url=act.url if act else home, locked="" if key else "不等签收")


def _act(user: User, one: ListBatch, row: ListRow) -> ui.Action | None:
    """The one thing that can be done with this row now."""
    if not may_open(user, "listing_leave_out"):
        return None
    if one.state == State.DRAFT and not row.left_out:
        return ui.Action("剔除", reverse("listing_leave_out", args=[one.pk, row.pk]))
    if one.state == State.DRAFT and row.left_out_by:
        return ui.Action("放回", reverse("listing_take_in", args=[one.pk, row.pk]))
    if one.scheme == "goods" and one.state == State.DONE and not row.left_out and not row.received_on:
        return ui.Action(SIGN, reverse("listing_sign_for", args=[one.pk, row.pk]))
    return None


def _next(user: User, one: ListBatch, persons: int) -> ui.NextStep | None:
    if one.state == State.DRAFT:
        may = may_open(user, "listing_sign")
        others = [ui.Action("撤回这份名单", reverse("listing_withdraw", args=[one.pk]))] if may else []
        if may and persons and one.built_by_id != user.pk:
            return ui.NextStep(
                "签发名单", ui.Action("去签发", reverse("listing_sign", args=[one.pk])), others=others
            )
        return ui.NextStep("等另一名县级审批签发" if persons else "没有列入的人, 请撤回", others=others)
    if one.state != State.DONE:
        return None
    if one.scheme == "goods":
        return ui.NextStep("照名单发放, 领的人签字, 回来登记")
    if services.pays_persons(one.scheme):
        where = [ui.Action("看每月发放", reverse("payroll"))] if may_open(user, "payroll") else []
        return ui.NextStep(
            f"由 {services.in_words(one.month)}的{scheme_name(one.scheme)}清册发放", others=where
        )
    return _next_transfer(user, one)


def _next_transfer(user: User, one: ListBatch) -> ui.NextStep | None:
    """The premium: whose turn it is."""
    found = queries.transfer_of(one)
    state = found.state if found else ""
    turns = {
        "": ("listing_transfer", "登记保费转账", "等发放经办登记保费转账"),
        "waiting": ("listing_review", "复核保费转账", "保费转账等发放复核"),
        "reviewed": ("listing_pay", "审批付款", "保费转账等发放审批"),
    }
    if state not in turns:
        return None
    name, label, waits = turns[state]
    back = [ui.Action("退回", reverse("listing_decline", args=[one.pk]))]
    others = back if state and may_open(user, "listing_decline") else []
    if may_open(user, name):
        return ui.NextStep(label, ui.Action(f"去{label}", reverse(name, args=[one.pk])), others=others)
    return ui.NextStep(waits, others=others)


def transfer_facts(found: ListTransfer) -> list[ui.SummaryLine]:
    """一笔保费转账: 付给谁、凭什么、多少、谁办的。"""
    lines = [
        ui.SummaryLine("收款单位", found.payee),
        ui.SummaryLine("收款账户", f"{found.bank}, 尾号 {found.account_last4}"),
        ui.SummaryLine("单据", found.document_no),
        ui.SummaryLine("资金", str(found.get_level_display())),
        ui.SummaryLine("保费", f"{yuan(found.fen)} 元", strong=True),
        ui.SummaryLine("登记", f"{found.registered_by.name} {found.registered_on}"),
    ]
    if found.reviewed_by:
        lines.append(ui.SummaryLine("复核", f"{found.reviewed_by.name} {found.reviewed_on}"))
    if found.approved_by:
        lines.append(ui.SummaryLine("审批付款", f"{found.approved_by.name} {found.approved_on}"))
    return lines


def _facts(one: ListBatch) -> list[ui.SummaryLine]:
    lines = [
        ui.SummaryLine("依据", one.document),
        ui.SummaryLine("怎样定的", one.told.get("words", "")),
        ui.SummaryLine("拟定", f"{one.built_by.name} {one.built_on}"),
    ]
    if one.item:
        lines.append(ui.SummaryLine("承保单位" if one.scheme == "insurance_batch" else "发什么", one.item))
    if one.signed_by:
        lines.append(ui.SummaryLine("签发", f"{one.signed_by.name} {one.signed_on}"))
        lines.append(ui.SummaryLine("签发时", f"{one.persons:,} 人, {yuan(one.total_fen)} 元"))
    return lines


def _progress(one: ListBatch) -> ui.JobProgress | None:
    job = queries.job_of(one) if one.state == State.SIGNED else None
    if job is None:
        return None
    return ui.JobProgress(
        "写入各户的决定和待遇", job.done, job.total, JOB_STATES[job.state], message=job.message,
        poll_url=reverse("listing_progress", args=[one.pk]), result_url=reverse("listing", args=[one.pk]),
    )  # fmt: skip


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """进度的片段; 做完整页换成结果。"""
    job = _progress(the_list(pk))
    answer = render(request, "ui/parts/job.html", {"job": job}) if job else HttpResponse("")
    if job is None or not job.open:
        answer["HX-Redirect"] = reverse("listing", args=[pk])
    return answer


def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """名单的 xlsx 或 CSV, 打印、签字或者交承保单位; 每次下载留痕。"""
    one, user = the_list(pk), the_user(request)
    look(by=user, action="download", subject=one)
    pages = sheets.register(user, one, queries.rows(one), on=today(), demo=settings.DEMO)
    return sent_as_file(request, f"mingdan-{one.pk}", pages, on=today())


def _the_row(pk: int, row: int) -> ListRow:
    return get_object_or_404(
        queries.rows(the_list(pk)).select_related("batch", "person", "household"), pk=row
    )


def leave_out(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """从名单剔除一个人。"""
    found, form, user = _the_row(pk, row), ReasonForm(request.POST or None), the_user(request)
    words = ("从名单剔除", "剔除", "签发之前可以放回。", "已剔除。")
    return _acted(
        request, found.batch, form, words, _row_facts(user, found),
        lambda: services.leave_out(row=found, reason=form.cleaned_data["reason"], by=user),
    )  # fmt: skip


def take_in(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """把剔除的人放回名单。"""
    found, form, user = _the_row(pk, row), ReasonForm(request.POST or None), the_user(request)
    words = ("放回名单", "放回", "原来剔除的原因已经核实清楚才放回。", "已放回名单。")
    return _acted(
        request, found.batch, form, words, _row_facts(user, found),
        lambda: services.take_in(row=found, reason=form.cleaned_data["reason"], by=user),
    )  # fmt: skip


def sign_for(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """登记一个人领了实物。"""
    found, form, user = _the_row(pk, row), SignForForm(request.POST or None), the_user(request)
    words = (SIGN, "登记", "照签了字的名单登记, 登记以后不能改。", "已登记签收。")
    facts = [*_row_facts(user, found), ui.SummaryLine("发什么", found.batch.item)]
    return _acted(
        request, found.batch, form, words, facts,
        lambda: services.sign_for(row=found, received_by=form.cleaned_data["received_by"], by=user, on=today()),
    )  # fmt: skip


def _row_facts(user: User, row: ListRow) -> list[ui.SummaryLine]:
    lines = [
        ui.SummaryLine("姓名", shown_name(user, row.person.name)),
        ui.SummaryLine("户编号", row.household.no),
        ui.SummaryLine("金额", f"{yuan(row.amount_fen)} 元", strong=True),
    ]
    return [*lines, ui.SummaryLine("不列入的原因", row.left_out)] if row.left_out else lines


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """签发: 再输一次口令; 发钱的交给后台逐户写入。"""
    one, user = the_list(pk), the_user(request)
    kept, form = queries.sums(one)["in"], PasswordForm(request.POST or None, user=user)
    facts = [
        *_facts(one),
        ui.SummaryLine("列入", f"{kept.persons:,} 人, {kept.households:,} 户"),
        ui.SummaryLine("金额", f"{yuan(kept.fen)} 元", strong=True),
    ]
    warning = "签发时再查一遍死亡、重复、互斥和在册; 查出来的写明原因, 不列入。签发以后名单不能再改。"
    words = ("签发名单", "签发", warning, "已签发。")
    return _acted(
        request, one, form, words, facts, lambda: services.sign(batch=one, by=user, on=today(), here=False)
    )


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回还没有签发的名单。"""
    one, form = the_list(pk), KeyedForm(request.POST or None)
    words = ("撤回这份名单", "撤回", "名单留着备查, 可以另列。", "已撤回。")
    return _acted(
        request, one, form, words, _facts(one), lambda: services.withdraw(batch=one, by=the_user(request))
    )


def _acted(
    request: HttpRequest, one: ListBatch, form: KeyedForm, words: Words, facts: list[ui.SummaryLine],
    effect: Callable[[], Any],
) -> HttpResponse:  # fmt: skip
    """A confirm page of a list that still waits, or of goods still to be signed for."""
    is_over = one.state == State.WITHDRAWN or (one.state != State.DRAFT and not isinstance(form, SignForForm))
    if is_over and request.method == "GET":
        raise Http404
    return acted(request, one, form, words, facts, effect)


def acted(
    request: HttpRequest, one: ListBatch, form: KeyedForm, words: Words, facts: list[ui.SummaryLine],
    effect: Callable[[], Any],
) -> HttpResponse:  # fmt: skip
    """名单的一页确认和它的回答。"""
    return confirmed(
        request, form, words, effect, template="office/lists/act.html", back=reverse("listing", args=[one.pk]),
        facts=facts, context=_head(one), refuse=words[1] in ("退回", "撤回"),
    )  # fmt: skip
