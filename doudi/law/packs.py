"""政策包：带单位、日期、文号和条款的参数；近的地方整项替换远的地方。

Plain dicts with line marks come in (exchange/policy_files.py reads the YAML); typed leaves go out. Nothing has
a default: a parameter that no pack gives for the day raises MissingParameter when a rule reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doudi.law import exclusions
from doudi.law.language import parameter
from doudi.law.pack_files import (
    Declaration,
    Leaf,
    PackDocument,
    PolicyRow,
    by_pack_id,
    document_leaves,
    office_leaf,
    read_declarations,
    read_values,
)
from doudi.law.timeline import timeline

NATION = "000000"


class MissingParameter(LookupError):
    """政策包在这个地方、这一天没有给出参数；文本写明是哪一项。"""

    def __init__(self, path: str, label: str, area_code: str, on: date) -> None:
        super().__init__(
            f"缺少政策参数“{label or path}”（{path}）：区划 {area_code} 在 {on} 没有可用的值，请在政策包中补上"
        )
        self.path = path


def scopes(area_code: str) -> tuple[str, ...]:
    """一个区划码适用的范围，由近及远：县、市、省、全国。乡镇村的长码取前六位。"""
    code = area_code[:6].ljust(6, "0")
    steps = (code, code[:4] + "00", code[:2] + "0000", NATION)
    return tuple(dict.fromkeys(steps))


def stems(path: str) -> tuple[str, ...]:
    """一个路径的各级上级：a.b.c → a、a.b。"""
    parts = path.split(".")
    return tuple(".".join(parts[:n]) for n in range(1, len(parts)))


@dataclass(frozen=True)
class Parameters:
    """某地某日解析好的参数。"""

    area_code: str
    on: date
    leaves: Mapping[str, Leaf]
    declared: Mapping[str, Declaration]
    branches: frozenset[str]

    def leaf(self, path: str) -> Leaf:
        """一项参数及其出处；没有则抛 MissingParameter。"""
        if path in self.leaves:
            return self.leaves[path]
        label = self.declared[path].label if path in self.declared else ""
        raise MissingParameter(path, label, self.area_code, self.on)

    def value(self, path: str) -> Any:
        """一项参数的值：整数（分、万分之一、个数）、真假、代码、代码表或分段表。"""
        return self.leaf(path).value

    def node(self, path: str, used: dict[str, Leaf]) -> Any:
        """规则要的参数：叶子给值，枝给可往下取的节点；取过的叶子记入 `used`。"""
        leaf = self.leaves.get(path)
        if leaf is None:
            if path in self.branches:
                return Node(self, path, used)
            leaf = self.leaf(path)
        used[path] = leaf
        return leaf.value

    def replaced(self, changes: Mapping[str, Any]) -> Parameters:
        """换几项参数再算（测算用）：值的写法与政策包相同，按声明的单位校验。"""
        leaves = dict(self.leaves)
        for path, text in changes.items():
            row = PolicyRow(path, text, self.area_code[:6], self.on, "测算假设", "")
            leaves[path] = replace(office_leaf(row, self.declared), status="what_if")
        return replace(self, leaves=leaves)

    def digest(self, paths: Iterable[str]) -> str:
        """所列参数（有值的）的摘要，存进测算快照。"""
        lines = (f"{path}={self.leaves[path].value!r}" for path in sorted(paths) if path in self.leaves)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Node:
    """参数的一枝：取属性得到叶子的值。"""

    __slots__ = ("_parameters", "_path", "_used")

    def __init__(self, parameters: Parameters, path: str, used: dict[str, Leaf]) -> None:
        self._parameters, self._path, self._used = parameters, path, used

    def __getattr__(self, name: str) -> Any:
        return self._parameters.node(f"{self._path}.{name}", self._used)


class SymbolNode:
    """批量时的一枝：数值叶子给符号（一列），代码和表给原值。"""

    __slots__ = ("_parameters", "_path")

    def __init__(self, parameters: Parameters, path: str) -> None:
        self._parameters, self._path = parameters, path

    def __getattr__(self, name: str) -> Any:
        return symbolic(self._parameters, f"{self._path}.{name}")


def symbolic(parameters: Parameters, path: str) -> Any:
    """批量时的参数：枝给节点，数值叶子给符号，代码、代码表、分段表给原值。"""
    if path in parameters.branches:
        return SymbolNode(parameters, path)
    value = parameters.value(path)
    return parameter(path) if isinstance(value, int) else value


class Packs:
    """全部政策包：声明、带日期的值、方案文件。建立时全部校验，错误写明文件、行和原因。"""

    def __init__(self, documents: Iterable[PackDocument], rows: Iterable[PolicyRow] = ()) -> None:
        self.documents = tuple(documents)
        self.exclusions = exclusions.read_exclusions(self.documents)
        self.declared = read_declarations(self.documents) | exclusions.declarations(self.schemes)
        self.branches = frozenset(stem for path in self.declared for stem in stems(path))
        self.rows = tuple(rows)
        read = list(read_values(self.documents, self.declared))
        shipped = [leaf for document, leaves in read if document.in_force for leaf in leaves]
        for document, leaves in read:
            if not document.in_force:
                timeline(leaves)
        office = [office_leaf(row, self.declared) for row in self.rows]
        self._timeline = timeline([*shipped, *office])

    @property
    def schemes(self) -> tuple[str, ...]:
        """方案编号：写了方案文件的，和互斥表提到的。"""
        named = [name for row in self.exclusions for name in (row.first, row.second)]
        return tuple(dict.fromkeys([*exclusions.scheme_ids(self.documents), *named]))

    @property
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """在用的包带的提醒：（包的标题, 提醒）。收入现行规定已不允许的旧做法时，包里写明。"""
        found = by_pack_id(self.documents)
        used = {
            name for document in self.documents if document.in_force for name in _lineage(document, found)
        }
        warned = [
            document for document in self.documents if document.id in used and document.text("warning", "")
        ]
        return tuple((document.text("title", document.id), document.text("warning")) for document in warned)

    def overlaid(self, parameters: Parameters, pack: str) -> Parameters:
        """把一个（范例）包的值盖在某地某日的参数上。没有这个包抛 KeyError。"""
        found = by_pack_id(self.documents)
        over: dict[str, Leaf] = {}
        for leaf in sorted(document_leaves(found[pack], found, self.declared), key=lambda leaf: leaf.since):
            if leaf.since <= parameters.on and (leaf.until is None or parameters.on < leaf.until):
                over[leaf.path] = leaf
        return replace(parameters, leaves={**parameters.leaves, **over})

    def with_values(self, rows: Iterable[PolicyRow]) -> Packs:
        """叠上办公室录入的新值（只增不改），经同一校验。"""
        return Packs(self.documents, [*self.rows, *rows])

    def resolve(self, area_code: str, on: date) -> Parameters:
        """某地某日的参数：每项取最近的、已生效且未到期的值。"""
        near_first = scopes(area_code)
        leaves = dict(self._applicable(near_first, on))
        leaves |= exclusions.leaves(self.exclusions, self.declared, near_first, on)
        return Parameters(area_code, on, leaves, self.declared, self.branches)

    def timeline(self, area_code: str, path: str) -> tuple[Leaf, ...]:
        """一项参数在某地各级的全部取值，由近及远、由新到旧。"""
        return tuple(leaf for scope in scopes(area_code) for leaf in self._timeline.get((path, scope), ()))

    def _applicable(self, near_first: tuple[str, ...], on: date) -> Iterator[tuple[str, Leaf]]:
        for path in self.declared:
            found = (
                leaf
                for scope in near_first
                for leaf in self._timeline.get((path, scope), ())
                if leaf.since <= on and (leaf.until is None or on < leaf.until)
            )
            leaf = next(found, None)
            if leaf is not None:
                yield path, leaf


def _lineage(document: PackDocument, known: Mapping[str, PackDocument]) -> Iterator[str]:
    yield document.id
    base = document.text("extends", "")
    if base in known:
        yield from _lineage(known[base], known)
