"""Draw up a list: from the month's price index, by picking from the roll, or from a file."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from doudi.exchange.sheets.findings import RowError
from doudi.records.decisions.list_roster import ListFaulty
from doudi.records.decisions.models import ListBatch
from doudi.records.decisions.services import listing as services
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.lists.forms import PickForm, SubsidyForm, UploadForm
from doudi.web.ui.tables import Column, Row, Table

ERRORS = (Column("工作表"), Column("行", "number"), Column("列"), Column("要改什么"))
SHOWN = 200


def subsidy(request: HttpRequest) -> HttpResponse:
    """登记价格涨幅: 够启动的列出名单, 不够的说明。"""
    form = SubsidyForm(request.POST or None)
    words = (
        "价格临时补贴",
        "涨幅没有达到启动线的不列名单; 够的列出那个月 1 日在册的人, 由另一名县级审批签发。",
        "判断并列出名单",
    )
    return _drawn(request, form, words, services.open_subsidy)


def pick(request: HttpRequest) -> HttpResponse:
    """从在册的人里挑一份名单。"""
    form = PickForm(request.POST or None)
    words = ("从在册的人里挑", "死亡的、重复的、享受互斥待遇的会写明原因, 不列入。", "列出名单")
    return _drawn(request, form, words, services.open_picked)


def upload(request: HttpRequest) -> HttpResponse:
    """照一份表列名单。"""
    form = UploadForm(request.POST or None, request.FILES or None)
    words = ("照文件列名单", "有一处错误就一个人也不列; 没有登记过的人先登记, 不必享受别的待遇。", "上传核对")
    return _drawn(request, form, words, services.open_file)


def _drawn(
    request: HttpRequest, form: Any, words: tuple[str, str, str], opens: Callable[..., ListBatch]
) -> HttpResponse:
    """One form and its answer. `words` are title, what will happen and the button."""
    errors: Sequence[RowError] = ()
    if request.method == "POST" and form.is_valid():
        try:
            pk = _opened(request, form, opens)
        except ListFaulty as faulty:
            errors = faulty.errors
            form.add_error("file", faulty.text)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, "已列出, 请核对; 由另一名县级审批签发。")
            return redirect("listing", pk)
    title, sub, button = words
    rows = [Row([one.sheet, one.row, one.column or None, one.text]) for one in errors[:SHOWN]]
    context = {
        "form": form, "title": title, "sub": sub, "button": button, "errors_count": len(errors),
        "errors": Table(ERRORS, rows, compact=True, key="errors", keyboard=False),
    }  # fmt: skip
    return render(request, "office/lists/new.html", context)


def _opened(request: HttpRequest, form: KeyedForm, opens: Callable[..., ListBatch]) -> Any:
    given = form.told()  # type: ignore[attr-defined]
    by = the_user(request)
    return take_effect(request, form.cleaned_data["key"], lambda: opens(**given, by=by, on=today()).pk)
