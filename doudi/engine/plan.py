"""把规则排成层：每层一个 CTE，先把同一实体能算的算完，再跨到下级或汇到上级。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from doudi.engine.formulas import Formula, naturals
from doudi.engine.layers import Layer, Shown, written
from doudi.engine.sql import Dialect, Printer, select, with_ctes
from doudi.law.entities import Entity
from doudi.law.language import Expr
from doudi.law.rulebook import Input, Lift, Rule

SCOPE = "scope"
PARAMETERS = "parameters"
_EMPTY: Mapping[str, str] = {"total": "0", "count": "0", "any_of": "FALSE", "highest": "0"}


@dataclass
class Level:
    """一个实体此刻的 CTE 名和已有的列。"""

    cte: str
    columns: set[str] = field(default_factory=set)


@dataclass
class Plan:
    """一本规则书在一组参数下的查询。

    `ctes` 按先后，只带用得到的列；`uses` 是各层直接用到的层和录入表；`given` 是各录入表要取的列；`levels` 是
    各实体的最后一层。
    """

    dialect: Dialect
    targets: Mapping[Entity, tuple[str, ...]]
    ctes: dict[str, str] = field(default_factory=dict)
    levels: dict[Entity, Level] = field(default_factory=dict)
    uses: dict[str, set[str]] = field(default_factory=dict)
    given: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()

    def sql(
        self,
        entity: Entity,
        *,
        sources: Mapping[str, str] | None = None,
        ready: Set[str] = frozenset(),
        ordered: bool = True,
    ) -> str:
        """某实体的整条 SQL：只带用得到的 CTE，按主键排序。

        `sources` 是录入表和参数表的写法，放在最前面；不给则它们是库里现成的表。`ready` 是已经算好放成表的层。
        """
        tail = f"\nORDER BY {entity.key}" if ordered else ""
        return self.asked(entity, self.columns(entity), tail, sources=sources, ready=ready)

    def asked(
        self,
        entity: Entity,
        columns: Iterable[str],
        tail: str = "",
        *,
        sources: Mapping[str, str] | None = None,
        ready: Set[str] = frozenset(),
    ) -> str:
        """在某实体的结果之上问一句。"""
        cte = self.levels[entity].cte
        return with_ctes(self.before(cte, sources or {}, ready), select(cte, columns, tail))

    def columns(self, entity: Entity) -> list[str]:
        """某实体结果的各列，写进 SQL 的样子：各级主键，再是目标。"""
        keys = [member.key for member in reversed(entity.lineage)]
        return [*keys, *(self.dialect.identifier(name) for name in self.targets[entity])]

    def before(self, cte: str, sources: Mapping[str, str], ready: Set[str] = frozenset()) -> dict[str, str]:
        """得出某个 CTE 所需的录入和各层，连它自己。"""
        needed = self.needed(cte, ready)
        given = {name: sql for name, sql in sources.items() if name in needed}
        return given | self.steps(cte, ready)

    def steps(self, cte: str, ready: Set[str] = frozenset()) -> dict[str, str]:
        """得出某个 CTE 所需的各层，按先后；`ready` 是已经算好放成表的。"""
        needed = self.needed(cte, ready)
        fence = self.dialect.fence
        return {name: sql + fence for name, sql in self.ctes.items() if name in needed - ready}

    def needed(self, cte: str, ready: Set[str] = frozenset()) -> set[str]:
        """某个 CTE 直接间接用到的各层和录入表，连它自己。"""
        found, waiting = set[str](), [cte]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += () if name in ready else self.uses.get(name, ())
        return found


def plan(
    formulas: Sequence[Formula],
    dialect: Dialect,
    given: Mapping[Entity, tuple[Input, ...]],
    targets: Mapping[Entity, tuple[str, ...]],
    flags: Set[str],
) -> Plan:
    """排出查询。`given` 是各实体的录入，上级在前；`flags` 是真假参数的路径。"""
    made = Plan(dialect, targets)
    inputs = [item for items in given.values() for item in items]
    known = {item.name for item in inputs if item.unit.kind == "flag"} | flags
    known |= {one.name for one in formulas if one.item.unit.kind == "flag"}
    builder = _Builder(made, formulas, naturals(formulas, inputs), known)
    made.parameters = tuple(builder.parameters)
    for entity, items in given.items():
        builder.open(entity, tuple(item.name for item in items))
    builder.close(list(formulas))
    return made


class _Builder:
    def __init__(self, made: Plan, formulas: Sequence[Formula], natural: set[str], flags: set[str]) -> None:
        self.made, self.natural, self.flags = made, natural, flags
        self.layers: dict[str, Layer] = {}
        self.counter = 0
        leaves = (one.expr.leaves("parameter") for one in formulas if isinstance(one.expr, Expr))
        self.parameters = sorted(set[str]().union(*leaves))

    def open(self, entity: Entity, columns: tuple[str, ...]) -> None:
        """实体的起点：录入表；顶层实体另带参数列。"""
        keys = {member.key for member in entity.lineage}
        self.made.levels[entity] = Level(entity.name, {*columns, *keys})
        if entity.parent is None and self.parameters:
            layer = self._layer(entity)
            for path in self.parameters:
                layer.shown[path] = Shown(f"{PARAMETERS}.{self._id(path)}", {(PARAMETERS, path)})
            layer.join(PARAMETERS, SCOPE, "JOIN")
            self._put(entity, layer)

    def close(self, pending: list[Formula]) -> None:
        """一轮一轮地排，直到全部排完；最后只留用得到的列。"""
        while pending:
            done = self._round(pending)
            pending[:] = [one for one in pending if one.name not in done]
        wanted: dict[str, set[str]] = {}
        for entity, names in self.made.targets.items():
            keys = (member.key for member in entity.lineage)
            wanted.setdefault(self.made.levels[entity].cte, set()).update([*keys, *names])
        self.made.ctes, self.made.uses, self.made.given = written(self.layers, wanted, self._id)

    def _round(self, pending: list[Formula]) -> set[str]:
        """排一层：先排不用连表的规则，再汇总，最后才把上级的值连到下级。"""
        seen = [one for one in pending if self._seen(one)]
        rules = [one for one in seen if isinstance(one.item, Rule)]
        lifts = [one.item for one in seen if isinstance(one.item, Lift)]
        near = [one for one in rules if one.needs <= self.made.levels[one.entity].columns]
        # A child with rules left to run is lifted later, so that it is grouped once and not twice.
        settled = [lift for lift in lifts if not any(one.entity is lift.child for one in rules)]
        if near or (rules and not settled):
            ready = near or rules
            first = self._topmost({one.entity for one in ready})
            return self._rules(first, [one for one in ready if one.entity is first])
        ready_lifts = settled or lifts
        first = self._topmost({lift.entity for lift in ready_lifts})
        child = next(lift.child for lift in ready_lifts if lift.entity is first)
        return self._lifts(
            first, [lift for lift in ready_lifts if lift.entity is first and lift.child is child]
        )

    def _topmost(self, entities: set[Entity]) -> Entity:
        return next(entity for entity in self.made.levels if entity in entities)

    def _seen(self, one: Formula) -> bool:
        base = one.item.child if isinstance(one.item, Lift) else one.entity
        known = set[str]().union(*(self.made.levels[entity].columns for entity in base.lineage))
        return one.needs <= known

    def _layer(self, entity: Entity, stem: str = "") -> Layer:
        self.counter += 1
        level = self.made.levels[entity]
        name = f"{entity.name}_{stem + '_' if stem else ''}{self.counter}"
        return Layer(name, level.cte, frozenset() if stem else frozenset(level.columns))

    def _put(self, entity: Entity, layer: Layer) -> None:
        self.layers[layer.name] = layer
        self.made.levels[entity] = Level(layer.name, {*layer.carried, *layer.shown})

    def _rules(self, entity: Entity, ready: list[Formula]) -> set[str]:
        level = self.made.levels[entity]
        layer = self._layer(entity)
        missing = sorted(set[str]().union(*(one.needs for one in ready)) - level.columns)
        where = self._reach(layer, entity, missing)
        for called in missing:
            layer.shown[called] = Shown(self._column(layer, called, where), {where[called]})
        printer = Printer(
            self.made.dialect,
            lambda called: self._column(layer, called, where),
            self.natural,
            self.flags,
        )
        for one in ready:
            reads = {where.get(need, (level.cte, need)) for need in one.needs}
            layer.shown[one.name] = Shown(self._typed(one, printer), reads)
        self._put(entity, layer)
        return {one.name for one in ready}

    def _column(self, layer: Layer, called: str, where: Mapping[str, tuple[str, str]]) -> str:
        cte, name = where.get(called, (layer.source, called))
        return f"{cte}.{self._id(name)}" if layer.joins else self._id(name)

    def _typed(self, one: Formula, printer: Printer) -> str:
        kind = {"flag": "BOOLEAN", "code": self.made.dialect.text}.get(one.item.unit.kind, "BIGINT")
        return f"CAST({printer.sql(one.expr)} AS {kind})"

    def _reach(self, layer: Layer, entity: Entity, missing: list[str]) -> dict[str, tuple[str, str]]:
        """把这一层缺的列连过来：列名 → （所在的层, 列名）。"""
        found: dict[str, tuple[str, str]] = {}
        for above in entity.ancestors:
            level = self.made.levels[above]
            mine = [called for called in missing if called in level.columns and called not in found]
            found |= {called: (level.cte, called) for called in mine}
            if mine:
                layer.join(level.cte, above.key, "JOIN")
        return found

    def _lifts(self, entity: Entity, lifts: list[Lift]) -> set[str]:
        child, key = lifts[0].child, entity.key
        below = self.made.levels[child]
        sums, layer = self._layer(child, "sums"), self._layer(entity)
        missing = sorted({need for lift in lifts for need in lift.needs} - below.columns)
        where = self._reach(sums, child, missing)
        sums.shown[key] = Shown(self._column(sums, key, where), {(below.cte, key)})
        sums.group = f"{below.cte}.{key}"
        layer.join(sums.name, key, "LEFT JOIN")
        for lift in lifts:
            reads = {where.get(need, (below.cte, need)) for need in lift.needs}
            sums.shown[lift.name] = Shown(self._lifted(lift, sums, where), reads)
            sql = f"COALESCE({sums.name}.{self._id(lift.name)}, {_EMPTY[lift.how]})"
            layer.shown[lift.name] = Shown(sql, {(sums.name, lift.name)})
        self.layers[sums.name] = sums
        self._put(entity, layer)
        return {lift.name for lift in lifts}

    def _lifted(self, lift: Lift, sums: Layer, where: Mapping[str, tuple[str, str]]) -> str:
        of = self._column(sums, lift.of, where) if lift.of else "1"
        kept = f"CASE WHEN {self._column(sums, lift.where, where)} THEN {of} END" if lift.where else of
        if lift.how == "any_of":
            return f"(MAX(CASE WHEN {kept} THEN 1 ELSE 0 END) = 1)"
        summed = f"MAX({kept})" if lift.how == "highest" else f"SUM({kept})"
        return f"CAST({summed} AS BIGINT)"

    def _id(self, name: str) -> str:
        return self.made.dialect.identifier(name)
