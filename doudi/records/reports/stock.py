"""Who receives on a day, counted cell by cell: what still stands from its table, what ended since from its closing."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from doudi.records.awards.models import Standing
from doudi.records.decisions.models import Closing
from doudi.store.areas import LEVEL_DIGITS, level_of


@dataclass(frozen=True, slots=True)
class Cell:
    """一个项目、类别、村的待遇: 几份、几人、月金额(分)。"""

    scheme: str
    klass: str
    village: str
    awards: int
    persons: int
    amount_fen: int


Key = Callable[[Cell], Hashable]


@dataclass(frozen=True)
class Stock:
    """一个地方一天的在享待遇。`several` 是可能不止一份待遇的户, 一份一行: (户, 份)。"""

    cells: tuple[Cell, ...]
    several: tuple[tuple[int, Cell], ...]

    def homes(self, key: Key) -> Counter[Hashable]:
        """按 `key` 分, 各有几户: 一户几份待遇只算一户。"""
        found: Counter[Hashable] = Counter()
        for cell in self.cells:
            found[key(cell)] += cell.awards
        found.subtract(key(cell) for _, cell in self.several)
        found.update(told for told, _ in {(key(cell), home) for home, cell in self.several})
        return found


def in_area(rows: Any, area_code: str, path: str = "village_id") -> Any:
    """某地的, 给已经按日期缩小的查询用。

    Not a range, as `within` is: SQLite would then take the village's index instead of the day's.
    """
    digits = LEVEL_DIGITS[level_of(area_code)]
    return rows.alias(_place=Substr(path, 1, digits)).filter(_place=area_code[:digits])


def stock_on(area_code: str, on: dt.date) -> Stock:
    """某地某日在享的待遇: 现在还在享的, 加上那天以后才停的。Four queries; two where nothing ended since."""
    still = Rows(Standing.objects.within(area_code).filter(from_on__lte=on))
    since = Closing.objects.filter(ends_on__gt=on, award__from_on__lte=on)
    ended = Rows(in_area(since, area_code, "award__village_id"), "award__")
    cells, gone = still.cells(), ended.cells()
    several = still.of(Rows(Standing.objects.all()).twice(), *([ended.homes()] if gone else []))
    several += ended.of(ended.twice(), still.homes()) if gone else []
    return Stock((*cells, *gone), tuple(several))


@dataclass(frozen=True)
class Rows:
    """一批待遇; `award` 是从这张表到待遇的路。"""

    found: Any
    award: str = ""

    def cells(self) -> list[Cell]:
        """按项目、类别、村加起来。"""
        sums = Count("pk"), Sum(f"{self.award}persons"), Sum(f"{self.award}amount_fen")
        return [Cell(*row) for row in self.found.order_by().values_list(*self._where()).annotate(*sums)]

    def homes(self) -> Any:
        """这些待遇的户。"""
        return self.found.values(f"{self.award}household")

    def twice(self) -> Any:
        """同一项目有两份的户。"""
        counted = self.found.order_by().values(f"{self.award}household", f"{self.award}scheme")
        return counted.annotate(awards=Count("pk")).filter(awards__gt=1).values(f"{self.award}household")

    def of(self, *homes: Any) -> list[tuple[int, Cell]]:
        """这些户的待遇, 一份一行。One family too many does no harm: it counts once either way."""
        home = f"{self.award}household"
        wanted = Q(**{f"{home}__in": homes[0].union(*homes[1:]) if homes[1:] else homes[0]})
        rows = self.found.filter(wanted).order_by().values_list(home, *self._where())
        return [(found, Cell(scheme, klass, village, 1, 0, 0)) for found, scheme, klass, village in rows]

    def _where(self) -> list[str]:
        return [f"{self.award}{name}" for name in ("scheme", "klass", "village_id")]
