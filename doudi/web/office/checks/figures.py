"""Why a figure is what it is: the steps behind it, as the rulebook took them, in words and arithmetic."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from doudi.law.entities import HOUSEHOLD, INCOME, PERSON
from doudi.law.evaluation import Outcome, Step
from doudi.law.grading import GRADES as NAMES
from doudi.law.grading import Grading
from doudi.law.rulebook import Lift
from doudi.law.schemes.border import GRADES
from doudi.law.schemes.means_inputs import INCOME_KINDS
from doudi.law.settling import settled
from doudi.law.telling import proof, says_something, title
from doudi.law.units import FEN_MONTH, show
from doudi.web.ui.components import Flag, Why, WhyStep

# The household's figures in the order a clerk reads them; an amount of zero a rule did not use is left out.
MEANS = (
    "members", "household_income", "income_per_head", "standard_year", "financial_assets", "best_vehicle", "houses",
    "company_shares",
)  # fmt: skip
LIVE = ("members", "household_income", "standard_year", "financial_assets")


@dataclass(frozen=True)
class Layout:
    """一类的测算单上有什么: 全户的数、条件, 每人的条件、数, 和最后一行 (空为各人合计)。"""

    figures: tuple[str, ...]
    tests: tuple[str, ...]
    of_persons: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    total: str = ""


LAYOUTS: Mapping[str, Layout] = {
    "tekun": Layout(
        ("applicants", "standard_year", "financial_assets", "best_vehicle", "houses", "company_shares"),
        ("own_property_meets", "nobody_to_support"),
        ("labour_test", "own_income_below"),
        ("own_income", "care_grade", "basic_amount", "care_amount"),
    ),
    "dibao": Layout(
        (*MEANS, "base_amount", "supplements"), ("income_below", "property_meets"),
        persons=("supplement", "single_amount"), total="monthly_total",
    ),
    "bianyuan": Layout(MEANS, ("border_income", "border_property"), total="status_months"),
    "gangxing": Layout(
        (*MEANS, "rigid_spending"), ("rigid_income", "rigid_property", "rigid_share"), total="status_months"
    ),
}  # fmt: skip
PAID_TO_A_PERSON = (
    "basic_amount",
    "care_amount",
)  # of somebody who qualifies alone in a family that does not
SINGLE = ("single_route", "own_income", "single_eligible")

Test = tuple[str, Flag, Why]


@dataclass(frozen=True)
class Figure:
    """一个数: 名称、写法、点开看的每一步。"""

    label: str
    text: str
    why: Why


@dataclass(frozen=True)
class Sheet:
    """一份测算单: 结论、人均、月金额 (只认定的为有效月数)、各个数、条件和到人的数。"""

    eligible: bool
    verdict: str
    tests: tuple[Test, ...]
    per_head: Figure
    total: Figure
    figures: tuple[Figure, ...]
    persons: tuple[Figure, ...]


@dataclass(frozen=True)
class Line:
    """分类认定的一条线: 哪一类、符不符合、各条件和所比的数。"""

    label: str
    flag: Flag
    tests: tuple[Test, ...]


def sheet_of(outcome: Outcome, who: Mapping[int, str], grade: str, eligible: bool) -> Sheet:
    """测算单。`who`: 成员主键 → 姓名; `grade`: 按哪一类办; `eligible`: 测算的结论。"""
    return _sheet(outcome, who, grade, LAYOUTS[grade], eligible)


def live_figures(outcome: Outcome, names: list[str]) -> Sheet:
    """边录边算的几个数; 成员按录入先后。"""
    people = [row["person_id"] for row in outcome.values["person"]]
    grade = "dibao" if "grade" in outcome.values["household"][0] else "tekun"
    layout = LAYOUTS[grade]
    money = tuple(name for name in layout.figures if name in ("base_amount", "supplements"))
    shown = replace(layout, figures=(*LIVE, *money))
    eligible = settled(grade, outcome).eligible
    return _sheet(outcome, dict(zip(people, names, strict=False)), grade, shown, eligible)


def _sheet(outcome: Outcome, who: Mapping[int, str], grade: str, layout: Layout, eligible: bool) -> Sheet:
    trace = Trace(outcome, who)
    home = outcome.values["household"][0]
    key, rows = home["household_id"], outcome.values["person"]
    told = [name for name in layout.persons if eligible or name not in PAID_TO_A_PERSON]
    figures = tuple(trace.figure(name, row["person_id"]) for row in rows for name in told if row[name])
    paid = rows if eligible else ()
    return Sheet(
        eligible=eligible,
        verdict=_verdict(home, eligible, grade),
        tests=tuple(_tests(trace, layout, key, rows)),
        per_head=trace.figure("income_per_head", key),
        total=trace.figure(layout.total, key) if layout.total else trace.sum_of("monthly_total", paid),
        figures=tuple(trace.figure(name, key) for name in layout.figures),
        persons=figures,
    )


def _verdict(home: Mapping[str, Any], eligible: bool, grade: str) -> str:
    """One application is graded: what the family is when it is not dibao."""
    found = home.get("grade", "none")
    if eligible or grade != "dibao" or found == "none":
        return "符合条件" if eligible else "不符合条件"
    return f"不符合低保条件, 可认定为{GRADES[found]}"


def lines_of(grading: Grading, who: Mapping[int, str]) -> tuple[Line, ...]:
    """特困、低保、单人保、边缘、刚性支出各条线并列: 每个条件符不符合, 比的是哪几个数。"""
    return tuple(_lines(grading, who))


def _lines(grading: Grading, who: Mapping[int, str]) -> Iterator[Line]:
    tekun = Trace(grading.tekun, who, "line-tekun-")
    below = Trace(grading.dibao, who, "line-dibao-")
    home, rows = grading.dibao.values["household"][0], grading.dibao.values["person"]
    key = home["household_id"]
    found = grading.tekun.values["person"]
    at = partial(_place, grading.grade)
    yield Line(NAMES["tekun"], at("tekun"), tuple(_tests(tekun, LAYOUTS["tekun"], key, found)))
    whole = at("dibao") if home["eligible"] or not grading.single_persons else _fits(False)
    yield Line(NAMES["dibao"], whole, tuple(_tests(below, LAYOUTS["dibao"], key, rows)))
    alone = [row["person_id"] for row in rows if row["single_applies"]]
    for person in alone:
        tests = tuple(_told(below, name, person) for name in SINGLE)
        yield Line(f"单人保 {who.get(person, '')}", _fits(person in grading.single_persons), tests)
    for grade in ("bianyuan", "gangxing"):
        yield Line(NAMES[grade], at(grade), tuple(_tests(below, LAYOUTS[grade], key, rows)))


def _place(found: str, grade: str) -> Flag:
    """Found, not met, or not looked at because an earlier one fits."""
    order = list(NAMES)
    if found == grade:
        return Flag("认定为此类", "good")
    return _fits(False) if order.index(grade) < order.index(found) else Flag("不再看")


def _tests(trace: "Trace", layout: Layout, key: Any, rows: Iterable[Mapping[str, Any]]) -> Iterator[Test]:
    for name in layout.tests:
        yield _told(trace, name, key)
    for row in rows:
        for name in layout.of_persons:
            yield _told(trace, name, row["person_id"])


def _told(trace: "Trace", name: str, key: Any) -> Test:
    step, figure = trace.step(name, key), trace.figure(name, key)
    flag = _fits(step.value) if isinstance(step.value, bool) else Flag(step.text)
    return figure.label, flag, figure.why


def _fits(fits: bool) -> Flag:
    return Flag("符合", "good") if fits else Flag("不符合", "over")


class Trace:
    """由一个数往回找它的每一步。"""

    def __init__(self, outcome: Outcome, who: Mapping[int, str], prefix: str = "") -> None:
        self._who, self._prefix = who, prefix
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

    def sum_of(self, name: str, rows: Iterable[Mapping[str, Any]]) -> Figure:
        """各人同一个数的合计, 点开看每个人的。"""
        parts = [self.figure(name, row["person_id"]) for row in rows if row[name]]
        total = sum(part.why.amount_fen for part in parts)
        shown = show(total, FEN_MONTH)
        lines = [line for part in parts for line in part.why.steps]
        why = Why(f"{self._prefix}{name}", "每月合计", total, lines, per=FEN_MONTH.suffix, shown=shown)
        return Figure("每月合计", shown, why)

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
        return Why(
            f"{self._prefix}{name}-{key}", label, amount, lines, per=target.unit.suffix, shown=target.text
        )

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
