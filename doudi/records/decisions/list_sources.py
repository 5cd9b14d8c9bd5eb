"""Whom a list is about: the roll of a month weighed by the price subsidy's rule, or picked by scheme, place and age."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from doudi.law.case import with_usual
from doudi.law.evaluation import Outcome, Step, evaluate
from doudi.law.identity import age_on
from doudi.law.money import plain_yuan, yuan
from doudi.law.packs import MissingParameter
from doudi.law.schemes.allowance import ALLOWANCE
from doudi.law.schemes.holdings import SCHEMES
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.records.awards.models import Award, Holding
from doudi.records.decisions.list_models import ListBatch, ListRow
from doudi.records.decisions.suspension import Suspension
from doudi.records.people.models import Household, Person
from doudi.records.policies.queries import pairs_of, parameters, scheme
from doudi.store.areas import code_range
from doudi.store.refusal import Refusal

SHOWN = ("cpi_reached", "food_reached", "price_rise", "price_rate", "price_standard_year", "price_per_person")
PART = 500
NO_LONGER = "当月 1 日已不在册"


class IndexTooLow(Refusal):
    """价格涨幅没有达到启动线。"""


class PriceRulesMissing(Refusal):
    """政策包没有写价格补贴的参数。"""


@dataclass(frozen=True, slots=True)
class Listed:
    """拟列入的一个人: 在哪一户、凭哪份待遇、谁领、多少 (分); 不列入的写明为什么。"""

    person: int
    household: int
    village: str
    payee: int
    amount_fen: int
    base: int | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """按指数判下来: (城乡, 项目) → 每人多少分, 和各城乡的每一步。"""

    per_person: Mapping[tuple[str, str], int]
    steps: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Picked:
    """从在册的人里挑: 哪些项目、哪个辖区、多大年纪 (周岁, 都含)。"""

    schemes: tuple[str, ...]
    area: str
    age_from: int = 0
    age_to: int = 150


def month_day(month: int) -> dt.date:
    """月份 (202610) 的 1 日。"""
    return dt.date(month // 100, month % 100, 1)


def judged(month: int, cpi_bp: int, food_bp: int) -> Judged:
    """涨幅 (万分之一) 够不够启动、每类人每人多少, 按那个月的参数。Raises IndexTooLow, PriceRulesMissing.

    依据: 社会救助和保障标准与物价上涨挂钩联动机制
    """
    on, found, steps = month_day(month), dict[tuple[str, str], int](), list[dict[str, str]]()
    for locality, label in LOCALITIES.items():
        outcome = _weighed(locality, cpi_bp, food_bp, on)
        for held, person in zip(outcome.values["held"], outcome.values["person"], strict=True):
            found[locality, held["held_scheme"]] = person["price_subsidy"]
        steps += [_told(label, outcome.step(name)) for name in SHOWN]
    if not any(found.values()):
        lines = [
            parameters(settings.COUNTY, on).value(f"allowance.price.{name}")
            for name in ("cpi_from", "food_from")
        ]
        raise IndexTooLow(
            f"居民消费价格涨 {_rate(cpi_bp)}, 食品价格涨 {_rate(food_bp)}, 没有达到启动线"
            f" (居民消费价格 {_rate(lines[0])}, 食品价格 {_rate(lines[1])}), 这个月不发, 不用列名单"
        )
    return Judged({key: fen for key, fen in found.items() if fen}, steps)


def _weighed(locality: str, cpi_bp: int, food_bp: int, on: dt.date) -> Outcome:
    """One person of each scheme: what the rule gives them is what it gives everybody who holds the same."""
    home = {"household_id": 0, "locality": locality, "cpi_rise": cpi_bp, "food_cpi_rise": food_bp}
    keys = dict(enumerate(SCHEMES))
    case: dict[str, list[dict[str, Any]]] = {
        "household": [home],
        "person": [{"household_id": 0, "person_id": place, "age": 0} for place in keys],
        "held": [
            {"household_id": 0, "person_id": place, "held_id": place, "held_scheme": name}
            for place, name in keys.items()
        ],
    }  # fmt: skip
    try:
        return evaluate(ALLOWANCE, with_usual(ALLOWANCE, case), parameters(settings.COUNTY, on), on)
    except MissingParameter as error:
        raise PriceRulesMissing(f"政策包没有写全价格补贴的规则, 算不下去: {error}") from None


def _rate(bp: Any) -> str:
    return f"{plain_yuan(int(bp))}%"


def _told(label: str, step: Step) -> dict[str, str]:
    kind = step.unit.kind
    value = {"money": lambda: f"{yuan(step.value)} 元", "rate": lambda: _rate(step.value)}.get(
        kind, lambda: "是" if step.value else "否"
    )()
    return {"locality": label, "title": step.title, "value": value, "how": step.arithmetic}


def on_the_roll(schemes: Iterable[str], start: dt.date) -> QuerySet[Award]:
    """某日在册、没有暂停的待遇。"""
    still = Suspension.objects.filter(from_on__lte=start).exclude(
        Q(resumption__from_on__lte=start) | Q(resumption__pays_back=True)
    )
    rows = Award.objects.filter(scheme__in=list(schemes), from_on__lte=start)
    return rows.filter(Q(closing=None) | Q(closing__ends_on__gt=start)).exclude(pk__in=still.values("award"))


def subsidised(month: int, found: Judged) -> Iterator[Listed]:
    """那个月 1 日在册的发放对象: 享受几项待遇也只列一次, 跟着先有的那份领。"""
    awards = on_the_roll({name for _, name in found.per_person}, month_day(month))
    kinds = dict(Household.objects.filter(pk__in=awards.values("household")).values_list("pk", "kind"))
    for award, person in _members(awards):
        fen = found.per_person.get((kinds[award.household_id], award.scheme), 0)
        if fen:
            yield Listed(person, award.household_id, award.village_id, award.payee_id, fen, award.pk)


def goes_to_head(scheme_id: str) -> bool:
    """钱或实物由户主领, 不是名单上的人自己; 保险是给他自己保的。"""
    return scheme(scheme_id).payee in ("head", "none")


def picked(month: int, wanted: Picked, scheme_id: str, amount_fen: int) -> Iterator[Listed]:
    """从在册的人里按项目、辖区、年龄挑出来的, 每人一样多。"""
    start = month_day(month)
    low, high = code_range(wanted.area)
    awards = on_the_roll(wanted.schemes, start).filter(village__gte=low, village__lte=high)
    heads = dict(Household.objects.filter(pk__in=awards.values("household")).values_list("pk", "head_id"))
    members = list(_members(awards))
    born = _born({person for _, person in members})
    to_head = goes_to_head(scheme_id)
    for award, person in members:
        if wanted.age_from <= age_on(born[person], start) <= wanted.age_to:
            payee = heads[award.household_id] if to_head else person
            yield Listed(person, award.household_id, award.village_id, payee, amount_fen, award.pk)


def _members(awards: QuerySet[Award]) -> Iterator[tuple[Award, int]]:
    """Each person once, under the oldest award; an award that names nobody is its payee's."""
    holders: dict[int, list[int]] = defaultdict(list)
    held = Holding.objects.filter(award__in=awards.order_by().values("pk")).order_by("pk")
    for award, person in held.values_list("award_id", "person_id"):
        if person not in holders[award]:
            holders[award].append(person)
    seen = set()
    for one in awards.order_by("pk").only("pk", "scheme", "household_id", "village_id", "payee_id"):
        for person in holders.get(one.pk) or [one.payee_id]:
            if person not in seen:
                seen.add(person)
                yield one, person


def _born(persons: Iterable[int]) -> dict[int, dt.date]:
    return {
        pk: day
        for part in _parts(sorted(persons))
        for pk, day in Person.objects.filter(pk__in=part).values_list("pk", "birth_on")
    }


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), PART):
        yield numbers[start : start + PART]


def weeded(rows: Iterable[Listed], scheme_id: str, month: int, own: int = 0) -> list[Listed]:
    """把不该列入的写上原因: 有死亡报告的、本月在同一项目别的名单上的、享受互斥待遇的; 按户的一户只列一个人。

    `own` is the list itself, whose rows do not stand in their own way.
    """
    kept, homes = list(rows), set[int]()
    dead, taken = _dead(), _taken(scheme_id, month, own)
    by_home = scheme(scheme_id).unit == "household"
    found = []
    for row in kept:
        why = row.left_out or dead.get(row.person, "") or taken.get(row.person, "")
        if not why and row.payee in dead:
            why = "领款人" + dead[row.payee]
        if not why and by_home and row.household in homes:
            why = "按户发放, 这一户已经列了一个人"
        if not why:
            homes.add(row.household)
        found.append(replace(row, left_out=why))
    return found


def _dead() -> dict[int, str]:
    known = Person.objects.filter(Q(died_on__isnull=False) | Q(death_reported_on__isnull=False))
    rows = known.values_list("pk", "died_on", "death_reported_on")
    return {pk: f"有死亡报告 ({died or reported})" for pk, died, reported in rows}


def _taken(scheme_id: str, month: int, own: int) -> dict[int, str]:
    start = month_day(month)
    held = Holding.objects.filter(pair__in=pairs_of(scheme_id), award__from_on__lte=start)
    held = held.filter(Q(released_on=None) | Q(released_on__gt=start)).exclude(award__scheme=scheme_id)
    found = {
        person: f"正在享受互斥的待遇 {no}" for person, no in held.order_by("pk").values_list("person_id", "award__no")
    }  # fmt: skip
    rows = ListRow.objects.filter(batch__scheme=scheme_id, batch__month=month, left_out="")
    rows = rows.exclude(batch=own or None).exclude(batch__state=ListBatch.State.WITHDRAWN)
    for person, title in rows.order_by("pk").values_list("person_id", "batch__title"):
        found[person] = f"本月已在名单“{title}”上"
    return found


def no_longer(batch: ListBatch) -> dict[int, str]:
    """拟定以后不该再列入的: 行 → 原因; 凭的待遇当月 1 日已不在册的也不列。"""
    listed = ListRow.objects.filter(batch=batch, left_out="")
    rows = list(listed.order_by("pk"))
    told = weeded((_again(row) for row in rows), batch.scheme, batch.month, batch.pk)
    found = {row.pk: one.left_out for row, one in zip(rows, told, strict=True) if one.left_out}
    schemes = listed.exclude(base=None).order_by().values_list("base__scheme", flat=True).distinct()
    standing = set(on_the_roll(schemes, month_day(batch.month)).order_by().values_list("pk", flat=True))
    return found | {row.pk: NO_LONGER for row in rows if row.base_id and row.base_id not in standing}


def _again(row: ListRow) -> Listed:
    return Listed(row.person_id, row.household_id, row.village_id, row.payee_id, row.amount_fen, row.base_id)
