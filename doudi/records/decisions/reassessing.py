"""The whole roll of a rulebook under the old and the new standard, on the same facts and day. Nothing here writes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db.models import QuerySet

from doudi.engine.what_if import AFTER, BEFORE, compare
from doudi.law.case import BadCase, Row
from doudi.law.evaluation import Outcome, PayPart
from doudi.law.language import RuleError
from doudi.law.money import yuan
from doudi.law.packs import MissingParameter, Parameters
from doudi.law.settling import Grant, Settled, settled
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import GRADED_BY, RULEBOOKS
from doudi.records.checks.tables import case_tables
from doudi.records.decisions.models import RaiseLine, StandardRaise
from doudi.records.people.models import Household
from doudi.records.policies.queries import catalogue, parameters
from doudi.store.refusal import Refusal

# What settling reads beside the amounts: by entity.
FLAGS = {
    "dibao": ("eligible", "household_class", "review_months", "counted", "single_eligible"),
    "tekun": ("eligible", "counted"),
}
TAKEN_OVER = {"dibao": (), "tekun": ("care_grade",)}  # inputs of a person that settling reads
Effect = RaiseLine.Effect
ONE_DAY = dt.timedelta(days=1)
NOTHING = Settled(False, "", (), (), 0)  # a household nobody lives in any more

IN_CASE = "有在办的变更或复核案件, 在案件里按新标准决定"
TWO_SCHEMES = "这一户有两个项目的待遇, 请先核实"
GONE = "签发前待遇已经变了, 请另行复核"


class CannotReassess(Refusal):
    """规则按新标准算不下去。"""


@dataclass(frozen=True, slots=True)
class Held:
    """在享的一份: 谁领、保障哪些人、多少 (分)。"""

    pk: int
    household_id: int
    scheme: str
    village_id: str
    amount_fen: int
    persons: frozenset[int]


def schemes_of(book: str) -> tuple[str, ...]:
    """按这本规则书发钱的各个项目。"""
    return tuple(
        one.id for one in catalogue().schemes.values() if one.rulebook == book and one.shape != "status"
    )


def books_of(paths: Iterable[str], on: dt.date) -> tuple[str, ...]:
    """用到这些参数的规则书。"""
    changed = set(paths)
    return tuple(name for name in GRADED_BY if changed & set(RULEBOOKS[name].edition(on).parameters))


def lines_of(raising: StandardRaise) -> Iterator[RaiseLine]:
    """在册的每一户一行, 户为序, 没有写库。Raises CannotReassess."""
    roll = _roll(raising.book)
    if not roll:
        return
    told = _settled(raising, Household.objects.filter(pk__in=_homes(raising.book)))
    barred = in_the_way(raising.book)
    for home in sorted(roll):
        yield _line(raising, roll[home], *told.get(home, (NOTHING, NOTHING)), barred.get(home, ""))


def in_the_way(book: str) -> dict[int, str]:
    """户 → 为什么不能随批调标: 有在办的变更、复核或更正。暂停着的照调, 仍然暂停。"""
    kinds = (Case.Kind.REVIEW, Case.Kind.CHANGE, Case.Kind.CORRECT)
    open_now = Case.objects.filter(scheme__in=schemes_of(book), kind__in=kinds, closed_on=None)
    return dict.fromkeys(open_now.values_list("household", flat=True), IN_CASE)


def _awards(book: str) -> QuerySet[Award]:
    return Award.objects.filter(scheme__in=schemes_of(book), closing=None)


def _homes(book: str) -> Any:
    return _awards(book).order_by().values("household")


def _roll(book: str) -> dict[int, list[Held]]:
    persons: dict[int, set[int]] = defaultdict(set)
    held = Holding.objects.filter(award__in=_awards(book).order_by().values("pk"), released_on=None)
    for award, person in held.values_list("award_id", "person_id"):
        persons[award].add(person)
    found: dict[int, list[Held]] = defaultdict(list)
    rows = (
        _awards(book).order_by("pk").values_list("pk", "household_id", "scheme", "village_id", "amount_fen")
    )
    for pk, home, scheme_id, village, fen in rows:
        found[home].append(Held(pk, home, scheme_id, village, fen, frozenset(persons[pk])))
    return found


def sides(raising: StandardRaise) -> tuple[Parameters, Parameters]:
    """原标准和新标准: 改动生效前一日的参数, 和核算日的参数。"""
    before = parameters(settings.COUNTY, raising.proposal.since - ONE_DAY)
    return before, parameters(settings.COUNTY, raising.assessed_on)


def _settled(raising: StandardRaise, homes: QuerySet[Household]) -> dict[int, tuple[Settled, Settled]]:
    """Household → what the law grants under the old standard and under the new one."""
    name, on = raising.book, raising.assessed_on
    book = RULEBOOKS[name]
    tables = case_tables(homes, on, book)
    before, after = sides(raising)
    scopes = set(tables["household"].column("scope").unique().to_pylist())
    pays = {pay.name: pay.entity.name for pay in book.payable}
    try:
        found = compare(
            book,
            tables,
            dict.fromkeys(scopes, before),
            dict.fromkeys(scopes, after),
            on,
            (*FLAGS[name], *pays),
        )
    except (MissingParameter, BadCase, RuleError, ArithmeticError) as error:
        raise CannotReassess(f"按新标准算不下去: {error}") from None
    persons = _with_inputs(found["person"], tables["person"], TAKEN_OVER[name])
    both = [_outcomes(side, found, persons, pays) for side in (BEFORE, AFTER)]
    return {
        home: (settled(name, both[0][home], applying=False), settled(name, both[1][home], applying=False))
        for home in both[0]
    }


def _with_inputs(told: pa.Table, given: pa.Table, names: tuple[str, ...]) -> list[Row]:
    rows: list[Row] = told.to_pylist()
    if names:
        known = {row["person_id"]: row for row in given.select(["person_id", *names]).to_pylist()}
        for row in rows:
            row.update({name: known[row["person_id"]][name] for name in names})
    return rows


def _outcomes(
    side: str, found: Mapping[str, pa.Table], persons: list[Row], pays: Mapping[str, str]
) -> dict[int, Outcome]:
    """The batch's answer in the shape one case has, so that one law settles both."""
    people: dict[int, list[Row]] = defaultdict(list)
    for row in persons:
        people[row["household_id"]].append(_of_side(row, side))
    homes = (
        found["household"].to_pylist() if "household" in found else [{"household_id": pk} for pk in people]
    )
    made = {}
    for row in homes:
        home = row["household_id"]
        values = {"household": [_of_side(row, side)], "person": people[home]}
        parts = tuple(
            PayPart(name, entity, one[f"{entity}_id"], one[name])
            for name, entity in pays.items()
            for one in values[entity]
            if one[name]
        )
        made[home] = Outcome(values, (), parts, "", "")
    return made


def _of_side(row: Row, side: str) -> Row:
    other = AFTER if side == BEFORE else BEFORE
    return {name.removeprefix(side): value for name, value in row.items() if not name.startswith(other)}


def _line(
    raising: StandardRaise, held: list[Held], before: Settled, after: Settled, barred: str
) -> RaiseLine:
    was, old, now = (sum(one.amount_fen for one in rows) for rows in (held, before.pays, after.pays))
    line = RaiseLine(
        raising=raising, household_id=held[0].household_id, scheme=held[0].scheme, village_id=held[0].village_id,
        was_fen=was, before_fen=old if before.eligible else 0, now_fen=now if after.eligible else 0,
    )  # fmt: skip
    matched = _matched(held, after.grants)
    line.effect = _effect(line, matched)
    if line.effect == Effect.UP:
        line.changes = [_change(one, grant) for one, grant in matched if one.amount_fen != _fen(grant)]
        line.left_out = TWO_SCHEMES if len({one.scheme for one in held}) > 1 else barred or _unlike(line)
    return line


def _matched(held: list[Held], grants: tuple[Grant, ...]) -> list[tuple[Held, Grant]]:
    """Each award with what the law now grants the same persons; empty where the persons are not the same."""
    granted = {frozenset(grant.persons): grant for grant in grants}
    if {one.persons for one in held} != set(granted) or len(held) != len(grants):
        return []
    return [(one, granted[one.persons]) for one in held]


def _effect(line: RaiseLine, matched: list[tuple[Held, Grant]]) -> Effect:
    if not line.now_fen:
        return Effect.LOST
    if not matched:
        return Effect.CHANGED
    steps = [_fen(grant) - one.amount_fen for one, grant in matched]
    if min(steps) < 0:
        return Effect.DOWN
    return Effect.UP if max(steps) > 0 else Effect.SAME


def _fen(grant: Grant) -> int:
    return sum(part.amount_fen for part in grant.pays)


def _change(held: Held, grant: Grant) -> dict[str, Any]:
    pays = [
        {
            "name": part.name,
            "person_id": part.member_key if part.entity == "person" else None,
            "amount_fen": part.amount_fen,
        }
        for part in grant.pays
    ]
    return {"award": held.pk, "persons": sorted(held.persons), "klass": grant.klass, "pays": pays}


def _unlike(line: RaiseLine) -> str:
    """A raise may not carry another change along: what differs already under the old standard is looked at first."""
    if line.was_fen == line.before_fen:
        return ""
    return f"在册每月 {yuan(line.was_fen)} 元, 按原标准重算 {yuan(line.before_fen)} 元, 先核实再调"
