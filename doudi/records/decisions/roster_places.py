"""Where a roster's household lives: written names become villages of the area the roster is for."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Self

from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.store.areas import LEVEL_DIGITS

_VILLAGE_END = re.compile("(?:村民委员会|居民委员会|社区居委会|村委会|居委会|行政村|社区|村)+$")
_TOWNSHIP_END = re.compile("(?:街道办事处|街道办|办事处|街道|镇|乡)$")


@dataclass(frozen=True)
class Places:
    """一个辖区里的乡镇和村, 按去掉“镇”“村委会”等字的名称找。"""

    townships: dict[str, str]
    villages: dict[tuple[str, str], tuple[str, ...]]
    only: str = ""

    @classmethod
    def within(cls, area: Area) -> Self:
        """辖区是村时, 名册里的户都在这个村; 辖区是乡镇时不必写乡镇。"""
        if area.level == Area.Level.VILLAGE:
            return cls({}, {}, area.code)
        townships = [area] if area.level == Area.Level.TOWNSHIP else list(areas.townships(area.code))
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for village in areas.villages(area.code):
            parent = village.code[: LEVEL_DIGITS["township"]]
            found[parent, stem(village.name)].add(village.code)
            found["", stem(village.name)].add(village.code)
        codes = {township_stem(one.name): one.code[: LEVEL_DIGITS["township"]] for one in townships}
        return cls(codes, {key: tuple(sorted(codes)) for key, codes in found.items()})

    def village(self, township: str, village: str) -> tuple[str, str]:
        """村的代码, 或说明找不到的话: (代码, "") 或 ("", 原因)。"""
        if self.only:
            return self.only, ""
        if not village:
            return "", "没有写村（社区）"
        parent = self.townships.get(township_stem(township), "") if township else ""
        if township and not parent:
            return "", f"乡镇“{township}”不在这份名册的辖区内"
        codes = self.villages.get((parent, stem(village)), ())
        if len(codes) == 1:
            return codes[0], ""
        where = f"{township}" if township else "辖区"
        return (
            "",
            f"{where}里没有“{village}”" if not codes else f"辖区里有 {len(codes)} 个“{village}”, 请写明乡镇",
        )


def stem(name: str) -> str:
    """村名去掉“村民委员会”“社区”等字; 全是这些字的原样保留。"""
    plain = re.sub(r"\s", "", name)
    return _VILLAGE_END.sub("", plain) or plain


def township_stem(name: str) -> str:
    """乡镇名去掉“镇”“乡”“街道”等字。"""
    plain = re.sub(r"\s", "", name)
    return _TOWNSHIP_END.sub("", plain) or plain
