"""政策包文件：带行号的普通字典 → 声明与带出处的值；错误写明文件、行和原因。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doudi.law.pack_nodes import Marked, PackError, day, known, meant, named, rows, table, text, yes
from doudi.law.pack_text import BadPolicyText, converted, typed
from doudi.law.procedure import road_fault
from doudi.law.units import BY_NAME, Unit, show

__all__ = [
    "STATUSES", "Declaration", "Leaf", "Marked", "PackDocument", "PackError", "PolicyRow", "area_of", "by_pack_id",
    "day", "document_leaves", "known", "meant", "named", "office_leaf", "read_declarations", "read_values", "rows",
    "table", "text", "within", "yes",
]  # fmt: skip
STATUSES = {"read": "已核原文", "local": "地方规定", "unverified": "待核原文", "demo": "演示值"}
ROADS = "road."
_KEYS = {
    "pack",
    "area",
    "title",
    "extends",
    "document",
    "status",
    "declare",
    "groups",
    "values",
    "scheme",
    "exclusive",
    "in_force",
    "warning",
}
_VALUE_KEYS = {"since", "until", "value", "unit", "document", "article", "status", "gap"}
_PATH = re.compile(r"\A[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+\Z")
# The provinces by the first two digits of an area code; 00 is the nation.
_PROVINCE = re.compile(r"\A(?:00|1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])")


@dataclass(frozen=True)
class PackDocument:
    """一个政策包文件。"""

    file: str
    root: Marked

    @property
    def id(self) -> str:
        return self.text("pack")

    @property
    def area(self) -> str:
        return self.text("area")

    def section(self, name: str) -> Mapping[str, Marked]:
        """文件的一节，没有写为空；不是字典则报错。"""
        found = table(self.file, self.root).get(name)
        return {} if found is None else table(self.file, found)

    @property
    def in_force(self) -> bool:
        """自己生效；写 `in_force: 否` 的是范例，只有被别的包 extends 才有效力。"""
        said = self.text("in_force", "是")
        if said not in ("是", "否"):
            raise PackError(self.file, self.line("in_force"), f"in_force 应写 是 或 否，现为“{said}”")
        return said == "是"

    def line(self, name: str) -> int:
        """文件头某一项的行号；没有写的为文件开头。"""
        found = table(self.file, self.root).get(name)
        return found.line if found else self.root.line

    def text(self, name: str, default: str | None = None) -> str:
        """文件头的一项文字；没有默认值时必须写。"""
        found = table(self.file, self.root).get(name)
        if found is not None:
            return text(self.file, found)
        if default is None:
            raise PackError(self.file, self.root.line, f"缺少“{name}”")
        return default


@dataclass(frozen=True)
class Declaration:
    """一项参数的声明：路径、中文名、单位、代码的中文名，和数的上限（比例不写为 100%）。

    `former` 标明现行规定已不允许的旧做法。
    """

    path: str
    label: str
    unit: Unit
    file: str
    line: int
    names: Mapping[str, str]
    most: int | None = None
    former: bool = False


@dataclass(frozen=True)
class Leaf:
    """一项参数的一个取值及其出处。`status`：read、local、unverified、demo、office、what_if。"""

    path: str
    value: Any
    unit: Unit
    label: str
    document: str
    article: str
    since: date
    until: date | None
    scope: str
    status: str
    file: str
    line: int
    names: Mapping[str, str]
    gap: bool = False


@dataclass(frozen=True)
class PolicyRow:
    """办公室录入的一个值（只增不改）。`value` 的写法与政策包相同：文字，或代码表、分段表、档位表的列表。"""

    path: str
    value: Any
    area_code: str
    since: date
    document: str
    article: str
    until: date | None = None
    unit: str = ""


def read_declarations(documents: Iterable[PackDocument]) -> dict[str, Declaration]:
    """全部参数声明；同一路径声明两次、路径既是叶又是枝都是错误。"""
    found: dict[str, Declaration] = {}
    for document in documents:
        known(document.file, document.root, _KEYS)
        area_of(document)
        for path, node in document.section("declare").items():
            if path in found:
                raise PackError(document.file, node.line, f"“{path}”已在 {found[path].file} 声明过")
            if not _PATH.match(path):
                raise PackError(
                    document.file, node.line, f"“{path}”不能作路径，应像 dibao.standard.rural 这样写"
                )
            found[path] = _declaration(document.file, path, node)
    for path, declared in found.items():
        parts = path.split(".")
        for stem in (".".join(parts[:n]) for n in range(1, len(parts))):
            if stem in found:
                raise PackError(declared.file, declared.line, f"“{stem}”已是一项参数，不能再有下级“{path}”")
    return found


def read_values(
    documents: Iterable[PackDocument], declared: Mapping[str, Declaration]
) -> Iterator[tuple[PackDocument, list[Leaf]]]:
    """各文件的取值；`extends` 的包先铺底，自己写到的路径整项替换。范例包也读，是否生效由 in_force 说。"""
    by_id = by_pack_id(documents)
    for document in by_id.values():
        yield document, document_leaves(document, by_id, declared)


def by_pack_id(documents: Iterable[PackDocument]) -> dict[str, PackDocument]:
    """按包名取文件；重名抛 PackError。"""
    found: dict[str, PackDocument] = {}
    for document in documents:
        if document.id in found:
            raise PackError(
                document.file, document.root.line, f"包名“{document.id}”与 {found[document.id].file} 重复"
            )
        found[document.id] = document
    return found


def office_leaf(row: PolicyRow, declared: Mapping[str, Declaration]) -> Leaf:
    """一行办公室录入，经与文件相同的校验；出错时文件写“办公室录入”。"""
    if row.path not in declared:
        raise PackError("办公室录入", 0, f"没有“{row.path}”这项参数")
    known_as = declared[row.path]
    unit = BY_NAME.get(row.unit, known_as.unit)
    try:
        value = within(converted(typed(row.value, unit), unit, known_as.unit), known_as)
        refuse_former(value, known_as, "")
    except BadPolicyText as error:
        raise PackError("办公室录入", 0, f"“{known_as.label}”：{error}") from None
    if not row.document:
        raise PackError("办公室录入", 0, f"“{known_as.label}”没有写文号")
    scope = row.area_code[:6].ljust(6, "0")
    return Leaf(
        row.path, value, known_as.unit, known_as.label, row.document, row.article, row.since, row.until,
        scope, "office", "办公室录入", 0, known_as.names,
    )  # fmt: skip


def _declaration(file: str, path: str, node: Marked) -> Declaration:
    fields = known(file, node, {"label", "unit", "names", "most", "former"})
    for need in ("label", "unit"):
        if need not in fields:
            raise PackError(file, node.line, f"“{path}”的声明缺少“{need}”")
    unit = _unit(file, fields["unit"])
    names = (
        {key: text(file, name) for key, name in table(file, fields["names"]).items()}
        if "names" in fields
        else {}
    )
    return Declaration(
        path, text(file, fields["label"]), unit, file, node.line, names, _most(file, fields, unit),
        yes(file, fields, "former"),
    )  # fmt: skip


def _most(file: str, fields: Mapping[str, Marked], unit: Unit) -> int | None:
    """上限：写了的按写的，比例没有写的为 100%。"""
    if "most" not in fields:
        return 10_000 if unit.kind == "rate" else None
    try:
        return int(typed(text(file, fields["most"]), unit))
    except BadPolicyText as error:
        raise PackError(file, fields["most"].line, f"上限写得不对：{error}") from None


def _unit(file: str, node: Marked) -> Unit:
    name = text(file, node)
    if name not in BY_NAME:
        raise PackError(file, node.line, f"单位“{name}”不认识，可写 {'、'.join(BY_NAME)}")
    return BY_NAME[name]


def document_leaves(
    document: PackDocument,
    by_id: Mapping[str, PackDocument],
    declared: Mapping[str, Declaration],
    path_so_far: tuple[str, ...] = (),
) -> list[Leaf]:
    """一个文件的全部取值，连同它 extends 来的；成环或没有这个包抛 PackError。"""
    if document.id in path_so_far:
        loop = " → ".join((*path_so_far, document.id))
        raise PackError(document.file, document.line("extends"), f"extends 成环：{loop}")
    own = [
        leaf
        for path, node in document.section("values").items()
        for leaf in _leaves(document, path, node, declared)
    ]
    base_id = document.text("extends", "")
    if not base_id:
        return own
    if base_id not in by_id:
        raise PackError(document.file, document.line("extends"), f"extends 的包“{base_id}”不存在")
    mine = {leaf.path for leaf in own}
    base = document_leaves(by_id[base_id], by_id, declared, (*path_so_far, document.id))
    scope = area_of(document)
    return [*own, *(replace(leaf, scope=scope) for leaf in base if leaf.path not in mine)]


def _leaves(
    document: PackDocument, path: str, node: Marked, declared: Mapping[str, Declaration]
) -> Iterator[Leaf]:
    if path not in declared:
        raise PackError(
            document.file, node.line, f"没有声明过“{path}”这项参数，{meant(path, declared) or '请核对路径'}"
        )
    found = rows(document.file, node)
    if not found:
        raise PackError(document.file, node.line, f"“{path}”下面一个值也没有写")
    for row in found:
        yield _leaf(document, declared[path], row)


def _leaf(document: PackDocument, declared: Declaration, node: Marked) -> Leaf:
    file = document.file
    fields = known(file, node, _VALUE_KEYS)
    for need in ("since", "value"):
        if need not in fields:
            raise PackError(file, node.line, f"“{declared.path}”缺少“{need}”")

    def said(name: str) -> str:
        return text(file, fields[name]) if name in fields else document.text(name, "")

    if not said("document"):
        raise PackError(file, node.line, f"“{declared.path}”没有写文号 document")
    if said("status") not in STATUSES:
        told = f"应为 {named(STATUSES)} 之一，现为“{said('status')}”"
        raise PackError(file, node.line, f"“{declared.path}”的核对情况 status {told}")
    until = day(file, fields["until"]) if "until" in fields else None
    since = day(file, fields["since"])
    if until is not None and until <= since:
        raise PackError(file, fields["until"].line, f"“{declared.path}”的 until 应晚于 since")
    article = text(file, fields["article"]) if "article" in fields else ""
    value = _value(file, fields, declared, document.text("warning", ""))
    return Leaf(
        declared.path, value, declared.unit, declared.label, said("document"), article, since, until,
        area_of(document), said("status"), file, node.line, declared.names, yes(file, fields, "gap"),
    )  # fmt: skip


def _value(file: str, fields: Mapping[str, Marked], declared: Declaration, warning: str) -> Any:
    unit = _unit(file, fields["unit"]) if "unit" in fields else declared.unit
    try:
        value = within(converted(typed(fields["value"].plain(), unit), unit, declared.unit), declared)
        refuse_former(value, declared, warning)
        return value
    except BadPolicyText as error:
        raise PackError(file, fields["value"].line, f"“{declared.label}”：{error}") from None


def refuse_former(value: Any, declared: Declaration, warning: str) -> None:
    """旧做法的参数只有写明 warning 的包可以开启；关着（0 或 否）总可以。否则抛 BadPolicyText。"""
    if declared.former and value and not warning:
        raise BadPolicyText("是现行规定不允许的旧做法，只有写明 warning 的旧政策包可以开启")


def within(value: Any, declared: Declaration) -> Any:
    """值在声明的范围内：代码在所列之中，数不超过上限，路走得通；否则抛 BadPolicyText。"""
    codes = value if declared.unit.kind == "codes" else (value,) if isinstance(value, str) else ()
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise BadPolicyText(f"“{code}”写了两次")
        if declared.names and code not in declared.names:
            told = meant(code, declared.names) or f"应为 {named(declared.names)} 之一"
            raise BadPolicyText(f"没有“{code}”这个代码，{told}")
    fault = road_fault(codes) if declared.path.startswith(ROADS) else ""
    if fault:
        raise BadPolicyText(fault)
    if declared.most is not None and isinstance(value, int) and value > declared.most:
        raise BadPolicyText(f"{show(value, declared.unit)} 超过上限 {show(declared.most, declared.unit)}")
    return value


def area_of(document: PackDocument) -> str:
    """文件适用的区划：6 位码，前两位是省（000000 为全国）。"""
    code = document.area
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        raise PackError(document.file, document.line("area"), f"area“{code}”应为 6 位区划码")
    if not _PROVINCE.match(code):
        raise PackError(
            document.file, document.line("area"), f"area“{code}”不是区划码：没有以 {code[:2]} 开头的省"
        )
    return code
