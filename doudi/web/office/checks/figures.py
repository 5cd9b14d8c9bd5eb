"""Why a figure is what it is: the steps behind it, as the rulebook took them, in words and arithmetic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doudi.law.entities import HOUSEHOLD, INCOME, PERSON
from doudi.law.evaluation import Outcome, Step
from doudi.law.rulebook import Lift
from doudi.law.schemes.border import GRADES
from doudi.law.schemes.means_inputs import INCOME_KINDS
from doudi.law.telling import proof, says_something, title
from doudi.web.ui.components import Flag, Why, WhyStep

# The household's figures in the order a clerk reads them; an amount of zero a rule did not use is left out.
SHEET = (
    "members", "household_income", "income_per_head", "standard_year", "financial_assets", "best_vehicle", "houses",
    "company_shares", "base_amount", "supplements",
)  # fmt: skip
LIVE = ("members", "household_income", "standard_year", "financial_assets", "base_amount", "supplements")
TESTS = ("income_below", "property_meets")


@dataclass(frozen=True)
class Figure:
    """一个数: 名称、写法、点开看的每一步。"""

    label: str
    text: str
    why: Why


@dataclass(frozen=True)
class Sheet:
    """一份测算单: 结论、人均、月金额、各个数和到人的增发。"""

    eligible: bool
    verdict: str
    tests: tuple[tuple[str, Flag, Why], ...]
    per_head: Figure
    total: Figure
    figures: tuple[Figure, ...]
    persons: tuple[Figure, ...]


def sheet_of(outcome: Outcome, who: Mapping[int, str], names: tuple[str, ...] = SHEET) -> Sheet:
    """测算单。`who`: 成员主键 → 姓名。"""
    trace = Trace(outcome, who)
    home = outcome.values["household"][0]
    key = home["household_id"]
    return Sheet(
        eligible=home["eligible"],
        verdict=_verdict(home),
        tests=tuple(_test(trace, name, key) for name in TESTS),
        per_head=trace.figure("income_per_head", key),
        total=trace.figure("monthly_total", key),
        figures=tuple(trace.figure(name, key) for name in names),
        persons=tuple(
            trace.figure("supplement", row["person_id"])
            for row in outcome.values["person"]
            if row["supplement"]
        ),
    )


def _verdict(home: Mapping[str, Any]) -> str:
    """One application is graded: what the family is when it is not dibao."""
    if home["eligible"]:
        return "符合条件"
    grade = home["grade"]
    return "不符合条件" if grade == "none" else f"不符合低保条件, 可认定为{GRADES[grade]}"


def live_figures(outcome: Outcome, names: list[str]) -> Sheet:
    """边录边算的几个数; 成员按录入先后。"""
    people = [row["person_id"] for row in outcome.values["person"]]
    return sheet_of(outcome, dict(zip(people, names, strict=False)), LIVE)


def _test(trace: "Trace", name: str, key: Any) -> tuple[str, Flag, Why]:
    step = trace.step(name, key)
    flag = Flag("符合", "good") if step.value else Flag("不符合", "over")
    return title(step), flag, trace.why(name, key)


class Trace:
    """由一个数往回找它的每一步。"""

    def __init__(self, outcome: Outcome, who: Mapping[int, str]) -> None:
        self._who = who
        self._steps = {(step.name, step.key): step for step in outcome.steps}
        self._order = {id(step): place for place, step in enumerate(outcome.steps)}
        self._home = {step.name: step.entity for step in outcome.steps}
        self._rows = outcome.values

    def step(self, name: str, key: Any) -> Step:
        """一步。"""
        return self._steps[name, key]

    def figure(self, name: str, key: Any) -> Figure:
        """一个数和它的由来。"""
        step = self.step(name, key)
        label = title(step)
        if step.entity is PERSON:
            label = f"{self._who.get(key, '')} {label}".strip()
        return Figure(label, step.text, self.why(name, key))

    def why(self, name: str, key: Any) -> Why:
        """为什么是这个数。"""
        target = self.step(name, key)
        found: dict[int, Step] = {}
        self._collect(target, found)
        told = [step for step in found.values() if step is target or _speaks(step)]
        told.sort(key=lambda step: self._order[id(step)])
        amount = target.value if type(target.value) is int else 0
        lines = [self._line(step) for step in told]
        label = title(target)
        return Why(f"{name}-{key}", label, amount, lines, per=target.unit.suffix, shown=target.text)

    def _collect(self, step: Step, found: dict[int, Step]) -> None:
        if id(step) in found:
            return
        found[id(step)] = step
        for name, key in self._needs(step):
            if (name, key) in self._steps:
                self._collect(self._steps[name, key], found)

    def _needs(self, step: Step) -> Iterator[tuple[str, Any]]:
        if isinstance(step.item, Lift):
            yield from self._below(step, step.item)
            return
        row = self._row(step)
        for name in step.item.arguments:
            if name in self._home:
                yield name, row[self._home[name].key]

    def _below(self, step: Step, item: Lift) -> Iterator[tuple[str, Any]]:
        for row in self._rows[item.child.name]:
            if row[step.entity.key] != step.key:
                continue
            if item.where and not row[item.where]:
                yield item.where, row[item.child.key]
            elif item.of:
                yield item.of, row[item.child.key]

    def _row(self, step: Step) -> Mapping[str, Any]:
        rows = self._rows[step.entity.name]
        return next(row for row in rows if row[step.entity.key] == step.key)

    def _line(self, step: Step) -> WhyStep:
        told = proof(step, self._label(step))
        return WhyStep(told.label, told.arithmetic, "；".join(told.parameters), told.cite)

    def _label(self, step: Step) -> str:
        row = self._row(step)
        name = self._who.get(row.get("person_id", 0), "")
        told = INCOME_KINDS[row["income_kind"]] if step.entity is INCOME else title(step)
        return f"{told} ({name})" if name else told


def _speaks(step: Step) -> bool:
    """Whether a step tells a reader something: figures that are not zero, the household's tests, who is left out."""
    if isinstance(step.value, bool):
        return step.entity is HOUSEHOLD or (step.name == "counted" and not step.value)
    return says_something(step)
