"""The whole roll of a month through the rulebook again, and one household's sum in words."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from doudi.law.case import with_usual
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.schemes.dibao import DIBAO
from doudi.records.awards.models import Award
from doudi.records.checks.assessing import RULEBOOKS, assess_all, inputs_of
from doudi.records.people.models import Household
from doudi.records.policies.queries import catalogue, parameters
from doudi.store.refusal import Refusal

TARGETS = ("eligible", "monthly_total")


class NoRulebook(Refusal):
    """这一户没有可以测算的待遇。"""


@dataclass(frozen=True)
class Rechecked:
    """一个月在册家庭按规则书重算的结果; 金额为分, `differing` 列出与在享金额不同的户。"""

    month: int
    households: int
    eligible: int
    awarded_fen: int
    assessed_fen: int
    differing: tuple[tuple[str, int, int], ...]


def assessed_schemes() -> tuple[str, ...]:
    """在册的每一户都可以整批重算的项目: 按户发放的低保。"""
    return tuple(one.id for one in catalogue().schemes.values() if one.rulebook == DIBAO.id)


def reassess(month: int, area_code: str) -> Rechecked:
    """把某地某月 (202611) 在册的户按当月一日的事实和参数整批重算, 与在享金额对照。只读。"""
    on = dt.date(month // 100, month % 100, 1)
    awarded = _awarded(area_code, on)
    homes = Household.objects.filter(pk__in=_in_force(area_code, on).values("household"))
    found = assess_all(homes, on, TARGETS)["household"] if awarded else None
    columns = [found[name].to_pylist() for name in ("household_id", *TARGETS)] if found else [[], [], []]
    rows = list(zip(*columns, strict=True))
    differing = {home: (awarded[home], fen) for home, _, fen in rows if awarded[home] != fen}
    return Rechecked(
        month=month, households=len(rows), eligible=sum(ok for _, ok, _ in rows),
        awarded_fen=sum(awarded.values()), assessed_fen=sum(fen for *_, fen in rows),
        differing=tuple((no, *differing[pk]) for pk, no in _numbers(sorted(differing))),
    )  # fmt: skip


def _in_force(area_code: str, on: dt.date) -> QuerySet[Award]:
    rows = Award.objects.within(area_code).filter(scheme__in=assessed_schemes(), from_on__lte=on)
    return rows.filter(Q(closing=None) | Q(closing__ends_on__gt=on)).order_by()


def _awarded(area_code: str, on: dt.date) -> dict[int, int]:
    rows = _in_force(area_code, on).values("household").annotate(fen=Sum("amount_fen"))
    return dict(rows.values_list("household", "fen"))


def _numbers(households: list[int], step: int = 500) -> Iterator[tuple[int, str]]:
    for start in range(0, len(households), step):
        rows = Household.objects.filter(pk__in=households[start : start + step])
        yield from rows.order_by("pk").values_list("pk", "no")


def explanation(household: Household, on: dt.date) -> Outcome:
    """按某日的事实和参数把一户算一遍, 每一步带算式、参数和条款。Raises NoRulebook."""
    held = (
        Award.objects.filter(household=household).order_by("-from_on", "-pk").values_list("scheme", flat=True)
    )
    books = [catalogue().schemes[one].rulebook for one in held]
    known = [RULEBOOKS[one] for one in books if one in RULEBOOKS]
    if held and not known:
        raise NoRulebook(f"户 {household.no} 的待遇还没有可以测算的规则书")
    book = known[0] if known else DIBAO
    return evaluate(
        book, with_usual(book, inputs_of(household, on)), parameters(household.village_id, on), on
    )
