"""Papers of a case: what came, what is missing, one notice of all gaps, acceptance."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.duties import Block
from doudi.law.procedure import STATIONS
from doudi.records.cases.models import Case
from doudi.records.desk import case_page
from doudi.records.intake import queries, services
from doudi.records.intake.models import GapNotice
from doudi.records.policies.queries import paper_label
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.forms import GapForm, PaperPhotoForm, PapersForm
from doudi.web.office.intake.views import papers_of, tell
from doudi.web.ui.components import BlockLine


def case_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """材料清单与一次性告知。"""
    return _page(request, opened(request, pk))


def _page(request: HttpRequest, case: Case, said: str = "", gap: GapForm | None = None) -> HttpResponse:
    papers = papers_of(case)
    asked = [paper for paper in papers if paper["status"] != "fetched"]
    view = case_page.view_of(case, the_user(request), today())
    at_window = case.station == "accept" and not case.closed_on
    context = {
        **frame(request, case, "case_papers"),
        "papers": papers,
        "asked": asked,
        "missing": [paper["label"] for paper in asked if paper["status"] == "missing"],
        "notices": [_notice(case, notice) for notice in case.gap_notices.order_by("-round")],
        "unsigned": queries.unsigned(case),
        "photo": PaperPhotoForm(auto_id=False),
        "may_look": may_open(the_user(request), "case_picture"),
        "may_open_receipt": may_open(the_user(request), "case_filed"),
        "form": _papers_form(asked),
        "gap": gap or GapForm(),
        "accept": KeyedForm(),
        "blocks": [_line(case, block) for block in view.blocks] if at_window else [],
        "editable": at_window and may_open(the_user(request), "papers_note"),
        "may_accept": may_open(the_user(request), "case_accept"),
        "station": "" if case.closed_on else STATIONS[case.station].label,
        "refused": said,
    }
    return render(request, "office/intake/papers.html", context, status=409 if said else 200)


def _line(case: Case, block: Block) -> BlockLine:
    page = {"unsigned": "case_signatures", "not_authorised": "case_signatures"}.get(block.code, "")
    page = "case_likeness" if block.code in ("duplicates_open", "relatives_open") else page
    return BlockLine(block.text, block.cite, reverse(page, args=[case.pk]) if page else "")


def _papers_form(asked: list[dict[str, Any]]) -> PapersForm:
    have = [paper["code"] for paper in asked if paper["status"] == "have"]
    return PapersForm(choices=[(paper["code"], paper["label"]) for paper in asked], initial={"have": have})


def _notice(case: Case, notice: GapNotice) -> dict[str, Any]:
    kinds = [paper_label(case.scheme, kind) for kind in notice.kinds]
    url = reverse("gap_notice_pdf", args=[case.pk, notice.round])
    return {
        "round": notice.round,
        "kinds": "、".join([*kinds, *(f"{name}的签字" for name in notice.unsigned)]),
        "on": notice.told_on,
        "reason": notice.reason,
        "url": url,
    }


def papers_note(request: HttpRequest, pk: int) -> HttpResponse:
    """登记收到的材料。"""
    case = opened(request, pk)
    choices = [(paper["code"], paper["label"]) for paper in papers_of(case)]
    form = PapersForm(request.POST, choices=choices)
    if not form.is_valid():
        return _page(request, case, "材料清单和页面上的对不上, 请刷新后再勾选")
    have, seen, copied = (form.cleaned_data[name] for name in ("have", "seen", "copied"))

    def effect() -> None:
        services.note_papers(case=case, by=the_user(request), have=have, seen=seen, copied=copied, on=today())

    return _done(request, case, form, effect, f"已登记收到 {len(have)} 件材料")


def paper_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """给一份材料拍照留存。"""
    case = opened(request, pk)
    form = PaperPhotoForm(request.POST, request.FILES, auto_id=False)
    if not form.is_valid():
        return _page(request, case, "请先选照片")
    kind, photo = form.cleaned_data["kind"], form.cleaned_data["photo"].read()

    def effect() -> None:
        services.keep_paper(case=case, by=the_user(request), kind=kind, photo=photo, on=today())

    return _done(request, case, form, effect, "照片已留存, 这份材料已登记收到")


def gaps_tell(request: HttpRequest, pk: int) -> HttpResponse:
    """一次性告知全部缺项。"""
    case = opened(request, pk)
    form = GapForm(request.POST)
    if not form.is_valid():
        return _page(request, case, "告知单没有填好, 请刷新后再试", form)

    def effect() -> None:
        reason = form.cleaned_data["reason"]
        services.tell_gaps(case=case, by=the_user(request), on=today(), reason=reason)

    return _done(request, case, form, effect, "已登记一次性告知, 请打印告知书交给申请人")


def case_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """受理, 转调查核对。"""
    case = opened(request, pk)
    form = KeyedForm(request.POST)
    if not form.is_valid():
        return _page(request, case, "页面已过期, 请刷新后再受理")

    def effect() -> None:
        services.accept(case=case, by=the_user(request), on=today())

    return _done(request, case, form, effect, "已受理, 转入调查核对", to="case")


def _done(
    request: HttpRequest,
    case: Case,
    form: KeyedForm,
    effect: Callable[[], None],
    text: str,
    to: str = "case_papers",
) -> HttpResponse:
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except Refusal as refusal:
        return _page(request, case, refusal.text)
    tell(request, text)
    return redirect(to, case.pk)
