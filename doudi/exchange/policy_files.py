"""读政策包：把 policies/ 下的 YAML 读成带行号的普通字典，交给 law 校验。"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from doudi.law.catalogue import Catalogue, read_catalogue
from doudi.law.pack_files import Marked, PackDocument, PackError
from doudi.law.packs import Packs

LARGEST = 1_000_000
DEEPEST = 20
_ALIAS = "alias"
_TOO_DEEP = "too deep"
# What the YAML reader says → what a clerk is told; True where the line to look at is the one the trouble began on.
_PROBLEMS: tuple[tuple[str, bool, str], ...] = (
    (_ALIAS, False, "不能用 * 引用别处的内容，请把值照写一遍"),
    (_TOO_DEEP, False, f"套了 {DEEPEST} 层以上，请拆开写"),
    ("'\\t'", False, "缩进用了制表符（Tab），请改用空格"),
    ("found character", False, "值以 @、%、` 一类符号开头，请加引号"),
    ("mapping values are not allowed", False, "冒号的位置不对：一行只写一个“键: 值”，并与同级的行左对齐"),
    ("expected <block end>", False, "缩进没有对齐：同级的行要左对齐"),
    ("could not find expected ':'", True, "缺少冒号：键和值之间写半角的“: ”，冒号后空一格"),
    ("unexpected end of stream", True, "引号没有收尾"),
    ("expected ',' or", True, "方括号或花括号没有收尾，或者中间缺少逗号"),
    ("found another document", False, "一个文件只能有一份内容，请去掉多余的 ---"),
    ("expected <document start>", False, "前面的内容已经结束，这一行多出来了"),
)


def read_packs(folder: Path) -> Packs:
    """读整个政策包目录（*.yaml，含下级目录），校验后返回；出错抛 PackError（文件、行、原因）。

    方案、路和互斥对一并校验：有一处错就整个不收，不会读进一半。
    """
    return assembled(read_documents(folder))


def assembled(documents: Iterable[PackDocument]) -> Packs:
    """把读好的文件合成一套政策包，全部校验；出错抛 PackError。"""
    held = tuple(documents)
    read_catalogue(held)
    return Packs(held)


def read_scheme_catalogue(folder: Path) -> Catalogue:
    """读同一目录里的方案、路和互斥对；出错抛 PackError（文件、行、原因）。"""
    return read_catalogue(read_documents(folder))


def read_documents(folder: Path) -> list[PackDocument]:
    """读目录下全部政策包文件，按相对路径排序；文件名写成相对路径。"""
    for stray in sorted(folder.rglob("*.yml")):
        raise PackError(str(stray.relative_to(folder)), 1, "文件名要以 .yaml 结尾，写成 .yml 不会被读到")
    files = sorted(folder.rglob("*.yaml"))
    return [read_document(file, str(file.relative_to(folder))) for file in files]


def read_document(path: Path, file: str) -> PackDocument:
    """读一个文件；编码不对、太大、写法不对都抛 PackError。"""
    return parse_document(_decoded(path.read_bytes(), file), file)


def parse_document(text: str, file: str) -> PackDocument:
    """把一份 YAML 文字读成带行号的文件；值一律留作原文，不经浮点。"""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        raise PackError(file, line, f"含有看不见的控制字符（U+{code:04X}）") from None
    except yaml.MarkedYAMLError as error:
        raise _told(error, file) from None
    if node is None:
        raise PackError(file, 1, "文件是空的")
    return PackDocument(file, _marked(node, file))


class _Loader(yaml.SafeLoader):
    """Composes only what a person wrote out: no aliases (a few lines could stand for millions), no deep nesting."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        refused = _ALIAS if isinstance(event, yaml.AliasEvent) else _TOO_DEEP if self.depth > DEEPEST else ""
        if refused:
            raise yaml.MarkedYAMLError(problem=refused, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _decoded(raw: bytes, file: str) -> str:
    if len(raw) > LARGEST:
        raise PackError(file, 1, f"文件有 {len(raw):,} 字节，超过 {LARGEST:,}，不像一份政策包")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PackError(file, 1, "文件是 UTF-16 编码，请另存为 UTF-8")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise PackError(file, 1, "文件开头有看不见的 BOM 标记，请另存为“UTF-8（无 BOM）”")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PackError(file, line, "文件不是 UTF-8 编码（像是 GB18030），请另存为 UTF-8") from None


def _told(error: yaml.MarkedYAMLError, file: str) -> PackError:
    said = str(error.problem)
    for sign, at_start, reason in _PROBLEMS:
        if sign in said:
            mark = (at_start and error.context_mark) or error.problem_mark
            return PackError(file, mark.line + 1 if mark else 1, f"YAML 写法不对：{reason}")
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return PackError(file, line, "YAML 写法不对：这一行读不懂，请对照其他政策包的写法")


def _marked(node: yaml.Node, file: str) -> Marked:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Marked(str(node.value), line)
    if isinstance(node, yaml.SequenceNode):
        return Marked([_marked(child, file) for child in node.value], line)
    children: dict[str, Marked] = {}
    for key, value in node.value:
        name = _key(key, file)
        if name in children:
            raise PackError(file, key.start_mark.line + 1, f"“{name}”写了两次")
        child = _marked(value, file)
        children[name] = Marked(child.value, key.start_mark.line + 1)
    return Marked(children, line)


def _key(node: yaml.Node, file: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise PackError(file, node.start_mark.line + 1, "键应是一个词")
    return str(node.value)
