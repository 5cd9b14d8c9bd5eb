"""Ticked rows: what was chosen, and what became of it in words."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest

from doudi.records.cases.models import Case
from doudi.records.cases.services import BatchOutcome, each
from doudi.records.staff.models import User


def ticked(request: HttpRequest) -> list[int]:
    """勾选的行。"""
    return [int(key) for key in request.POST.getlist("row") if key.isascii() and key.isdigit()]


def do_each(request: HttpRequest, user: User, title: str, act: Callable[[Case], object]) -> BatchOutcome:
    """对勾选的案件逐件办理, 把结果说给人听: 办成几件, 跳过几件、为什么。"""
    return do_these(request, user, title, ticked(request), act)


def do_these(
    request: HttpRequest, user: User, title: str, chosen: Sequence[int], act: Callable[[Case], object]
) -> BatchOutcome:
    """对这些案件逐件办理, 结果说给人听。"""
    outcome = each(case_ids=chosen, by=user, act=act)
    if not chosen:
        messages.warning(request, f"还没有勾选, 请先勾选要{title}的")
    if outcome.done:
        messages.success(request, f"已{title} {len(outcome.done)} 件")
    for case, why in outcome.skipped:
        messages.warning(request, f"{case.household.head.name} ({case.no}) 没有{title}: {why}")
    return outcome
