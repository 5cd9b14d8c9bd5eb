"""抽签：从一份名单里按比例抽出若干件。种子、名单、比例相同，抽出的就相同，谁都可以重算。"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

WHOLE = 10_000  # basis points in one


def needed(size: int, rate_bp: int) -> int:
    """`size` 件按比例至少抽几件：向上取整，30% 的 7 件是 3 件。"""
    if not 0 <= rate_bp <= WHOLE:
        raise ValueError("抽查比例应在 0 到 100% 之间")
    return -(-size * rate_bp // WHOLE)


def drawn(seed: str, frame: Sequence[str], rate_bp: int) -> tuple[str, ...]:
    """抽中的号，按号排序：每个号与种子合在一起取 SHA-256，最小的几个中签。与名单的先后无关。"""
    if len(set(frame)) != len(frame):
        raise ValueError("抽签名单里有重复的号")
    ranked = sorted(frame, key=lambda no: sha256(f"{seed}|{no}".encode()).hexdigest())
    return tuple(sorted(ranked[: needed(len(frame), rate_bp)]))
