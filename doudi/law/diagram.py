"""规则书的图：哪个值要用哪些值。每类对象一栏，先算的在上；只有行列，不管怎么画。

A value stands one line above the first value that uses it, so that lines stay short; where a level of a lane
holds more values than the lane is wide, the level takes several lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from doudi.law.edition import Edition
from doudi.law.entities import Entity
from doudi.law.rules import Lift, Rule

INPUT, RULE, LIFT = "input", "rule", "lift"
SWEEPS = 6


@dataclass(frozen=True)
class Box:
    """图上的一个值。`kind`：input 录入、rule 规则、lift 汇总；`parameters` 是它用到的参数路径。"""

    name: str
    label: str
    kind: str
    entity: Entity
    column: int
    line: int
    parameters: tuple[str, ...]
    paid: bool


@dataclass(frozen=True)
class Lane:
    """一类对象占的几列。"""

    entity: Entity
    column: int
    columns: int


@dataclass(frozen=True)
class Diagram:
    """一张图。`needs`：（被用的值, 用它的值）。"""

    boxes: tuple[Box, ...]
    lanes: tuple[Lane, ...]
    needs: tuple[tuple[str, str], ...]
    columns: int
    lines: int


def diagram(edition: Edition, paid: Iterable[str] = (), *, value: str = "", columns: int = 7) -> Diagram:
    """画一本规则书；`value` 不为空时只画得出它所需的和直接用它的。没有这个值抛 KeyError。"""
    needs = _needs(edition, value)
    names = _names(edition, needs, value)
    depths = _depths(names, needs)
    lanes = _lanes(edition, names, depths, columns)
    places = _places(edition, names, needs, depths, lanes)
    payable = set(paid)
    boxes = tuple(_box(edition, name, places[name], name in payable) for name in names)
    width = sum(lane.columns for lane in lanes)
    lines = max((box.line for box in boxes), default=-1) + 1
    return Diagram(boxes, lanes, needs, width, lines)


# ---- what is drawn -------------------------------------------------------------------------------------


def _needs(edition: Edition, value: str) -> tuple[tuple[str, str], ...]:
    items: Iterable[Rule | Lift] = edition.order
    if value:
        edition.home[value]
        items = edition.closure((value,))
    pairs = [(need, item.name) for item in items for need in item.needs]
    if value:
        pairs += [(value, item.name) for item in edition.order if value in item.needs]
    return tuple(dict.fromkeys(pairs))


def _names(edition: Edition, needs: Sequence[tuple[str, str]], value: str) -> list[str]:
    """先录入、后按计算先后，所以被用的总在用它的前面。"""
    drawn = {name for pair in needs for name in pair} | ({value} - {""})
    drawn |= set(edition.by_name) if not value else set()
    inputs = [name for name in edition.home if name in drawn and name not in edition.by_name]
    return inputs + [item.name for item in edition.order if item.name in drawn]


# ---- levels --------------------------------------------------------------------------------------------


def _depths(names: Sequence[str], needs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """最长路定层；再把每个值往下挪到紧挨着最先用它的那一层。"""
    needed, users = _neighbours(needs)
    depths: dict[str, int] = {}
    for name in names:
        depths[name] = max((depths[need] + 1 for need in needed.get(name, ())), default=0)
    for name in reversed(names):
        if name in users:
            depths[name] = min(depths[user] for user in users[name]) - 1
    return depths


def _neighbours(needs: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    needed: dict[str, list[str]] = {}
    users: dict[str, list[str]] = {}
    for need, user in needs:
        needed.setdefault(user, []).append(need)
        users.setdefault(need, []).append(user)
    return needed, users


# ---- lanes ---------------------------------------------------------------------------------------------


def _lanes(
    edition: Edition, names: Sequence[str], depths: Mapping[str, int], columns: int
) -> tuple[Lane, ...]:
    """每类对象至少一列；余下的列给能让图变矮的一栏。"""
    crowd: dict[Entity, dict[int, int]] = {}
    for name in names:
        level = crowd.setdefault(edition.home[name], {})
        level[depths[name]] = level.get(depths[name], 0) + 1
    widths = dict.fromkeys((entity for entity in _side_by_side(edition.entities) if entity in crowd), 1)
    while widths and sum(widths.values()) < columns:
        best = min(widths, key=lambda entity: _height(crowd, {**widths, entity: widths[entity] + 1}))
        if _height(crowd, {**widths, best: widths[best] + 1}) == _height(crowd, widths):
            break
        widths[best] += 1
    lanes, column = [], 0
    for entity, width in widths.items():
        lanes.append(Lane(entity, column, width))
        column += width
    return tuple(lanes)


def _side_by_side(entities: Sequence[Entity]) -> list[Entity]:
    """下级挨着上级：第一个下级在左边，其余在右边。"""

    def spread(entity: Entity) -> list[Entity]:
        below = [child for child in entities if child.parent is entity]
        left = [one for child in below[:1] for one in spread(child)]
        return [*left, entity, *(one for child in below[1:] for one in spread(child))]

    return [one for entity in entities if entity.parent is None for one in spread(entity)]


def _height(crowd: Mapping[Entity, Mapping[int, int]], widths: Mapping[Entity, int]) -> tuple[int, int]:
    """一共几行；行数相同时，挤的那一栏少挤一点也算好。"""
    depths = sorted({depth for level in crowd.values() for depth in level})
    tall = [_tallest(crowd, widths, depth) for depth in depths]
    crowded = sum(-(-count // widths[entity]) for entity, level in crowd.items() for count in level.values())
    return sum(tall), crowded


def _tallest(crowd: Mapping[Entity, Mapping[int, int]], widths: Mapping[Entity, int], depth: int) -> int:
    return max(-(-level.get(depth, 0) // widths[entity]) for entity, level in crowd.items())


# ---- places --------------------------------------------------------------------------------------------


def _places(
    edition: Edition,
    names: Sequence[str],
    needs: Sequence[tuple[str, str]],
    depths: Mapping[str, int],
    lanes: Sequence[Lane],
) -> dict[str, tuple[int, int]]:
    """（列, 行）：同一层里，挨着与它相连的值摆。"""
    lane_of = {lane.entity: lane for lane in lanes}
    cells: dict[tuple[int, Entity], list[str]] = {}
    for name in names:
        cells.setdefault((depths[name], edition.home[name]), []).append(name)
    starts = _starts(cells, lane_of)
    needed, users = _neighbours(needs)
    places = _laid(cells, lane_of, starts)
    for sweep in range(SWEEPS):
        near = needed if sweep % 2 == 0 else users
        for cell in cells.values():
            cell.sort(key=lambda name: _middle(places, name, near.get(name, ())))
        places = _laid(cells, lane_of, starts)
    return places


def _starts(
    cells: Mapping[tuple[int, Entity], Sequence[str]], lane_of: Mapping[Entity, Lane]
) -> dict[int, int]:
    tall: dict[int, int] = {}
    for (depth, entity), cell in cells.items():
        tall[depth] = max(tall.get(depth, 0), -(-len(cell) // lane_of[entity].columns))
    starts, line = {}, 0
    for depth in sorted(tall):
        starts[depth] = line
        line += tall[depth]
    return starts


def _laid(
    cells: Mapping[tuple[int, Entity], Sequence[str]],
    lane_of: Mapping[Entity, Lane],
    starts: Mapping[int, int],
) -> dict[str, tuple[int, int]]:
    places = {}
    for (depth, entity), cell in cells.items():
        lane = lane_of[entity]
        for number, name in enumerate(cell):
            line, column = divmod(number, lane.columns)
            places[name] = (lane.column + column, starts[depth] + line)
    return places


def _middle(places: Mapping[str, tuple[int, int]], name: str, near: Sequence[str]) -> tuple[int, int]:
    """相连各值的平均列（乘 1000 取整），没有相连的用自己的列。"""
    columns = [places[one][0] for one in near] or [places[name][0]]
    return sum(columns) * 1000 // len(columns), places[name][0]


def _box(edition: Edition, name: str, place: tuple[int, int], paid: bool) -> Box:
    item = edition.by_name.get(name)
    kind = INPUT if item is None else LIFT if isinstance(item, Lift) else RULE
    used = tuple(sorted(item.expr.leaves("parameter"))) if isinstance(item, Rule) else ()
    column, line = place
    return Box(name, edition.told[name].label, kind, edition.home[name], column, line, used, paid)
