"""Where the rules of one assessment can be read: the rulebook's page on its day, held against what was stored."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from doudi.records.audit.models import Event
from doudi.records.checks.models import Assessment

ASSESSED = "case.assess"


def rules_url(assessment: Assessment) -> str:
    """一次测算所用规则和 SQL 的地址; 页面会说明规则版本和参数指纹是否与存下的相同。"""
    query = {
        "book": assessment.rulebook,
        "on": assessment.on.isoformat(),
        "ye": "sql",
        "banben_cun": assessment.rulebook_version,
        "zhiwen_cun": assessment.parameters_hash,
    }
    return f"{reverse('rulebook')}?{urlencode(query)}"


def rules_of_events(events: Iterable[Event]) -> dict[int, str]:
    """审计事件里的每次测算 → 地址。

    An assessment and its event are written together, so the first event of a case is its first assessment. A case
    with more of the one than of the other (carried over) gets no link rather than a wrong one.
    """
    subjects = {event.subject for event in events if event.action == ASSESSED}
    told: dict[str, list[int]] = {subject: [] for subject in subjects}
    rows = Event.objects.filter(action=ASSESSED, subject__in=subjects).order_by("seq")
    for seq, subject in rows.values_list("seq", "subject"):
        told[subject].append(seq)
    made: dict[str, list[Assessment]] = {subject: [] for subject in subjects}
    cases = [int(subject.removeprefix("case:")) for subject in subjects]
    for assessment in Assessment.objects.filter(case__in=cases).defer("inputs", "results").order_by("pk"):
        made[f"case:{assessment.case_id}"].append(assessment)
    return {
        seq: rules_url(assessment)
        for subject in subjects
        if len(told[subject]) == len(made[subject])
        for seq, assessment in zip(told[subject], made[subject], strict=True)
    }
