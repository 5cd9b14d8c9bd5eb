"""互斥表：哪些方案不能同时享受、择一、就高或补差。规则和数据库的约束都读这一张表。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from doudi.law.pack_files import (
    Declaration,
    Leaf,
    Marked,
    PackDocument,
    PackError,
    area_of,
    day,
    known,
    rows,
    table,
    text,
)
from doudi.law.units import CODES

ROOT = "exclusion"
RULES = {
    "never": "不能同时享受", "choose": "择一享受", "higher": "就高享受", "difference": "补足差额",
    "same_cause": "同一事由不重复",
}  # fmt: skip
_KEYS = {"first", "second", "rule", "article", "since", "until"}


@dataclass(frozen=True)
class Exclusion:
    """同一人的两个方案之间的一条规定。

    `rule`：never 不能同享、choose 择一、higher 就高、difference 补差（first 按与 second 的差额发）、
    same_cause 同一事由。`scope` 是适用区划，下级地方只能加行，不能减行。
    """

    first: str
    second: str
    rule: str
    article: str
    since: date
    until: date | None
    scope: str
    file: str
    line: int

    @property
    def pair(self) -> str:
        """这一对的代码，与书写先后无关。"""
        return "×".join(sorted((self.first, self.second)))

    def other(self, scheme: str) -> str | None:
        """与 `scheme` 相对的方案；difference 只对 first 有另一方。"""
        if scheme == self.first:
            return self.second
        return self.first if scheme == self.second and self.rule != "difference" else None

    def applies(self, scopes: Iterable[str], on: date) -> bool:
        """某地某日是否适用。"""
        return self.scope in scopes and self.since <= on and (self.until is None or on < self.until)


def read_exclusions(documents: Iterable[PackDocument]) -> tuple[Exclusion, ...]:
    """全部文件的互斥行；一对同日写两次是错误。"""
    found: dict[tuple[str, str, str, date], Exclusion] = {}
    for document in documents:
        node = table(document.file, document.root).get("exclusive")
        for child in rows(document.file, node) if node is not None else ():
            row = _exclusion(document, child)
            key = (row.pair, row.rule, row.scope, row.since)
            if key in found:
                before = found[key]
                raise PackError(
                    row.file, row.line, f"“{row.pair}”已写过（{before.file} 第 {before.line} 行）"
                )
            found[key] = row
    return tuple(found.values())


def _exclusion(document: PackDocument, node: Marked) -> Exclusion:
    file = document.file
    fields = known(file, node, _KEYS)
    for need in ("first", "second", "rule", "since"):
        if need not in fields:
            raise PackError(file, node.line, f"互斥行缺少“{need}”")
    rule = text(file, fields["rule"])
    if rule not in RULES:
        raise PackError(file, fields["rule"].line, f"“rule”应为 {'、'.join(RULES)} 之一，现为“{rule}”")
    first, second = text(file, fields["first"]), text(file, fields["second"])
    if first == second:
        raise PackError(file, node.line, f"“{first}”不能与自己互斥")
    since = day(file, fields["since"])
    until = day(file, fields["until"]) if "until" in fields else None
    if until is not None and until <= since:
        raise PackError(file, fields["until"].line, "互斥行的 until 应晚于 since")
    article = text(file, fields["article"]) if "article" in fields else ""
    return Exclusion(first, second, rule, article, since, until, area_of(document), file, node.line)


def declarations(schemes: Iterable[str]) -> dict[str, Declaration]:
    """规则可读的参数：`exclusion.<规定>.<方案>` 是与它相对的各方案。"""
    return {
        f"{ROOT}.{rule}.{scheme}": Declaration(
            f"{ROOT}.{rule}.{scheme}", f"{told}的其他待遇", CODES, "互斥表", 0, {}
        )
        for scheme in schemes
        for rule, told in RULES.items()
    }


def leaves(
    exclusions: tuple[Exclusion, ...], declared: Mapping[str, Declaration], scopes: tuple[str, ...], on: date
) -> Iterator[tuple[str, Leaf]]:
    """某地某日互斥表的各项；没有规定的是空表。"""
    standing = [row for row in exclusions if row.applies(scopes, on)]
    for path, known_as in declared.items():
        root, *rest = path.split(".")
        if root != ROOT:
            continue
        rule, scheme = rest
        mine = [row for row in standing if row.rule == rule and row.other(scheme)]
        yield path, _leaf(known_as, scheme, mine, on)


def _leaf(known_as: Declaration, scheme: str, mine: list[Exclusion], on: date) -> Leaf:
    others = tuple(sorted({row.other(scheme) or "" for row in mine}))
    articles = "；".join(dict.fromkeys(row.article for row in mine if row.article))
    since = max((row.since for row in mine), default=on)
    scope, file = (mine[0].scope, mine[0].file) if mine else ("000000", "互斥表")
    return Leaf(
        known_as.path, others, CODES, known_as.label, articles or "互斥表", "", since, None, scope, "read",
        file, mine[0].line if mine else 0, {},
    )  # fmt: skip
