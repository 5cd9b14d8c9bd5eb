"""Sign or confirm many at once: what will happen, whom to look at first, who is left out and why, and the result."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.law.sampling import drawn
from doudi.records.audit.models import Look
from doudi.records.audit.services import subject_of
from doudi.records.cases.models import Case
from doudi.records.decisions import services
from doudi.records.desk import deciding
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.idempotency import once
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.batches import Errand, Said, begin, cases_of, chosen, errand, of_a_case, ticked
from doudi.web.office.cases.page import the_user
from doudi.web.office.decisions import tables
from doudi.web.office.decisions.views import PAGE_OF
from doudi.web.ui import components as ui

LOOK_AT = 500  # five in a hundred are opened before the rest is confirmed with them
AT_MOST = 300  # one press, each with its line and its reason to leave it out; the rest waits for the next


@dataclass(frozen=True)
class Line:
    """批量确认页上的一户: 确认还是排除, 要不要先打开看。"""

    case: Any
    url: str
    look: bool
    without: bool
    why: str
    wrong: str

    @property
    def amount_fen(self) -> int:
        return int(self.case.latest[0].amount_fen)


@dataclass(frozen=True)
class Group:
    """同一项目的一组: 几户、几人、每月合计。"""

    scheme: str
    lines: list[Line]

    @property
    def sum_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def persons(self) -> int:
        return sum(len(line.case.latest[0].assessment.results["persons"]) for line in self.lines)


def sign_batch(request: HttpRequest) -> HttpResponse:
    """批量签批; 有标记的须单独办, 即使硬勾上也跳过。"""
    return begin(request, SIGN)


def _sign_plain(case: Case, user: User, said: Said, on: dt.date) -> object:
    if case.is_relative_filed or case.returned_reason:
        raise Refusal(tables.MUST_OPEN)
    return services.sign(case=case, by=user, on=on)


SIGN = errand(
    Errand(
        "sign_batch", "签批", "已签批", "sign_queue", cases_of,
        lambda user, said, on: deciding.queue(user).filter(station="sign"), _sign_plain, of_a_case,
    )
)  # fmt: skip


def confirm_batch(request: HttpRequest) -> HttpResponse:
    """批量确认: 先看一页将要发生什么, 逐户可以排除并写明理由, 抽到的先打开看, 再确认。"""
    user, on = the_user(request), today()
    confirming = deciding.queue(user).filter(station="confirm")
    keys = ticked(request) if request.POST.get("sure") else chosen(request, lambda conditions: confirming)
    plain = [case for case in confirming.filter(pk__in=keys) if not tables.marks_of(case)][:AT_MOST]
    key = request.POST.get("key", "")
    if request.POST.get("sure") and _is_key(key):
        return _confirm(request, user, on, key)
    if not plain:
        messages.warning(request, "没有可以批量确认的, 请先勾选没有标记的案件")
        return redirect(_home(user))
    return _sure(request, user, on, plain, left_over=len(keys) - len(plain))


def _is_key(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _home(user: User) -> str:
    return "sign_queue" if user.role == Role.LEADER else "confirm_queue"


def _sure(
    request: HttpRequest, user: User, on: dt.date, chosen: list[Any], *, left_over: int = 0, key: str = ""
) -> HttpResponse:
    """The page before: groups, sums, who must be looked at."""
    groups = _groups([_line(request, case, unseen) for case, unseen in _with_looks(user, on, chosen)])
    total = sum(group.sum_fen for group in groups)
    persons = sum(group.persons for group in groups)
    context = {
        "groups": groups,
        "key": key or str(uuid.uuid4()),
        "back": reverse(_home(user)),
        "left_over": left_over,
        "lines": [
            ui.SummaryLine("户数", f"{len(chosen)} 户"),
            ui.SummaryLine("人数", f"{persons} 人"),
            ui.SummaryLine("每月合计", f"{yuan(total)} 元", strong=True),
        ],
        "unseen": sum(line.look for group in groups for line in group.lines),
        "wrong": any(line.wrong for group in groups for line in group.lines),
        "must": tables.MUST_OPEN,
        "at_most": AT_MOST,
    }
    return render(request, "office/decisions/batch_sure.html", context)


def _groups(lines: list[Line]) -> list[Group]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.case.scheme, []).append(line)
    return [Group(scheme_name(code), found[code]) for code in sorted(found)]


def _line(request: HttpRequest, case: Any, unseen: bool) -> Line:
    why = request.POST.get(f"why-{case.pk}", "").strip()
    without = bool(request.POST.get(f"without-{case.pk}"))
    url = reverse(PAGE_OF["confirm"], args=[case.pk])
    wrong = "请写明为什么不在这次确认" if without and not why else ""
    return Line(case, url, unseen and not without, without, why, wrong)


def _with_looks(user: User, on: dt.date, chosen: list[Any]) -> list[tuple[Any, bool]]:
    """Each case, and whether the draw of this day and person asks for it to be opened and it has not been."""
    asked = set(drawn(f"{on}|{user.pk}", [case.no for case in chosen], LOOK_AT))
    subjects = {subject_of(case): case for case in chosen if case.no in asked}
    seen = set(
        Look.objects.filter(actor=user.username, action="view", subject__in=list(subjects)).values_list(
            "subject", flat=True
        )
    )
    return [(case, case.no in asked and subject_of(case) not in seen) for case in chosen]


def _confirm(request: HttpRequest, user: User, on: dt.date, key: str) -> HttpResponse:
    """Take effect once a case, each in a transaction of its own; sent again, the same answer."""
    waiting = list(deciding.queue(user).filter(pk__in=ticked(request), station="confirm"))
    plain = [case for case in waiting if not tables.marks_of(case)]
    lines = [_line(request, case, unseen) for case, unseen in _with_looks(user, on, plain)]
    if any(line.wrong or line.look for line in lines):
        return _sure(request, user, on, plain, key=key)
    told: dict[str, list[tuple[Case, str]]] = {"done": [], "left_out": [], "skipped": []}
    known = Case.objects.visible_to(user).filter(pk__in=ticked(request)).select_related("household__head")
    may = {case.pk for case in plain}
    for case in known.order_by("no"):
        answer = _answer(request, case, user, on, key, case.pk in may)
        told[answer["what"]].append((case, answer["why"]))
    return render(request, "office/decisions/batch_done.html", {**told, "back": reverse(_home(user))})


def _answer(
    request: HttpRequest, case: Case, user: User, on: dt.date, key: str, plain: bool
) -> dict[str, str]:
    said = [request.POST.get(f"{name}-{case.pk}", "") for name in ("without", "why")]
    found: dict[str, str] = once(
        key=f"{key}:{case.pk}",
        user_id=user.pk,
        endpoint=request.path,
        body=said,
        effect=lambda: _one(case, user, on, without=bool(said[0]), why=said[1].strip(), plain=plain),
    )
    return found


def _one(case: Case, user: User, on: dt.date, *, without: bool, why: str, plain: bool) -> dict[str, str]:
    """What became of one case; a refusal is its answer, and the others go on."""
    try:
        if without:
            services.leave_out(case=case, by=user, text=why, on=on)
            return {"what": "left_out", "why": why}
        if not plain and not case.closed_on:
            raise Refusal(tables.MUST_OPEN)
        return {"what": "done", "why": services.confirm(case=case, by=user, on=on).no}
    except Refusal as refusal:
        return {"what": "skipped", "why": refusal.text}
