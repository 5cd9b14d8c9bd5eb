"""One number on a desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """工作台上的一个数: 是什么、多少、去哪张名单、怎样筛。"""

    label: str
    value: int
    unit: str
    page: str
    query: str = ""
    note: str = ""
    tone: str = ""
