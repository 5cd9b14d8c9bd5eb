"""Whether a case can be confirmed, and what was decided."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q, QuerySet

from doudi.law.blocks import CaseFacts
from doudi.law.duties import Block
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import standing_blocks
from doudi.records.checks.models import Assessment
from doudi.records.checks.queries import latest_assessment
from doudi.records.decisions.change_queries import is_about_awards, is_moot
from doudi.records.decisions.models import CountyVisit, Decision, Recognition
from doudi.records.decisions.sampled import sample_of
from doudi.records.people.models import Household
from doudi.records.policies.queries import pairs_of, scheme_name
from doudi.records.postings import queries as postings


def facts(case: Case) -> CaseFacts:
    """一件案子到县级确认为止的全部事实。"""
    assessment = latest_assessment(case)
    persons = members_of(assessment) if assessment else []
    decided = Decision.objects.filter(case=case).first()
    known = postings.facts(case)
    return replace(
        known,
        # Advice against an award that is being paid is advice to stop it, which the county can confirm.
        refusal_advised=known.refusal_advised and not is_about_awards(case),
        signed=Act.objects.filter(case=case, duty="sign").exists(),
        intended=Act.objects.filter(case=case, station="intend", duty="confirm").exists(),
        county_visited=CountyVisit.objects.filter(case=case, agrees=True).exists(),
        sample=sample_of(case),
        holding_excluded=tuple(held_elsewhere(persons, case.scheme, but=_own_awards(case))),
        award_ended=is_moot(case),
        notice_given=decided is not None and hasattr(decided, "delivery"),
    )


def blocks(case: Case, on: dt.date) -> tuple[Block, ...]:
    """离开当前环节之前还差什么。"""
    return standing_blocks(case, facts(case), on)


def members_of(assessment: Assessment) -> list[int]:
    """测算计入的人。"""
    return list(assessment.results["persons"])


def _own_awards(case: Case) -> QuerySet[Award]:
    """What a change, a review or a correction replaces does not stand in its own way."""
    mine = Award.objects.filter(household=case.household_id, scheme=case.scheme, closing=None)
    return mine.none() if case.kind == Case.Kind.APPLY else mine


def held_elsewhere(
    persons: Iterable[int], scheme_id: str, but: QuerySet[Award] | None = None
) -> Iterable[str]:
    """这些人正在享受的、与本项目互斥的待遇名称; `but` 是这次要换掉的待遇。"""
    held = Holding.objects.filter(person__in=list(persons), pair__in=pairs_of(scheme_id), released_on=None)
    if but is not None:
        held = held.exclude(award__in=but)
    return dict.fromkeys(
        scheme_name(code) for code in held.order_by("pk").values_list("award__scheme", flat=True)
    )


def awards_in_force(on: dt.date) -> QuerySet[Award]:
    """某日在享的待遇: 已开始, 没有停到这一天之前。"""
    return Award.objects.filter(Q(closing=None) | Q(closing__ends_on__gt=on), from_on__lte=on)


def next_review(household: Household, scheme_id: str) -> dt.date | None:
    """这户这个项目最近排定的核查日; 没有排定为空。依据: 民发〔2021〕57号 第三十一条"""
    planned = Decision.objects.filter(household=household, scheme=scheme_id, next_review_on__isnull=False)
    return planned.order_by("-decided_on", "-pk").values_list("next_review_on", flat=True).first()


def recognised_on(area_code: str, on: dt.date) -> dict[tuple[str, int], int]:
    """某地某日有效的认定: (项目, 户) → 人数。"""
    rows = Recognition.objects.within(area_code).filter(
        Q(ended_on=None) | Q(ended_on__gt=on), from_on__lte=on, until_on__gt=on
    )
    found = rows.order_by("pk").values_list("scheme", "household_id", "persons")
    return {(scheme_id, home): persons for scheme_id, home, persons in found}
