"""规则书的图：哪个值要用哪些值。每类对象一栏，先算的在上；只有行列，不管怎么画。

A line of a lane holds as many values as the lane is wide. Every value stands below what it needs and as low as the
first value that uses it allows, so that the picture is low and its curves are short.
"""

from __future__ import annotations

from collections import Counter
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
    """一栏：一类或几类对象，占几列。"""

    entities: tuple[Entity, ...]
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


def diagram(
    edition: Edition, paid: Iterable[str] = (), *, value: str = "", inputs: bool = True, columns: int = 7
) -> Diagram:
    """画一本规则书；`value` 不为空时只画得出它所需的和直接用它的。没有这个值抛 KeyError。

    `inputs` 为假时不画录入项。
    """
    needs = _needs(edition, value, inputs)
    names = _names(edition, needs, value)
    web = _web(edition, names, needs)
    lanes = _lanes(web, columns)
    places = _places(web, lanes, _lines(web, {web.group[lane.entities[0]]: lane.columns for lane in lanes}))
    payable = set(paid)
    boxes = tuple(_box(edition, name, places[name], name in payable) for name in names)
    width = sum(lane.columns for lane in lanes)
    lines = max((box.line for box in boxes), default=-1) + 1
    return Diagram(boxes, lanes, needs, width, lines)


# ---- what is drawn -------------------------------------------------------------------------------------


def _needs(edition: Edition, value: str, inputs: bool) -> tuple[tuple[str, str], ...]:
    items: Iterable[Rule | Lift] = edition.order
    if value:
        edition.home[value]
        items = edition.closure((value,))
    pairs = [(need, item.name) for item in items for need in item.needs]
    if value:
        pairs += [(value, item.name) for item in edition.order if value in item.needs]
    return tuple(dict.fromkeys(pair for pair in pairs if inputs or pair[0] in edition.by_name))


def _names(edition: Edition, needs: Sequence[tuple[str, str]], value: str) -> list[str]:
    """先录入、后按计算先后，所以被用的总在用它的前面。"""
    drawn = {name for pair in needs for name in pair} | ({value} - {""})
    drawn |= set(edition.by_name) if not value else set()
    inputs = [name for name in edition.home if name in drawn and name not in edition.by_name]
    return inputs + [item.name for item in edition.order if item.name in drawn]


# ---- lines: a value stands below what it needs, as low as its first user lets it ------------------------


@dataclass(frozen=True)
class _Web:
    """谁要用谁，先后已排好。`group` 是各类对象所在的栏，写那一栏为首的对象。"""

    names: Sequence[str]
    home: Mapping[str, Entity]
    group: Mapping[Entity, Entity]
    needed: Mapping[str, Sequence[str]]
    users: Mapping[str, Sequence[str]]

    def lane(self, name: str) -> Entity:
        return self.group[self.home[name]]

    def urgency(self) -> dict[str, int]:
        """离最后的结果还有几步：远的先排。"""
        steps: dict[str, int] = {}
        for name in reversed(self.names):
            steps[name] = max((steps[user] + 1 for user in self.users.get(name, ())), default=0)
        return steps


def _web(edition: Edition, names: Sequence[str], needs: Sequence[tuple[str, str]]) -> _Web:
    needed: dict[str, list[str]] = {}
    users: dict[str, list[str]] = {}
    for need, user in needs:
        needed.setdefault(user, []).append(need)
        users.setdefault(need, []).append(user)
    return _Web(names, edition.home, _groups(edition, names), needed, users)


def _lines(web: _Web, widths: Mapping[Entity, int]) -> dict[str, int]:
    """一行一行地排：每栏每行放得下几个排几个，急的先排；再把有空位的往下挪，让线短。"""
    lines = _earliest(web, widths)
    crowd = Counter((web.lane(name), line) for name, line in lines.items())
    for name in sorted(lines, key=lambda name: -lines[name]):
        if name not in web.users:
            continue
        lane = web.lane(name)
        last = min(lines[user] for user in web.users[name]) - 1
        line = next(
            (one for one in range(last, lines[name], -1) if crowd[lane, one] < widths[lane]), lines[name]
        )
        crowd[lane, lines[name]] -= 1
        crowd[lane, line] += 1
        lines[name] = line
    return lines


def _earliest(web: _Web, widths: Mapping[Entity, int]) -> dict[str, int]:
    urgency = web.urgency()
    lines: dict[str, int] = {}
    waiting = sorted(web.names, key=lambda name: -urgency[name])
    line = 0
    while waiting:
        free = dict(widths)
        for name in list(waiting):
            lane = web.lane(name)
            if free[lane] and all(lines.get(need, line) < line for need in web.needed.get(name, ())):
                free[lane] -= 1
                lines[name] = line
                waiting.remove(name)
        line += 1
    return lines


# ---- lanes ---------------------------------------------------------------------------------------------


def _groups(edition: Edition, names: Sequence[str]) -> dict[Entity, Entity]:
    """顶层一栏，值最多的下级一栏（这两栏排在前面），它的下级合成一栏，其余合成一栏。"""
    crowd = Counter(edition.home[name] for name in names)
    root = edition.entities[0]
    main = max(
        (one for one in edition.entities if one.parent is root), key=lambda one: crowd[one], default=root
    )
    heads: dict[bool, Entity] = {}
    groups = {root: root, main: main}
    for entity in edition.entities:
        if entity not in groups and crowd[entity]:
            groups[entity] = heads.setdefault(main in entity.ancestors, entity)
    return groups


def _lanes(web: _Web, columns: int) -> tuple[Lane, ...]:
    """每栏至少一列；余下的列一列一列给最能让图变矮的一栏，谁也变不矮就不给。下级的下级在最左。"""
    drawn = {web.home[name] for name in web.names}
    heads = {web.group[entity] for entity in drawn}
    widths = dict.fromkeys(sorted(heads, key=lambda head: _place_of(head, web)), 1)
    while widths and sum(widths.values()) < columns:
        tries = {head: _height(web, {**widths, head: widths[head] + 1}) for head in widths}
        best = min(tries, key=lambda head: tries[head])
        if tries[best] >= _height(web, widths):
            break
        widths[best] += 1
    lanes, column = [], 0
    for head, width in widths.items():
        members = tuple(entity for entity, group in web.group.items() if group is head and entity in drawn)
        lanes.append(Lane(members, column, width))
        column += width
    return tuple(lanes)


def _place_of(head: Entity, web: _Web) -> int:
    """从左到右：主要下级的各项、主要下级、顶层、其余。"""
    root, main = (*web.group, head)[:2]
    if main in head.ancestors:
        return 0
    return {main: 1, root: 2}.get(head, 3)


def _height(web: _Web, widths: Mapping[Entity, int]) -> int:
    """各栏最后一行之和：总高相同时，能先排完的栏也算好。"""
    last: dict[Entity, int] = {}
    for name, line in _earliest(web, widths).items():
        last[web.lane(name)] = max(last.get(web.lane(name), 0), line)
    return max(last.values(), default=0) * 100 + sum(last.values())


# ---- columns: near the values it is joined to ----------------------------------------------------------


def _places(web: _Web, lanes: Sequence[Lane], lines: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """（列, 行）：同一行里，挨着与它相连的值摆。"""
    rows: dict[tuple[Entity, int], list[str]] = {}
    for name in web.names:
        rows.setdefault((web.lane(name), lines[name]), []).append(name)
    lane_of = {web.group[lane.entities[0]]: lane for lane in lanes}
    columns = {
        name: lane_of[lane].column + number
        for (lane, _), row in rows.items()
        for number, name in enumerate(row)
    }
    for sweep in range(SWEEPS):
        near = (web.needed, web.users)[sweep % 2]
        for (lane, _), row in rows.items():
            wishes = {name: _middle(columns, name, near.get(name, ())) for name in row}
            columns |= _seated(lane_of[lane], wishes)
    return {name: (columns[name], lines[name]) for name in web.names}


def _middle(columns: Mapping[str, int], name: str, near: Sequence[str]) -> int:
    """相连各值的平均列（乘 1000），没有相连的用自己的列。"""
    found = [columns[one] for one in near] or [columns[name]]
    return sum(found) * 1000 // len(found)


def _seated(lane: Lane, wishes: Mapping[str, int]) -> dict[str, int]:
    """按愿望从左到右就座，各坐一列，不出本栏。"""
    order = sorted(wishes, key=lambda name: wishes[name])
    seats: dict[str, int] = {}
    free = lane.column
    for number, name in enumerate(order):
        last = lane.column + lane.columns - (len(order) - number)
        seats[name] = max(free, min((wishes[name] + 500) // 1000, last))
        free = seats[name] + 1
    return seats


def _box(edition: Edition, name: str, place: tuple[int, int], paid: bool) -> Box:
    item = edition.by_name.get(name)
    kind = INPUT if item is None else LIFT if isinstance(item, Lift) else RULE
    used = tuple(sorted(item.expr.leaves("parameter"))) if isinstance(item, Rule) else ()
    column, line = place
    return Box(name, edition.told[name].label, kind, edition.home[name], column, line, used, paid)
