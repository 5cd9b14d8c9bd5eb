"""The procedures that can be looked at side by side: the one in force, and what each example pack would make of it."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from doudi.law.pack_files import ROADS, PackDocument
from doudi.law.packs import Packs, Parameters
from doudi.law.procedure import resolve
from doudi.law.road_map import RoadMap, road_map
from doudi.records.policies.queries import scheme

IN_FORCE = "current"


class UnknownProcedure(ValueError):
    """没有这个程序。"""


@dataclass(frozen=True)
class Drawn:
    """一个程序里某项目的路: 包名、标题、图和所用的参数。"""

    pack: str
    title: str
    road: RoadMap
    rules: Parameters


def examples(known: Packs) -> tuple[PackDocument, ...]:
    """写了路或确认权的范例包。"""
    found = (document for document in known.documents if not document.in_force)
    return tuple(
        document
        for document in found
        if any(path.startswith((ROADS, "procedure.")) for path in document.section("values"))
    )


def names(known: Packs) -> dict[str, str]:
    """可以看的程序: 代码 → 标题。"""
    return {IN_FORCE: "现行程序", **{one.id: one.text("title") for one in examples(known)}}


def drawn(known: Packs, pack: str, scheme_id: str, on: dt.date, area_code: str = "") -> Drawn:
    """某项目在某个程序里的路, 不写区划的按本县。Raises UnknownProcedure, UnknownScheme, MissingParameter."""
    titles = names(known)
    if pack not in titles:
        raise UnknownProcedure(f"没有“{pack}”这个程序, 现有 {'、'.join(titles)}")
    rules = known.resolve((area_code or settings.COUNTY)[:6], on)
    if pack != IN_FORCE:
        rules = known.overlaid(rules, pack)
    asked = scheme(scheme_id)
    terms = resolve(asked.road, asked.rulebook, rules)
    title = f"{asked.name} · {titles[pack]}"
    return Drawn(pack, titles[pack], road_map(title, terms, asked.rulebook, rules), rules)
