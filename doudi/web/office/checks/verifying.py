"""Findings on screen: what departments answered, what came of it, rechecks that run against a clock."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from doudi.law.procedure import STATIONS
from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.models import Finding, FindingDealing, Recheck, RecheckAnswer
from doudi.records.checks.queries import findings_of, recheck_is_open, verdict_of
from doudi.records.desk.queues import days_left
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of, members_on
from doudi.records.policies.queries import calendar, parameters
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.checks import facts as told
from doudi.web.office.checks.facts import NAMED, Topic, grouped
from doudi.web.office.checks.saving import saved
from doudi.web.office.forms import KeyedForm, YuanField
from doudi.web.ui.components import Deadline

SOURCES = ("民政核对平台", "公安户籍", "不动产登记", "车辆管理", "银行存款", "社会保险", "工商登记", "残联")
VERDICT_TONES = {"accepted": "over", "rejected": "good", "proof": "soon", "": "soon"}


class FindingForm(KeyedForm):
    """一条核对结果: 哪个部门、什么结论; 说得出哪一项的, 写查到多少。"""

    source = forms.ChoiceField(label="核对来源", choices=[(name, name) for name in SOURCES])
    outcome = forms.ChoiceField(label="结论", choices=Finding.Outcome.choices, widget=forms.RadioSelect)
    topic = forms.ChoiceField(label="哪一项", required=False, help_text="不符的选出是申报的哪一项")
    found = YuanField(label="查到", required=False, help_text="元; 收入填全年数")
    note = forms.CharField(
        label="说明", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    reply_to = forms.ChoiceField(label="是哪一条的反馈", required=False)

    def __init__(self, data: Any = None, *, declared: Sequence[Fact], who: Mapping[int, str],
                 pending: Sequence[Finding] = ()) -> None:  # fmt: skip
        super().__init__(data)
        self._topics = {
            f"{topic.person_id or 0}-{topic.kind}-{topic.code}": topic
            for topic in grouped(declared)
            if topic.kind in NAMED
        }
        self._declared = grouped(declared)
        choices = [(name, told.label_of(topic, who)) for name, topic in self._topics.items()]
        self.fields["topic"].choices = [("", "不涉及某一项"), *choices]  # type: ignore[attr-defined]
        waiting = [(str(one.pk), f"{one.source} {one.on}") for one in pending]
        self.fields["reply_to"].choices = [("", "不是反馈"), *waiting]  # type: ignore[attr-defined]
        self._pending = {str(one.pk): one for one in pending}

    @property
    def waiting(self) -> bool:
        """有没有等部门反馈的。"""
        return bool(self._pending)

    def clean(self) -> dict[str, Any]:
        """不符的要写明差在哪里; 选了哪一项就要有数。"""
        found: dict[str, Any] = super().clean() or {}
        if found.get("outcome") == Finding.Outcome.DIFFERENT and not found.get("note"):
            self.add_error("note", "不符的要写明差在哪里")
        if bool(found.get("topic")) != (found.get("found") is not None):
            self.add_error("found", "选了哪一项就要写查到多少, 写了数就要选是哪一项")
        return found

    def said(self) -> dict[str, Any]:
        """这一条的内容。"""
        topic = self._topics.get(self.cleaned_data["topic"])
        return {
            **{name: self.cleaned_data[name] for name in ("source", "outcome", "note")},
            "item": self._item(topic) if topic else None,
            "reply_to": self._pending.get(self.cleaned_data["reply_to"]),
        }

    def _item(self, topic: Topic) -> services.FoundItem:
        return services.FoundItem(
            kind=topic.kind, code=topic.code, person_id=topic.person_id,
            declared_fen=sum(fact.amount_fen or 0 for fact in self._declared[topic]),
            found_fen=self.cleaned_data["found"],
        )  # fmt: skip


class DealForm(KeyedForm):
    """处理一条不符的核对结果。"""

    verdict = forms.ChoiceField(
        label="处理", choices=FindingDealing.Verdict.choices, widget=forms.RadioSelect,
        help_text="认定的按查到的数测算; 待补证的还不能测算",
    )  # fmt: skip
    note = forms.CharField(label="理由", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class RecheckForm(KeyedForm):
    """申请人要求复查。"""

    reason = forms.CharField(label="申请人的理由", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class RecheckAnswerForm(KeyedForm):
    """答复复查。"""

    result = forms.ChoiceField(
        label="复查结果", choices=RecheckAnswer.Result.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(label="答复", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


def case_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """信息核对: 部门查到什么; 没有接入的写明未接入。"""
    case = opened(request, pk)
    form = _form(request, case)
    refused = ""
    if request.method == "POST" and _may_find(request, case) and form.is_valid():

        def effect() -> object:
            return services.note_finding(case=case, by=the_user(request), on=today(), **form.said())

        answer = saved(request, case, form, effect, "核对结果已登记", "case_findings")
        if isinstance(answer, HttpResponse):
            return answer
        refused = answer
    return _page(request, case, form, refused)


def _form(request: HttpRequest, case: Case) -> FindingForm:
    members = list(members_on(case.household, today()))
    declared = [fact for fact in facts_of(case.household) if fact.source == Fact.Source.DECLARED]
    found = findings_of(case)
    pending = [one for one in found if one.outcome == Finding.Outcome.PENDING and one.is_open]  # type: ignore[attr-defined]
    posted = request.POST if request.method == "POST" and "outcome" in request.POST else None
    return FindingForm(
        posted, declared=declared, who=told.names_of(the_user(request), members), pending=pending
    )


def _may_find(request: HttpRequest, case: Case) -> bool:
    return may_open(the_user(request), "finding_deal") and case.station == "survey" and not case.closed_on


def _page(request: HttpRequest, case: Case, form: FindingForm, refused: str) -> HttpResponse:
    rules = parameters(case.village_id, today())
    who = told.names_of(the_user(request), list(members_on(case.household, today())))
    context = {
        **frame(request, case, "case_findings"),
        "findings": [_row(finding, who) for finding in findings_of(case)],
        "form": form,
        "plain": KeyedForm(),
        "editable": _may_find(request, case),
        "may_ask": may_open(the_user(request), "recheck_ask")
        and case.station in ("survey", "panel", "review")
        and not case.closed_on,
        "connected": rules.value("procedure.verify_connected"),
        "refused": refused,
        "station": "" if case.closed_on else STATIONS[case.station].label,
    }
    return render(request, "office/checks/findings.html", context, status=409 if refused else 200)


def _row(finding: Finding, who: Mapping[int, str]) -> dict[str, Any]:
    verdict = verdict_of(finding)
    open_recheck = next((one for one in finding.rechecks.all() if recheck_is_open(one)), None)
    return {
        "finding": finding,
        "label": told.item_label(finding, who) if finding.kind else "",
        "gap_fen": (finding.found_fen or 0) - (finding.declared_fen or 0) if finding.kind else None,
        "verdict": FindingDealing.Verdict(verdict).label if verdict else "待处理",
        "tone": VERDICT_TONES[verdict],
        "dealings": sorted(finding.dealings.all(), key=lambda dealing: dealing.pk),
        "rechecks": [
            (one, None if recheck_is_open(one) else one.answer)
            for one in sorted(finding.rechecks.all(), key=lambda recheck: recheck.pk)
        ],
        "open_recheck": open_recheck,
        "recheck_left": _left(open_recheck),
        "is_different": finding.outcome == Finding.Outcome.DIFFERENT,
        "awaits_reply": finding.outcome == Finding.Outcome.PENDING and finding.is_open,  # type: ignore[attr-defined]
        "is_open": finding.is_open,  # type: ignore[attr-defined]
        "deal": DealForm(),
        "ask": RecheckForm(),
        "answer": RecheckAnswerForm(),
    }


def _left(recheck: Recheck | None) -> Deadline | None:
    if recheck is None or recheck.due_on is None:
        return None
    return Deadline(days_left(today(), recheck.due_on, calendar()), recheck.due_on)


def finding_deal(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    """处理一条不符的核对结果。"""
    case = opened(request, pk)
    row = get_object_or_404(Finding, pk=finding, case=case)
    form = DealForm(request.POST)

    def effect() -> object:
        said = form.cleaned_data
        return services.deal(
            finding=row, by=the_user(request), verdict=said["verdict"], note=said["note"], on=today()
        )

    return _act(request, case, form, effect, "核对结果已处理")


def recheck_ask(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    """申请人要求复查一条核对结果。"""
    case = opened(request, pk)
    row = get_object_or_404(Finding, pk=finding, case=case)
    form = RecheckForm(request.POST)

    def effect() -> object:
        return services.ask_recheck(
            finding=row, by=the_user(request), reason=form.cleaned_data["reason"], on=today()
        )

    return _act(request, case, form, effect, "复查已登记, 请在期限内答复申请人")


def recheck_answer(request: HttpRequest, pk: int, recheck: int) -> HttpResponse:
    """答复一次复查。"""
    case = opened(request, pk)
    row = get_object_or_404(Recheck, pk=recheck, finding__case=case)
    form = RecheckAnswerForm(request.POST)

    def effect() -> object:
        said = form.cleaned_data
        return services.answer_recheck(
            recheck=row, by=the_user(request), result=said["result"], text=said["text"], on=today()
        )

    return _act(request, case, form, effect, "复查已答复")


def _act(request: HttpRequest, case: Case, form: KeyedForm, effect: Any, text: str) -> HttpResponse:
    if not form.is_valid():
        missing = "、".join(str(form[name].label) for name in form.errors if name in form.fields)
        return _page(request, case, _form(request, case), f"还没有登记: 请填写{missing}")
    answer = saved(request, case, form, effect, text, "case_findings")
    return answer if isinstance(answer, HttpResponse) else _page(request, case, _form(request, case), answer)
