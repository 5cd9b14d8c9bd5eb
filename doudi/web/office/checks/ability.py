"""How far each applicant manages alone, and how each is to be supported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.law.identity import age_on
from doudi.law.schemes.tekun_inputs import ADL, FORMS, GRADES
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.checks import services
from doudi.records.checks.abilities import applicants, latest_abilities, latest_plans
from doudi.records.checks.ability import AbilityAssessment
from doudi.records.people.models import Person
from doudi.records.people.queries import account_of
from doudi.records.policies.queries import parameters
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, shown_name, the_user
from doudi.web.office.checks.saving import saved
from doudi.web.office.checks.support_forms import AbilityForm, PlanForm
from doudi.web.office.checks.visit_form import partners


@dataclass(frozen=True)
class Somebody:
    """一名申请供养的人: 评到哪一档, 选定了什么, 还要填的两张表。"""

    person: Person
    name: str
    age: int
    found: AbilityAssessment | None
    failed: str
    grade: str
    plan: Any
    form: AbilityForm
    support: PlanForm


def case_ability(request: HttpRequest, pk: int) -> HttpResponse:
    """自理能力评估: 每人六项, 当场算出档次; 再选供养方式。"""
    return _page(request, opened(request, pk), None, "")


def _asked(request: HttpRequest, pk: int) -> Case:
    """Only where the road asks for it."""
    case = opened(request, pk)
    if not _on_the_road(case):
        raise Http404
    return case


def _on_the_road(case: Case) -> bool:
    return "ability" in procedure_of(case).road


def _page(request: HttpRequest, case: Case, bound: Any, refused: str) -> HttpResponse:
    user, rules = the_user(request), parameters(case.village_id, today())
    asked = _on_the_road(case)
    at_survey = asked and case.station in ("survey", "review") and not case.closed_on
    context = {
        **frame(request, case, "case_ability"),
        "people": list(_people(case, user, bound, partners(user) if at_survey else [])) if asked else [],
        "asked": asked,
        "may_assess": at_survey and may_open(user, "ability_assess"),
        "may_plan": at_survey and may_open(user, "support_plan"),
        "partly_from": rules.value("tekun.adl.partly_from"),
        "fully_from": rules.value("tekun.adl.fully_from"),
        "grades": GRADES,
        "refused": refused,
        "problems": bound is not None and bool(bound.errors),
    }
    return render(request, "office/checks/ability.html", context, status=409 if refused else 200)


def _people(case: Case, user: User, bound: Any, mates: list[User]) -> Iterator[Somebody]:
    members, rules = applicants(case), parameters(case.village_id, today())
    found, plans = latest_abilities(case), latest_plans([member.person_id for member in members])
    for member in members:
        person = member.person
        failed = [
            label.removeprefix("不能")
            for name, label in ADL.items()
            if getattr(found.get(person.pk), name, False)
        ]
        yield Somebody(
            person=person,
            name=shown_name(user, person.name),
            age=age_on(person.birth_on, today()),
            found=found.get(person.pk),
            failed="、".join(failed),
            grade=_grade(len(failed), rules),
            plan=plans.get(person.pk),
            form=_bound(bound, AbilityForm, person) or AbilityForm(partners=mates, person=person),
            support=_bound(bound, PlanForm, person)
            or PlanForm(person=person, **_start(person, plans.get(person.pk))),
        )


def _failed(found: AbilityAssessment | None) -> list[str]:
    return [label.removeprefix("不能") for name, label in ADL.items() if getattr(found, name, False)]


def _grade(failed: int, rules: Any) -> str:
    partly, fully = rules.value("tekun.adl.partly_from"), rules.value("tekun.adl.fully_from")
    return GRADES["fully" if failed >= fully else "partly" if failed >= partly else "able"]


def _bound(bound: Any, kind: Any, person: Person) -> Any:
    """The form that was sent comes back with its errors, at the person it was about."""
    return bound if isinstance(bound, kind) and str(bound.data.get("person")) == str(person.pk) else None


def _start(person: Person, plan: Any) -> dict[str, Any]:
    account = account_of(person)
    start = {"bank": account.bank if account else ""}
    return start | ({"form": plan.form, "institution": plan.institution, "carer": plan.carer} if plan else {})


def ability_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一次评估。"""
    case = _asked(request, pk)
    user, person = the_user(request), _person(request, case)
    form = AbilityForm(request.POST, partners=partners(user), person=person)
    if not form.is_valid():
        return _page(request, case, form, "")
    said = form.cleaned_data

    def effect() -> object:
        return services.assess_ability(
            case=case, by=user, second=User.objects.get(pk=said["second"]), person=person, failed=form.failed(),
            cause=said["cause"], on=today(),
        )  # fmt: skip

    answer = saved(request, case, form, effect, f"{person.name}的自理能力评估已登记", "case_ability")
    return answer if isinstance(answer, HttpResponse) else _page(request, case, form, answer)


def support_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """登记选定的供养方式。"""
    case = _asked(request, pk)
    user, person = the_user(request), _person(request, case)
    form = PlanForm(request.POST, person=person)
    if not form.is_valid():
        return _page(request, case, form, "")
    said = {
        name: form.cleaned_data[name]
        for name in ("form", "institution", "carer", "bank", "account", "shared")
    }

    def effect() -> object:
        return services.plan_support(case=case, by=user, person=person, on=today(), **said)

    answer = saved(request, case, form, effect, f"{person.name}: {FORMS[said['form']]}已登记", "case_ability")
    return answer if isinstance(answer, HttpResponse) else _page(request, case, form, answer)


def _person(request: HttpRequest, case: Case) -> Person:
    asked = request.POST.get("person", "")
    for member in applicants(case):
        if str(member.person_id) == asked:
            return member.person
    raise Http404
