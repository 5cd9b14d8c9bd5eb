"""政策包文件的节点：文字、表、列表，各带行号；读不成时说明文件、行和原因。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

_DAY = re.compile(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EARLIEST, _LATEST = date(1949, 10, 1), date(2100, 1, 1)


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


def table(file: str, node: Marked) -> Mapping[str, Marked]:
    """取字典节点。"""
    if not isinstance(node.value, Mapping):
        raise PackError(file, node.line, "这里应是“键: 值”的表")
    return node.value


def rows(file: str, node: Marked) -> Sequence[Marked]:
    """取列表节点。"""
    if isinstance(node.value, str | Mapping):
        raise PackError(file, node.line, "这里应是列表：每行以“- ”开头，或写在 [ ] 里")
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
            told = meant(key, keys) or f"这里可写 {'、'.join(sorted(keys))}"
            raise PackError(file, child.line, f"不认识“{key}”，{told}")
    return found


def meant(word: str, options: Iterable[str]) -> str:
    """写错的词想写哪一个；没有相近的为空。"""
    near = get_close_matches(word, list(options), 1)
    return f"是不是想写“{near[0]}”？" if near else ""


def named(options: Mapping[str, str]) -> str:
    """可写的代码，各带中文名。"""
    return "、".join(f"{code}（{label}）" for code, label in options.items())


def yes(file: str, fields: Mapping[str, Marked], name: str, *, usual: bool = False) -> bool:
    """取一个 是/否；没有写的为 `usual`。"""
    if name not in fields:
        return usual
    said = text(file, fields[name])
    if said not in ("是", "否"):
        raise PackError(file, fields[name].line, f"“{name}”应写 是 或 否，现为“{said}”")
    return said == "是"


def day(file: str, node: Marked) -> date:
    """取日期节点：写成 2026-01-01，在 1949 年至 2100 年之间。"""
    said = text(file, node)
    try:
        found = date.fromisoformat(said) if _DAY.match(said) else None
    except ValueError:
        found = None
    if found is None:
        raise PackError(file, node.line, f"“{said}”不是日期，请写 2026-01-01 这样的日期")
    if not _EARLIEST <= found <= _LATEST:
        raise PackError(file, node.line, f"“{said}”不像政策的日期，应在 1949 年至 2100 年之间")
    return found
