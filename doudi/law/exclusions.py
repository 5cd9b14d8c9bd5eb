"""互斥表：哪些方案不能同时享受、择一、就高或补差。规则和数据库的约束都读这一张表。"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from doudi.law.pack_files import (
    STATUSES,
    Declaration,
    Leaf,
    Marked,
    PackDocument,
    PackError,
    area_of,
    day,
    known,
    meant,
    named,
    rows,
    table,
    text,
)
from doudi.law.schemes.holdings import OTHERS
from doudi.law.units import CODES

ROOT = "exclusion"
RULES = {
    "never": "不能同时享受", "choose": "择一享受", "higher": "就高享受", "difference": "补足差额",
    "same_cause": "同一事由不重复",
}  # fmt: skip
_KEYS = {"first", "second", "rule", "article", "since", "until", "status"}
# From the least sure to the surest: a list is as sure as the least sure of its rows.
_DOUBTS = ("demo", "unverified", "local", "read")


@dataclass(frozen=True)
class Exclusion:
    """同一人的两个方案之间的一条规定。

    `rule`：never 不能同享、choose 择一、higher 就高、difference 补差（first 按与 second 的差额发）、
    same_cause 同一事由。`scope` 是适用区划，下级地方只能加行，不能减行。`status` 是核对情况，同参数。
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
    status: str = "read"

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
    """全部文件的互斥行；一对写两次、同时两种规定、没有这个方案、写在范例包里，都抛 PackError。"""
    held = tuple(documents)
    schemes = {*scheme_ids(held), *OTHERS}
    found: list[Exclusion] = []
    for document in held:
        node = table(document.file, document.root).get("exclusive")
        if node is not None and not document.in_force:
            raise PackError(
                document.file, node.line, "范例包（in_force: 否）不能写互斥行：互斥行只在生效的包里写"
            )
        for child in rows(document.file, node) if node is not None else ():
            row = _exclusion(document, child, schemes)
            _refuse_contradiction(row, found)
            found.append(row)
    return tuple(found)


def scheme_ids(documents: Iterable[PackDocument]) -> Iterator[str]:
    """写了方案文件的方案编号。"""
    for document in documents:
        fields = document.section("scheme")
        if "id" in fields:
            yield text(document.file, fields["id"])


def _refuse_contradiction(row: Exclusion, found: Iterable[Exclusion]) -> None:
    """一对只有一种规定；同一事由不重复说的是另一回事，可以并存。"""
    for before in found:
        if (before.pair, before.scope) != (row.pair, row.scope) or not _overlap(row, before):
            continue
        where = f"{before.file} 第 {before.line} 行"
        if before.rule == row.rule:
            raise PackError(row.file, row.line, f"“{row.pair}”已写过（{where}）")
        if "same_cause" not in (before.rule, row.rule):
            raise PackError(
                row.file,
                row.line,
                f"“{row.pair}”已写“{RULES[before.rule]}”（{where}），不能再写“{RULES[row.rule]}”",
            )


def _overlap(one: Exclusion, other: Exclusion) -> bool:
    ends = (one.until is None or other.since < one.until, other.until is None or one.since < other.until)
    return all(ends)


def _exclusion(document: PackDocument, node: Marked, schemes: Collection[str]) -> Exclusion:
    file = document.file
    fields = known(file, node, _KEYS)
    for need in ("first", "second", "rule", "since"):
        if need not in fields:
            raise PackError(file, node.line, f"互斥行缺少“{need}”")
    rule = text(file, fields["rule"])
    if rule not in RULES:
        raise PackError(file, fields["rule"].line, f"“rule”应为 {named(RULES)} 之一，现为“{rule}”")
    first, second = (_scheme(file, fields[name], schemes) for name in ("first", "second"))
    if first == second:
        raise PackError(file, node.line, f"“{first}”不能与自己互斥")
    since = day(file, fields["since"])
    until = day(file, fields["until"]) if "until" in fields else None
    if until is not None and until <= since:
        raise PackError(file, fields["until"].line, "互斥行的 until 应晚于 since")
    article = text(file, fields["article"]) if "article" in fields else ""
    status = text(file, fields["status"]) if "status" in fields else document.text("status", "read")
    if status not in STATUSES:
        where = fields.get("status", node).line
        raise PackError(file, where, f"互斥行的核对情况 status 应为 {named(STATUSES)} 之一，现为“{status}”")
    return Exclusion(first, second, rule, article, since, until, area_of(document), file, node.line, status)


def _scheme(file: str, node: Marked, schemes: Collection[str]) -> str:
    found = text(file, node)
    if found not in schemes:
        hint = meant(found, schemes) or "请核对方案编号"
        raise PackError(file, node.line, f"没有“{found}”这个救助项目，{hint}")
    return found


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
    status = min((row.status for row in mine), key=_DOUBTS.index, default="read")
    return Leaf(
        known_as.path, others, CODES, known_as.label, articles or "互斥表", "", since, None, scope, status,
        file, mine[0].line if mine else 0, {},
    )  # fmt: skip
