"""库里的录入表：写成规则书要的列和类型，连同参数一起放在整条 SQL 的最前面。

A run on a database keeps nothing there: its sources are the first CTEs of the one statement, so the statement an
auditor reads is the whole run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date

from doudi.engine.duck import Compiled, compile_book
from doudi.engine.plan import PARAMETERS, SCOPE
from doudi.engine.sql import Dialect, select
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.packs import Parameters
from doudi.law.rulebook import Edition, Input, Rulebook

INTEGER, FLAG, TEXT = "integer", "flag", "text"


@dataclass(frozen=True)
class Relation:
    """库里的一份录入：可放在 FROM 后面的写法，和各列的类型（integer、flag、text，其余为库里的类型名）。"""

    source: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """参数结构相同的几个范围：它们的查询，和放在查询最前面的录入与参数。"""

    compiled: Compiled
    sources: Mapping[str, str]

    def sql(self, entity: Entity, ready: Set[str] = frozenset()) -> str:
        """某实体的整条 SQL，不排序。"""
        return self.compiled.plan.sql(entity, sources=self.sources, ready=ready, ordered=False)


def parts(
    book: Rulebook,
    parameters: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None,
    sources: Mapping[str, str],
    dialect: Dialect,
) -> list[Part]:
    """按参数结构分段；`parameters` 只含录入里出现的范围，`sources` 是各实体取数的 SQL，顶层在前。"""
    root = book.edition(on).entities[0]
    compiled = compile_book(book, parameters, on, targets, dialect)
    found = []
    for one in compiled:
        mine = dict(sources) if len(compiled) == 1 else _only(sources, root, one.scopes, dialect)
        mine[PARAMETERS] = _parameter_source(one, parameters, dialect)
        if len(compiled) > 1:
            # A source that is cut down to some households reads the households' own source.
            one.plan.uses.update({name: {root.name} for name in sources if name != root.name})
        found.append(Part(one, mine))
    return found


def inputs_of(book: Rulebook, edition: Edition) -> dict[Entity, tuple[Input, ...]]:
    """各实体要录入的项，上级在前。"""
    items = book.inputs.values()
    return {entity: tuple(item for item in items if item.entity is entity) for entity in edition.entities}


def kind_of(item: Input) -> str:
    """一项录入应有的列类型。"""
    return {"flag": FLAG, "code": TEXT}.get(item.unit.kind, INTEGER)


def complete(
    wanted: Mapping[Entity, tuple[Input, ...]], given: Mapping[str, Relation]
) -> dict[Entity, Relation | None]:
    """各实体的录入；没有给的下级是空表（None），没有给顶层表、缺列、类型不对的键都抛 BadCase。"""
    found: dict[Entity, Relation | None] = {}
    for entity, items in wanted.items():
        relation = found[entity] = given.get(entity.name)
        if relation is None:
            if entity.parent is None:
                raise BadCase(f"没有给出{entity.label}（{entity.name}）的录入表")
            continue
        for name in (*(member.key for member in entity.lineage), *(item.name for item in items)):
            if name not in relation.columns:
                raise BadCase(f"{entity.label}表缺少列 {name}")
        _check_key_types(entity, relation, found)
        if entity.parent is None and SCOPE not in relation.columns:
            raise BadCase(f"{entity.label}表要有 {SCOPE} 列，且不能为空")
    return found


def _check_key_types(entity: Entity, relation: Relation, found: Mapping[Entity, Relation | None]) -> None:
    for member in entity.lineage:
        kind = relation.columns[member.key]
        if kind not in (INTEGER, TEXT):
            raise BadCase(f"{entity.label}表的 {member.key} 应是整数或文字，现为 {kind}")
        above = found.get(member)
        if above is not None and above.columns[member.key] != kind:
            raise BadCase(f"{entity.label}表的 {member.key} 类型与{member.label}表不同")


def typed(
    wanted: Mapping[Entity, tuple[Input, ...]], given: Mapping[Entity, Relation | None], dialect: Dialect
) -> dict[str, str]:
    """各实体取数的 SQL：只取主键与录入列，整数一律放宽到 64 位。"""
    kinds: dict[str, str] = {}
    found: dict[str, str] = {}
    for entity, items in wanted.items():
        relation = given[entity]
        kinds[entity.key] = relation.columns[entity.key] if relation else INTEGER
        columns = {member.key: kinds[member.key] for member in entity.lineage}
        columns |= {SCOPE: TEXT} if entity.parent is None else {}
        columns |= {item.name: kind_of(item) for item in items}
        named = {dialect.identifier(name): _type(kind, dialect) for name, kind in columns.items()}
        if relation is None:
            shown = [f"CAST(NULL AS {kind}) AS {name}" for name, kind in named.items()]
            found[entity.name] = "SELECT\n    " + ",\n    ".join(shown) + "\nWHERE FALSE"
        else:
            found[entity.name] = select(
                relation.source, [f"CAST({name} AS {kind}) AS {name}" for name, kind in named.items()]
            )
    return found


def _only(
    sources: Mapping[str, str], root: Entity, scopes: Iterable[str], dialect: Dialect
) -> dict[str, str]:
    """只留下所列范围的户和它们的下级。"""
    kept = f"\nWHERE {SCOPE} IN ({', '.join(map(dialect.literal, scopes))})"
    roots = select(root.name, [root.key])
    households = f"\nWHERE {root.key} IN ({' '.join(roots.split())})"
    return {
        name: select(f"({sql}) AS given", ["*"], kept if name == root.name else households)
        for name, sql in sources.items()
    }


def _parameter_source(compiled: Compiled, parameters: Mapping[str, Parameters], dialect: Dialect) -> str:
    """参数表：一个范围一行，一项参数一列。"""
    scopes, paths = compiled.scopes, compiled.parameters
    values = {path: [parameters[scope].value(path) for scope in scopes] for path in paths}
    names = [dialect.identifier(name) for name in (SCOPE, *values)]
    kinds = [
        dialect.text,
        *("BOOLEAN" if isinstance(found[0], bool) else "BIGINT" for found in values.values()),
    ]
    rows = [f"({', '.join(map(dialect.literal, row))})" for row in zip(scopes, *values.values(), strict=True)]
    shown = [f"CAST({name} AS {kind}) AS {name}" for name, kind in zip(names, kinds, strict=True)]
    given = "(VALUES\n    " + ",\n    ".join(rows) + f"\n) AS given ({', '.join(names)})"
    return select(given, shown)


def _type(kind: str, dialect: Dialect) -> str:
    return {FLAG: "BOOLEAN", TEXT: dialect.text}.get(kind, "BIGINT")
