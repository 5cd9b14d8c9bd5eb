"""Who is away and who stands in: arranged by the security administrator, taken back by itself on the day."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.staff import services
from doudi.records.staff.models import Absence, User
from doudi.records.staff.queries import absences_from, deputies_for
from doudi.store.today import today
from doudi.web.office.acting import done_once
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.settings.forms import DAY
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("不在岗的人"), Column("岗位"), Column("从", "day"), Column("到", "day"), Column("代理人"), Column("事由"),
    Column("状态", "flags"),
)  # fmt: skip


class AbsenceForm(KeyedForm):
    """不在岗: 哪几天、谁代理、为什么。"""

    from_on = forms.DateField(label="从", widget=DAY)
    until_on = forms.DateField(label="到", widget=DAY, help_text="这一天也算, 次日起代理自动收回")
    deputy = forms.ChoiceField(label="代理人", help_text="同一岗位的人; 代理期间以自己的名义办理")
    reason = forms.CharField(label="事由", max_length=120, help_text="如 年休假、病假、外出培训")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.deputies = {str(one.pk): one for one in deputies_for(user)}
        named = [
            (key, f"{one.name} ({one.area.name if one.area else ''})") for key, one in self.deputies.items()
        ]
        self.fields["deputy"].choices = [("", "请选择"), *named]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """填好的内容, 供 arrange_absence。"""
        data = self.cleaned_data
        return {
            "deputy": self.deputies[data["deputy"]],
            **{name: data[name] for name in ("from_on", "until_on", "reason")},
        }


def absences(request: HttpRequest) -> HttpResponse:
    """不在岗与代理: 现在的和将来的在前。"""
    page = lists.page_of(request, absences_from(today()))
    context = {
        "table": Table(COLUMNS, [_row(one) for one in page.object_list], key="absences"),
        "pager": lists.pager(request, page),
        "empty": ui.Empty(
            "nothing", "没有人不在岗", "有人请假时, 从“用户与岗位”打开这个人, 登记不在岗和代理人。",
            ui.Action("用户与岗位", reverse("users")),
        ),
    }  # fmt: skip
    return render(request, "office/settings/absences.html", context)


def _row(one: Absence) -> Row:
    on = today()
    url = reverse("user_absence", args=[one.user_id])
    if one.back_on or one.until_on < on:
        state = ui.Flag("已回岗")
    else:
        state = ui.Flag("不在岗", "soon") if one.from_on <= on else ui.Flag("还没到")
    cells = [
        Link(one.user.name, url), one.user.get_role_display(), one.from_on, one.back_on or one.until_on,
        one.deputy.name, one.reason, [state],
    ]  # fmt: skip
    return Row(cells, url=url)


def user_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一个人不在岗和谁代理。"""
    person, by, on = get_object_or_404(User, pk=pk), the_user(request), today()
    form = AbsenceForm(request.POST or None, user=person, initial={"from_on": on, "until_on": on})
    if done_once(request, form, lambda: services.arrange_absence(by=by, user=person, on=on, **form.given())):
        messages.success(request, f"已登记: {person.name} 不在岗期间由代理人办理, 到期自动收回。")
        return redirect("absences")
    standing = (
        person.absences.filter(back_on=None, until_on__gte=on).select_related("deputy").order_by("from_on")
    )
    context = {"form": form, "person": person, "standing": standing}
    return render(request, "office/settings/absence.html", context)


def back(request: HttpRequest, pk: int) -> HttpResponse:
    """提前回岗: 代理立即收回。"""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
    services.end_absence(by=the_user(request), absence=absence, on=today())
    messages.success(request, f"{absence.user.name} 已回岗, 代理已收回。")
    return redirect("absences")
