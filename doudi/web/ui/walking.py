"""名单与案卷之间来回走用的部件数据: 第几件、下一件, 存下的筛选。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class QueueLine:
    """从名单打开的案卷: 第几件、共几件 (capped 时写以上)、回名单、下一件; 不在名单里的 number 为 0。"""

    number: int
    total: int
    back_url: str
    next_url: str = ""
    capped: bool = False


@dataclass(frozen=True)
class SavedFilters:
    """存下的筛选: 名字、地址、删去的地址; query 非空时可以把现在的条件存下。"""

    rows: Sequence[tuple[str, str, str]]
    save_url: str = ""
    query: str = ""
