"""增减的理由：新旧两次测算差多少，逐项归到收入、人口、标准、分类施保，各项之和等于差额。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# What can change an amount, or end it. A scheme's reason codes say which of these they stand for.
CAUSES: Mapping[str, str] = {
    "income": "收入", "members": "人口", "standard": "标准", "category": "分类施保", "refusal": "拒绝工作",
    "property": "财产", "death": "死亡", "moved": "迁出", "withdrawn": "自愿退出", "prison": "服刑",
    "other_aid": "转为其他救助", "uncooperative": "不配合核查",
}  # fmt: skip


class UnequalParts(ValueError):
    """各理由的金额合起来不等于增减额。"""


@dataclass(frozen=True)
class Sum:
    """一次测算里解释增减要用的数：年标准、人口、年收入（分）、月保障金、各人的增发（人 → 分）。"""

    standard: int
    members: int
    income: int
    base: int
    supplements: Mapping[Any, int]

    @property
    def total(self) -> int:
        """每月合计，单位分。"""
        return self.base + sum(self.supplements.values())


def split(before: Sum, after: Sum) -> dict[str, int]:
    """差额按原因分开：先算标准，再算人口，剩下的归收入；增发按人比。为零的不列，各项之和等于差额，单位分。"""
    found = dict.fromkeys(CAUSES, 0)
    for person in {**before.supplements, **after.supplements}:
        was, now = before.supplements.get(person), after.supplements.get(person)
        found[_why_supplement(was, now, before, after)] += (now or 0) - (was or 0)
    if after.base != before.base:
        standard = _monthly((after.standard - before.standard) * before.members)
        members = _monthly(after.standard * (after.members - before.members))
        found["standard"] += standard
        found["members"] += members
        found["income"] += after.base - before.base - standard - members
    _fold_rounding(found)
    return {cause: fen for cause, fen in found.items() if fen}


def _why_supplement(was: int | None, now: int | None, before: Sum, after: Sum) -> str:
    """A person who came or went is population; a rate of another standard is the standard; the rest is the category."""
    if was is None or now is None:
        return "members"
    return "standard" if was and now and before.standard != after.standard else "category"


def _monthly(yearly: int) -> int:
    """Towards zero: what is lost in twelfths is picked up by the remainder."""
    return abs(yearly) // 12 * (1 if yearly > 0 else -1)


def _fold_rounding(found: dict[str, int]) -> None:
    """Less than a yuan that came of rounding alone is not told to a family as a change of its income."""
    others = [cause for cause, fen in found.items() if fen and cause != "income"]
    if others and 0 < abs(found["income"]) < 100:
        largest = max(others, key=lambda cause: abs(found[cause]))
        found[largest] += found["income"]
        found["income"] = 0


def require_equal(amounts: Iterable[int], difference: int) -> None:
    """各理由的金额之和必须等于增减额，一分不差。Raises UnequalParts saying by how much."""
    told = sum(amounts)
    if told != difference:
        raise UnequalParts(difference - told)
