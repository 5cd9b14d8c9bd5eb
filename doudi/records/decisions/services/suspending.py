"""Let what is being paid stand still, and go on again: from the first of the next month, the award itself unchanged."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision, Resumption, Suspension
from doudi.records.decisions.services.stopping import require_open, write_decision
from doudi.records.people.models import Household
from doudi.records.policies.queries import parameters
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

BASIS = "《社会救助暂行办法》第十三条"
REVIEW_WITHIN = "pay.suspension_days"


class AlreadySuspended(Refusal):
    """这份待遇已经暂停。"""


class NotSuspended(Refusal):
    """没有暂停着的待遇。"""


class SuspensionNotBegun(Refusal):
    """暂停还没有开始。"""


@transaction.atomic
def suspend(*, household: Household, awards: Sequence[Award], by: User, text: str, on: dt.date) -> Decision:
    """暂停发放: 一户一个项目的待遇自次月一日起暂不发放, 待遇保留, 限期核查。Raises AlreadyClosed, AlreadySuspended.

    依据: 649号令 第十三条
    """
    hold_chain()  # one at a time: the second of two then finds the first
    require_open(awards)
    if standing_still([award.pk for award in awards]):
        raise AlreadySuspended("这一户这个项目的待遇已经暂停, 不能再暂停一次; 要恢复的请报“恢复发放”")
    from_on = clocks.benefit_from(on)
    days = int(parameters(settings.COUNTY, on).value(REVIEW_WITHIN))
    decision = _decided(Decision.Kind.SUSPEND, household, awards, by, text, on, on + dt.timedelta(days=days))
    Suspension.objects.bulk_create(
        Suspension(decision=decision, award=award, from_on=from_on) for award in awards
    )
    record(
        by=by, action="decision.suspend", subject=f"household:{household.pk}", no=decision.no,
        awards=[award.no for award in awards],
    )  # fmt: skip
    return decision


@transaction.atomic
def resume(
    *, household: Household, awards: Sequence[Award], by: User, text: str, on: dt.date, pays_back: bool
) -> Decision:
    """恢复发放: 自次月一日起照发; `pays_back` 为真, 暂停的各月由补发批次补。核查日期回到暂停以前排定的。

    Raises AlreadyClosed, NotSuspended, SuspensionNotBegun.
    """
    hold_chain()
    require_open(awards)
    still = _with_carried(standing_still([award.pk for award in awards]))
    if not still:
        raise NotSuspended("这一户这个项目没有暂停着的待遇, 不用恢复")
    from_on = clocks.benefit_from(on)
    latest = max(one.from_on for one in still)
    if latest >= from_on:
        raise SuspensionNotBegun(f"暂停自 {latest} 起, 还没有开始; 到那天以后再办恢复, 少发的可以补发")
    words = f"{text}; {'补发' if pays_back else '不补发'}暂停的各月"
    decision = _decided(
        Decision.Kind.RESUME, household, awards, by, words, on, _planned_before(still[-1].decision)
    )
    Resumption.objects.bulk_create(
        Resumption(decision=decision, suspension=one, from_on=from_on, pays_back=pays_back) for one in still
    )
    record(
        by=by, action="decision.resume", subject=f"household:{household.pk}", no=decision.no,
        awards=[one.award.no for one in still], pays_back=pays_back,
    )  # fmt: skip
    return decision


def standing_still(awards: Sequence[int]) -> list[Suspension]:
    """这些待遇里暂停着、还没有决定恢复的, 连同暂停的决定。"""
    found = Suspension.objects.filter(award__in=awards, resumption=None)
    return list(found.select_related("decision", "award").order_by("pk"))


def carry_over(changed: Sequence[tuple[Award, Award, Decision]]) -> None:
    """换发的待遇 (迁移、换户主、调标) 原来暂停着的, 仍然暂停。`changed` are (before, after, by which decision)."""
    still = {one.award_id: one for one in standing_still([before.pk for before, _, _ in changed])}
    Suspension.objects.bulk_create(
        Suspension(decision=decision, award=after, from_on=max(still[before.pk].from_on, after.from_on))
        for before, after, decision in changed
        if before.pk in still
    )


def _with_carried(still: list[Suspension]) -> list[Suspension]:
    """These and those they were carried over from: the months of both are what stood still."""
    found = list(still)
    for one in found:
        carried = Suspension.objects.filter(award__closing__decision=one.decision_id, resumption=None)
        found += carried.select_related("decision", "award").order_by("pk")
    return found


def _decided(
    kind: str, household: Household, awards: Sequence[Award], by: User, text: str, on: dt.date,
    next_review_on: dt.date | None,
) -> Decision:  # fmt: skip
    return write_decision(
        kind=kind,
        scheme=awards[0].scheme,
        household=household,
        village_id=awards[0].village_id,
        amount_fen=sum(award.amount_fen for award in awards),
        reasons={},
        text=text,
        basis=BASIS,
        by=by,
        on=on,
        next_review_on=next_review_on,
    )


def _planned_before(suspended: Decision) -> dt.date | None:
    planned = Decision.objects.filter(
        household=suspended.household_id, scheme=suspended.scheme, next_review_on__isnull=False
    )
    earlier = planned.exclude(pk=suspended.pk).order_by("-decided_on", "-pk").first()
    return earlier.next_review_on if earlier else suspended.next_review_on
