"""Users and their roles: only the security administrator."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.staff import services
from doudi.records.staff.models import Role, User
from doudi.records.staff.queries import people
from doudi.store.refusal import Refusal
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.settings.forms import (
    DisableForm,
    KeyedForm,
    NewUserForm,
    PeopleFilter,
    RoleForm,
    area_choices,
)
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("姓名"),
    Column("登录名"),
    Column("岗位"),
    Column("辖区"),
    Column("最近登录", "day"),
    Column("状态", "flags"),
)


def users(request: HttpRequest) -> HttpResponse:
    """工作人员名单。"""
    form = PeopleFilter(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name, "") for name in form.fields}
    page = lists.page_of(request, people(**chosen))
    chips = [
        ui.Chip(_words(form, name, value), lists.without(request, name))
        for name, value in chosen.items()
        if value
    ]
    context = {
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "table": Table(COLUMNS, [_row(one) for one in page.object_list], key="users"),
        "pager": lists.pager(request, page),
        "empty": ui.Empty(
            "nomatch", "没有符合条件的人", "换个条件试试。", ui.Action("清除条件", request.path)
        ),
        "missing": [] if chips else _missing(),
    }
    return render(request, "office/settings/users.html", context)


def _missing() -> list[str]:
    """Roles nobody holds."""
    held = set(User.objects.filter(is_active=True).values_list("role", flat=True).distinct())
    return [label for role, label in Role.choices if role not in held]


def _words(form: forms.Form, name: str, value: str) -> str:
    choices = dict(getattr(form.fields[name], "choices", []))
    return str(choices.get(value, value))


def _row(user: User) -> Row:
    state = ui.Flag("在用", "good") if user.is_active else ui.Flag("已停用")
    url = reverse("user", args=[user.pk])
    area = user.area.name if user.area else None
    return Row(
        [Link(user.name, url), user.username, user.get_role_display(), area, user.last_login, [state]],
        url=url,
    )


def new_user(request: HttpRequest) -> HttpResponse:
    """新建账号; 一次性口令只显示一次。"""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("username", "name", "role", "area", "namesake")}
        shown: list[Any] = []

        def effect() -> dict[str, int]:
            made, password = services.create_user(by=the_user(request), **given)
            shown.append((made, password))
            return {"user": made.pk}

        done = _caught(form, lambda: take_effect(request, form.cleaned_data["key"], effect))
        if done is not None:
            return _slip(request, shown, done["user"], "账号已建立")
    return render(request, "office/settings/user_new.html", {"form": form, "areas": area_choices()})


def _caught(form: forms.Form, effect: Callable[[], Any]) -> Any:
    """The effect's answer, or None with the refusal on the form."""
    try:
        return effect()
    except Refusal as refusal:
        form.add_error(None, refusal.text)
        return None


def _slip(request: HttpRequest, shown: list[Any], pk: int, title: str) -> HttpResponse:
    """The password is on this answer only: a repeated submission finds it gone."""
    if not shown:
        messages.warning(request, "口令已经显示过一次。没有记下来时, 请重设口令。")
        return redirect("user", pk=pk)
    user, password = shown[0]
    response = render(
        request, "office/settings/password.html", {"person": user, "password": password, "heading": title}
    )
    response["Cache-Control"] = "no-store"
    return response


def user_page(request: HttpRequest, pk: int) -> HttpResponse:
    """一个账号: 换岗位、辖区。"""
    person = get_object_or_404(User.objects.select_related("area"), pk=pk)
    initial = {"role": person.role, "area": person.area_id or ""}
    form = RoleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("role", "area", "namesake")}

        def effect() -> dict[str, int]:
            return {"user": services.change_role(by=the_user(request), user=person, **given).pk}

        if _caught(form, lambda: take_effect(request, form.cleaned_data["key"], effect)) is not None:
            messages.success(request, "岗位和辖区已更改, 从下一次打开页面起生效。")
            return redirect("user", pk=pk)
        person.refresh_from_db()
    return render(
        request, "office/settings/user.html", {"form": form, "person": person, "areas": area_choices()}
    )


def switch_off(request: HttpRequest, pk: int) -> HttpResponse:
    """停用账号, 写明理由。"""
    person = get_object_or_404(User, pk=pk)
    form = DisableForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def effect() -> dict[str, int]:
            return {"user": services.disable(by=the_user(request), user=person, reason=reason).pk}

        if _caught(form, lambda: take_effect(request, form.cleaned_data["key"], effect)) is not None:
            messages.success(request, f"{person.name} 的账号已停用, 不能再登录。经手的记录都在。")
            return redirect("users")
    confirm = ui.Confirm(
        f"停用 {person.name} 的账号",
        [ui.SummaryLine("登录名", person.username), ui.SummaryLine("岗位", person.get_role_display())],
        "停用",
        reverse("user", args=[pk]),
        "停用后立即不能登录; 需要时可以重新启用。",
        fields=list(form.visible_fields()),
        hidden=_key(form),
        refuse=True,
    )
    return render(request, "office/settings/confirm.html", {"form": form, "confirm": confirm})


def switch_on(request: HttpRequest, pk: int) -> HttpResponse:
    """重新启用账号。"""
    person = get_object_or_404(User, pk=pk)
    services.enable(by=the_user(request), user=person)
    messages.success(request, f"{person.name} 的账号已重新启用。")
    return redirect("user", pk=pk)


def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """重设口令; 新口令只显示一次。"""
    person = get_object_or_404(User, pk=pk)
    form = KeyedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        shown: list[Any] = []

        def effect() -> dict[str, int]:
            shown.append(services.reset_password(by=the_user(request), user=person))
            return {"user": person.pk}

        if _caught(form, lambda: take_effect(request, form.cleaned_data["key"], effect)) is not None:
            return _slip(request, shown, pk, "口令已重设")
    confirm = ui.Confirm(
        f"重设 {person.name} 的口令",
        [ui.SummaryLine("登录名", person.username), ui.SummaryLine("岗位", person.get_role_display())],
        "重设口令",
        reverse("user", args=[pk]),
        "原口令立即作废, 已登录的会退出。请当面把新口令交给本人。",
        hidden=_key(form),
    )
    return render(request, "office/settings/confirm.html", {"form": form, "confirm": confirm})


def _key(form: KeyedForm) -> dict[str, str]:
    return {"key": str(form["key"].value())}
