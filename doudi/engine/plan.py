"""把规则排成层：每层一个 CTE，先把同一实体能算的算完，再跨到下级或汇到上级。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from doudi.engine.sql import Dialect, Printer, is_natural, select, value_column, with_ctes
from doudi.law.entities import Entity
from doudi.law.language import Expr, Symbol
from doudi.law.packs import Parameters, symbolic
from doudi.law.rulebook import Edition, Input, Lift, Rule

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
    """一本规则书在一组参数下的查询。`ctes` 按先后；`levels` 是各实体的最后一层。"""

    edition: Edition
    dialect: Dialect
    targets: Mapping[Entity, tuple[str, ...]]
    ctes: dict[str, str] = field(default_factory=dict)
    levels: dict[Entity, Level] = field(default_factory=dict)
    uses: dict[str, set[str]] = field(default_factory=dict)
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
        level = self.levels[entity]
        keys = [member.key for member in reversed(entity.lineage)]
        columns = [*keys, *(self.dialect.identifier(name) for name in self.targets[entity])]
        final = select(level.cte, columns, f"\nORDER BY {entity.key}" if ordered else "")
        return with_ctes(self.before(level.cte, sources or {}, ready), final)

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
    edition: Edition,
    rules: tuple[Rule | Lift, ...],
    parameters: Parameters,
    dialect: Dialect,
    given: Mapping[Entity, tuple[Input, ...]],
    targets: Mapping[Entity, tuple[str, ...]],
) -> Plan:
    """排出查询。`given` 是各实体的录入；参数缺失抛 MissingParameter。"""
    made = Plan(edition, dialect, targets)
    exprs = {rule.name: compiled(rule, parameters) for rule in rules if isinstance(rule, Rule)}
    natural = _naturals(rules, exprs, [item for items in given.values() for item in items])
    flags = {name for name, told in edition.told.items() if told.unit.kind == "flag"}
    flags |= {path for path in edition.parameters if isinstance(_value(parameters, path), bool)}
    builder = _Builder(made, exprs, natural, flags)
    made.parameters = tuple(builder.parameters)
    for entity, items in given.items():
        builder.open(entity, tuple(item.name for item in items))
    builder.close(list(rules))
    return made


def compiled(rule: Rule, parameters: Parameters) -> Any:
    """用符号跑一遍规则：数值参数是列，代码和表是原值，所以由政策包选定的算法只剩一支。"""
    values = (value_column(name) for name in rule.arguments)
    nodes = {name: symbolic(parameters, path) for name, path in rule.parameters.items()}
    result = rule.body(*values, **nodes)
    return result.expr if isinstance(result, Symbol) else Expr("constant", (result,))


def _value(parameters: Parameters, path: str) -> Any:
    leaf = parameters.leaves.get(path)
    return leaf.value if leaf is not None else None


def _naturals(rules: tuple[Rule | Lift, ...], exprs: Mapping[str, Any], given: list[Input]) -> set[str]:
    """不小于零的值：录入下限不小于零，或由这样的值算成。"""
    known = {item.name for item in given if item.unit.is_number and item.bounds[0] >= 0}
    for rule in rules:
        if isinstance(rule, Lift):
            natural = rule.of is None or rule.of in known
        else:
            natural = is_natural(exprs[rule.name], known)
        if natural:
            known.add(rule.name)
    return known


class _Builder:
    def __init__(self, made: Plan, exprs: Mapping[str, Any], natural: set[str], flags: set[str]) -> None:
        self.made, self.exprs, self.natural, self.flags = made, exprs, natural, flags
        self.home = made.edition.home
        self.counter = 0
        self.parameters = sorted(
            set[str]().union(*(expr.leaves("parameter") for expr in exprs.values() if isinstance(expr, Expr)))
        )

    def open(self, entity: Entity, columns: tuple[str, ...]) -> None:
        """实体的起点：录入表；顶层实体另带参数列。"""
        start = Level(entity.name, {*columns})
        self.made.levels[entity] = start
        if entity.parent is None and self.parameters:
            name = self._name(entity)
            shown = [f"{PARAMETERS}.{self._id(path)}" for path in self.parameters]
            join = f"\nJOIN {PARAMETERS} ON {PARAMETERS}.{SCOPE} = {entity.name}.{SCOPE}"
            self.made.ctes[name] = select(entity.name, [f"{entity.name}.*", *shown], join)
            self.made.uses[name] = {entity.name, PARAMETERS}
            self.made.levels[entity] = Level(name, {*columns, *self.parameters})

    def close(self, pending: list[Rule | Lift]) -> None:
        """一轮一轮地排，直到全部排完。"""
        while pending:
            done = self._round(pending)
            pending[:] = [item for item in pending if item.name not in done]

    def _round(self, pending: list[Rule | Lift]) -> set[str]:
        """排一层：先排不用连表的规则，再汇总，最后才把上级的值连到下级。"""
        seen = [item for item in pending if self._seen(item)]
        rules = [item for item in seen if isinstance(item, Rule)]
        lifts = [item for item in seen if isinstance(item, Lift)]
        near = [item for item in rules if self._needs(item) <= self.made.levels[item.entity].columns]
        # A child with rules left to run is lifted later, so that it is grouped once and not twice.
        settled = [lift for lift in lifts if not any(rule.entity is lift.child for rule in rules)]
        if near or (rules and not settled):
            ready = near or rules
            first = self._topmost(ready)
            return self._rules(first, [item for item in ready if item.entity is first])
        ready_lifts = settled or lifts
        first = self._topmost(ready_lifts)
        child = next(lift.child for lift in ready_lifts if lift.entity is first)
        return self._lifts(
            first, [lift for lift in ready_lifts if lift.entity is first and lift.child is child]
        )

    def _topmost(self, items: Sequence[Rule | Lift]) -> Entity:
        return next(entity for entity in self.made.levels if any(item.entity is entity for item in items))

    def _needs(self, item: Rule | Lift) -> set[str]:
        needs = set(item.needs)
        if isinstance(item, Rule):
            expr = self.exprs[item.name]
            needs = expr.leaves("value") | expr.leaves("parameter")
        return needs

    def _seen(self, item: Rule | Lift) -> bool:
        base = item.child if isinstance(item, Lift) else item.entity
        known = set[str]().union(*(self.made.levels[entity].columns for entity in base.lineage))
        return self._needs(item) <= known

    def _rules(self, entity: Entity, ready: list[Rule]) -> set[str]:
        level = self.made.levels[entity]
        missing = sorted(set[str]().union(*(self._needs(item) for item in ready)) - level.columns)
        sources = self._sources(entity, missing)
        name = self._name(entity)
        where = {column: f"{cte}.{self._id(column)}" for column, cte in sources.items()}

        def column(called: str) -> str:
            return where.get(called) or f"{level.cte}.{self._id(called)}"

        printer = Printer(
            self.made.dialect,
            lambda called: column(called) if where else self._id(called),
            self.natural,
            self.flags,
        )
        columns = [f"{level.cte}.*", *(where[called] for called in missing)]
        columns += [f"{self._typed(item, printer)} AS {self._id(item.name)}" for item in ready]
        self.made.ctes[name] = select(level.cte, columns, self._joins(entity, level.cte, sources))
        self.made.uses[name] = {level.cte, *sources.values()}
        self.made.levels[entity] = Level(name, level.columns | set(missing) | {item.name for item in ready})
        return {item.name for item in ready}

    def _typed(self, item: Rule, printer: Printer) -> str:
        kind = {"flag": "BOOLEAN", "code": self.made.dialect.text}.get(item.unit.kind, "BIGINT")
        return f"CAST({printer.sql(self.exprs[item.name])} AS {kind})"

    def _sources(self, entity: Entity, missing: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for called in missing:
            above = next(one for one in entity.ancestors if called in self.made.levels[one].columns)
            found[called] = self.made.levels[above].cte
        return found

    def _joins(self, entity: Entity, cte: str, sources: Mapping[str, str]) -> str:
        joined = ""
        for above in entity.ancestors:
            source = self.made.levels[above].cte
            if source in sources.values():
                joined += f"\nJOIN {source} ON {source}.{above.key} = {cte}.{above.key}"
        return joined

    def _lifts(self, entity: Entity, lifts: list[Lift]) -> set[str]:
        child, key = lifts[0].child, entity.key
        level, below = self.made.levels[entity], self.made.levels[child]
        missing = sorted({need for item in lifts for need in item.needs} - below.columns)
        sources = self._sources(child, missing)
        where = {called: f"{cte}.{self._id(called)}" for called, cte in sources.items()}
        sums, name = self._name(child, "sums"), self._name(entity)
        if where:
            own = {need: f"{below.cte}.{self._id(need)}" for item in lifts for need in item.needs}
            where = {**own, **where}
        columns = [
            f"{below.cte}.{key}",
            *(f"{self._lifted(item, where)} AS {self._id(item.name)}" for item in lifts),
        ]
        tail = self._joins(child, below.cte, sources) + f"\nGROUP BY {below.cte}.{key}"
        self.made.ctes[sums] = select(below.cte, columns, tail)
        self.made.uses[sums] = {below.cte, *sources.values()}
        shown = [
            f"COALESCE({sums}.{self._id(item.name)}, {_EMPTY[item.how]}) AS {self._id(item.name)}"
            for item in lifts
        ]
        join = f"\nLEFT JOIN {sums} ON {sums}.{key} = {level.cte}.{key}"
        self.made.ctes[name] = select(level.cte, [f"{level.cte}.*", *shown], join)
        self.made.uses[name] = {level.cte, sums}
        self.made.levels[entity] = Level(name, level.columns | {item.name for item in lifts})
        return {item.name for item in lifts}

    def _lifted(self, item: Lift, where: Mapping[str, str]) -> str:
        def column(called: str) -> str:
            return where.get(called) or self._id(called)

        of = column(item.of) if item.of else "1"
        kept = f"CASE WHEN {column(item.where)} THEN {of} END" if item.where else of
        if item.how == "any_of":
            return f"(MAX(CASE WHEN {kept} THEN 1 ELSE 0 END) = 1)"
        summed = f"MAX({kept})" if item.how == "highest" else f"SUM({kept})"
        return f"CAST({summed} AS BIGINT)"

    def _name(self, entity: Entity, stem: str = "") -> str:
        self.counter += 1
        return f"{entity.name}_{stem + '_' if stem else ''}{self.counter}"

    def _id(self, name: str) -> str:
        return self.made.dialect.identifier(name)
