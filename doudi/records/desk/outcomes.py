"""What came of a case or a family: postings, decisions, awards and the money that went out."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.decisions.models import Decision, Recognition
from doudi.records.payments.models import PayLine
from doudi.records.people.models import Household
from doudi.records.postings.models import Objection, Posting
from doudi.records.staff.models import User

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Outcome:
    """一件案子的结果。"""

    postings: list[Posting]
    decisions: list[Decision]
    lines: list[PayLine]


def outcome_of(case: Case, user: User) -> Outcome:
    """公示 (连同这个人看得到的异议)、决定 (连同送达) 和由它而来的发放, 新的在前。"""
    told = Prefetch("objections", Objection.objects.visible_to(user))
    postings = case.postings.prefetch_related(told).order_by("-pk")
    decisions = case.decisions.select_related("delivery").order_by("-pk")
    lines = paid_lines().filter(award__opening__decision__case=case)
    return Outcome(list(postings), list(decisions), list(lines[:MONTHS_SHOWN]))


def awards_of(household: Household) -> QuerySet[Award]:
    """一户的待遇, 新的在前, 连同开始和停止它的决定。"""
    related = ("opening__decision", "closing__decision", "payee")
    return (
        household.awards.select_related(*related)
        .prefetch_related("parts__person", "suspensions__decision", "suspensions__resumption")
        .order_by("-from_on", "-pk")
    )


@dataclass(frozen=True)
class Recognised:
    """一份认定, 连同终止它的决定; 没有提前终止的为空。"""

    recognition: Recognition
    ended_by: Decision | None


def recognitions_of(household: Household) -> list[Recognised]:
    """一户的认定, 新的在前; 提前终止的是那天的决定: 终止、人数变更, 或转为别的救助。"""
    decided = list(household.decisions.order_by("pk"))
    rows = household.recognitions.select_related("decision").order_by("-from_on", "-pk")
    return [Recognised(one, _ended_by(one, decided)) for one in rows]


def _ended_by(one: Recognition, decided: list[Decision]) -> Decision | None:
    later = [d for d in decided if one.ended_on and d.decided_on == one.ended_on and d.pk > one.decision_id]
    return next((d for d in reversed(later) if d.scheme == one.scheme), later[-1] if later else None)


def paid_lines() -> QuerySet[PayLine]:
    """发放行, 新的月份在前。"""
    return PayLine.objects.select_related("run", "award").order_by("-month", "-pk")
