"""民主评议：人够不够、票够不够、下次例会是哪天。回避的人不计入应到。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

WHOLE = 10_000  # ratios are parts of ten thousand


@dataclass(frozen=True)
class PanelTerms:
    """评议的条件：最少几人、到会比例、赞成比例（万分比）。"""

    least_members: int
    quorum: int
    approve: int


@dataclass(frozen=True)
class Votes:
    """一件申请的票数。"""

    in_favour: int
    against: int
    abstained: int

    @property
    def total(self) -> int:
        return self.in_favour + self.against + self.abstained


def quorum_fault(entitled: int, present: int, terms: PanelTerms) -> str:
    """到会的人够不够；够的为空。`entitled` 与 `present` 都已除去回避的人。依据：民发〔2012〕220号 第四章"""
    if present < terms.least_members:
        return f"民主评议至少 {terms.least_members} 人，除去回避的到会 {present} 人"
    if present * WHOLE < entitled * terms.quorum:
        return f"应到 {entitled} 人，实到 {present} 人，没有达到规定的比例"
    return ""


def approved(votes: Votes, terms: PanelTerms) -> bool:
    """赞成的占到会的比例够不够。弃权的也在到会之中。"""
    return votes.total > 0 and votes.in_favour * WHOLE >= votes.total * terms.approve


def meetings_due(last_on: date | None, since: date, every_days: int, on: date) -> tuple[date, ...]:
    """到 `on` 为止该开而没有开的例会日，和下一次（最后一个）：自上次会或小组成立起，每隔 `every_days` 天一次。"""
    following = (last_on or since) + timedelta(days=every_days)
    found = [following]
    while found[-1] <= on:
        found.append(found[-1] + timedelta(days=every_days))
    return tuple(found)
