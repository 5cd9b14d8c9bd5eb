"""Who must sign, who has: authorisations of members and obligors, the applicant's commitment, kept pictures."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from doudi.law.identity import BadIdentity
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.intake import queries, signing
from doudi.records.people.queries import obligors_of
from doudi.store.kept import content
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, shown_name, the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.case_forms import ObligorForm, ReasonForm, SignForm
from doudi.web.office.intake.views import tell


def case_signatures(request: HttpRequest, pk: int) -> HttpResponse:
    """授权与承诺: 谁该签、谁签了、怎么签的; 义务人名单。"""
    return _page(request, opened(request, pk))


def _page(
    request: HttpRequest,
    case: Case,
    said: str = "",
    form: SignForm | None = None,
    obligor: ObligorForm | None = None,
) -> HttpResponse:
    user, signers = the_user(request), queries.signers(case)
    waiting = [one for one in signers if one.signature is None]
    signed_obligors = {one.obligor.pk for one in signers if one.obligor and one.signature}
    context = {
        **frame(request, case, "case_signatures"),
        "rows": [(one, shown_name(user, one.name)) for one in signers],
        "waiting": waiting,
        "obligors": [
            (one, shown_name(user, one.name), one.pk in signed_obligors)
            for one in obligors_of(case.household)
        ],
        "agent": case.application,
        "form": form or SignForm(waiting=waiting),
        "all": KeyedForm(),
        "obligor": obligor or ObligorForm(auto_id="yiwu_%s"),
        "end": ReasonForm(auto_id=False),
        "editable": not case.closed_on and may_open(user, "signature_note"),
        "may_look": may_open(user, "case_picture"),
        "refused": said,
    }
    wrong = said or (form and form.errors) or (obligor and obligor.errors)
    return render(request, "office/intake/signatures.html", context, status=409 if wrong else 200)


def signature_note(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一个人的签字。"""
    case = opened(request, pk)
    waiting = [one for one in queries.signers(case) if one.signature is None]
    form = SignForm(request.POST, request.FILES, waiting=waiting)
    if not form.is_valid():
        return _page(request, case, form=form)
    said = form.cleaned_data

    def effect() -> None:
        signing.sign(
            case=case, by=the_user(request), key=said["who"], way=said["way"], guardian=said["guardian"],
            image=form.image, on=said["signed_on"],
        )  # fmt: skip

    return _done(
        request, case, form, effect, "已登记签字", lambda text: _page(request, case, text, form=form)
    )


def signatures_all(request: HttpRequest, pk: int) -> HttpResponse:
    """全家当场在纸上签了。"""
    case = opened(request, pk)
    form = KeyedForm(request.POST)
    if not form.is_valid():
        return _page(request, case, "页面已过期, 请刷新后再登记")

    def effect() -> None:
        signing.sign_on_paper(case=case, by=the_user(request), authorised=True, promised=True, on=today())

    return _done(request, case, form, effect, "已登记全家的签字", lambda text: _page(request, case, text))


def obligor_add(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一名义务人。"""
    case = opened(request, pk)
    form = ObligorForm(request.POST, auto_id="yiwu_%s")
    if not form.is_valid():
        return _page(request, case, obligor=form)

    def effect() -> None:
        signing.add_obligor(case=case, by=the_user(request), draft=form.draft(), on=today())

    def refused(text: str) -> HttpResponse:
        return _page(request, case, text, obligor=form)

    return _done(request, case, form, effect, "已登记义务人, 请他签核对授权", refused)


def obligor_end(request: HttpRequest, pk: int, obligor: int) -> HttpResponse:
    """去掉登记有误的义务人。"""
    case = opened(request, pk)
    found = get_object_or_404(obligors_of(case.household), pk=obligor)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, case, f"去掉 {found.name} 请写明理由")

    def effect() -> None:
        reason = form.cleaned_data["reason"]
        signing.end_obligor(case=case, by=the_user(request), obligor=found, reason=reason, on=today())

    return _done(request, case, form, effect, "已去掉", lambda text: _page(request, case, text))


def case_picture(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """这件案子留存的一张图: 材料、委托书、签字。每次打开都留痕。"""
    case = opened(request, pk)
    kept = get_object_or_404(queries.pictures_of(case), pk=picture)
    look(by=the_user(request), action="picture", subject=kept)
    response = HttpResponse(content(kept), content_type=kept.media_type)
    response["Cache-Control"] = "no-store"
    return response


def _done(
    request: HttpRequest,
    case: Case,
    form: KeyedForm,
    effect: Callable[[], Any],
    text: str,
    refused: Callable[[str], HttpResponse],
) -> HttpResponse:
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except (Refusal, BadIdentity) as refusal:
        return refused(refusal.text)
    tell(request, text)
    return redirect("case_signatures", case.pk)
