"""Whose ability to manage is still to be assessed, what was found, how each is to be supported."""

from collections.abc import Sequence

from doudi.records.cases.models import Case
from doudi.records.checks.ability import AbilityAssessment, ObligorMeans, SupportPlan
from doudi.records.people.models import Household, Membership
from doudi.records.people.queries import facts_of, obligors_of

APPLIES = "applies"


def applicants(case: Case) -> list[Membership]:
    """申请供养的人: 现在的成员, 除去申报写明本人不申请的。"""
    stay_out = {
        fact.person_id for fact in facts_of(case.household) if fact.kind == APPLIES and not fact.number
    }
    members = Membership.objects.filter(household=case.household, until_on=None).select_related("person")
    return [one for one in members.order_by("pk") if one.person_id not in stay_out]


def still_to_assess(case: Case) -> list[Membership]:
    """在这件案子里还没有作自理能力评估的人。"""
    done = set(AbilityAssessment.objects.filter(case=case).values_list("person_id", flat=True))
    return [one for one in applicants(case) if one.person_id not in done]


def latest_abilities(case: Case) -> dict[int, AbilityAssessment]:
    """每个人在这件案子里最近一次评估。"""
    rows = AbilityAssessment.objects.filter(case=case).select_related("first", "second").order_by("pk")
    return {row.person_id: row for row in rows}


def latest_plans(persons: Sequence[int]) -> dict[int, SupportPlan]:
    """每个人最近一次选定的供养方式。"""
    return {row.person_id: row for row in SupportPlan.objects.filter(person__in=persons).order_by("pk")}


def latest_means(household: Household) -> dict[int, ObligorMeans]:
    """每个义务人最近一次登记的家庭情况。"""
    rows = ObligorMeans.objects.filter(obligor__in=obligors_of(household)).order_by("pk")
    return {row.obligor_id: row for row in rows}
