"""Incomes and property that leave a family under the line by a chosen gap, from the sources such families have."""

from dataclasses import dataclass
from random import Random

from doudi.demo.families import Income, Member

YUAN = 100
BASIC_PENSION_FEN = 1_536 * YUAN  # a year; excluded from income, so it only shows that it is excluded
WORK_COST_BP = 2_000  # the demo pack's share of a wage that counts as the cost of working
WAGE_CAP_FEN = 13_500 * YUAN  # below this the share is under its own cap, in both years and both localities


@dataclass(slots=True)
class Asset:
    """一项家庭财产: 代码和价值 (分)。"""

    code: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Level:
    """一地的年标准 (分) 和人均月差额的分布 (元): 均值、离差、下限、上限。"""

    standard_fen: int
    mean: int
    spread: int
    low: int
    high: int


# Against the lower standard of 2025, so that a family under the line in 2025 is under it in 2026.
LEVELS = {
    "rural": Level(5_580 * YUAN, mean=116, spread=60, low=25, high=440),
    "urban": Level(7_920 * YUAN, mean=132, spread=66, low=30, high=600),
}


def provide(members: list[Member], locality: str, rng: Random) -> list[Asset]:
    """给一户安排收入, 使人均月差额落在该地的分布里; 返回财产。"""
    level = LEVELS[locality]
    gap = min(max(int(rng.gauss(level.mean, level.spread)), level.low), level.high)
    target = (level.standard_fen - gap * 12 * YUAN) * len(members)
    for member in members:
        if member.age > 60:
            member.incomes.append(Income("basic_pension", BASIC_PENSION_FEN))
    _fill(members, locality, max(target, 0), rng)
    return _assets(members, rng)


def _fill(members: list[Member], locality: str, target: int, rng: Random) -> None:
    """Wages first, then support, land and crops take what is left; countable income never exceeds the target."""
    left = target
    for worker in members:
        if worker.able and left > 2_000 * YUAN:
            left -= _wage(worker, left, locality, rng)
    head = members[0]
    if locality == "rural" and left > 600 * YUAN and rng.random() < 0.5:
        left -= _add(head, "land_lease", min(left, rng.randrange(200, 900, 50) * YUAN))
    if head.age > 60 and left > 300 * YUAN and rng.random() < 0.65:
        left -= _add(head, "support_received", min(left, rng.randrange(600, 3_600, 100) * YUAN))
    if left >= 100 * YUAN:
        _rest(head, locality, left, rng)


def _wage(worker: Member, left: int, locality: str, rng: Random) -> int:
    """A wage whose countable part fits what is left. Returns the countable part."""
    most = min(left * 10_000 // (10_000 - WORK_COST_BP), WAGE_CAP_FEN)
    gross = int(most * rng.uniform(0.35, 0.95)) // (100 * YUAN) * 100 * YUAN
    if gross <= 0:
        return 0
    code = "odd_jobs" if locality == "rural" or rng.random() < 0.4 else "wage"
    worker.incomes.append(Income(code, gross))
    return gross - gross * WORK_COST_BP // 10_000


def _rest(head: Member, locality: str, left: int, rng: Random) -> None:
    net = left // (10 * YUAN) * 10 * YUAN
    if locality == "urban":
        code = "pension" if head.age > 60 else "other_transfer"
        head.incomes.append(Income(code, net))
        return
    cost = int(net * rng.uniform(0.3, 0.7)) // (10 * YUAN) * 10 * YUAN
    code = "livestock" if rng.random() < 0.2 else "crops"
    head.incomes.append(Income(code, net + cost, cost))


def _add(member: Member, code: str, amount: int) -> int:
    member.incomes.append(Income(code, amount))
    return amount


def _assets(members: list[Member], rng: Random) -> list[Asset]:
    """Well under every limit of the demo pack: savings for two months a head at most, one house, no vehicle."""
    assets = []
    if rng.random() < 0.7:
        assets.append(Asset("deposit", rng.randrange(100, 4_500, 100) * YUAN * len(members)))
    if rng.random() < 0.9:
        assets.append(Asset("house", rng.randrange(20_000, 90_000, 5_000) * YUAN))
    return assets
