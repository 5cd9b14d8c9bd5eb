"""政策包里一个值的写法：按单位读成整数分、万分之一、个数、真假、代码或分段表。"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from doudi.law.language import Band, Tier
from doudi.law.money import BadAmount, parse_yuan
from doudi.law.units import FEN_MONTH, FEN_YEAR, Unit

_COUNT = re.compile(r"\A(?:0|[1-9][0-9]{0,8})\Z")
_RATE = re.compile(r"\A(0|[1-9][0-9]{0,3})(?:\.([0-9]{1,2}))?\Z")
_FULL_WIDTH = re.compile(r"[０-９．，－＋％]")
_CODE = re.compile(r"\A[A-Za-z0-9_一-鿿〔〕·-]{1,40}\Z")


class BadPolicyText(ValueError):
    """值的写法与单位不符；文本说明原因。"""


def typed(text: Any, unit: Unit) -> Any:
    """按单位读一个值。`text` 是文字，代码表给文字列表，分段表给 {至, 比例} 列表。

    金额最细到分，比例最细到万分之一；再细、写错都抛 BadPolicyText。
    """
    if unit.kind == "codes":
        return tuple(_code(item) for item in _list(text, "代码表"))
    if unit.kind == "tiers":
        return _tiers(_list(text, "分段表"))
    if unit.kind == "bands":
        return _bands(_list(text, "档位表"), unit)
    if not isinstance(text, str):
        raise BadPolicyText("这里应是一个值，不是列表或表")
    return _SCALARS[unit.kind](text)


def converted(value: Any, written: Unit, declared: Unit) -> Any:
    """换算到声明的单位：元/月 可换成 元/年（乘 12）；其他不同单位一律不收。"""
    if written == declared:
        return value
    if (written, declared) == (FEN_MONTH, FEN_YEAR):
        return value * 12
    raise BadPolicyText(f"单位应为“{_name(declared)}”，写成了“{_name(written)}”")


def _money(text: str) -> int:
    try:
        return parse_yuan(text, zero=True)
    except BadAmount as error:
        raise BadPolicyText(error.text) from None


def _count(text: str) -> int:
    if _COUNT.match(text) is None:
        raise BadPolicyText(f"“{text}”{_slip(text) or '应是不带小数的整数，最多九位'}")
    return int(text)


def _rate(text: str) -> int:
    match = _RATE.match(text)
    if match is None:
        told = _slip(text) or "应是百分数，最多两位小数（细到万分之一），不写 % 号"
        raise BadPolicyText(f"“{text}”{told}")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _slip(text: str) -> str:
    """一眼看得出的笔误；不是的为空。"""
    if not text.strip():
        return "没有填写"
    if _FULL_WIDTH.search(text):
        return "含全角字符，请改用半角数字"
    return "不能是负数" if text.startswith("-") else ""


def _flag(text: str) -> bool:
    if text not in ("是", "否"):
        raise BadPolicyText(f"“{text}”应写 是 或 否")
    return text == "是"


def _code(text: Any) -> str:
    if not isinstance(text, str) or _CODE.match(text) is None:
        raise BadPolicyText(f"“{text}”不是代码：只用字母、数字、下划线或汉字")
    return text


def _tiers(rows: list[Any]) -> tuple[Tier, ...]:
    tiers = tuple(_tier(row) for row in rows)
    _check_rising([tier.upto for tier in tiers], "分段表")
    if tiers[-1].upto is not None:
        raise BadPolicyText("分段表最后一段不写“至”，否则再多的部分一分不算；确实不算的，写 {比例: 0}")
    return tiers


def _check_rising(limits: list[int | None], what: str) -> None:
    bounded = [limit for limit in limits[:-1] if limit is not None]
    if not limits or len(bounded) != len(limits) - 1:
        raise BadPolicyText(f"{what}只有最后一段可以不写“至”")
    full = bounded + ([limits[-1]] if limits[-1] is not None else [])
    if any(low >= high for low, high in pairwise(full)):
        raise BadPolicyText(f"{what}的“至”应逐段增大")


def _tier(row: Any) -> Tier:
    if not isinstance(row, dict) or not set(row) <= {"至", "比例"} or "比例" not in row:
        raise BadPolicyText("分段表每段写 {至: 金额, 比例: 百分数}，最后一段可以不写“至”")
    return Tier(_money(row["至"]) if "至" in row else None, _rate(row["比例"]))


def _bands(rows: list[Any], unit: Unit) -> tuple[Band, ...]:
    bands = tuple(_band(row, unit) for row in rows)
    _check_rising([band.upto for band in bands], "档位表")
    return bands


def _band(row: Any, unit: Unit) -> Band:
    if not isinstance(row, dict) or not set(row) <= {"至", "值"} or "值" not in row:
        raise BadPolicyText("档位表每档写 {至: 数, 值: 数}，最后一档可以不写“至”")
    limit, worth = _BANDS[unit.suffix]
    return Band(limit(row["至"]) if "至" in row else None, worth(row["值"]))


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadPolicyText(f"{what}应写成列表")
    return value


def _name(unit: Unit) -> str:
    return unit.suffix or unit.kind


_SCALARS = {"money": _money, "count": _count, "rate": _rate, "flag": _flag, "code": _code}
# What a band table's 至 and 值 are, by the suffix of its unit.
_BANDS = {"": (_money, _money), "岁": (_count, _money), "级": (_count, _money), "%": (_rate, _rate)}
