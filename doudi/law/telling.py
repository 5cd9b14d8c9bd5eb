"""测算的一步说给人看：测算单、自测、告知书都从这里取，所以三处的数和说法相同。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from doudi.law.entities import HOUSEHOLD, Entity
from doudi.law.evaluation import Outcome, Step, UsedParameter
from doudi.law.rulebook import Rulebook
from doudi.law.rules import Lift

_HELD = "：成立）"


@dataclass(frozen=True)
class Proof:
    """一步：叫什么、值、算式（带得数）、依据、用到的政策参数（各带文号和生效日）。"""

    label: str
    text: str
    arithmetic: str
    cite: str
    parameters: tuple[str, ...]


def proof(step: Step, label: str = "") -> Proof:
    """一步写给人看；`label` 不写为规则的中文名。"""
    used = tuple(basis(one) for one in step.parameters)
    return Proof(label or title(step), step.text, arithmetic(step), step.cite, used)


def title(step: Step) -> str:
    """一步的中文名，不带后面的说明。"""
    return step.title.split("：")[0].split("（")[0]


def basis(used: UsedParameter) -> str:
    """一项参数及其出处，如 农村低保年标准 5,880.00 元/年 (文号 第三条, 2026-01-01 起)。"""
    document = " ".join(part for part in (used.document, used.article) if part)
    return f"{used.label} {used.text} ({document}, {used.since.isoformat()} 起)"


def arithmetic(step: Step) -> str:
    """算式和得数；成立的条件不必说。"""
    shown = _without_condition(step.arithmetic)
    return shown if shown.endswith(step.text) and " = " not in shown else f"{shown} = {step.text}"


def _without_condition(shown: str) -> str:
    if not shown.endswith(_HELD):
        return shown
    depth = 0
    for place in range(len(shown) - 1, -1, -1):
        depth += (shown[place] == "）") - (shown[place] == "（")
        if depth == 0:
            return shown[:place]
    return shown


def says_something(step: Step) -> bool:
    """只有一项不为零的合计、为零的数不必说。"""
    alone = isinstance(step.item, Lift) and step.item.how != "count" and sum(map(bool, step.operands)) == 1
    return bool(step.value) and not alone


def main_steps(book: Rulebook, outcome: Outcome, entity: Entity = HOUSEHOLD) -> tuple[Step, ...]:
    """由应付的金额往回，只取这一级的数：先用到的在前，下级成员的情况不在其中。"""
    known = _of(outcome, entity)
    wanted = _built_on(outcome, {pay.name for pay in book.payable})
    waiting = sorted(wanted)
    while waiting:
        step = known.get(waiting.pop())
        needs = () if step is None or isinstance(step.item, Lift) else step.item.needs
        more = [name for name in needs if name not in wanted and name in known and known[name].unit.is_number]
        wanted.update(more)
        waiting += more
    return tuple(step for step in known.values() if step.name in wanted and says_something(step))


def failed_tests(book: Rulebook, outcome: Outcome, entity: Entity = HOUSEHOLD) -> tuple[Step, ...]:
    """不合条件的几步：应付金额所依的、比较数而不成立的条件，所比的数在前。"""
    known = _of(outcome, entity)
    behind = _behind(outcome, [pay.name for pay in book.payable])
    false = {step.name for step in known.values() if step.value is False and step.name in behind}
    failed = [step for step in known.values() if step.name in false and _decides(step, false, known)]
    numbers = {need for step in failed for need in step.item.needs if need in known}
    names = {step.name for step in failed} | {name for name in numbers if known[name].unit.is_number}
    return tuple(step for step in known.values() if step.name in names)


def _of(outcome: Outcome, entity: Entity) -> dict[str, Step]:
    return {step.name: step for step in outcome.steps if step.entity is entity}


def _built_on(outcome: Outcome, paid: set[str]) -> set[str]:
    """应付的各项，和由它们合成的数。"""
    found = set(paid)
    for step in outcome.steps:
        if step.unit.is_number and any(need in found for need in step.item.needs):
            found.add(step.name)
    return found


def _behind(outcome: Outcome, names: Iterable[str]) -> set[str]:
    items = {step.name: step.item for step in outcome.steps}
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in items and name not in found:
            found.add(name)
            waiting += items[name].needs
    return found


def _decides(step: Step, false: set[str], known: Mapping[str, Step]) -> bool:
    """自己比较数、又不是因为别的条件不成立才不成立的。"""
    if isinstance(step.item, Lift) or any(need in false for need in step.item.needs):
        return False
    return any(need in known and known[need].unit.is_number for need in step.item.needs)
