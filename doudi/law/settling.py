"""测算得出什么：按所办的项目，谁符合、归哪一类、给谁开几份、各有哪几项。一本规则书可以办几个项目。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doudi.law.case import Row
from doudi.law.evaluation import Outcome, PayPart
from doudi.law.schemes.tekun_inputs import GRADES

# The money of each grade of the dibao book; the rest of that book's amounts belong to another grade.
_HOUSEHOLD_PAYS = ("base_amount", "supplement", "class_supplement")
_SINGLE_PAYS = ("single_amount",)


@dataclass(frozen=True)
class Grant:
    """确认后要开的一份：给一个人的写明 `person_id`，全家一份的为 None；`persons` 是保障的人。"""

    person_id: Any
    persons: tuple[Any, ...]
    klass: str
    pays: tuple[PayPart, ...]


@dataclass(frozen=True)
class Settled:
    """一次测算对所办项目的结论。只认定不发钱的没有 `grants`；`review_months` 为 0 的由当地另定。"""

    eligible: bool
    klass: str
    persons: tuple[Any, ...]
    grants: tuple[Grant, ...]
    review_months: int

    @property
    def pays(self) -> tuple[PayPart, ...]:
        """各份合在一起的应付各项。"""
        return tuple(part for grant in self.grants for part in grant.pays)


def settled(grade: str, outcome: Outcome, *, applying: bool = True) -> Settled:
    """按所办的一类看测算结果。`grade`：tekun、dibao、bianyuan、gangxing，另有的类抛 KeyError。

    `applying`：新申请。特困的新申请要保障人口人人符合才成立，已在册的变更、复核按人看。
    """
    if grade == "tekun":
        return _tekun(outcome, applying)
    return _SETTLE[grade](outcome)


def _dibao(outcome: Outcome) -> Settled:
    """整户符合的给全家一份；整户不符合而有人可以单独申请的（单人保），各给一份。依据：民发〔2021〕57号 第八条。"""
    home = outcome.values["household"][0]
    klass, months = home["household_class"], home["review_months"]
    singles = _persons(outcome, "single_eligible")
    if home["eligible"] or not singles:
        everyone = _persons(outcome, "counted")
        pays = tuple(_parts(outcome, _HOUSEHOLD_PAYS))
        return Settled(home["eligible"], klass, everyone, (Grant(None, everyone, klass, pays),), months)
    grants = tuple(Grant(who, (who,), klass, tuple(_parts(outcome, _SINGLE_PAYS, who))) for who in singles)
    return Settled(True, klass, singles, grants, months)


def _tekun(outcome: Outcome, applying: bool) -> Settled:
    """特困按人认定，一人一份；同住的人互为法定义务人，有人不符合的，符合的人另立一户申请。

    依据：民发〔2021〕43号 第四条。
    """
    found = _persons(outcome, "eligible")
    if applying:
        counted = _persons(outcome, "counted")
        found = counted if set(counted) <= set(found) else ()
    grades = {row["person_id"]: care_words(row["care_grade"]) for row in outcome.values["person"]}
    grants = tuple(Grant(who, (who,), grades[who], tuple(_parts(outcome, (), who))) for who in found)
    only = {grades[who] for who in found}
    return Settled(bool(found), only.pop() if len(only) == 1 else "", found, grants, 0)


def care_words(grade: str) -> str:
    """照料护理档次的短名：全护理、半护理、全自理。"""
    return GRADES[grade].split("（")[0]


def _status(name: str) -> Callable[[Outcome], Settled]:
    def settle(outcome: Outcome) -> Settled:
        home = outcome.values["household"][0]
        return Settled(home[name], "", _persons(outcome, "counted"), (), home["status_months"])

    return settle


def _persons(outcome: Outcome, flag: str) -> tuple[Any, ...]:
    rows: Iterable[Row] = outcome.values["person"]
    return tuple(row["person_id"] for row in rows if row[flag])


def _parts(outcome: Outcome, names: tuple[str, ...], person: Any = None) -> Iterator[PayPart]:
    for part in outcome.pays:
        mine = person is None or (part.entity == "person" and part.member_key == person)
        if part.amount_fen and mine and (not names or part.name in names):
            yield part


_SETTLE: Mapping[str, Callable[[Outcome], Settled]] = {
    "dibao": _dibao,
    "bianyuan": _status("border_eligible"),
    "gangxing": _status("rigid_eligible"),
}
