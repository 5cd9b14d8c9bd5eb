"""一项参数在一个范围里先后取的值：不重叠，中间不断。"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from doudi.law.pack_files import Leaf, PackError

Timeline = dict[tuple[str, str], tuple[Leaf, ...]]


def timeline(leaves: Iterable[Leaf]) -> Timeline:
    """按（路径, 范围）归拢，新的在前；同一天给两个值、两个值重叠或中间断开都抛 PackError。

    办公室录入的值不查重叠和断开：它晚于文件，文件里写了止日的值由它接着用或提前替换。
    """
    grouped: dict[tuple[str, str], list[Leaf]] = {}
    for leaf in leaves:
        rows = grouped.setdefault((leaf.path, leaf.scope), [])
        _refuse_twice(leaf, rows)
        rows.append(leaf)
    found: Timeline = {}
    for key, rows in grouped.items():
        rows.sort(key=lambda leaf: leaf.since)
        _refuse_overlap_and_gap([leaf for leaf in rows if leaf.status != "office"])
        found[key] = tuple(reversed(rows))
    return found


def _refuse_twice(leaf: Leaf, rows: list[Leaf]) -> None:
    for other in rows:
        if other.since == leaf.since:
            raise PackError(
                leaf.file,
                leaf.line,
                f"“{leaf.label}”（{leaf.path}）在 {leaf.since} 已有一个值（{other.file} 第 {other.line} 行），"
                "改标准请写新的生效日期，不要改旧值",
            )


def _refuse_overlap_and_gap(rows: list[Leaf]) -> None:
    for earlier, later in pairwise(rows):
        if earlier.until is None or earlier.until == later.since:
            continue
        where = f"{earlier.file} 第 {earlier.line} 行的值" if earlier.file != later.file else ""
        before = where or f"第 {earlier.line} 行的值"
        named = f"“{later.label}”（{later.path}）"
        if earlier.until > later.since:
            raise PackError(
                later.file,
                later.line,
                f"{named}有两个值重叠：{before}到 {earlier.until} 才止，这一行 {later.since} 就开始",
            )
        if not earlier.gap:
            raise PackError(
                later.file,
                later.line,
                f"{named}在 {earlier.until} 至 {later.since} 之间没有值：{before}止于 {earlier.until}；"
                "确实中断的，在那一行写 gap: 是",
            )
