"""A change or review case: what is paid now beside what was worked out, and the reasons that make the difference."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from doudi.law.masking import mask_name
from doudi.law.splitting import CAUSES
from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.change_queries import (
    Difference,
    before_of,
    change_of,
    difference_of,
    held_now,
    is_about_awards,
)
from doudi.records.decisions.models import Decision
from doudi.records.people.models import Person
from doudi.records.policies.queries import scheme
from doudi.records.reviews import services as reviews
from doudi.records.reviews.queries import takes_effect_on
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.forms import KeyedForm, YuanField, take_effect
from doudi.web.office.households.rows import awards as awards_table
from doudi.web.ui import components as ui


class ReasonsForm(KeyedForm):
    """增减理由: 每条填说明的金额 (元); 减的也填正数。停发的选一条。"""

    def __init__(self, *args: Any, case: Case, known: Difference, **options: Any) -> None:
        super().__init__(*args, **options)
        self.signs: dict[str, int] = {}
        self.stop_fen = 0 if known.eligible else known.amount_fen
        if not known.eligible:
            choices = [
                (one.code, f"{one.label} ({one.article})") for one in scheme(case.scheme).reasons_for("stop")
            ]
            self.fields["stop"] = forms.ChoiceField(
                label="停发理由",
                choices=choices,
                widget=forms.RadioSelect,
                initial=next(iter(known.reasons), ""),
            )
            return
        for kind, sign in (("increase", 1), ("decrease", -1)):
            for one in scheme(case.scheme).reasons_for(kind):
                self.signs[one.code] = sign
                self.fields[one.code] = YuanField(
                    label=f"{'增' if sign > 0 else '减'}: {one.label}",
                    help_text=one.article,
                    required=False,
                    initial=abs(known.reasons[one.code]) if one.code in known.reasons else None,
                )

    def reasons(self) -> dict[str, int]:
        """理由代码 → 带符号的分。"""
        if self.stop_fen:
            return {self.cleaned_data["stop"]: self.stop_fen}
        return {code: sign * (self.cleaned_data[code] or 0) for code, sign in self.signs.items()}


def case_change(request: HttpRequest, pk: int) -> HttpResponse:
    """变动前后: 现在在享多少、测算出来多少、差额由哪些理由说明。"""
    return _page(request, _case(request, pk))


def _case(request: HttpRequest, pk: int) -> Case:
    case = opened(request, pk)
    if not is_about_awards(case):
        raise Http404
    return case


def _page(
    request: HttpRequest, case: Case, form: ReasonsForm | None = None, refused: str = ""
) -> HttpResponse:
    user, known, decision = the_user(request), difference_of(case), _decision(case)
    may = may_open(user, "case_change_reasons") and not case.closed_on
    change = change_of(case)
    editable = may and case.station == "review" and known is not None and known.amount_fen != 0
    context = {
        **frame(request, case, "case_change"),
        "change": change,
        "cause": CAUSES.get(change.cause, "") if change else "",
        "awards": awards_table(held_now(case.household, case.scheme).awards),
        "panel": None if decision or known is None else panel(case, known),
        "decided": decided_panel(decision) if decision else None,
        "known": known,
        "persons": _persons(user, known) if known else [],
        "form": form or (ReasonsForm(case=case, known=known) if editable and known else None),
        "plain": KeyedForm(auto_id="same_%s"),
        "may_short": may and case.kind == Case.Kind.REVIEW and case.station in ("survey", "review"),
        "effect_on": takes_effect_on(today()),
        "recognition": before_of(case).recognition,
        "settled": decision.reason if decision and scheme(case.scheme).shape == "status" else "",
        "refused": refused,
    }
    return render(request, "office/changes/case_change.html", context, status=409 if refused else 200)


def _decision(case: Case) -> Decision | None:
    return Decision.objects.filter(case=case).prefetch_related("reasons").first() if case.closed_on else None


def panel(case: Case, known: Difference) -> ui.Difference:
    """变动前 → 变动后: 每条理由一行, 合起来相平。"""
    if known.before.recognition:
        return _recognised_panel(known)
    before = ui.Change("现在在享", 1, len(known.before.persons), known.before.amount_fen)
    after = ui.Change(
        "变动以后" if known.eligible else "停发以后",
        int(known.eligible),
        len(known.after_persons),
        known.after_fen,
    )
    rows = _rows(case.scheme, dict(known.reasons), after.persons - before.persons, after.households - 1)
    return ui.Difference(before, rows, after)


def _recognised_panel(known: Difference) -> ui.Difference:
    """No money on either side: only who is counted, and whether the family still is."""
    was, now = len(known.before.persons), len(known.after_persons)
    before = ui.Change("现在认定", 1, was, 0)
    after = ui.Change("变动以后" if known.eligible else "终止认定以后", int(known.eligible), now, 0)
    why = "认定的人数有变" if known.eligible else "收入或者财产不再符合规定"
    rows = [ui.Change(why, after.households - 1, now - was, 0)] if after.households == 0 or now != was else []
    return ui.Difference(before, rows, after)


def decided_panel(decision: Decision) -> ui.Difference | None:
    """决定前后, 由决定自己的理由和它开停的待遇写成。"""
    closed = [link.award for link in decision.closes.select_related("award")]
    opened_now = [link.award for link in decision.opens.select_related("award")]
    if not closed:
        return None
    before = ui.Change("决定以前", 1, sum(a.persons for a in closed), sum(a.amount_fen for a in closed))
    after = ui.Change(
        "决定以后",
        int(bool(opened_now)),
        sum(a.persons for a in opened_now),
        sum(a.amount_fen for a in opened_now),
    )
    told = {one.code: one.amount_fen for one in decision.reasons.order_by("pk")}
    return ui.Difference(
        before, _rows(decision.scheme, told, after.persons - before.persons, after.households - 1), after
    )


def _rows(scheme_id: str, reasons: dict[str, int], persons: int, homes: int) -> list[ui.Change]:
    """The persons that come or go stand beside the reason that says so, else beside the first."""
    known = {one.code: one for one in scheme(scheme_id).reasons}
    told = list(reasons)
    about = next(
        (code for code in told if known[code].cause in ("members", "death")), told[0] if told else ""
    )
    rows = [
        ui.Change(
            known[code].label,
            homes if code == about else 0,
            persons if code == about else 0,
            fen,
            f"{code} · {known[code].article}",
        )
        for code, fen in reasons.items()
    ]
    return rows or ([ui.Change("保障的人有变", homes, persons, 0)] if persons or homes else [])


def _persons(user: User, known: Difference) -> list[tuple[str, str]]:
    """Who is added and who is left out, by name."""
    names = dict(
        Person.objects.filter(pk__in=known.before.persons | known.after_persons).values_list("pk", "name")
    )
    shown = {pk: mask_name(name) if user.role == Role.AUDITOR else name for pk, name in names.items()}
    what = "认定" if known.before.recognition else "保障"
    came = [(f"新增{what}", shown[pk]) for pk in sorted(known.after_persons - known.before.persons)]
    return [*came, *((f"不再{what}", shown[pk]) for pk in sorted(known.before.persons - known.after_persons))]


def case_change_reasons(request: HttpRequest, pk: int) -> HttpResponse:
    """写明增减理由: 合起来必须等于差额。"""
    case = _case(request, pk)
    known = difference_of(case)
    if known is None:
        return _page(request, case, refused="还没有测算, 测算之后才能写增减的理由")
    form = ReasonsForm(request.POST, case=case, known=known)

    def effect() -> None:
        decisions.propose_reasons(case=case, by=the_user(request), reasons=form.reasons(), on=today())

    return _act(request, case, form, effect, "增减理由已写明, 合计与差额相符")


def case_unchanged(request: HttpRequest, pk: int) -> HttpResponse:
    """复核没有变化的简易办理: 测算一致就报乡镇签批。"""
    case = _case(request, pk)

    def effect() -> None:
        reviews.report_unchanged(case=case, by=the_user(request), on=today())

    return _act(request, case, KeyedForm(request.POST), effect, "测算与在享一致, 已报签批: 待遇不变")


def _act(
    request: HttpRequest, case: Case, form: KeyedForm, effect: Callable[[], None], said: str
) -> HttpResponse:
    reasons = form if isinstance(form, ReasonsForm) else None
    if not form.is_valid():
        return _page(request, case, reasons, "" if reasons else "页面已过期, 请刷新后再办")
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except Refusal as refusal:
        return _page(request, case, reasons, refusal.text)
    messages.success(request, said)
    return redirect("case_change", case.pk)
