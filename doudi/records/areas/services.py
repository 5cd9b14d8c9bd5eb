"""Divisions come into the records: any county of the packaged national list, by its six digits."""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from doudi.records.areas.models import Area
from doudi.store.areas import level_of
from doudi.store.arrow import bulk_append

DIVISIONS = Path(__file__).parent / "data" / "divisions.parquet"
COUNTY_DIGITS = 6
COLUMNS = ("code", "name", "level", "parent")


class UnknownCounty(ValueError):
    """名录里没有这个县级区划代码。"""

    def __init__(self, code: str) -> None:
        super().__init__(f"区划名录里没有县级代码 {code!r}。请核对六位代码, 例如汝州市是 410482。")


def load_county(code: str) -> Area:
    """把一个县的省、市、县、乡镇、村写入区划表, 已有的不动。Returns the county.

    `code` is the county's 6 digits. Raises UnknownCounty. Names are the statistics bureau's (data/ATTRIBUTION.md).
    """
    rows = _rows_of(code)
    with transaction.atomic():
        known = set(Area.objects.filter(code__in=[row[0] for row in rows]).values_list("code", flat=True))
        bulk_append(Area, COLUMNS, [row for row in rows if row[0] not in known])
    return Area.objects.get(code=code.ljust(12, "0"))


def _rows_of(code: str) -> list[tuple[str, str, str, str | None]]:
    """(code, name, level, parent) of a county and everything above and below it, from the top down."""
    if len(code) != COUNTY_DIGITS or not (code.isascii() and code.isdigit()) or code.endswith("00"):
        raise UnknownCounty(code)
    names = _names(code)
    if code.ljust(12, "0") not in names:
        raise UnknownCounty(code)
    return [(area, name, level_of(area), _parent(area, names)) for area, name in sorted(names.items())]


def _names(code: str) -> dict[str, str]:
    table = pq.read_table(DIVISIONS)
    below = pc.starts_with(table["code"], pattern=code)
    above = pc.is_in(
        table["code"], value_set=pc.cast([code[:2].ljust(12, "0"), code[:4].ljust(12, "0")], "string")
    )
    found = table.filter(pc.or_(below, above))
    return dict(zip(found["code"].to_pylist(), found["name"].to_pylist(), strict=True))


def _parent(area: str, names: dict[str, str]) -> str | None:
    """The nearest area above that exists: a county ruled by its province has no city between."""
    for digits in (9, 6, 4, 2):
        above = area[:digits].ljust(12, "0")
        if above != area and above in names:
            return above
    return None
