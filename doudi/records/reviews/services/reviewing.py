"""Reviews that fall due: open in batch, end in short form where nothing changed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from doudi.records.awards.models import Award
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks import services as checks
from doudi.records.checks.models import Opinion
from doudi.records.decisions import services as decisions
from doudi.records.decisions.change_queries import difference_of
from doudi.records.decisions.models import RaiseLine, StandardRaise
from doudi.records.decisions.services.changing import NO_CHANGE, is_unchanged
from doudi.records.reviews.queries import since_raise
from doudi.records.reviews.services.gate import check
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

SIGNED = (StandardRaise.State.SIGNED, StandardRaise.State.DONE)


class HasChanged(Refusal):
    """测算出来和现在在享的不一样, 不能按不变办。"""


class NotForReview(Refusal):
    """调标没有要这一户立案。"""


class StandardNotYet(Refusal):
    """新标准还没有生效。"""


class ReviewedSince(Refusal):
    """调标以后已经立过案。"""


@dataclass(frozen=True)
class Opened:
    """批量立案的结果: 立了的, 和跳过的为什么。"""

    cases: tuple[Case, ...]
    skipped: tuple[tuple[str, str], ...]


def open_reviews(*, by: User, awards: Sequence[int], on: dt.date) -> Opened:
    """为到期的待遇逐户立复核案; 立不了的跳过并说明, 不影响其他。依据: 民发〔2021〕57号 第三十一条"""
    made, skipped, seen = [], [], set()
    rows = Award.objects.visible_to(by).filter(pk__in=awards, closing=None)
    for award in rows.select_related("household__head").order_by("pk"):
        if (award.household_id, award.scheme) in seen:
            continue
        seen.add((award.household_id, award.scheme))
        try:
            made.append(_open(award, by, on))
        except Refusal as refusal:
            skipped.append((award.household.head.name, refusal.text))
    return Opened(tuple(made), tuple(skipped))


@transaction.atomic
def _open(award: Award, by: User, on: dt.date) -> Case:
    check(award.household, by, "survey")
    return decisions.open_change(
        by=by,
        household=award.household,
        scheme_id=award.scheme,
        kind=Case.Kind.REVIEW,
        on=on,
        text="定期核查",
    )


RAISED = {
    RaiseLine.Effect.DOWN: (Case.Kind.REVIEW, "", "调标重新核定, 按新标准降低"),
    RaiseLine.Effect.LOST: (Case.Kind.REVIEW, "", "调标重新核定, 按新标准不再符合"),
    RaiseLine.Effect.CHANGED: (Case.Kind.CHANGE, "members", "调标重新核定, 登记的人与保障的人不同"),
}


@transaction.atomic
def open_for_raise(*, line: RaiseLine, by: User, on: dt.date) -> Case:
    """为调标时降低、不再符合、保障的人有变的一户立案: 人有变的立变更案, 其余立复核案, 从入户办起。

    Raises NotForReview, StandardNotYet, ReviewedSince, as gate.check and decisions.open_change.
    依据: 民发〔2021〕57号 第三十一条、第三十二条
    """
    found = RaiseLine.objects.select_related("raising__proposal", "household").get(pk=line.pk)
    raising = found.raising
    if found.effect not in RAISED or raising.state not in SIGNED:
        raise NotForReview("调标没有要这一户立案: 签发以后, 降低、不再符合、保障的人有变的才立")
    if on < raising.assessed_on:
        raise StandardNotYet(f"新标准自 {raising.proposal.since} 起, 到那天再立案, 才按新标准测算")
    check(found.household, by, "survey")
    known = since_raise(raising, found.household_id, found.scheme).first()
    if known:
        raise ReviewedSince(f"调标以后已经立了案 {known.no}, 不用再立")
    kind, cause, text = RAISED[RaiseLine.Effect(found.effect)]
    return decisions.open_change(
        by=by, household=found.household, scheme_id=found.scheme, kind=kind, on=on, cause=cause, text=text
    )


@transaction.atomic
def report_unchanged(*, case: Case, by: User, on: dt.date) -> Opinion:
    """没有变化的简易办理: 入户之后测算, 与在享的一样就写“待遇不变”报签批。Raises HasChanged, cases.Blocked.

    依据: 民发〔2021〕57号 第三十一条
    """
    case = cases.locked(case)
    cases.require_station(case, "survey", "review")
    checks.assess(case=case, by=by, on=on)
    known = difference_of(case)
    if known is None or not known.eligible or not is_unchanged(case, known):
        raise HasChanged("测算的结果和现在在享的不一样, 不能按不变办; 请到测算、增减理由各页照常办理")
    return checks.give_opinion(case=case, by=by, recommends=True, text=NO_CHANGE, on=on)
