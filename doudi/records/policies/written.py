"""A policy value as the pack files write it, both ways: the office types what a file would hold."""

from typing import Any

from doudi.exchange.policy_files import parse_document
from doudi.law.language import Band, Tier
from doudi.law.money import plain_yuan
from doudi.law.units import BY_NAME, Unit

OFFICE = "办公室录入"
TABLES = ("codes", "tiers", "bands")
NAMES = {unit: name for name, unit in BY_NAME.items()}


def read(text: str, unit: Unit) -> Any:
    """一个值的文字, 交给政策包的校验之前的样子: 列表和表按 YAML 读, 其余就是文字。Raises PackError."""
    stripped = text.strip()
    return parse_document(stripped, OFFICE).root.plain() if unit.kind in TABLES else stripped


def write(value: Any, unit: Unit) -> str:
    """一个值写成政策包里的文字; 再读回来是同一个值。"""
    if unit.kind == "codes":
        return f"[{', '.join(value)}]"
    if unit.kind in TABLES:
        return "\n".join(_row(row, unit) for row in value)
    return _single(value, unit.kind)


def _single(value: Any, kind: str) -> str:
    if kind == "flag":
        return "是" if value else "否"
    if kind == "money":
        return plain_yuan(value).removesuffix(".00")
    if kind == "rate":
        return plain_yuan(value).rstrip("0").removesuffix(".")
    return str(value)


# What a band's limit and worth are, by the unit's suffix; as pack_text reads them.
BAND_KINDS = {
    "": ("money", "money"),
    "岁": ("count", "money"),
    "级": ("count", "money"),
    "%": ("rate", "rate"),
}


def _row(row: Tier | Band, unit: Unit) -> str:
    if isinstance(row, Tier):
        name, limit, worth = "比例", "money", _single(row.rate, "rate")
    else:
        limit, kind = BAND_KINDS[unit.suffix]
        name, worth = "值", _single(row.worth, kind)
    upto = "" if row.upto is None else f"至: {_single(row.upto, limit)}, "
    return f"- {{{upto}{name}: {worth}}}"
