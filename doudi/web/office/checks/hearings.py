"""Hearings on screen: asked for, announced, held."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.meetings import Hearing
from doudi.records.staff.models import Role, User
from doudi.store.areas import code_range
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.checks.panel_forms import HearingForm, NoticeForm, RecordForm
from doudi.web.office.checks.saving import saved
from doudi.web.office.forms import KeyedForm
from doudi.web.office.intake.views import problems_of


def case_hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """这件案子的听证: 申请、通知、笔录。"""
    return _page(request, opened(request, pk))


def _page(
    request: HttpRequest, case: Case, refused: str = "", bound: KeyedForm | None = None
) -> HttpResponse:
    found = Hearing.objects.filter(case=case).select_related("notice", "record__host").order_by("-pk")
    rows = [(one, getattr(one, "notice", None), getattr(one, "record", None)) for one in found]
    step = _step(rows)
    user = the_user(request)
    context = {
        **frame(request, case, "case_panel"),
        "hearings": rows,
        "step": step,
        "form": bound or _form(request, step),
        "problems": problems_of(bound) if bound and bound.is_bound else [],
        "target": rows[0][0] if rows and step != "ask" else None,
        "may": may_open(user, "hearing_ask") and not case.closed_on,
        "may_read": may_open(user, "survey_sheet"),
        "refused": refused,
    }
    return render(request, "office/checks/hearing.html", context, status=409 if refused else 200)


def _step(rows: list[tuple[Hearing, Any, Any]]) -> str:
    """What comes next: a hearing is asked for, announced, held; after that another may be asked for."""
    if not rows or rows[0][2]:
        return "ask"
    return "hold" if rows[0][1] else "announce"


def _form(request: HttpRequest, step: str) -> KeyedForm:
    made: dict[str, Any] = {
        "ask": HearingForm,
        "announce": NoticeForm,
        "hold": lambda: RecordForm(hosts=_hosts(the_user(request))),
    }
    form: KeyedForm = made[step]()
    return form


def _hosts(user: User) -> list[User]:
    """Who may preside: casework people of the township and of the county, not the one who writes."""
    low, high = code_range(str(user.area_id))
    near = User.objects.filter(area_id__gte=low, area_id__lte=high, role__in=(Role.CLERK, Role.LEADER))
    county = User.objects.filter(role=Role.APPROVER)
    return list((near | county).filter(is_active=True).exclude(pk=user.pk).order_by("role", "username"))


def hearing_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """登记听证申请。"""
    case, form = opened(request, pk), HearingForm(request.POST)

    def effect() -> object:
        said = {name: form.cleaned_data[name] for name in ("asker", "reason")}
        return services.ask_hearing(case=case, by=the_user(request), on=today(), **said)

    return _act(request, case, form, effect, "听证申请已登记, 请通知日期和地点")


def hearing_announce(request: HttpRequest, pk: int, hearing: int) -> HttpResponse:
    """通知听证的日期和地点。"""
    case, form = opened(request, pk), NoticeForm(request.POST)
    row = get_object_or_404(Hearing, pk=hearing, case=case)

    def effect() -> object:
        said = {name: form.cleaned_data[name] for name in ("hold_on", "place")}
        return services.announce_hearing(hearing=row, by=the_user(request), on=today(), **said)

    return _act(request, case, form, effect, "听证通知已登记")


def hearing_hold(request: HttpRequest, pk: int, hearing: int) -> HttpResponse:
    """登记听证笔录。"""
    case = opened(request, pk)
    form = RecordForm(request.POST, request.FILES, hosts=_hosts(the_user(request)))
    row = get_object_or_404(Hearing, pk=hearing, case=case)

    def effect() -> object:
        return services.hold_hearing(hearing=row, by=the_user(request), on=today(), **form.said())

    return _act(request, case, form, effect, "听证笔录已登记")


def _act(request: HttpRequest, case: Case, form: KeyedForm, effect: Any, text: str) -> HttpResponse:
    if case.closed_on:
        raise Http404
    if not form.is_valid():
        return _page(request, case, bound=form)
    answer = saved(request, case, form, effect, text, "case_hearing")
    return answer if isinstance(answer, HttpResponse) else _page(request, case, answer, form)
