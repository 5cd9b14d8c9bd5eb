"""算一算: eight questions, one a page, carried along in the form itself; the real rulebook answers; nothing is kept."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from doudi.law.evaluation import Outcome
from doudi.records.desk.trial import Somebody, trial
from doudi.records.people.services import FactDraft
from doudi.records.policies.queries import parameters
from doudi.store.today import today
from doudi.web.public import questions
from doudi.web.public.plain import told
from doudi.web.public.questions import QUESTIONS, Kept, Question

SCHEMES = {"rural": "dibao_rural", "urban": "dibao_urban"}
INCOMES = {
    "crops": "crops",
    "livestock": "livestock",
    "business": "business",
    "lease": "land_lease",
    "pension": "pension",
    "support": "support_received",
}
LAST = len(QUESTIONS) - 1
Fact = tuple[int | None, FactDraft]


@require_http_methods(["GET", "HEAD", "POST"])
def self_test(request: HttpRequest) -> HttpResponse:
    """一次一问; 答完给结果。回答只在表单里来回, 不存。"""
    answers = _answers(request.POST)
    if request.method != "POST":
        return _page(request, 0, QUESTIONS[0](answers=answers), answers)
    place = _place(request.POST.get("step", ""))
    if "to" in request.POST:
        return _again(request, _place(request.POST["to"]), answers)
    form = QUESTIONS[place](answers, answers=answers)
    if not form.is_valid():
        return _page(request, place, form, answers)
    return _result(request, answers) if place == LAST else _again(request, place + 1, answers)


def _answers(posted: QueryDict) -> dict[str, str]:
    """Only what the eight questions ask, each as typed."""
    given = {name: str(posted[name]) for name in posted}
    return {name: given[name] for name in questions.fields_of(given) if name in given}


def _place(text: str) -> int:
    return min(int(text), LAST) if text.isascii() and text.isdigit() else 0


def _again(request: HttpRequest, place: int, answers: dict[str, str]) -> HttpResponse:
    """A question with what was answered before, without complaining yet; one with nothing to ask is passed over."""
    form = QUESTIONS[place](answers=answers, initial=answers)
    if not form.fields:
        return _again(request, place + 1, answers)
    return _page(request, place, form, answers)


def _page(request: HttpRequest, place: int, form: Question, answers: dict[str, str]) -> HttpResponse:
    context = {
        "form": form,
        "place": place,
        "number": place + 1,
        "total": len(QUESTIONS),
        "before": _before(place, answers),
        "kept": [Kept(name, value) for name, value in answers.items() if name not in form.fields],
        "last": place == LAST,
    }
    return render(request, "public/question.html", context, status=422 if form.errors else 200)


def _before(place: int, answers: dict[str, str]) -> int | None:
    """The question before this one that has something to ask."""
    return next((p for p in range(place - 1, -1, -1) if QUESTIONS[p](answers=answers).fields), None)


def _result(request: HttpRequest, answers: dict[str, str]) -> HttpResponse:
    """All eight are read again: a form posted by hand may have skipped one."""
    said: dict[str, Any] = {}
    for place, question in enumerate(QUESTIONS):
        form = question(answers, answers=answers)
        if not form.is_valid():
            return _page(request, place, form, answers)
        said |= form.cleaned_data
    on = today()
    names = questions.names(said["size"])
    outcome = _outcome(said, on)
    who = {-place: name for place, name in enumerate(names, 1)}
    context = {
        "told": told(outcome, who),
        "also": list(_also(said)),
        "kept": [Kept(name, value) for name, value in answers.items()],
        "questions": [(place, question.title) for place, question in enumerate(QUESTIONS)],
        "on": on,
    }
    return render(request, "public/self_test_result.html", context)


def _outcome(said: dict[str, Any], on: dt.date) -> Outcome:
    rules = parameters(settings.COUNTY, on)
    minor, elder = rules.value("dibao.member.minor_age"), rules.value("dibao.supplement.elder_age")
    ages = {"minor": minor - 1, "adult": minor, "elder": elder}
    members = [
        Somebody(_relation(said, place), _born(ages[said[f"age_{place}"]], on))
        for place in range(1, said["size"] + 1)
    ]
    return trial(
        scheme_id=SCHEMES[said["locality"]],
        village_id=settings.COUNTY,
        kind=said["locality"],
        members=members,
        facts=[*_facts(said), *_lasting(said, rules.value("dibao.member.cohabit_months"))],
        household=None,
        on=on,
    )


def _relation(said: dict[str, Any], place: int) -> str:
    if place == 1:
        return "head"
    return "child" if said[f"age_{place}"] == "minor" else "other"


def _born(age: int, on: dt.date) -> dt.date:
    """Somebody whose birthday was on the first of the year."""
    return dt.date(on.year - age, 1, 1)


def _lasting(said: dict[str, Any], months: int) -> Iterator[Fact]:
    """They eat from one pot: long enough together, however long the county asks for."""
    for place in range(said["size"]):
        yield place, FactDraft(kind="months_together", number=months)


def _facts(said: dict[str, Any]) -> Iterator[Fact]:
    for place in range(said["size"]):
        yield from _of_person(said, place)
    for name, code in INCOMES.items():
        if said[name]:
            yield 0, FactDraft(kind="income", code=code, amount_fen=said[name])
    if said["savings"]:
        yield None, FactDraft(kind="asset", code="deposit", amount_fen=said["savings"])
    if said["car"]:
        yield None, FactDraft(kind="asset", code="vehicle", amount_fen=said["car"])
    for _ in range(int(said["houses"])):
        yield None, FactDraft(kind="asset", code="house")


def _of_person(said: dict[str, Any], place: int) -> Iterator[Fact]:
    health = said[f"health_{place + 1}"]
    wage = said.get(f"wage_{place + 1}", 0)
    if health == "disabled":
        yield place, FactDraft(kind="disability", code="physical")
        yield place, FactDraft(kind="disability_grade", number=1)
    if health == "ill":
        yield place, FactDraft(kind="illness", code="serious")
    if wage:
        yield place, FactDraft(kind="income", code="wage", amount_fen=wage)


def _also(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Other help worth asking about, by what was answered; whether it is due is for the office to say."""
    health = {said[f"health_{place}"] for place in range(1, said["size"] + 1)}
    ages = {said[f"age_{place}"] for place in range(1, said["size"] + 1)}
    if "disabled" in health:
        yield "残疾人两项补贴", "有残疾证的, 问问生活补贴和护理补贴"
    if "ill" in health:
        yield "医疗救助", "看病花钱多的, 问问住院和门诊救助"
    if "minor" in ages:
        yield "教育救助", "孩子在上学的, 向就读的学校提出 (《社会救助暂行办法》第三十六条)"
    if "elder" in ages:
        yield "特困供养、高龄津贴", "没有儿女管的老人, 年纪大的老人, 各有待遇"
    yield "低保边缘家庭", "收入比低保线高一点的, 也可能有照顾"
    yield "临时救助", "遇到火灾、车祸、大病这样的急事, 随时可以申请"
