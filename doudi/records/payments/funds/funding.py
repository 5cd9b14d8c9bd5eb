"""Whose money pays: what each level sent, what the locked runs took of it, what came back, and what is left.

Nothing here is stored twice. A run's allocation stands as long as its round does: a run sent back has none. What is
given back (recovered, or no longer owed) returns to the levels in the proportion the scheme took from them.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from doudi.law.funding import LEVELS, by_shares, free_for, in_order, proportional
from doudi.records.decisions.models import ListTransfer
from doudi.records.ledger.models import Level
from doudi.records.ledger.queries import granted_in, received_by_source
from doudi.records.payments.models import Allocation, PayrollRun, RecoveryReceipt, Release
from doudi.records.policies.queries import parameters

Source = tuple[str, str]  # level, scheme ("" for money of all relief)
OPEN = (PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)
LAST = "county"  # the county answers for its relief: what nobody sent, it owes


@dataclass(frozen=True)
class LevelSum:
    """一级资金: 到账 (含年初结余)、已分给各批次、退回来的、余额, 单位分; 余额为负是县级要补的。"""

    level: str
    received_fen: int
    used_fen: int
    back_fen: int

    @property
    def label(self) -> str:
        """中央、省级、市级、县级。"""
        return str(Level(self.level).label)

    @property
    def left_fen(self) -> int:
        """余额。"""
        return self.received_fen - self.used_fen + self.back_fen


@dataclass(frozen=True)
class Match:
    """县级配套: 每人多少 × 人口, 应配套, 今年已到账; 政策没有规定的没有这一项。"""

    per_head_fen: int
    persons: int
    granted_fen: int

    @property
    def due_fen(self) -> int:
        """应配套。"""
        return self.per_head_fen * self.persons


def standing_allocations() -> QuerySet[Allocation]:
    """现在算数的分摊: 锁定了的批次、退回重做之后最近一轮的。"""
    return Allocation.objects.filter(round=F("run__round")).exclude(run__state__in=OPEN)


def used_by_source() -> dict[Source, int]:
    """各级各项目用了多少, 已经减去退回来的。"""
    used = _allocated()
    for scheme, fen in _given_back().items():
        for level, part in _shared_back(used, scheme, fen).items():
            used[level, scheme] = used.get((level, scheme), 0) - part
    return used


def level_sums() -> list[LevelSum]:
    """四级资金各自的到账、用掉、退回和余额。"""
    received: dict[str, int] = defaultdict(int)
    used: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)
    for (level, _), fen in received_by_source().items():
        received[level] += fen
    allocated = _allocated()
    for (level, _), fen in allocated.items():
        used[level] += fen
    for scheme, fen in _given_back().items():
        for level, part in _shared_back(allocated, scheme, fen).items():
            back[level] += part
    return [LevelSum(level, received[level], used[level], back[level]) for level in LEVELS]


def _allocated() -> dict[Source, int]:
    """By the runs' allocations, and by what was transferred to insurers."""
    found: dict[Source, int] = defaultdict(int)
    runs = standing_allocations().order_by().values_list("level", "run__scheme")
    transfers = ListTransfer.objects.filter(state=ListTransfer.State.PAID).order_by()
    told = transfers.values_list("level", "batch__scheme")
    for level, scheme, total in (*runs.annotate(total=Sum("fen")), *told.annotate(total=Sum("fen"))):
        found[level, scheme] += int(total)
    return dict(found)


def _given_back() -> dict[str, int]:
    """Scheme → 分 that no family has: recovered into the account, or owed no longer."""
    found: dict[str, int] = defaultdict(int)
    came_in = RecoveryReceipt.objects.order_by().values_list("recovery__scheme").annotate(total=Sum("fen"))
    released = Release.objects.filter(approved_by__isnull=False).order_by().values_list("line__run__scheme")
    for scheme, total in (*came_in, *released.annotate(total=Sum("line__amount_fen"))):
        found[scheme] += int(total)
    return dict(found)


def _shared_back(used: dict[Source, int], scheme: str, fen: int) -> dict[str, int]:
    weights = {level: used.get((level, scheme), 0) for level in LEVELS}
    return proportional(fen, weights) if sum(weights.values()) else {LAST: fen}


def shares_of(run: PayrollRun, total: int, on: dt.date) -> tuple[dict[str, int], int]:
    """这个批次由各级出多少, 和各级加起来还差多少 (差的记在县级)。按政策包的用法。"""
    known = parameters(settings.COUNTY, on)
    free = free_for(run.scheme, received_by_source(), used_by_source())
    have = sum(max(fen, 0) for fen in free.values())
    short = max(total - have, 0)
    covered = total - short
    if known.value("funds.rule") == "share":
        shares = {level: int(known.value(f"funds.share.{level}")) for level in LEVELS}
        parts = by_shares(covered, free, shares) if covered else {}
    else:
        parts = in_order(covered, free, [str(level) for level in known.value("funds.order")])
    if short:
        parts[LAST] = parts.get(LAST, 0) + short
    return parts, short


def refuses_short(on: dt.date) -> bool:
    """资金不够时能不能锁定, 由政策包定。"""
    return bool(parameters(settings.COUNTY, on).value("funds.refuse_short"))


def allocations_of(run: PayrollRun) -> list[Allocation]:
    """一个批次这一轮的分摊。"""
    rows = {row.level: row for row in Allocation.objects.filter(run=run, round=run.round)}
    return [rows[level] for level in LEVELS if level in rows]


def county_match(year: int, on: dt.date) -> Match | None:
    """今年县级按人口应配套多少、到账多少。依据: 当地配套规定; 没有规定的为空。"""
    known = parameters(settings.COUNTY, on)
    paths = ("funds.match.per_head", "population.rural", "population.urban")
    if any(path not in known.leaves for path in paths):
        return None
    per_head, rural, urban = (int(known.value(path)) for path in paths)
    return Match(per_head, rural + urban, granted_in(LAST, year))
