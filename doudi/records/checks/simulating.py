"""Before a policy is changed: who would come in, go out, get more or less, and what it would cost.

Both sides come from the rules on the same facts and day, so that what differs is the change alone. What a scenario
keeps is `Simulated.figures`: sums, and nobody's name.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q, QuerySet

from doudi.engine.what_if import compare
from doudi.law.case import BadCase
from doudi.law.language import RuleError
from doudi.law.library import BOOKS
from doudi.law.packs import MissingParameter
from doudi.law.rulebook import Rulebook
from doudi.records.areas.models import Area
from doudi.records.awards.models import Award
from doudi.records.checks.facts_kept import facts_on
from doudi.records.checks.tables import NUMBER, WORD, case_tables
from doudi.records.checks.weighing import ALONE, MOVES, SUMS, TARGETS, Roll, Sums, Weighed, has_singles, weigh
from doudi.records.checks.whatif import WHOLE_YUAN, Change, WhatIf, what_if
from doudi.records.ledger.queries import receipts
from doudi.records.people.models import Household, Membership
from doudi.records.policies.queries import catalogue
from doudi.store.arrow import chunks
from doudi.store.columns import read_columns
from doudi.store.refusal import Refusal

BOOK = "dibao"  # the one rulebook with casework; others follow as their cases come
BAND_BP = 500
LEVELS = {"national": "中央", "province": "省", "city": "市", "county": "县"}
MONTHS = 12


class CannotSimulate(Refusal):
    """规则按这样的参数算不下去。"""


@dataclass(frozen=True)
class Question:
    """测算什么: 哪里、哪个月 (202701)、改什么; 百分比提标的取整, 近线户的带宽 (万分之一)。"""

    area_code: str
    month: int
    changes: tuple[tuple[str, str], ...]
    step_fen: int = WHOLE_YUAN
    band_bp: int = BAND_BP

    @property
    def on(self) -> dt.date:
        """测算日: 当月 1 日。"""
        return dt.date(self.month // 100, self.month % 100, 1)


@dataclass(frozen=True)
class Simulated:
    """测算的结果: `figures` 只有合计; `near` 是近线户, 最近的在前。金额为分。"""

    question: Question
    rulebook: tuple[str, str]
    changes: tuple[Change, ...]
    figures: dict[str, Any]
    near: pa.Table

    def as_json(self) -> dict[str, Any]:
        """接口约定的样子: 一个对象, 金额为整数分, 其余为整数个数。"""
        month = f"{self.question.month // 100}-{self.question.month % 100:02}"
        head = {"month": month, "area": self.question.area_code, "rulebook": self.rulebook[0]}
        return {**head, "changes": [one.as_json() for one in self.changes], **self.figures}


def simulate(question: Question) -> Simulated:
    """测算一次改动, 什么也不保存。Raises BadChange, CannotSimulate."""
    book, on = BOOKS[BOOK], question.on
    asked = what_if(book, question.area_code, on, question.changes, question.step_fen)
    homes = Household.objects.within(question.area_code)
    homes_told, alone = _compared(book, homes, asked, question)
    places = read_columns(homes, {"pk": NUMBER, "village_id": WORD}).sort_by("pk")
    roll = read_roll(question.area_code, on, book)
    weighed = weigh(homes_told, alone, places["village_id"].cast(WORD), roll, question.band_bp)
    return Simulated(
        question,
        (book.id, book.edition(on).version),
        asked.changes,
        _figures(question, weighed),
        weighed.near,
    )


def _compared(
    book: Rulebook, homes: QuerySet[Household], asked: WhatIf, question: Question
) -> tuple[pa.Table, pa.Table | None]:
    tables = case_tables(homes, question.on, book, facts_on(question.on))
    if not tables["household"].num_rows:
        raise CannotSimulate("这个地方还没有登记家庭, 没有可以测算的")
    scope = question.area_code[:6]
    sides = {scope: asked.before}, {scope: asked.after}
    try:
        told = compare(book, tables, *sides, question.on, TARGETS)["household"]
        alone = compare(book, tables, *sides, question.on, ALONE)["person"] if has_singles(told) else None
    except (MissingParameter, BadCase, RuleError, ArithmeticError) as error:
        raise CannotSimulate(f"按这样的参数算不下去: {error}") from None
    return told, alone


def read_roll(area_code: str, on: dt.date, book: Rulebook) -> Roll:
    """某日在册的户和月金额, 享受互斥待遇的户, 没有在世成员的户。"""
    own, barring = _schemes(book)
    in_force = Award.objects.within(area_code).filter(
        Q(closing=None) | Q(closing__ends_on__gt=on), from_on__lte=on, scheme__in=[*own, *barring]
    )
    awards = read_columns(in_force, {"household_id": NUMBER, "amount_fen": NUMBER, "scheme": WORD})
    is_own = pc.is_in(awards["scheme"].cast(WORD), value_set=pa.array(own, WORD))
    paid = awards.filter(is_own).group_by("household_id").aggregate([("amount_fen", "sum")])
    return Roll(
        paid=paid.rename_columns(["household_id", "fen"]),
        barred=awards["household_id"].filter(pc.invert(is_own)).combine_chunks(),
        gone=pa.array(_gone(on), NUMBER),
    )


def _schemes(book: Rulebook) -> tuple[list[str], list[str]]:
    """The schemes the book pays, and those nobody may hold beside them."""
    own = [one.id for one in catalogue().schemes.values() if one.rulebook == book.id]
    rows = [row for one in own for row in catalogue().pairs(one) if row.rule in ("never", "choose")]
    named = {name for row in rows for name in (row.first, row.second)}
    return own, sorted(named - set(own))


def _gone(on: dt.date) -> list[int]:
    """Households somebody died in and nobody lives in."""
    here = Membership.objects.filter(Q(until_on=None) | Q(until_on__gt=on), from_on__lte=on).order_by()
    dead = Q(person__died_on__lte=on)
    bereaved = sorted(set(here.filter(dead).values_list("household", flat=True)))
    living: set[int] = set()
    for part in chunks(bereaved):
        living |= set(here.filter(household__in=part).exclude(dead).values_list("household", flat=True))
    return [home for home in bereaved if home not in living]


def _figures(question: Question, weighed: Weighed) -> dict[str, Any]:
    moves = {one["move"]: {name: one[name] for name in SUMS} for one in weighed.sums()}
    moves = {name: moves.get(name, dict.fromkeys(SUMS, 0)) for name in MOVES}
    before, after = _sides(moves.values(), moves["in"]["households"], moves["out"]["households"])
    left = MONTHS + 1 - question.month % 100
    near = weighed.near["gap_fen"].to_pylist()
    return {
        "before": before,
        "after": after,
        "moves": moves,
        "year": {f"{name}_fen": side["amount_fen"] * MONTHS for name, side in _both(before, after)},
        "rest_of_year": {
            "months": left,
            **{f"{name}_fen": side["amount_fen"] * left for name, side in _both(before, after)},
        },
        "townships": _townships(weighed),
        "funds": _funds(question.on, before["amount_fen"], after["amount_fen"]),
        "histogram": weighed.bins(),
        "near": {
            "band_bp": question.band_bp,
            "inside": sum(gap < 0 for gap in near),
            "outside": sum(gap >= 0 for gap in near),
        },
        "off_roll": weighed.off_roll,
        "unclaimed": weighed.unclaimed,
        "lapsed": weighed.lapsed,
        "awarded_fen": weighed.awarded_fen,
        "differing": weighed.differing,
    }


def _both(before: Sums, after: Sums) -> tuple[tuple[str, Sums], ...]:
    return ("before", before), ("after", after)


def _sides(moves: Iterable[Sums], entered: int, left: int) -> tuple[Sums, Sums]:
    """Households, persons and money before and after; who comes in was not there before, who goes out is not after."""
    rows = list(moves)
    households = sum(one["households"] for one in rows)
    before, after = (
        {
            "households": households - absent,
            "persons": sum(one[f"{side}_persons"] for one in rows),
            "amount_fen": sum(one[f"{side}_fen"] for one in rows),
        }
        for side, absent in (("before", entered), ("after", left))
    )
    return before, after


def _townships(weighed: Weighed) -> list[dict[str, Any]]:
    """By township, in the order of their codes; every column adds up to the county's."""
    rows: dict[str, dict[str, Sums]] = {}
    for one in weighed.sums("township"):
        rows.setdefault(one["township"], {})[one["move"]] = one
    codes = {stem: stem.ljust(12, "0") for stem in sorted(rows)}
    names = dict(Area.objects.filter(code__in=codes.values()).values_list("code", "name"))
    found = []
    for stem, code in codes.items():
        moves = {name: rows[stem].get(name, dict.fromkeys(SUMS, 0)) for name in MOVES}
        before, after = _sides(moves.values(), moves["in"]["households"], moves["out"]["households"])
        counts = {name: one["households"] for name, one in moves.items()}
        found.append(
            {"code": code, "name": names.get(code, code), "before": before, "after": after, "moves": counts}
        )
    return found


def _funds(on: dt.date, before_fen: int, after_fen: int) -> list[dict[str, Any]]:
    """Both sums in the proportion the levels paid over the year before; empty where the ledger knows of no grant."""
    paid = receipts(on.replace(year=on.year - 1), on)
    parts = {"before_fen": shared(before_fen, paid), "after_fen": shared(after_fen, paid)}
    return [
        {"level": level, "label": LEVELS[level], "received_fen": fen, **{n: parts[n][level] for n in parts}}
        for level, fen in paid.items()
    ]


def shared(amount: int, weights: dict[str, int]) -> dict[str, int]:
    """按比例分到分, 除不尽的归最后一级, 合计不差一分。"""
    whole, names = sum(weights.values()), list(weights)
    parts = {name: amount * weights[name] // whole for name in names[:-1]}
    return parts | {name: amount - sum(parts.values()) for name in names[-1:]}


def near_households(rows: pa.Table, first: int) -> Sequence[tuple[Household, dict[str, Any]]]:
    """近线户的前若干户: 家庭和它的数。"""
    told = rows.slice(0, first).to_pylist()
    known = Household.objects.select_related("head", "village__parent").in_bulk(
        [one["household_id"] for one in told]
    )
    return [(known[one["household_id"]], one) for one in told]
