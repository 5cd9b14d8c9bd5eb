"""What waits for a draw, what was drawn, and how a month stands against the rate the pack asks for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from doudi.law.clocks import first_of_month
from doudi.law.sampling import needed
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.decisions.models import CountyVisit, SampleDraw, SampleEntry
from doudi.records.people.models import Relative
from doudi.records.postings.models import Objection
from doudi.records.staff.models import User

AT_THE_COUNTY = ("intend", "confirm")
Stage = SampleDraw.Stage


@dataclass(frozen=True)
class Pool:
    """待抽签的一批: 同一项目、同一时机、同一月份, 比例相同; `must` 不进签筒, 一律要去。"""

    scheme: str
    stage: str
    month: int
    rate_bp: int
    cases: tuple[Case, ...]
    must: tuple[Case, ...]


def sample_of(case: Case) -> str:
    """这件案子在抽查里怎样了: 空为还没有进名单, drawn 待入户, visited 去过且相符, passed 未抽中。"""
    entry = SampleEntry.objects.filter(case=case).first()
    if entry is None:
        return ""
    if entry.result == SampleEntry.Result.PASSED:
        return "passed"
    return "visited" if CountyVisit.objects.filter(case=case, agrees=True).exists() else "drawn"


def pools(user: User, on: dt.date) -> list[Pool]:
    """现在可以抽的各批: 确认前抽查看在县级等着的, 确认后抽查看已经过完的和本月的决定。"""
    found: dict[tuple[str, str, int, int], list[Case]] = {}
    for case in _unsampled(user, on):
        terms = procedure_of(case)
        stage = Stage.AFTER if case.closed_on else Stage.BEFORE
        if terms.sample_rate and terms.sample_when == stage:
            day = case.closed_on or on
            key = (case.scheme, str(stage), day.year * 100 + day.month, terms.sample_rate)
            found.setdefault(key, []).append(case)
    return [_pool(key, cases) for key, cases in sorted(found.items())]


def _pool(key: tuple[str, str, int, int], cases: list[Case]) -> Pool:
    must = tuple(case for case in cases if _flagged(case))
    rest = tuple(case for case in cases if not _flagged(case))
    return Pool(*key, rest, must)


def _flagged(case: Case) -> bool:
    return bool(case.is_relative_filed or case.relative or case.disputed)  # type: ignore[attr-defined]


def _unsampled(user: User, on: dt.date) -> Iterable[Case]:
    """Waiting at the county, or granted this month or the last, and on no list yet."""
    mine = (
        Case.objects.visible_to(user)
        .filter(samples=None)
        .annotate(
            relative=Exists(
                Relative.objects.in_force().filter(person__memberships__household=OuterRef("household"))
            ),
            disputed=Exists(Objection.objects.filter(case=OuterRef("pk"))),
        )
    )
    waiting = mine.filter(closed_on=None, station__in=AT_THE_COUNTY)
    granted = mine.filter(outcome=Case.Outcome.GRANTED, closed_on__gte=first_of_month(on, -1))
    return [*waiting.order_by("no"), *granted.order_by("no")]


def draws_of(user: User) -> QuerySet[SampleDraw]:
    """本县的历次抽签, 新的在前。"""
    return SampleDraw.objects.visible_to(user).order_by("-on", "-pk")


@dataclass(frozen=True)
class Standing:
    """一个项目一个月抽查得怎样: 名单几件、按比例要去几件 (连同必去)、抽中几件、必去几件、去过几件。"""

    scheme: str
    month: int
    rate_bp: int
    size: int
    needed: int
    drawn: int
    must: int
    visited: int

    @property
    def missing(self) -> int:
        """还差几户没去。"""
        return max(self.needed - self.visited, 0)

    @property
    def reached_bp(self) -> int:
        """实际入户比例 (万分比)。"""
        return self.visited * 10_000 // (self.size + self.must) if self.size + self.must else 0


def standing_of(user: User, month: int) -> list[Standing]:
    """某月各次抽签合在一起, 按项目。"""
    rows: dict[str, list[SampleDraw]] = {}
    for one in SampleDraw.objects.visible_to(user).filter(month=month).order_by("pk"):
        rows.setdefault(one.scheme, []).append(one)
    return [_standing(scheme, month, made) for scheme, made in sorted(rows.items())]


def _standing(scheme: str, month: int, made: list[SampleDraw]) -> Standing:
    entries = SampleEntry.objects.filter(draw__in=made)
    to_go = entries.exclude(result=SampleEntry.Result.PASSED)
    must = entries.filter(result=SampleEntry.Result.MUST).count()
    visited = to_go.filter(case__county_visits__isnull=False).aggregate(n=Count("case", distinct=True))["n"]
    drawn = sum(len(one.drawn) for one in made)
    return Standing(
        scheme,
        month,
        made[-1].rate_bp,
        sum(len(one.frame) for one in made),
        drawn + must,
        drawn,
        must,
        visited,
    )


def entries_of(made: SampleDraw) -> QuerySet[SampleEntry]:
    """要去的在前: 必须入户、抽中, 然后是未抽中; 连同核查结果。"""
    related = ("case__household__head", "case__village__parent")
    return (
        SampleEntry.objects.filter(draw=made)
        .select_related(*related)
        .prefetch_related(
            "case__county_visits__first", "case__county_visits__second", "case__assignments__user"
        )
        .order_by("result", "case__no")
    )


__all__ = [
    "Pool",
    "Standing",
    "draws_of",
    "entries_of",
    "needed",
    "pools",
    "sample_of",
    "standing_of",
]
