"""Who owes the family support, and what each can give: judgment, payment or formula; able to support or not."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.law.entities import OBLIGOR, OBLIGOR_MEMBER
from doudi.law.units import show
from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.abilities import latest_means
from doudi.records.checks.ability import ObligorMeans
from doudi.records.people.models import Obligor
from doudi.records.people.queries import obligors_of
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, shown_name, the_user
from doudi.web.office.checks.saving import saved
from doudi.web.office.checks.support_forms import FAMILY, OWN, MeansForm

TOLD_AT = ("accept", "survey", "review")


def case_obligors(request: HttpRequest, pk: int) -> HttpResponse:
    """义务人: 是谁, 家里情况怎样, 有没有能力。"""
    return _page(request, opened(request, pk), None, "")


def _page(request: HttpRequest, case: Case, bound: MeansForm | None, refused: str) -> HttpResponse:
    user, told = the_user(request), latest_means(case.household)
    sent = str(bound.data.get("obligor")) if bound else ""
    rows = []
    for obligor in obligors_of(case.household):
        means, again = told.get(obligor.pk), sent == str(obligor.pk)
        form = bound if again else MeansForm(number=obligor.pk, start=_start(means))
        name, words = shown_name(user, obligor.name), list(_words(means))
        rows.append(
            {"obligor": obligor, "name": name, "told": words, "means": means, "form": form, "open": again}
        )
    context = {
        **frame(request, case, "case_obligors"),
        "rows": rows,
        "may": may_open(user, "obligor_means") and case.station in TOLD_AT and not case.closed_on,
        "refused": refused,
    }
    return render(request, "office/checks/obligors.html", context, status=409 if refused else 200)


def _start(means: ObligorMeans | None) -> dict[str, Any]:
    if means is None:
        return {}
    rest = {"others": means.others, "others_fen": means.others_fen or None, "evidence": means.evidence}
    return {**means.family, **means.own, **rest}


def _words(means: ObligorMeans | None) -> Any:
    """What was told, in words; what is as usual goes without saying."""
    if means is None:
        return
    for told, items in ((means.own, OWN), (means.family, FAMILY)):
        for name, value in told.items():
            item = items[name]
            yield item.label, show(value, item.unit, item.names)
    if means.others:
        yield "家里其他人", f"{means.others} 人"


def obligor_means(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一个义务人家的情况。"""
    case = opened(request, pk)
    obligor = _obligor(request, case)
    form = MeansForm(request.POST, number=obligor.pk)
    if not form.is_valid():
        return _page(request, case, form, "")
    said = form.cleaned_data

    def effect() -> object:
        return services.tell_means(
            case=case, by=the_user(request), obligor=obligor, family=form.told(OBLIGOR),
            own=form.told(OBLIGOR_MEMBER), others=said["others"] or 0, others_fen=said["others_fen"] or 0,
            evidence=said["evidence"], on=today(),
        )  # fmt: skip

    answer = saved(request, case, form, effect, f"义务人{obligor.name}的情况已登记", "case_obligors")
    return answer if isinstance(answer, HttpResponse) else _page(request, case, form, answer)


def _obligor(request: HttpRequest, case: Case) -> Obligor:
    asked = request.POST.get("obligor", "")
    found = obligors_of(case.household).filter(pk=asked).first() if asked.isdecimal() else None
    if found is None:
        raise Http404
    return found
