"""Taking an application: at the village, at the window, and again for a family already known."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law import identity
from doudi.law.masking import mask_identity
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.desk import known, trial
from doudi.records.desk.trial import CannotTry, Somebody
from doudi.records.intake import entries, queries, services
from doudi.records.intake.models import Application
from doudi.records.people.models import Household
from doudi.records.people.queries import account_of, facts_of, members_on
from doudi.records.policies.queries import catalogue, scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.cases.page import opened, shown_name, the_user
from doudi.web.office.checks.figures import live_figures
from doudi.web.office.forms import take_effect
from doudi.web.office.intake.entry import Entry, Problem
from doudi.web.office.intake.forms import ApplicationForm, PersonForm

Channel = Application.Channel


def village_apply(request: HttpRequest) -> HttpResponse:
    """村级代办申请: 先查人, 再填申请。"""
    return _taken(request, Channel.VILLAGE)


def intake_window(request: HttpRequest) -> HttpResponse:
    """窗口受理: 先查人, 再登记。"""
    return _taken(request, Channel.WINDOW)


def _taken(request: HttpRequest, channel: str) -> HttpResponse:
    """Search first; only what is not found, or found to be somebody else, is typed as new."""
    if request.method == "POST" and "key" in request.POST:
        return _application(request, None, channel)
    if "start" in request.POST:
        return _application(request, None, channel, known.Asked(name=request.POST.get("name", "")[:60]))
    user, form = the_user(request), PersonForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "asked": "",
        "families": None,
        "village_desk": channel == Channel.VILLAGE,
    }
    if request.method == "POST" and form.is_valid():
        asked = known.Asked(**form.cleaned_data)
        found = known.families(asked, user, today())
        look(by=user, action="search", subject="page:intake_window")
        if asked.id_number and not found:
            return _application(request, None, channel, asked)
        number = mask_identity(asked.id_number) if asked.id_number else ""
        context |= {"families": [_told(user, family) for family in found], "name": asked.name}
        context |= {"asked": " ".join(filter(None, (asked.name, number))), "form": PersonForm()}
        context["may_start"] = not any(family.by_number for family in found)
    return render(request, "office/intake/window.html", context)


def _first(asked: known.Asked | None) -> dict[str, Any] | None:
    """The head's row, begun with what was looked for."""
    if asked is None:
        return None
    return {"name": asked.name, "id_number": asked.id_number, "relation": "head"}


def _told(user: User, family: known.Family) -> dict[str, Any]:
    """What may be said of a family found: elsewhere the schemes and the township, and nothing else."""
    household = family.household
    told: dict[str, Any] = {
        "mine": family.mine,
        "township": family.township,
        "schemes": family.schemes,
        "open": list(dict.fromkeys(scheme_name(case.scheme) for case in family.cases)),
        "cannot_have": family.cannot_have,
    }
    if not family.mine:
        return told
    return told | {
        "household": household,
        "head": shown_name(user, household.head.name),
        "hits": [(shown_name(user, m.person.name), m.get_relation_display()) for m in family.hits],
        "place": f"{family.township} · {household.village.name}",
        "awards": [(scheme_name(award.scheme), award.amount_fen, award.from_on) for award in family.awards],
        "cases": [
            (scheme_name(case.scheme), case.no, reverse("case", args=[case.pk])) for case in family.cases
        ],
    }


def intake_known(request: HttpRequest, pk: int) -> HttpResponse:
    """已登记的一户再申请: 成员不用重录, 申报带出来核对。"""
    user = the_user(request)
    visible = Household.objects.visible_to(user).select_related("head", "village", "village__parent")
    household = get_object_or_404(visible, pk=pk)
    channel = Channel.VILLAGE if user.role == Role.VILLAGE else Channel.WINDOW
    return _application(request, household, channel)


def _application(
    request: HttpRequest, household: Household | None, channel: str, asked: known.Asked | None = None
) -> HttpResponse:
    user, data = the_user(request), request.POST if "key" in request.POST else None
    start = {"phone": asked.phone} if asked and asked.phone else {}
    form = ApplicationForm(data, request.FILES or None, user=user, household=household, **start)
    entry = entry_of(data, household, _first(asked), 1 if channel == Channel.VILLAGE else None)
    problems: list[Problem] = []
    if data is not None:
        sound = all((entry.is_valid(), form.is_valid()))
        if sound:
            try:
                return redirect("case_filed", _file(request, form, entry, household, channel))
            except (Refusal, identity.BadIdentity) as refusal:
                field = getattr(refusal, "field", "")
                form.add_error(field if field in form.fields else None, refusal.text)
        problems = [*problems_of(form), *entry.problems]
    context = {
        "form": form,
        "entry": entry,
        "problems": problems,
        "household": household,
        "village_desk": channel == Channel.VILLAGE,
        "live": reverse("entry_live", args=[household.pk]) if household else reverse("entry_live_new"),
    }
    return render(request, "office/intake/application.html", context)


def entry_of(
    data: Any, household: Household | None, first: dict[str, Any] | None = None, spare: int | None = None
) -> Entry:
    """一户的录入表: 已登记的带出成员和现有申报。"""
    if household is None:
        return Entry(data, first=first, spare=spare)
    declared = [fact for fact in facts_of(household) if fact.source == fact.Source.DECLARED]
    return Entry(data, known=list(members_on(household, today())), facts=declared, spare=spare)


def problems_of(form: Any) -> list[Problem]:
    """表单里要修改的各处。"""
    whole = [Problem("content", text) for text in form.non_field_errors()]
    return [*whole, *(Problem(f.id_for_label, f"{f.label}: {text}") for f in form for text in f.errors)]


def _file(
    request: HttpRequest, form: ApplicationForm, entry: Entry, household: Household | None, channel: str
) -> int:
    user, draft = the_user(request), form.draft(entry.filled)

    def effect() -> int:
        if household is None:
            return int(services.submit(by=user, draft=draft, channel=channel, on=today()).pk)
        again = entries.submit_again(by=user, household=household, draft=draft, channel=channel, on=today())
        return int(again.pk)

    filed = int(take_effect(request, form.cleaned_data["key"], effect))
    used = account_of(Case.objects.select_related("household__head").get(pk=filed).household.head)
    if used and used.number != draft.account:
        tell(request, f"领款账户没有换, 仍是尾号 {used.last4} 的; 要换请报“变更领款账户”变动, 由另一人核实")
    return filed


def case_filed(request: HttpRequest, pk: int) -> HttpResponse:
    """收件回执: 受理号、查询码、接下来做什么。"""
    case = opened(request, pk)
    missing = [paper for paper in papers_of(case) if paper["status"] == "missing"]
    context = {
        "case": case,
        "missing": missing,
        "unsigned": queries.unsigned(case),
        "doubts": case.suspicions.filter(state="open").count(),
        "phone": settings.HELP_PHONE,
        "head": shown_name(the_user(request), case.household.head.name),
    }
    return render(request, "office/intake/filed.html", context)


def papers_of(case: Case) -> list[dict[str, Any]]:
    """材料清单: 名称、状态、登记日期。"""
    labels = {paper.code: paper.label for paper in catalogue().schemes[case.scheme].papers}
    return [
        {
            "code": p.kind,
            "label": labels[p.kind],
            "status": p.status,
            "words": p.get_status_display(),
            "on": p.noted_on,
            "seen": p.original_seen,
            "copied": p.copy_kept,
            "photo": p.photo_id,
        }
        for p in case.papers.order_by("pk")
    ]


def entry_live_new(request: HttpRequest) -> HttpResponse:
    """边录边算 (还没有登记的一户): 只算不存。"""
    return _live(request, None)


def entry_live(request: HttpRequest, pk: int) -> HttpResponse:
    """边录边算 (已登记的一户): 连同核对和所见一起算, 只算不存。"""
    user = the_user(request)
    return _live(request, get_object_or_404(Household.objects.visible_to(user).select_related("head"), pk=pk))


def _live(request: HttpRequest, household: Household | None) -> HttpResponse:
    entry = entry_of(request.POST, household)
    sound = entry.is_valid()
    context: dict[str, Any] = {
        "problems": entry.problems[:3],
        "more": max(len(entry.problems) - 3, 0),
        "figures": None,
    }
    if sound:
        try:
            context["figures"] = live_figures(_try(request, entry, household), entry.names)
        except CannotTry as refusal:
            context["problems"] = [Problem("content", refusal.text)]
    return render(request, "office/intake/live.html", context)


def _try(request: HttpRequest, entry: Entry, household: Household | None) -> Any:
    known = [scheme for scheme in catalogue().schemes.values() if scheme.id == request.POST.get("scheme", "")]
    kind = household.kind if household else known[0].locality if known else "rural"
    village = (
        household.village_id if household else request.POST.get("village") or str(the_user(request).area_id)
    )
    return trial.trial(
        scheme_id=known[0].id if known else f"dibao_{kind}",
        village_id=village,
        kind=kind,
        members=_people(entry),
        facts=entry.filled.facts,
        household=household,
        on=today(),
    )


def _people(entry: Entry) -> list[Somebody]:
    if entry.known:
        return [trial.somebody(membership) for membership in entry.known]
    born = (identity.parse(member.id_number, on=today()).born_on for member in entry.filled.members)
    return [Somebody(m.relation, day) for m, day in zip(entry.filled.members, born, strict=True)]


def tell(request: HttpRequest, text: str) -> None:
    """办成之后在下一页上说一句。"""
    messages.success(request, text)
