"""救助方案目录：方案是数据。单位、形式、领款人、周期、路、规则书、材料、时限、原因代码和互斥都由文件写明。"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from doudi.law.exclusions import Exclusion, read_exclusions
from doudi.law.library import BOOKS
from doudi.law.pack_files import Marked, PackDocument, PackError, known, meant, named, rows, text, yes
from doudi.law.splitting import CAUSES

UNITS = {"household": "家庭", "person": "个人", "bill": "医疗费用"}
SHAPES = {
    "recurring": "按期发放", "status": "只认定不发钱", "claim": "报销", "premium": "代缴参保费", "once": "一次发放",
    "service": "服务、实物",
}  # fmt: skip
SOURCES = {"citizen": "申请人交", "system": "共享取得"}
POSTINGS = {"named": "公示姓名", "unnamed": "公示但不写姓名", "none": "不公示"}
LOCALITIES = {"rural": "农村", "urban": "城市"}
NO_BOOK = "none"
_ID = re.compile(r"\A[a-z][a-z0-9_]*\Z")
_ACCOUNT = re.compile(r"\A5[0-9]{3}\Z")
REASON_KINDS = {"refuse": "不予确认", "stop": "停发", "increase": "增发", "decrease": "减发"}
_SCHEME_KEYS = {
    "id", "name", "aliases", "unit", "shape", "payee", "period", "road", "rulebook", "locality", "account",
    "inputs", "clocks", "papers", "sheets", "reasons", "posting", "carried_over_only",
}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """一种材料。`source`：citizen 由申请人交，system 由政府部门共享取得，不得向申请人要。"""

    code: str
    label: str
    source: str


@dataclass(frozen=True)
class Reason:
    """一个原因代码。`kind`：refuse 不予确认、stop 停发、increase 增发、decrease 减发；`cause` 是哪种变化（可空）。"""

    code: str
    kind: str
    label: str
    article: str
    cause: str = ""


Coded = TypeVar("Coded", Paper, Reason)


@dataclass(frozen=True)
class Scheme:
    """一个救助方案。"""

    id: str
    name: str
    aliases: tuple[str, ...]
    unit: str
    shape: str
    payee: str
    period: str
    road: str
    rulebook: str
    locality: str
    account: str
    inputs: str
    clocks: tuple[str, ...]
    papers: tuple[Paper, ...]
    sheets: tuple[str, ...]
    reasons: tuple[Reason, ...]
    posted_by_name: bool
    carried_over_only: bool

    def reasons_for(self, kind: str) -> tuple[Reason, ...]:
        """某一类原因，供选择框用。"""
        return tuple(reason for reason in self.reasons if reason.kind == kind)

    def reason_of(self, kind: str, cause: str) -> Reason | None:
        """某一类原因里说明某种变化的一条；没有为 None。"""
        return next((reason for reason in self.reasons_for(kind) if reason.cause == cause), None)

    def papers_from(self, source: str) -> tuple[Paper, ...]:
        """某一来源的材料。"""
        return tuple(paper for paper in self.papers if paper.source == source)


@dataclass(frozen=True)
class Catalogue:
    """全部方案和互斥对。"""

    schemes: Mapping[str, Scheme]
    exclusions: tuple[Exclusion, ...]

    def pairs(self, scheme: str) -> tuple[Exclusion, ...]:
        """与某方案互斥的各对。"""
        return tuple(row for row in self.exclusions if scheme in (row.first, row.second))


def read_catalogue(documents: Iterable[PackDocument]) -> Catalogue:
    """从政策包文件读出目录；方案引用的路没有声明、编号重复等都抛 PackError（文件、行、原因）。"""
    held = tuple(documents)
    declared = {path for document in held for path in document.section("declare")}
    schemes: dict[str, Scheme] = {}
    for document in held:
        node = _top(document, "scheme")
        if node is not None:
            scheme = _scheme(document.file, node, declared)
            _check_clocks(document, scheme, declared)
            _keep(schemes, scheme, document.file, node.line)
    return Catalogue(schemes, read_exclusions(held))


def _top(document: PackDocument, name: str) -> Marked | None:
    found = document.root.value
    return found.get(name) if isinstance(found, Mapping) else None


def _keep(schemes: dict[str, Scheme], scheme: Scheme, file: str, line: int) -> None:
    if scheme.id in schemes:
        raise PackError(file, line, f"方案“{scheme.id}”重复")
    schemes[scheme.id] = scheme


def _check_clocks(document: PackDocument, scheme: Scheme, declared: Collection[str]) -> None:
    for clock in scheme.clocks:
        if f"clock.{clock}" not in declared:
            line = document.section("scheme")["clocks"].line
            raise PackError(document.file, line, f"没有声明过“{clock}”这个时限（clock.{clock}）")


def _scheme(file: str, node: Marked, declared: Collection[str]) -> Scheme:
    fields = known(file, node, _SCHEME_KEYS)
    road = _said(file, node, fields, "road")
    if f"road.{road}" not in declared:
        roads = "、".join(sorted(path.removeprefix("road.") for path in declared if path.startswith("road.")))
        raise PackError(file, fields["road"].line, f"没有“{road}”这条路，可写 {roads}")
    return Scheme(
        id=_shaped(file, node, fields, "id", _ID, "只用小写字母、数字和下划线"),
        name=_said(file, node, fields, "name"),
        aliases=_listed(file, fields, "aliases"),
        unit=_among(file, node, fields, "unit", UNITS),
        shape=_among(file, node, fields, "shape", SHAPES),
        payee=_said(file, node, fields, "payee"),
        period=_said(file, node, fields, "period"),
        road=road,
        rulebook=_among(
            file, node, fields, "rulebook", {**{book: BOOKS[book].title for book in BOOKS}, NO_BOOK: "不测算"}
        ),
        locality=_among(file, node, fields, "locality", LOCALITIES) if "locality" in fields else "",
        account=_shaped(file, node, fields, "account", _ACCOUNT, "应是 5 开头的四位支出科目", ""),
        inputs=_among(file, node, fields, "inputs", {book: BOOKS[book].title for book in BOOKS})
        if "inputs" in fields
        else "",
        clocks=_listed(file, fields, "clocks"),
        papers=_once(file, fields, "papers", [_paper(file, row) for row in _rows(file, fields, "papers")]),
        sheets=_listed(file, fields, "sheets"),
        reasons=_once(
            file, fields, "reasons", [_reason(file, row) for row in _rows(file, fields, "reasons")]
        ),
        posted_by_name=_among(file, node, fields, "posting", POSTINGS) == "named",
        carried_over_only=yes(file, fields, "carried_over_only"),
    )


def _paper(file: str, node: Marked) -> Paper:
    fields = known(file, node, {"code", "label", "source"})
    source = _among(file, node, fields, "source", SOURCES)
    return Paper(_said(file, node, fields, "code"), _said(file, node, fields, "label"), source)


def _reason(file: str, node: Marked) -> Reason:
    fields = known(file, node, {"code", "kind", "label", "article", "cause"})
    kind = _among(file, node, fields, "kind", REASON_KINDS)
    code, label, article = (_said(file, node, fields, name) for name in ("code", "label", "article"))
    cause = _among(file, node, fields, "cause", CAUSES) if "cause" in fields else ""
    return Reason(code, kind, label, article, cause)


def _said(
    file: str, node: Marked, fields: Mapping[str, Marked], name: str, default: str | None = None
) -> str:
    if name in fields:
        return text(file, fields[name])
    if default is None:
        raise PackError(file, node.line, f"缺少“{name}”")
    return default


def _shaped(
    file: str,
    node: Marked,
    fields: Mapping[str, Marked],
    name: str,
    shape: re.Pattern[str],
    told: str,
    default: str | None = None,
) -> str:
    found = _said(file, node, fields, name, default)
    if name in fields and not shape.match(found):
        raise PackError(file, fields[name].line, f"“{name}”{told}，现为“{found}”")
    return found


def _once(file: str, fields: Mapping[str, Marked], name: str, items: list[Coded]) -> tuple[Coded, ...]:
    """代码不重复。"""
    seen: set[str] = set()
    for item, row in zip(items, _rows(file, fields, name), strict=True):
        if item.code in seen:
            raise PackError(file, row.line, f"代码“{item.code}”写了两次")
        seen.add(item.code)
    return tuple(items)


def _among(
    file: str, node: Marked, fields: Mapping[str, Marked], name: str, options: Mapping[str, str]
) -> str:
    found = _said(file, node, fields, name)
    if found not in options:
        told = meant(found, options) or f"应为 {named(options)} 之一"
        raise PackError(file, fields[name].line, f"“{name}”不能写“{found}”，{told}")
    return found


def _listed(file: str, fields: Mapping[str, Marked], name: str) -> tuple[str, ...]:
    return tuple(text(file, child) for child in _rows(file, fields, name))


def _rows(file: str, fields: Mapping[str, Marked], name: str) -> Iterable[Marked]:
    return rows(file, fields[name]) if name in fields else ()
