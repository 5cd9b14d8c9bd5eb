"""资金来源：一批救助金由哪一级的拨款出多少，各级相加不差一分。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LEVELS = ("national", "province", "city", "county")


class NotEnoughFunds(ValueError):
    """各级资金加起来不够这一批；`short_fen` 是差多少分。"""

    def __init__(self, short_fen: int) -> None:
        super().__init__(f"各级资金还差 {short_fen} 分")
        self.short_fen = short_fen


def proportional(fen: int, weights: Mapping[str, int]) -> dict[str, int]:
    """按比例分到分：先各取整分，余下的分给余数最大的（一样大的，次序在前的先得），合计等于 `fen`。

    Raises ValueError where no weight is above zero.
    """
    whole = sum(weights.values())
    if whole <= 0 or min(weights.values()) < 0:
        raise ValueError("比例要大于零")
    parts = {name: fen * weight // whole for name, weight in weights.items()}
    places = {name: place for place, name in enumerate(weights)}
    by_remainder = sorted(weights, key=lambda name: (-(fen * weights[name] % whole), places[name]))
    for name in by_remainder[: fen - sum(parts.values())]:
        parts[name] += 1
    return {name: part for name, part in parts.items() if part}


def in_order(fen: int, available: Mapping[str, int], order: Sequence[str]) -> dict[str, int]:
    """依次用：前一级用完再用后一级。Raises NotEnoughFunds."""
    parts: dict[str, int] = {}
    left = fen
    for level in order:
        taken = min(left, max(available.get(level, 0), 0))
        if taken:
            parts[level] = taken
            left -= taken
    if left:
        raise NotEnoughFunds(left)
    return parts


def by_shares(fen: int, available: Mapping[str, int], shares: Mapping[str, int]) -> dict[str, int]:
    """按规定比例出；哪一级不够，差的由次序最后一级补。Raises NotEnoughFunds where it cannot."""
    parts = proportional(fen, shares)
    short = 0
    for level in list(parts):
        over = parts[level] - max(available.get(level, 0), 0)
        if over > 0:
            parts[level] -= over
            short += over
    left = {level: available.get(level, 0) - parts.get(level, 0) for level in reversed(LEVELS)}
    for level, fen_more in in_order(short, left, list(left)).items():
        parts[level] = parts.get(level, 0) + fen_more
    return {level: part for level, part in parts.items() if part}


def free_for(
    scheme: str, received: Mapping[tuple[str, str], int], used: Mapping[tuple[str, str], int]
) -> dict[str, int]:
    """某项目各级还能用多少：专给这个项目的先用，再用不分项目的；别的项目的专款不能用。

    `received` and `used` are (level, scheme) → 分; the scheme is "" for money of all relief. What a scheme used above
    its own money came out of the common money. A level that was drawn beyond its money is below zero.
    """
    schemes = {name for _, name in (*received, *used)}
    found = {}
    for level in LEVELS:
        own = received.get((level, scheme), 0) - used.get((level, scheme), 0) if scheme else 0
        drawn = sum(
            max(used.get((level, name), 0) - received.get((level, name), 0), 0) for name in schemes - {""}
        )
        common = received.get((level, ""), 0) - drawn
        found[level] = max(own, 0) + common
    return found
