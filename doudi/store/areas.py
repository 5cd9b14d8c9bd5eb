"""Area codes as ranges, so that an index can be used."""

from functools import lru_cache

LEVEL_DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}


@lru_cache(maxsize=4096)
def level_of(code: str) -> str:
    """12 位区划代码的级别。Raises ValueError for anything else."""
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        raise ValueError(f"区划代码应为 12 位数字: {code}")
    for level, digits in LEVEL_DIGITS.items():
        if not code[digits:].strip("0"):
            return level
    return "village"


def code_range(code: str) -> tuple[str, str]:
    """辖区内村级代码的首尾 (含)。LIKE cannot seek in SQLite, a range can."""
    stem = code[: LEVEL_DIGITS[level_of(code)]]
    return stem.ljust(12, "0"), stem.ljust(12, "9")


def contains(outer: str, inner: str) -> bool:
    """inner 是否在 outer 辖区内 (含自身)。"""
    low, high = code_range(outer)
    return low <= inner <= high
