"""Papers of a case: what came, what is missing, one notice of all gaps, acceptance."""

from collections.abc import Callable, Iterable, Mapping
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
from doudi.store.models import StaleVersion
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.checks.facts import Difference
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.forms import GapForm, PaperPhotoForm, PapersForm
from doudi.web.office.intake.views import papers_of, tell
from doudi.web.ui.components import BlockLine

TICKS = {"have": "收到", "seen": "原件已核对", "copied": "留复印件"}


def case_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """材料清单与一次性告知。"""
    return _page(request, opened(request, pk))


def _page(
    request: HttpRequest,
    case: Case,
    said: str = "",
    gap: GapForm | None = None,
    form: PapersForm | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    papers = papers_of(case)
    asked = [_ticked(paper, form) for paper in papers if paper["status"] != "fetched"]
    view = case_page.view_of(case, the_user(request), today())
    at_window = case.station == "accept" and not case.closed_on
    context = {
        **frame(request, case, "case_papers"),
        "papers": papers,
        "asked": asked,
        "missing": [paper["label"] for paper in asked if paper["status"] == "missing"],
        "notices": [_notice(case, notice) for notice in case.gap_notices.order_by("-round")],
        "unsigned": queries.unsigned(case),
        "photo": PaperPhotoForm(auto_id=False, version=case.version),
        "may_look": may_open(the_user(request), "case_picture"),
        "may_open_receipt": may_open(the_user(request), "case_filed"),
        "form": form or PapersForm(choices=[], version=case.version),
        "gap": gap or GapForm(),
        "accept": KeyedForm(),
        "blocks": [_line(case, block) for block in view.blocks] if at_window else [],
        "editable": at_window and may_open(the_user(request), "papers_note"),
        "may_accept": may_open(the_user(request), "case_accept"),
        "station": "" if case.closed_on else STATIONS[case.station].label,
        "refused": said,
        **(more or {}),
    }
    return render(request, "office/intake/papers.html", context, status=409 if said or more else 200)


def _ticked(paper: dict[str, Any], form: PapersForm | None) -> dict[str, Any]:
    """A paper with the boxes as they are noted, or as somebody just ticked them."""
    if form is None:
        return {**paper, "have": paper["status"] == "have"}
    return {**paper, **{name: paper["code"] in form.cleaned_data[name] for name in TICKS}}


def _line(case: Case, block: Block) -> BlockLine:
    page = {"unsigned": "case_signatures", "not_authorised": "case_signatures"}.get(block.code, "")
    page = "case_likeness" if block.code in ("duplicates_open", "relatives_open") else page
    return BlockLine(block.text, block.cite, reverse(page, args=[case.pk]) if page else "")


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
    form = PapersForm(request.POST, choices=choices, version=case.version)
    if not form.is_valid():
        return _page(request, case, "材料清单和页面上的对不上, 请刷新后再勾选")
    ticked = {name: form.cleaned_data[name] for name in TICKS}

    def effect() -> None:
        services.note_papers(case=case, by=the_user(request), on=today(), expected=form.expected, **ticked)

    try:
        return _done(request, case, form, effect, f"已登记收到 {len(ticked['have'])} 件材料")
    except StaleVersion as stale:
        form.renew(stale.current.version)  # type: ignore[attr-defined]
        rows = [Difference(now["label"], _words(now), _words(_ticked(now, form))) for now in _asked(case)]
        return _page(request, case, form=form, more=_both(case, rows))


def _asked(case: Case) -> list[dict[str, Any]]:
    return [_ticked(paper, None) for paper in papers_of(case) if paper["status"] != "fetched"]


def _words(paper: Mapping[str, Any]) -> str:
    said = [word for name, word in TICKS.items() if paper[name]]
    return "、".join(said) or "缺"


def _both(case: Case, rows: Iterable[Difference]) -> dict[str, Any]:
    different = [row for row in rows if row.theirs != row.mine]
    same = Difference("材料登记", "与您勾的相同", "与别人登记的相同")
    return {"conflict": different or [same], "conflict_who": queries.noted_by(case)}


def paper_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """给一份材料拍照留存。"""
    case = opened(request, pk)
    form = PaperPhotoForm(request.POST, request.FILES, auto_id=False, version=case.version)
    if not form.is_valid():
        return _page(request, case, "请先选照片")
    kind, photo = form.cleaned_data["kind"], form.cleaned_data["photo"].read()

    def effect() -> None:
        services.keep_paper(
            case=case, by=the_user(request), kind=kind, photo=photo, on=today(), expected=form.expected
        )

    try:
        return _done(request, case, form, effect, "照片已留存, 这份材料已登记收到")
    except StaleVersion:
        rows = [
            Difference(
                now["label"], f"{_words(now)}{'、有照片' if now['photo'] else ''}", "您拍的照片还没有存"
            )
            for now in _asked(case)
            if now["code"] == kind
        ]
        again = "要换成您拍的, 请再选一次照片。"
        return _page(request, case, more={**_both(case, rows), "conflict_text": again})


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
    """Raises StaleVersion: each form says what the other saved in its own words."""
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except StaleVersion:
        raise
    except Refusal as refusal:
        return _page(request, case, refusal.text)
    tell(request, text)
    return redirect(to, case.pk)
