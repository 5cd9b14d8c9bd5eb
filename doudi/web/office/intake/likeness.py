"""What must be cleared with others: families that look alike, members registered elsewhere, referrals of this case."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.intake import queries, referring, suspecting
from doudi.records.intake.models import Suspicion
from doudi.records.people.models import Person
from doudi.records.people.queries import members_on
from doudi.store.areas import contains
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, shown_name, the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.case_forms import AnswerForm, HukouForm, ReferForm, SettleForm
from doudi.web.office.intake.views import tell


def case_likeness(request: HttpRequest, pk: int) -> HttpResponse:
    """比对与协查: 疑似重复、疑似近亲属, 外地户籍, 转介。"""
    return _page(request, opened(request, pk))


def _page(
    request: HttpRequest,
    case: Case,
    said: str = "",
    hukou: HukouForm | None = None,
    refer: ReferForm | None = None,
) -> HttpResponse:
    user = the_user(request)
    inquiries = list(case.hukou_inquiries.select_related("person").order_by("pk"))
    asked = {one.person_id for one in inquiries}
    context = {
        **frame(request, case, "case_likeness"),
        "suspicions": [_suspicion(request, case, one) for one in queries.suspicions_of(case)],
        "settle": SettleForm(auto_id=False),
        "inquiries": [(one, shown_name(user, one.person.name)) for one in inquiries],
        "hukou": hukou or HukouForm(members=_members(case, asked), auto_id="huji_%s"),
        "answer": AnswerForm(auto_id=False),
        "referrals": case.referrals.order_by("pk"),
        "refer": refer or ReferForm(auto_id="zhuan_%s"),
        "may_settle": not case.closed_on and may_open(user, "suspicion_settle"),
        "may_ask": not case.closed_on and may_open(user, "hukou_ask"),
        "may_refer": may_open(user, "case_refer"),
        "refused": said,
    }
    wrong = said or (hukou and hukou.errors) or (refer and refer.errors)
    return render(request, "office/intake/likeness.html", context, status=409 if wrong else 200)


def _members(case: Case, asked: set[int]) -> list[tuple[str, str]]:
    people = members_on(case.household, today())
    return [(str(m.person_id), m.person.name) for m in people if m.person_id not in asked]


def _suspicion(request: HttpRequest, case: Case, one: Suspicion) -> dict[str, Any]:
    """Elsewhere only the township is said; a filing is said by the official's name."""
    user, told = the_user(request), {"row": one, "url": ""}
    if one.relative:
        filing = one.relative
        who = f"{filing.official} ({filing.position or '工作人员'}) 备案的{filing.relation}"
        return told | {"who": who, "what": shown_name(user, filing.person.name)}
    assert one.household is not None
    mine = bool(user.area_id) and contains(str(user.area_id), one.household.village_id)
    named = shown_name(user, one.household.head.name) if mine else "不在您的辖区, 请向当地核实"
    url = reverse("household", args=[one.household_id]) if mine and may_open(user, "household") else ""
    return told | {"who": queries.other_family(case, one.household), "what": named, "url": url}


def suspicion_settle(request: HttpRequest, pk: int, suspicion: int) -> HttpResponse:
    """核实一条疑似。"""
    case = opened(request, pk)
    found = get_object_or_404(case.suspicions, pk=suspicion)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, case, "请写明核实说明: 排除写怎样核实的, 属实写是什么关系")
    said = form.cleaned_data

    def effect() -> None:
        confirmed = said["outcome"] == "confirmed"
        suspecting.settle(
            suspicion=found, by=the_user(request), confirmed=confirmed, note=said["note"], on=today()
        )

    return _done(request, case, form, effect, "已登记核实结果", lambda text: _page(request, case, text))


def hukou_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一名成员的外地户籍, 发函协查。"""
    case = opened(request, pk)
    form = HukouForm(request.POST, members=_members(case, set()), auto_id="huji_%s")
    if not form.is_valid():
        return _page(request, case, hukou=form)
    said = form.cleaned_data

    def effect() -> None:
        referring.ask_hukou(
            case=case, by=the_user(request), person=Person.objects.get(pk=said["person"]), county=said["county"],
            same_province=said["same_province"], basis=said["basis"], on=today(),
        )  # fmt: skip

    def refused(text: str) -> HttpResponse:
        return _page(request, case, text, hukou=form)

    return _done(request, case, form, effect, "已登记, 请打印协查函寄出", refused)


def hukou_answer(request: HttpRequest, pk: int, inquiry: int) -> HttpResponse:
    """登记户籍地的答复。"""
    case = opened(request, pk)
    asked = get_object_or_404(case.hukou_inquiries, pk=inquiry)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, case, "请写明答复内容")

    def effect() -> None:
        referring.answer_hukou(
            inquiry=asked, by=the_user(request), answer=form.cleaned_data["answer"], on=today()
        )

    return _done(request, case, form, effect, "已登记答复", lambda text: _page(request, case, text))


def case_refer(request: HttpRequest, pk: int) -> HttpResponse:
    """把这一家的一件事转给有关部门。"""
    case = opened(request, pk)
    form = ReferForm(request.POST, auto_id="zhuan_%s")
    if not form.is_valid():
        return _page(request, case, refer=form)
    said = form.cleaned_data

    def effect() -> None:
        referring.refer(
            by=the_user(request), household=case.household, case=case, department=said["department"],
            matter=said["matter"], due_on=said["due_on"], on=today(),
        )  # fmt: skip

    def refused(text: str) -> HttpResponse:
        return _page(request, case, text, refer=form)

    return _done(request, case, form, effect, "已转介, 在“转介”里跟踪答复", refused)


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
    except Refusal as refusal:
        return refused(refusal.text)
    tell(request, text)
    return redirect("case_likeness", case.pk)
