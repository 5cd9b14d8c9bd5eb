"""What a change case would do: the awards it is about, the amount before and after, and why they differ."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from doudi.law.evaluation import Outcome
from doudi.law.splitting import Sum, split
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import explain
from doudi.records.checks.models import Assessment
from doudi.records.checks.queries import latest_assessment
from doudi.records.decisions.models import AwardChange, Correction, Decision, ProposedReason, Recognition
from doudi.records.people.models import Household
from doudi.records.policies.queries import scheme

OF_AWARDS = (Case.Kind.REVIEW, Case.Kind.CHANGE)  # cases about awards that are being paid
LEFT_PAID = (Decision.Kind.ADJUST, Decision.Kind.UNCHANGED)  # decisions about awards that go on being paid


@dataclass(frozen=True)
class Before:
    """变动前: 在享的几份待遇、每月合计 (分)、保障的人; 只认定不发钱的是那份认定。"""

    awards: tuple[Award, ...]
    amount_fen: int
    persons: frozenset[int]
    recognition: Recognition | None = None

    @property
    def is_nothing(self) -> bool:
        """没有可以改的: 待遇都停了, 也没有认定。"""
        return not self.awards and self.recognition is None


@dataclass(frozen=True)
class Difference:
    """变动前与变动后, 差额由哪些理由说明 (理由代码 → 分); `proposed` 是乡镇自己写的。"""

    before: Before
    after_fen: int
    after_persons: frozenset[int]
    eligible: bool
    reasons: Mapping[str, int]
    proposed: bool

    @property
    def amount_fen(self) -> int:
        """差额, 增为正, 单位分。"""
        return self.after_fen - self.before.amount_fen

    @property
    def kind(self) -> str:
        """理由的种类: stop 停发, increase 增发, decrease 减发; 金额不变为空。"""
        if not self.eligible:
            return "stop"
        return "increase" if self.amount_fen > 0 else "decrease" if self.amount_fen < 0 else ""


def is_about_awards(case: Case) -> bool:
    """这件案子是不是改在享待遇的: 变更、复核, 和更正“增减”“不变”决定的。"""
    if case.kind != Case.Kind.CORRECT:
        return case.kind in OF_AWARDS
    return Correction.objects.filter(case=case, corrects__kind__in=LEFT_PAID).exists()


def may_be_refused(case: Case) -> bool:
    """能不能“不予确认”: 申请能; 改待遇的不能, 除非是更正案而待遇已经停了, 没有可改的。"""
    if not is_about_awards(case):
        return True
    return case.kind == Case.Kind.CORRECT and not held_now(case.household, case.scheme).awards


def is_moot(case: Case) -> bool:
    """在办的变更、复核案要改的待遇 (或认定) 是不是已经都停了: 没有可以改的, 只能终止办理。"""
    if case.closed_on or case.kind not in OF_AWARDS:
        return False
    return before_of(case).is_nothing


def held_now(household: Household, scheme_id: str) -> Before:
    """这户这个项目现在在享、没有决定停止的待遇。"""
    awards = tuple(
        Award.objects.filter(household=household, scheme=scheme_id, closing=None)
        .select_related("opening__decision__assessment", "village", "payee")
        .order_by("pk")
    )
    return Before(awards, sum(award.amount_fen for award in awards), frozenset(persons_of(awards)))


def recognised(household: Household, scheme_id: str, on: dt.date) -> Recognition | None:
    """这户这一类某日有效的认定; 没有为空。"""
    return recognitions_on(household, on).filter(scheme=scheme_id).last()


def recognitions_on(household: Household, on: dt.date) -> QuerySet[Recognition]:
    """这户某日有效的认定, 先认定的在前。"""
    rows = Recognition.objects.filter(household=household, ended_on=None, from_on__lte=on, until_on__gt=on)
    return rows.select_related("decision__assessment").order_by("pk")


def before_of(case: Case) -> Before:
    """这件变更、复核案要改的: 在享的待遇, 或立案时有效的认定。"""
    held = held_now(case.household, case.scheme)
    found = recognised(case.household, case.scheme, case.accepted_on)
    if found is None or held.awards:
        return held
    kept = found.decision.assessment
    return replace(held, recognition=found, persons=frozenset(kept.results["persons"] if kept else ()))


def persons_of(awards: Sequence[Award]) -> set[int]:
    """这些待遇保障的人。"""
    return set(Holding.objects.filter(award__in=awards, released_on=None).values_list("person_id", flat=True))


def change_of(case: Case) -> AwardChange | None:
    """变更或复核的起因; 别的案件没有。"""
    return AwardChange.objects.filter(case=case).first()


def difference_of(case: Case) -> Difference | None:
    """最近一次测算与现在在享的比; 还没有测算、或不是变更复核案为空。"""
    assessment = latest_assessment(case) if is_about_awards(case) else None
    if assessment is None:
        return None
    before = before_of(case)
    own = dict(
        ProposedReason.objects.filter(assessment=assessment).order_by("pk").values_list("code", "amount_fen")
    )
    after = assessment.amount_fen if assessment.is_eligible else 0
    return Difference(
        before=before,
        after_fen=after,
        after_persons=frozenset(assessment.results["persons"]) if assessment.is_eligible else frozenset(),
        eligible=assessment.is_eligible,
        reasons=own or offered(case, before, assessment),
        proposed=bool(own),
    )


def offered(case: Case, before: Before, assessment: Assessment) -> dict[str, int]:
    """由两次测算的步骤算出的理由和金额: 说不清的不编, 空着由乡镇写。"""
    if not assessment.is_eligible:
        stop = scheme(case.scheme).reason_of("stop", _why_stopped(assessment))
        return {stop.code: -before.amount_fen} if stop and before.amount_fen else {}
    found: dict[str, int] = {}
    for cause, fen in _by_cause(case, before, assessment).items():
        code = _code(case.scheme, cause, fen)
        if code:
            found[code] = found.get(code, 0) + fen
    return {code: fen for code, fen in found.items() if fen}


def _why_stopped(assessment: Assessment) -> str:
    home = explain(assessment).values["household"][0]
    return "income" if home.get("property_meets", True) else "property"


def _by_cause(case: Case, before: Before, assessment: Assessment) -> Mapping[str, int]:
    change = change_of(case)
    difference = assessment.amount_fen - before.amount_fen
    was = _sum_before(before)
    now = sum_of(assessment)
    if was and now and (was.total, now.total) == (before.amount_fen, assessment.amount_fen):
        return split(was, now)
    return {change.cause if change and change.cause else "income": difference} if difference else {}


def _code(scheme_id: str, cause: str, fen: int) -> str:
    """The reason of the cause; what has none of its own is told by the first reason of its direction."""
    known, kind = scheme(scheme_id), "increase" if fen > 0 else "decrease"
    found = known.reason_of(kind, cause) or next(iter(known.reasons_for(kind)), None)
    return found.code if found else ""


def _sum_before(before: Before) -> Sum | None:
    """Several awards, or one an old roster brought, have no single sum they came of."""
    kept = before.awards[0].opening.decision.assessment if len(before.awards) == 1 else None
    return sum_of(kept) if kept else None


def sum_of(assessment: Assessment) -> Sum | None:
    """一次测算里解释增减用的数; 规则书没有这些数的为空。"""
    if assessment.rulebook != "dibao":
        return None
    outcome: Outcome = explain(assessment)
    home = outcome.values["household"][0]
    return Sum(
        standard=home["standard_year"],
        members=home["members"],
        income=home["household_income"],
        base=home["base_amount"] + home.get("class_supplement", 0),
        supplements={
            row["person_id"]: row["supplement"] for row in outcome.values["person"] if row["counted"]
        },
    )
