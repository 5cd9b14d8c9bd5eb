"""Changes: report on the phone or at the desk, look it through, verify, decide."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.identity import BadIdentity
from doudi.law.masking import mask_identity
from doudi.records.audit.services import look
from doudi.records.decisions.services import standing_still
from doudi.records.desk import roll
from doudi.records.people.models import Household, Person
from doudi.records.policies.queries import scheme
from doudi.records.reviews import services
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.queries import (
    awards_of,
    changes_of,
    deaths_taken_for_true,
    members_left,
    waiting_of,
)
from doudi.records.reviews.services.deciding import default_code
from doudi.records.reviews.services.verifying import stopping, unrecognising
from doudi.records.staff.models import Role, User
from doudi.store.kept import content
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.changes import letters, telling
from doudi.web.office.changes.forms import DecideForm, RejectForm, ReportForm, VerifyForm
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.households.rows import awards as awards_table
from doudi.web.office.intake.views import problems_of
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

Kind, State = ChangeEvent.Kind, ChangeEvent.State
VIEWS = {
    "reported": "待核实",
    "verified": "待县级决定",
    "applied": "已办",
    "rejected": "不属实",
    "all": "全部",
}
FIRST = {Role.APPROVER: "verified", Role.LEADER: "verified", Role.CLERK: "reported"}
COLUMNS = (
    Column("户主"), Column("变动"), Column("发生", "day"), Column("报告", "day"), Column("报告人"), Column("乡镇 / 村"),
    Column("状态", "flags"), Column("本月内办结", "deadline"),
)  # fmt: skip


def changes(request: HttpRequest) -> HttpResponse:
    """变动清单: 到了哪一步, 离次月起按新的发还剩几天。"""
    user, on = the_user(request), today()
    first = FIRST.get(Role(user.role), "all")
    view = request.GET.get("view", first)
    view = view if view in VIEWS else first
    mine, here = changes_of(user), reverse("changes")
    page = lists.page_of(request, mine if view == "all" else mine.filter(state=view))
    waiting = waiting_of(user)
    start = ui.Action("报告变动", reverse("change_pick")) if may_open(user, "change_pick") else None
    context = {
        "tabs": [
            ui.Tab(label, f"{here}?view={code}", code == view, waiting.get(code))
            for code, label in VIEWS.items()
        ],
        "table": Table(COLUMNS, [_row(user, event, on) for event in page.object_list], key="changes"),
        "pager": lists.pager(request, page),
        "start": start,
        "empty": ui.Empty(
            "done" if view in waiting else "nothing",
            f"没有{VIEWS[view]}的变动" if view != "all" else "还没有变动",
            "家里添人、有人去世、换卡、搬家、就业, 村里或乡镇报告以后列在这里。",
            start,
        ),
    }
    return render(request, "office/changes/list.html", context)


def _row(user: User, event: ChangeEvent, on: dt.date) -> Row:
    home, url = event.household, reverse("change", args=[event.pk])
    who = f" · {shown_name(user, event.person.name)}" if event.person else ""
    cells: list[Any] = [
        Link(shown_name(user, home.head.name), url),
        f"{event.get_kind_display()}{who}",
        event.on,
        event.reported_on,
        event.reported_by.name,
        f"{home.village.parent.name if home.village.parent else ''} · {home.village.name}",
        [telling.state(event)],
        telling.left(event, on),
    ]
    return Row(cells, key=str(event.pk), url=url)


def change_pick(request: HttpRequest) -> HttpResponse:
    """报告变动第一步: 找到这一户。"""
    user, text = the_user(request), request.GET.get("q", "")
    homes = roll.find(user, text, today()).households if text.strip() else []
    shown = mask_identity(text) if len(text.strip()) >= 11 else text.strip()
    context = {
        "text": shown,
        "homes": [
            (home, shown_name(user, home.head.name), reverse("change_report", args=[home.pk]))
            for home in homes
        ],
        "empty": ui.Empty("nomatch", "没有找到", "请核对写法; 别的辖区的家庭在这里查不到。"),
    }
    return render(request, "office/changes/pick.html", context)


def change_report(request: HttpRequest, pk: int) -> HttpResponse:
    """报告变动: 选种类, 填几样, 拍证明。"""
    user, on = the_user(request), today()
    home = get_object_or_404(_homes(user), pk=pk)
    kind = request.GET.get("kind", "")
    if kind not in Kind.values:
        return render(request, "office/changes/kinds.html", {"household": home, "groups": _kinds(home)})
    posted = request.method == "POST"
    form = ReportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        kind=kind,
        household=home,
        today=on,
    )
    refused = ""
    if posted and form.is_valid():
        try:
            event = _reported(request, home, kind, form)
        except (Refusal, BadIdentity) as refusal:
            refused = refusal.text
        else:
            messages.success(request, "已报告, 由乡镇另一名经办人核实")
            return redirect("change", event)
    context = {
        "household": home,
        "kind": Kind(kind).label,
        "effect": telling.EFFECTS[Kind(kind)],
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "refused": refused,
        "back": reverse("change_report", args=[home.pk]),
    }
    return render(request, "office/changes/report.html", context, status=409 if refused else 200)


def _homes(user: User) -> Any:
    return Household.objects.visible_to(user).select_related("head", "village", "village__parent")


def _kinds(home: Household) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """A death can be called wrong only where one was applied, and only what stands still goes on again."""
    here = reverse("change_report", args=[home.pk])
    still = standing_still([award.pk for award in awards_of(home)])
    left_out = [
        *([] if deaths_taken_for_true(home).exists() else [Kind.ALIVE]),
        *([] if still else [Kind.RESUME]),
    ]
    return [
        (
            label,
            [
                (kind.label, f"{here}?kind={kind}", telling.HINTS[kind])
                for kind in kinds
                if kind not in left_out
            ],
        )
        for label, kinds in telling.GROUPS
    ]


def _reported(request: HttpRequest, home: Household, kind: str, form: ReportForm) -> int:
    said = form.cleaned_data
    person = Person.objects.filter(pk=said["person"]).first() if said.get("person") else None
    return int(
        take_effect(
            request,
            said["key"],
            lambda: (
                services.report(
                    by=the_user(request),
                    household=home,
                    kind=kind,
                    happened_on=said["happened_on"],
                    details=form.details(),
                    photos=said["photos"],
                    on=today(),
                    person=person,
                ).pk
            ),
        )
    )


# ---- one change -------------------------------------------------------------------------------------------


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """一件变动: 内容、证明、会怎样、到了哪一步。"""
    event = _opened(request, pk)
    look(by=the_user(request), action="view", subject=event)
    return _page(request, event)


def _opened(request: HttpRequest, pk: int) -> ChangeEvent:
    found: ChangeEvent = get_object_or_404(changes_of(the_user(request)), pk=pk)
    return found


def _page(
    request: HttpRequest, event: ChangeEvent, forms: dict[str, KeyedForm] | None = None, refused: str = ""
) -> HttpResponse:
    user, home = the_user(request), event.household
    may_verify = may_open(user, "change_verify") and event.state == State.REPORTED
    may_decide = may_open(user, "change_decide") and event.state == State.VERIFIED
    context = {
        "event": event,
        "household": home,
        "head": shown_name(user, home.head.name),
        "person": shown_name(user, event.person.name) if event.person else "",
        "state": telling.state(event),
        "left": telling.left(event, today()),
        "content": [] if user.role == Role.AUDITOR else telling.content(event),
        "proofs": [
            reverse("change_proof", args=[event.pk, proof.pk]) for proof in event.proofs.order_by("pk")
        ]
        if may_open(user, "change_proof")
        else [],
        "proof_count": event.proofs.count(),
        "effect": telling.EFFECTS[Kind(event.kind)],
        "awards": awards_table(awards_of(home)),
        "entries": telling.way(event),
        "may_verify": may_verify,
        "may_decide": may_decide,
        "forms": {**_forms(event), **(forms or {})},
        "refused": refused,
        "case_url": reverse("case_change", args=[event.case_id]) if event.case_id else "",
        "letter_url": reverse("change_letter", args=[event.pk])
        if event.kind == Kind.MOVE_OUT and event.state == State.APPLIED and may_open(user, "change_letter")
        else "",
    }
    return render(request, "office/changes/change.html", context, status=409 if refused else 200)


def _forms(event: ChangeEvent) -> dict[str, KeyedForm]:
    return {
        "verify": VerifyForm(heirs=_heirs(event), auto_id="verify_%s"),
        "reject": RejectForm(auto_id="reject_%s"),
        "decide": _decide_form(event),
    }


def _heirs(event: ChangeEvent) -> list[tuple[int, str]]:
    """Who may head the family after a head who leaves."""
    person, home = event.person, event.household
    if event.kind not in (Kind.DEATH, Kind.REMOVE) or person is None or home.head_id != person.pk:
        return []
    return list(
        Person.objects.filter(pk__in=members_left(home, person.pk)).order_by("pk").values_list("pk", "name")
    )


def _decide_form(event: ChangeEvent, data: Any = None) -> DecideForm:
    paid = [award.scheme for award in stopping(event)]
    ending = [*paid, *(one.scheme for one in unrecognising(event, today()))]
    if not ending:
        return DecideForm(data, auto_id="decide_%s")
    known = scheme(ending[0])
    reasons = [(one.code, f"{one.label} ({one.article})") for one in known.reasons_for("stop")]
    return DecideForm(data, reasons=reasons, first=default_code(event, known.id), auto_id="decide_%s")


def change_proof(request: HttpRequest, pk: int, proof: int) -> HttpResponse:
    """一张证明照片; 每次打开留痕。"""
    event = _opened(request, pk)
    found = event.proofs.select_related("file").filter(pk=proof).first()
    if found is None:
        raise Http404
    look(by=the_user(request), action="view", subject=found)
    response = HttpResponse(content(found.file), content_type=found.file.media_type)
    response["Cache-Control"] = "no-store"
    return response


def change_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """核实属实。"""
    event = _opened(request, pk)
    form = VerifyForm(request.POST, heirs=_heirs(event), auto_id="verify_%s")

    def effect() -> str:
        chosen = form.cleaned_data.get("new_head")
        head = Person.objects.filter(pk=chosen).first() if chosen else None
        done = services.verify(
            event=event, by=the_user(request), note=form.cleaned_data["note"], on=today(), new_head=head
        )
        return str(done.state)

    return _act(request, event, "verify", form, effect, "已核实")


def change_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """核实不属实。"""
    event = _opened(request, pk)
    form = RejectForm(request.POST, auto_id="reject_%s")

    def effect() -> str:
        reason = form.cleaned_data["reason"]
        return str(services.reject(event=event, by=the_user(request), reason=reason, on=today()).state)

    return _act(request, event, "reject", form, effect, "已记为不属实")


def change_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """县级决定: 转移、换户主、停发。"""
    event = _opened(request, pk)
    form = _decide_form(event, request.POST)

    def effect() -> list[str]:
        code = form.cleaned_data.get("stop_code", "")
        made = services.decide(event=event, by=the_user(request), on=today(), stop_code=code)
        return [one.no for one in made]

    return _act(request, event, "decide", form, effect, "已决定, 告知书在待送达里")


def _act(
    request: HttpRequest, event: ChangeEvent, name: str, form: KeyedForm, effect: Callable[[], Any], said: str
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, event, {name: form})
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except (Refusal, BadIdentity) as refusal:
        return _page(request, _opened(request, event.pk), {name: form}, refusal.text)
    messages.success(request, said)
    # A family that moved is the new township's: whoever let it go finds the list, not a page that is no longer theirs.
    still = changes_of(the_user(request)).filter(pk=event.pk).exists()
    return redirect("change", event.pk) if still else redirect("changes")


def change_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """转移接续函 (PDF): 迁出本县的家庭交给迁入地。"""
    event = _opened(request, pk)
    if event.kind != Kind.MOVE_OUT or event.state != State.APPLIED:
        raise Http404
    look(by=the_user(request), action="print", subject=event)
    response = HttpResponse(letters.transfer_letter(event, today()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="zhuanyi-{event.pk}.pdf"'
    return response
