"""单位：一个数是什么、怎样写给人看。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from doudi.law.money import yuan

Fen: TypeAlias = int
Count: TypeAlias = int
Rate: TypeAlias = int
Flag: TypeAlias = bool
Code: TypeAlias = str
Scalar: TypeAlias = int | bool | str


@dataclass(frozen=True, slots=True)
class Unit:
    """单位。`kind`：money（整数分）、rate（万分之一）、count、flag、code、codes、tiers、bands；`suffix` 写在数后。

    档位表的 `suffix` 说“至”是什么：空为元，岁、级为整数；% 的“至”和“值”都是比例。
    """

    kind: str
    suffix: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in ("money", "rate", "count")


FEN = Unit("money", "元")
FEN_YEAR = Unit("money", "元/年")
FEN_MONTH = Unit("money", "元/月")
RATE = Unit("rate", "%")
COUNT = Unit("count")
PERSONS = Unit("count", "人")
AGE = Unit("count", "岁")
YEARS = Unit("count", "年")
MONTHS = Unit("count", "个月")
DAYS = Unit("count", "天")
WORKDAYS = Unit("count", "个工作日")
GRADE = Unit("count", "级")
FLAG = Unit("flag")
CODE = Unit("code")
CODES = Unit("codes")
TIERS = Unit("tiers")
BANDS = Unit("bands")
AGE_BANDS = Unit("bands", "岁")
GRADE_BANDS = Unit("bands", "级")
RATE_BANDS = Unit("bands", "%")
METRES = Unit("count", "平方米")

# What a policy file writes after the number.
BY_NAME: Mapping[str, Unit] = {
    "元": FEN,
    "元/年": FEN_YEAR,
    "元/月": FEN_MONTH,
    "%": RATE,
    "个": COUNT,
    "人": PERSONS,
    "岁": AGE,
    "年": YEARS,
    "个月": MONTHS,
    "天": DAYS,
    "工作日": WORKDAYS,
    "级": GRADE,
    "是否": FLAG,
    "代码": CODE,
    "代码表": CODES,
    "分段表": TIERS,
    "档位表": BANDS,
    "年龄档位表": AGE_BANDS,
    "等级档位表": GRADE_BANDS,
    "比例档位表": RATE_BANDS,
    "平方米": METRES,
}


def show(value: object, unit: Unit, names: Mapping[str, str] | None = None) -> str:
    """把一个值写给人看：81900 分写成 819.00 元，3000 写成 30%，True 写成 是。"""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(_row_text(item, unit) or show(item, CODE, names) for item in value)
    if isinstance(value, str):
        return (names or {}).get(value, value)
    if not isinstance(value, int):
        return str(value)
    if unit.kind == "money":
        return f"{yuan(value)} {unit.suffix}"
    if unit.kind == "rate":
        return rate_text(value)
    return f"{value} {unit.suffix}" if unit.suffix else str(value)


def _row_text(item: object, unit: Unit) -> str:
    """分段表或档位表的一行；不是行的为空。"""
    upto = getattr(item, "upto", None)
    limit = f"至 {_limit_text(upto, unit)}" if upto is not None else "以上"
    if hasattr(item, "rate"):
        return f"{limit} {rate_text(item.rate)}"
    if not hasattr(item, "worth"):
        return ""
    return f"{limit} 为 {rate_text(item.worth) if unit == RATE_BANDS else yuan(item.worth)}"


def _limit_text(upto: int, unit: Unit) -> str:
    if unit == RATE_BANDS:
        return rate_text(upto)
    return f"{upto} {unit.suffix}" if unit.kind == "bands" and unit.suffix else yuan(upto)


def rate_text(rate: Rate) -> str:
    """万分比写成百分数：3000 → 30%，1250 → 12.5%。"""
    whole, part = divmod(rate, 100)
    tail = f".{part:02d}".rstrip("0") if part else ""
    return f"{whole}{tail}%"
