"""Families: the list, the page of one, and search across the office."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.law.masking import mask_account, mask_identity, mask_phone
from doudi.records.audit.services import look, look_at_all
from doudi.records.desk import outcomes, queues, roll
from doudi.records.desk.paid import awards_of_household, months_of
from doudi.records.payments.in_person.custody import custodies_of
from doudi.records.payments.recovery.recoveries import recoveries_of
from doudi.records.people.models import Household
from doudi.records.people.queries import account_of, members_on
from doudi.records.policies.queries import catalogue
from doudi.records.reviews.queries import history_of
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.forms import ANY
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.changes import telling
from doudi.web.office.custody import tables as custody_tables
from doudi.web.office.households import money, rows
from doudi.web.office.recoveries import tables as recovery_tables
from doudi.web.ui import components as ui

ROLLS = ("recurring", "status")
MONTHS_SHOWN = 6
FULL_NUMBER = 11  # a phone, an identity or an account number


class RollForm(forms.Form):
    """筛选在册家庭。"""

    area = forms.ChoiceField(label="乡镇 / 村", required=False)
    scheme = forms.ChoiceField(label="项目", required=False)
    text = forms.CharField(label="户主姓名或户编号", required=False, max_length=40)

    def __init__(self, data: object, *, user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        areas = [(area.code, area.name) for area in queues.areas_to_choose(user)]
        schemes = [(one.id, one.name) for one in catalogue().schemes.values() if one.shape in ROLLS]
        self.choices = {"area": [ANY, *areas], "scheme": [ANY, *schemes]}
        for name, choices in self.choices.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """选定的条件; 不认识的值当作不限。"""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

    def words(self, name: str, value: str) -> str:
        """一个条件写给人看。"""
        return str(dict(self.choices.get(name, [])).get(value, value))


def households(request: HttpRequest) -> HttpResponse:
    """在册家庭名单。"""
    user, on = the_user(request), today()
    form = RollForm(request.GET, user=user)
    chosen = form.chosen()
    page = lists.first_thousands(request, roll.on_roll(user, **chosen, on=on))
    chips = [
        ui.Chip(form.words(name, value), lists.without(request, name))
        for name, value in chosen.items()
        if value
    ]
    nobody = ui.Empty(
        "nothing", "辖区里还没有在册家庭", "案件确认以后, 或导入花名册以后, 在册家庭会列在这里。"
    )
    nomatch = ui.Empty(
        "nomatch", "没有符合条件的家庭", "换个条件, 或清除条件看全部。", ui.Action("清除条件", request.path)
    )
    context = {
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "table": rows.households(user, page.object_list),
        "pager": lists.pager(request, page),
        "empty": nomatch if chips else nobody,
        "on": on,
    }
    return render(request, "office/households/list.html", context)


def household(request: HttpRequest, pk: int) -> HttpResponse:
    """一户: 成员 (号码遮着)、待遇、发放、案件。"""
    user, on = the_user(request), today()
    found = _found(user, pk)
    look(by=user, action="view", subject=found)
    months = months_of(awards_of_household(found), on, MONTHS_SHOWN)
    account = account_of(found.head)
    context = {
        "household": found,
        "identity": _identity(user, found, on),
        "members": rows.members(user, members_on(found, on)),
        "awards": rows.awards(outcomes.awards_of(found)),
        "recognitions": rows.recognitions(user, outcomes.recognitions_of(found), on),
        "payments": money.table(user, months),
        "custody": custody_tables.beside(user, custodies_of(found)),
        "custody_url": reverse("custody_new", args=[found.pk]) if may_open(user, "custody_new") else "",
        "recoveries": recovery_tables.of_household(user, recoveries_of(found)),
        "entries": telling.timeline(history_of(found), user, reverse("change", args=[0])),
        "report_url": reverse("change_report", args=[found.pk]) if may_open(user, "change_report") else "",
        "cases": lists.table(user, queues.cases_of(user).filter(household=found), on),
        "phone": mask_phone(found.phone or ""),
        "may_unmask": may_open(user, "household_unmask"),
        "may_report": may_open(user, "take_tip"),
        "account": f"{account.bank} {mask_account(account.number)}" if account else "",
    }
    return render(request, "office/households/household.html", context)


def _found(user: User, pk: int) -> Household:
    related = Household.objects.visible_to(user).select_related("head", "village", "village__parent")
    return get_object_or_404(related, pk=pk)


def _identity(user: User, found: Household, on: object) -> ui.Identity:
    town = found.village.parent.name if found.village.parent else ""
    facts = [
        ("户编号", found.no),
        ("村", f"{town} · {found.village.name}"),
        ("城乡", found.get_kind_display()),
        ("建档", found.opened_on.isoformat()),
    ]
    return ui.Identity(shown_name(user, found.head.name), facts)


def unmask(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """显示一名成员的完整证件号: 必须写用途, 立即留痕上链。Raises PurposeMissing."""
    user = the_user(request)
    found = _found(user, pk)
    member = found.memberships.filter(person=person, until_on=None).select_related("person").first()
    if member is None:
        raise Http404
    look(by=user, action="unmask", subject=member.person, purpose=request.POST.get("purpose", ""))
    context = {"household": found, "name": member.person.name, "number": member.person.id_number}
    response = render(request, "office/households/unmasked.html", context)
    response["Cache-Control"] = "no-store"
    return response


def search(request: HttpRequest) -> HttpResponse:
    """全局搜索: 案件、户和人, 只在职权范围内; 搜出来的每一件都留痕。"""
    user, on = the_user(request), today()
    text = request.GET.get("q", "")
    found = roll.find(user, text, on)
    look_at_all(by=user, action="search", subjects=[*found.cases, *found.households], purpose=_shown(text))
    context = {
        "text": _shown(text),
        "people": rows.people(user, found.people),
        "households": rows.households(user, found.households),
        "cases": lists.table(user, found.cases, on),
        "empty": _not_found(text),
    }
    return render(request, "office/households/search.html", context)


def _shown(text: str) -> str:
    """What was searched for, with a full number masked: the page may be looked at by others."""
    return mask_identity(text) if len(text.strip()) >= FULL_NUMBER else text.strip()


def _not_found(text: str) -> ui.Empty:
    if not text.strip():
        return ui.Empty(
            "nomatch", "请输入要找的人", "姓名、拼音首字母、证件号或后四位、电话、户编号、受理号都可以。"
        )
    return ui.Empty("nomatch", "没有找到", "请核对写法; 别的辖区的人和案件在这里查不到。")
