"""One act, one page: what will happen, done once, and where to go next."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from doudi.store.refusal import Refusal
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.ui import components as ui

Words = tuple[str, str, str, str]  # title, button, warning, the message once done


def done_once(
    request: HttpRequest, form: KeyedForm, effect: Callable[[], Model], *, keyed: bool = True
) -> int | None:
    """填对了就办, 同一张表只办一次, 得到所办的那一件的主键; 没有交、没有填对、办不了 (原因写在表上) 的为空。

    `keyed=False` is for a verb that does nothing the second time and keeps part of its work when it refuses.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        if not keyed:
            return int(effect().pk)
        return int(take_effect(request, form.cleaned_data["key"], lambda: effect().pk))
    except Refusal as refusal:
        form.refused(refusal)
        return None


def confirm_of(
    form: KeyedForm, words: Words, facts: Sequence[ui.SummaryLine], back: str, *, refuse: bool = False
) -> ui.Confirm:
    """表单的确认块: 事实、要填的、按钮和退路。"""
    title, label, warning, _ = words
    return ui.Confirm(
        title, list(facts), label, back, warning, fields=list(form.visible_fields()),
        hidden={"key": str(form["key"].value())}, refuse=refuse,
    )  # fmt: skip


def confirmed(
    request: HttpRequest, form: KeyedForm, words: Words, effect: Callable[[], Model], *, template: str, back: str,
    facts: Sequence[ui.SummaryLine] = (), context: dict[str, Any] | None = None, refuse: bool = False,
    keyed: bool = True,
) -> HttpResponse:  # fmt: skip
    """一页确认和它的回答: 办成了说一句话回到 `back`, 没有办成的留在这一页。"""
    if done_once(request, form, effect, keyed=keyed):
        messages.success(request, words[3])
        return redirect(back)
    confirm = confirm_of(form, words, facts, back, refuse=refuse)
    return render(request, template, {**(context or {}), "form": form, "confirm": confirm})
