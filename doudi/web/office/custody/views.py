"""Cards kept by somebody else: the list, who keeps many, who is paid on another's card; recording, filing, ending."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.masking import mask_identity
from doudi.records.audit.services import look
from doudi.records.payments import services
from doudi.records.payments.in_person import custody as queries
from doudi.records.payments.models import Custody
from doudi.records.people.models import Household
from doudi.store.kept import content
from doudi.store.today import today
from doudi.web.office.acting import Words, confirmed, done_once
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.custody import sheets, tables
from doudi.web.office.custody.forms import CustodyForm, EndForm
from doudi.web.office.forms import KeyedForm
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui


def custodies(request: HttpRequest) -> HttpResponse:
    """存折代管: 正在代管的, 一人代管多户的, 领款人与规定不符的。"""
    user = the_user(request)
    page = lists.page_of(request, queries.custodies_seen_by(user))
    rows = list(page.object_list)
    others = queries.paid_on_anothers_card(user)
    look(by=user, action="view", subject="custodies:all")
    context = {
        "table": tables.running(user, rows, queries.homes_of(rows)),
        "pager": lists.pager(request, page),
        "many": tables.many(user, queries.custodians_of_many(user)),
        "others": tables.others_card(user, others[: lists.PAGE_SIZE]),
        "others_count": others.count(),
        "empty": ui.Empty("nothing", "没有代管的存折", "从一户的页面登记: 要有书面协议, 再由县级备案。"),
    }
    return render(request, "office/custody/list.html", context)


def workbook(request: HttpRequest) -> HttpResponse:
    """存折代管清单的 xlsx 或 CSV; 每次下载留痕。"""
    user, on = the_user(request), today()
    look(by=user, action="download", subject="custodies:all")
    rows = list(queries.custodies_seen_by(user))
    page = sheets.register(user, rows, queries.homes_of(rows), on=on, demo=settings.DEMO)
    return sent_as_file(request, f"daiguan-{on:%Y%m%d}", [page], on=on)


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一户成员的存折代管。"""
    user = the_user(request)
    home = get_object_or_404(Household.objects.visible_to(user).select_related("head"), pk=pk)
    form = CustodyForm(request.POST or None, request.FILES or None, household=home)

    def recorded() -> Custody:
        told = form.cleaned_data
        given = {name: told[name] for name in ("custodian", "custodian_id", "relation", "from_on")}
        person = home.memberships.get(person=told["person"], until_on=None).person
        picture = told["agreement"].read()
        return services.record_custody(household=home, person=person, agreement=picture, by=user, **given)

    if done_once(request, form, recorded):
        messages.success(request, "已登记代管, 等县级备案。")
        return redirect("household", home.pk)
    if request.method == "GET":
        look(by=user, action="view", subject=home)
    context = {"household": home, "name": shown_name(user, home.head.name), "form": form}
    return render(request, "office/custody/record.html", context)


def _found(request: HttpRequest, pk: int) -> tuple[Custody, Household]:
    """A custody whose holder lives where this user may look, and the household."""
    found = get_object_or_404(
        Custody.objects.select_related("person", "recorded_by", "filed_by", "agreement"), pk=pk
    )
    home = queries.homes_of([found]).get(found.person_id)
    if home is None or not Household.objects.visible_to(the_user(request)).filter(pk=home.pk).exists():
        raise Http404
    return found, home


def file(request: HttpRequest, pk: int) -> HttpResponse:
    """县级备案。"""
    found, home = _found(request, pk)
    words = ("备案存折代管", "备案", "看过协议、问过本人再备案。", "已备案。")
    user = the_user(request)
    form = KeyedForm(request.POST or None)
    return _acted(request, found, home, form, words, lambda: services.file_custody(found, home, user))


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """结束代管。"""
    found, home = _found(request, pk)
    form, user = EndForm(request.POST or None), the_user(request)
    words = ("结束存折代管", "结束代管", "存折交还本人, 或由别人接着代管的另行登记。", "代管已结束。")
    return _acted(
        request, found, home, form, words,
        lambda: services.end_custody(found, home, form.cleaned_data["reason"], user),
    )  # fmt: skip


def _acted(
    request: HttpRequest,
    found: Custody,
    home: Household,
    form: KeyedForm,
    words: Words,
    effect: Callable[[], Any],
) -> HttpResponse:
    if request.method == "GET":
        look(by=the_user(request), action="view", subject=found)
    lines = [
        ui.SummaryLine("持卡人", found.person.name),
        ui.SummaryLine("户编号", home.no),
        ui.SummaryLine("代管人", f"{found.custodian} {mask_identity(str(found.custodian_id))}"),
        ui.SummaryLine("是持卡人的", found.relation),
        ui.SummaryLine("从哪天起", found.from_on.isoformat()),
        ui.SummaryLine("登记人", found.recorded_by.name),
    ]
    return confirmed(
        request, form, words, effect, template="office/custody/act.html", back=reverse("custodies"), facts=lines,
        context={"custody": found},
    )  # fmt: skip


def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """代管协议的照片; 每次打开留痕。"""
    found, _ = _found(request, pk)
    look(by=the_user(request), action="view", subject=f"custodyagreement:{found.pk}")
    response = HttpResponse(content(found.agreement), content_type=found.agreement.media_type)
    response["Cache-Control"] = "private, no-store"
    return response
