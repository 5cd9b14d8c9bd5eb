"""Two registers: relatives of officials, and referrals that wait for an answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.identity import BadIdentity
from doudi.law.masking import mask_identity
from doudi.records.audit.services import look
from doudi.records.intake import filings, queries, referring
from doudi.records.intake.models import Referral
from doudi.records.people.models import Relative
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.lists import page_of, pager
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.intake.case_forms import ReasonForm, ReferralAnswerForm, RelativeForm
from doudi.web.office.intake.views import tell
from doudi.web.ui.components import Deadline, Empty, Flag, Tab
from doudi.web.ui.tables import Column, Link, Row, Table

VIEWS = {"open": "等答复", "late": "已过期限", "all": "全部"}
COLUMNS = (
    Column("户主"), Column("单号"), Column("乡镇 / 村"), Column("转给"), Column("请办什么"),
    Column("转出", "day"), Column("期限", "deadline"), Column("状态", "flags"),
)  # fmt: skip
TONES = {"sent": "", "done": "good", "declined": "over", "withdrawn": ""}


def relatives(request: HttpRequest) -> HttpResponse:
    """近亲属备案登记簿: 工作人员和村干部本人及其近亲属; 撤销的留着。依据: 民发〔2021〕57号 第十一条"""
    return _register(request, None)


def _register(request: HttpRequest, form: RelativeForm | None, said: str = "") -> HttpResponse:
    user = the_user(request)
    page = page_of(request, queries.filings_of(user, request.GET.get("text", "")))
    context = {
        "rows": [_filing(user, one) for one in page.object_list],
        "pager": pager(request, page),
        "text": request.GET.get("text", ""),
        "form": form or RelativeForm(users=queries.colleagues(user)),
        "revoke": ReasonForm(auto_id=False),
        "may_file": may_open(user, "relative_file"),
        "refused": said,
    }
    return render(request, "office/intake/relatives.html", context, status=409 if said or form else 200)


def _filing(user: User, one: Relative) -> dict[str, Any]:
    home = next((m.household for m in one.person.present), None)  # type: ignore[attr-defined]
    mine = bool(home) and may_open(user, "household")
    return {
        "row": one,
        "official": shown_name(user, one.official),
        "position": one.position or (one.user.get_role_display() if one.user else ""),
        "person": shown_name(user, one.person.name),
        "number": mask_identity(one.person.id_number),
        "home": home.no if home else "",
        "url": reverse("household", args=[home.pk]) if home and mine else "",
    }


def relative_file(request: HttpRequest) -> HttpResponse:
    """登记一条近亲属备案。"""
    user = the_user(request)
    form = RelativeForm(request.POST, users=queries.colleagues(user))
    if not form.is_valid():
        return _register(request, form)
    said = form.cleaned_data

    def effect() -> None:
        filings.file_relative(
            by=user, name=said["name"], id_number=said["id_number"], relation=said["relation"],
            official=form.official(), on=today(),
        )  # fmt: skip

    try:
        take_effect(request, said["key"], effect)
    except (Refusal, BadIdentity) as refusal:
        return _register(request, form, refusal.text)
    tell(request, "已备案; 这一家在办的案件已标上近亲属备案")
    return redirect("relatives")


def relative_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销一条近亲属备案。"""
    user = the_user(request)
    filed = get_object_or_404(Relative.objects.visible_to(user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _register(request, None, "撤销备案请写明理由")

    def effect() -> None:
        filings.revoke(by=user, relative=filed, reason=form.cleaned_data["reason"], on=today())

    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except Refusal as refusal:
        return _register(request, None, refusal.text)
    tell(request, "已撤销, 记录保留")
    return redirect("relatives")


def referrals(request: HttpRequest) -> HttpResponse:
    """转介名单: 等答复的在前, 过了期限的标红。"""
    user, on = the_user(request), today()
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    page = page_of(request, queries.referrals(user, view, on))
    context = {
        "tabs": [Tab(label, f"{request.path}?view={code}", active=code == view) for code, label in VIEWS.items()],
        "table": Table(COLUMNS, [_referral(user, one) for one in page.object_list], key="referrals"),
        "pager": pager(request, page),
        "empty": Empty("done" if view != "all" else "nothing", f"没有{VIEWS[view] if view != 'all' else ''}的转介",
                       "在案件的“比对协查”里, 把低保管不了的事转给有关部门。"),
    }  # fmt: skip
    return render(request, "office/intake/referrals.html", context)


def _referral(user: User, one: Referral) -> Row:
    url = reverse("referral", args=[one.pk])
    village = one.household.village
    town = village.parent.name if village.parent else ""
    left = (one.due_on - today()).days if one.state == Referral.State.SENT else None
    cells: list[Any] = [
        Link(shown_name(user, one.household.head.name), url), one.no, f"{town} · {village.name}",
        one.get_department_display(), one.matter, one.sent_on, Deadline(left, one.due_on, "calendar"),
        [Flag(str(one.get_state_display()), TONES[one.state])],  # type: ignore[arg-type]
    ]  # fmt: skip
    return Row(cells, key=str(one.pk), url=url)


def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """一件转介: 请办什么、怎么答复的; 登记答复。"""
    user = the_user(request)
    found = get_object_or_404(queries.referrals(user, "all", today()), pk=pk)
    if request.method == "GET":
        look(by=user, action="view", subject=found)
    may_answer = may_open(user, "case_refer")
    form = ReferralAnswerForm(request.POST if request.method == "POST" and may_answer else None)
    said = ""
    if form.is_bound and form.is_valid():
        try:
            take_effect(request, form.cleaned_data["key"], lambda: _answered(request, found, form))
        except Refusal as refusal:
            said = refusal.text
        else:
            tell(request, f"已登记 {found.no} 的答复")
            return redirect("referrals")
    town = found.household.village.parent
    context = {
        "referral": found,
        "head": shown_name(user, found.household.head.name),
        "place": f"{town.name if town else ''} · {found.household.village.name}",
        "form": form,
        "may_answer": may_answer and found.state == Referral.State.SENT,
        "left": Deadline((found.due_on - today()).days, found.due_on, "calendar"),
        "refused": said,
    }
    return render(request, "office/intake/referral.html", context, status=409 if said or form.errors else 200)


def _answered(request: HttpRequest, found: Referral, form: ReferralAnswerForm) -> None:
    said = form.cleaned_data
    referring.answer_referral(
        referral=found, by=the_user(request), state=said["state"], answer=said["answer"], on=today()
    )
