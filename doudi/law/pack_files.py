"""政策包文件：带行号的普通字典 → 声明与带出处的值；错误写明文件、行和原因。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doudi.law.pack_text import BadPolicyText, converted, typed
from doudi.law.units import BY_NAME, Unit, show

STATUSES = {"read": "已核原文", "local": "地方规定", "unverified": "待核原文", "demo": "演示值"}
_KEYS = {
    "pack",
    "area",
    "title",
    "extends",
    "document",
    "status",
    "declare",
    "values",
    "scheme",
    "roads",
    "exclusive",
    "in_force",
    "warning",
}
_VALUE_KEYS = {"since", "until", "value", "unit", "document", "article", "status"}


class PackError(ValueError):
    """政策包有错。`file`、`line`、`reason` 分别是文件、行号和原因。"""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file} 第 {line} 行：{reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True)
class Marked:
    """文件里的一个节点。`value` 是文字、字典（键→节点）或列表；`line` 从 1 起。"""

    value: str | Mapping[str, Marked] | Sequence[Marked]
    line: int

    def plain(self) -> Any:
        """去掉行号的普通值。"""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value]


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
            raise PackError(self.file, self.root.line, f"in_force 应写 是 或 否，现为“{said}”")
        return said == "是"

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


def table(file: str, node: Marked) -> Mapping[str, Marked]:
    """取字典节点。"""
    if not isinstance(node.value, Mapping):
        raise PackError(file, node.line, "这里应是“键: 值”的表")
    return node.value


def rows(file: str, node: Marked) -> Sequence[Marked]:
    """取列表节点。"""
    if isinstance(node.value, str | Mapping):
        raise PackError(file, node.line, "这里应是列表")
    return node.value


def text(file: str, node: Marked) -> str:
    """取文字节点。"""
    if not isinstance(node.value, str):
        raise PackError(file, node.line, "这里应是一个值")
    return node.value


def known(file: str, node: Marked, keys: set[str]) -> Mapping[str, Marked]:
    """取字典节点，并拒绝不认识的键（写错的键不会被悄悄丢掉）。"""
    found = table(file, node)
    for key, child in found.items():
        if key not in keys:
            raise PackError(file, child.line, f"不认识“{key}”，这里可写 {'、'.join(sorted(keys))}")
    return found


def day(file: str, node: Marked) -> date:
    """取日期节点。"""
    try:
        return date.fromisoformat(text(file, node))
    except ValueError:
        raise PackError(file, node.line, f"“{node.value}”不是日期，请写 2026-01-01 这样的日期") from None


def read_declarations(documents: Iterable[PackDocument]) -> dict[str, Declaration]:
    """全部参数声明；同一路径声明两次、路径既是叶又是枝都是错误。"""
    found: dict[str, Declaration] = {}
    for document in documents:
        known(document.file, document.root, _KEYS)
        for path, node in document.section("declare").items():
            if path in found:
                raise PackError(document.file, node.line, f"“{path}”已在 {found[path].file} 声明过")
            found[path] = _declaration(document.file, path, node)
    for path, declared in found.items():
        parts = path.split(".")
        for stem in (".".join(parts[:n]) for n in range(1, len(parts))):
            if stem in found:
                raise PackError(declared.file, declared.line, f"“{stem}”已是一项参数，不能再有下级“{path}”")
    return found


def read_values(documents: Iterable[PackDocument], declared: Mapping[str, Declaration]) -> list[Leaf]:
    """生效的取值；`extends` 的包先铺底，自己写到的路径整项替换。范例包也校验，但自己不生效。"""
    by_id = by_pack_id(documents)
    made = {document.id: document_leaves(document, by_id, declared) for document in by_id.values()}
    return [leaf for document in by_id.values() if document.in_force for leaf in made[document.id]]


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
        path, text(file, fields["label"]), unit, file, node.line, names, _most(file, fields, unit)
    )


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
        raise PackError(document.file, document.root.line, f"extends 成环：{loop}")
    own = [
        leaf
        for path, node in document.section("values").items()
        for leaf in _leaves(document, path, node, declared)
    ]
    base_id = document.text("extends", "")
    if not base_id:
        return own
    if base_id not in by_id:
        raise PackError(document.file, document.root.line, f"extends 的包“{base_id}”不存在")
    mine = {leaf.path for leaf in own}
    base = document_leaves(by_id[base_id], by_id, declared, (*path_so_far, document.id))
    scope = area_of(document)
    return [*own, *(replace(leaf, scope=scope) for leaf in base if leaf.path not in mine)]


def _leaves(
    document: PackDocument, path: str, node: Marked, declared: Mapping[str, Declaration]
) -> Iterator[Leaf]:
    if path not in declared:
        raise PackError(document.file, node.line, f"没有声明过“{path}”这项参数，请核对路径")
    for row in rows(document.file, node):
        yield _leaf(document, declared[path], row)


def _leaf(document: PackDocument, declared: Declaration, node: Marked) -> Leaf:
    file = document.file
    fields = known(file, node, _VALUE_KEYS)
    for need in ("since", "value"):
        if need not in fields:
            raise PackError(file, node.line, f"“{declared.path}”缺少“{need}”")

    def said(name: str) -> str:
        return text(file, fields[name]) if name in fields else document.text(name, "")

    if not said("document") or said("status") not in STATUSES:
        raise PackError(
            file, node.line, f"“{declared.path}”要写文号 document 和核对情况 status（{'、'.join(STATUSES)}）"
        )
    until = day(file, fields["until"]) if "until" in fields else None
    since = day(file, fields["since"])
    if until is not None and until <= since:
        raise PackError(file, fields["until"].line, f"“{declared.path}”的 until 应晚于 since")
    article = text(file, fields["article"]) if "article" in fields else ""
    value = _value(file, fields, declared, document.text("warning", ""))
    return Leaf(
        declared.path, value, declared.unit, declared.label, said("document"), article, since, until,
        area_of(document), said("status"), file, node.line, declared.names,
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
    """值在声明的范围内：代码在所列之中，数不超过上限；否则抛 BadPolicyText。"""
    if declared.names and isinstance(value, str) and value not in declared.names:
        raise BadPolicyText(f"应为 {'、'.join(declared.names)} 之一，现为“{value}”")
    if declared.most is not None and isinstance(value, int) and value > declared.most:
        raise BadPolicyText(f"{show(value, declared.unit)} 超过上限 {show(declared.most, declared.unit)}")
    return value


def area_of(document: PackDocument) -> str:
    """文件适用的区划：6 位码。"""
    code = document.area
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        raise PackError(document.file, document.root.line, f"area“{code}”应为 6 位区划码")
    return code
