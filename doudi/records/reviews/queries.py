"""Changes in one's area, what they touch, and which awards are due for review."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, QuerySet

from doudi.law.clocks import first_of_month
from doudi.records.awards.models import Award, Standing
from doudi.records.cases.models import Case
from doudi.records.decisions.change_queries import OF_AWARDS, persons_of, recognitions_on
from doudi.records.decisions.models import RaiseLine, StandardRaise
from doudi.records.people.models import Household
from doudi.records.reviews.models import ChangeEvent
from doudi.records.staff.models import User

State = ChangeEvent.State


def changes_of(user: User) -> QuerySet[ChangeEvent]:
    """职权范围内的变动, 新报的在前。"""
    related = (
        "household__head", "household__village__parent", "person", "reported_by", "verified_by", "decided_by", "case",
    )  # fmt: skip
    found: QuerySet[ChangeEvent] = ChangeEvent.objects.visible_to(user)
    return found.select_related(*related).order_by("-pk")


def waiting_of(user: User) -> dict[str, int]:
    """职权范围内等着核实、等着决定的各有几件。"""
    open_ones = ChangeEvent.objects.visible_to(user).filter(state__in=(State.REPORTED, State.VERIFIED))
    counted = dict(open_ones.order_by().values_list("state").annotate(Count("pk")))
    return {str(state): counted.get(state, 0) for state in (State.REPORTED, State.VERIFIED)}


def history_of(household: Household) -> QuerySet[ChangeEvent]:
    """一户的变动经过, 新的在前。"""
    related = ("person", "reported_by", "verified_by", "decided_by", "case")
    return household.changes.select_related(*related).order_by("-pk")


def takes_effect_on(on: dt.date) -> dt.date:
    """这天决定的变动自哪天起按新金额发: 次月一日。依据: 民发〔2021〕57号 第二十一条"""
    return first_of_month(on, 1)


def awards_of(household: Household) -> list[Award]:
    """这一户在享、没有决定停止的待遇。"""
    rows = Award.objects.filter(household=household, closing=None)
    return list(rows.select_related("opening__decision__assessment").order_by("pk"))


def schemes_of(household: Household, on: dt.date) -> list[str]:
    """这一户在享的、某日认定有效的各个项目。"""
    found = [award.scheme for award in awards_of(household)]
    return list(dict.fromkeys([*found, *(one.scheme for one in recognitions_on(household, on))]))


def awards_only_for(household: Household, person_id: int) -> list[Award]:
    """只为这一个人的待遇: 人不在了就没有可以改的, 只能停。"""
    return [award for award in awards_of(household) if persons_of([award]) == {person_id}]


def members_left(household: Household, person_id: int) -> list[int]:
    """除这个人以外, 家里还有谁 (在世的)。"""
    rows = household.memberships.filter(until_on=None, person__died_on=None).exclude(person=person_id)
    return list(rows.order_by("pk").values_list("person_id", flat=True))


def deaths_taken_for_true(household: Household) -> QuerySet[ChangeEvent]:
    """已经办了、人还记为死亡的死亡报告: 有误的从这里更正。"""
    rows = household.changes.filter(kind=ChangeEvent.Kind.DEATH, state=State.APPLIED)
    return rows.filter(person__died_on__isnull=False).select_related("person").order_by("pk")


def due(user: User, until: dt.date) -> QuerySet[Standing]:
    """到 `until` 为止应当核查的在享待遇, 早的在前: 最近排定的核查日已到, 还没有在办的案件。

    依据: 民发〔2021〕57号 第三十一条
    """
    open_cases = Case.objects.open().filter(household=OuterRef("household"), scheme=OuterRef("scheme"))
    found: QuerySet[Standing] = Standing.objects.visible_to(user).filter(review_on__lte=until)
    return (
        found.exclude(Exists(open_cases))
        .select_related("household__head", "village__parent")
        .order_by("review_on", "village_id", "pk")
    )


def since_raise(raising: StandardRaise, household: int, scheme: str) -> QuerySet[Case]:
    """调标核算以后为这一户这个项目立的复核、变更案, 办结的也在内。"""
    rows = Case.objects.filter(household=household, scheme=scheme, kind__in=OF_AWARDS)
    return rows.filter(accepted_on__gte=raising.built_on).order_by("pk")


def raised_to_review(user: User) -> QuerySet[RaiseLine]:
    """签发了的调标里要立案核实、还没有立的各户: 降低、不再符合、保障的人有变, 待遇还在的。"""
    signed = (StandardRaise.State.SIGNED, StandardRaise.State.DONE)
    same = {"household": OuterRef("household"), "scheme": OuterRef("scheme")}
    cases = Case.objects.filter(**same, kind__in=OF_AWARDS, accepted_on__gte=OuterRef("raising__built_on"))
    found: QuerySet[RaiseLine] = RaiseLine.objects.visible_to(user).filter(
        raising__state__in=signed, effect__in=RaiseLine.REVIEWED
    )
    return (
        found.filter(Exists(Standing.objects.filter(**same)))
        .exclude(Exists(cases))
        .select_related("household__head", "village__parent", "raising__proposal")
        .order_by("village_id", "household_id", "pk")
    )


def cards_being_changed(persons: Iterable[int]) -> set[int]:
    """这些人里报了换卡、还等另一名经办人核实的。"""
    waiting = ChangeEvent.objects.filter(
        kind=ChangeEvent.Kind.ACCOUNT, state=ChangeEvent.State.REPORTED, person__in=list(persons)
    )
    return {pk for pk in waiting.values_list("person_id", flat=True) if pk}
