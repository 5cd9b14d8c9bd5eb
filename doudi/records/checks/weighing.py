"""Two answers of the rules side by side, added up: who moves which way, where, by how much, who stands near the line.

Whole columns, no rows: a county is weighed in milliseconds. Nothing here reads the database.
"""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

TARGETS = (
    "monthly_total", "members", "in_receipt", "border_aid", "singles", "household_income", "standard_year",
    "property_meets",
)  # fmt: skip
ALONE = ("single_amount",)  # asked for only where somebody is taken singly: it is one row a person
MOVES = {"in": "新进", "out": "退出", "up": "提高", "down": "降低", "same": "不变"}
BIN_FEN, LAST_BIN = 10_000, 12
SUMS = ("households", "before_persons", "after_persons", "before_fen", "after_fen")
Sums = dict[str, int]


@dataclass(frozen=True)
class Roll:
    """谁在册、每月多少; 谁的待遇与本项互斥; 哪些户已没有在世的人。"""

    paid: pa.Table
    barred: pa.Array
    gone: pa.Array


@dataclass(frozen=True)
class Weighed:
    """一户一行的对照, 已分好去向; `unclaimed` 不在册而现行规则下已符合, `lapsed` 在册而前后都算不出金额。"""

    rows: pa.Table
    near: pa.Table
    unclaimed: int
    lapsed: int
    differing: int
    awarded_fen: int
    off_roll: int

    def sums(self, *by: str) -> list[dict[str, Any]]:
        """按去向 (及别的列) 合计: 户数、前后人数、前后金额。"""
        keys = [*by, "move"]
        added = self.rows.group_by(keys).aggregate([(name, "sum") for name in SUMS])
        return [
            {name.removesuffix("_sum"): value for name, value in row.items()} for row in added.to_pylist()
        ]

    def bins(self) -> list[Sums]:
        """户月金额每 100 元一段的户数, 前后各一; 最后一段不封顶。"""
        before, after = (self._counts(side) for side in ("before_fen", "after_fen"))
        return [
            {"from_fen": n * BIN_FEN, "before": before.get(n, 0), "after": after.get(n, 0)}
            for n in range(LAST_BIN + 1)
        ]

    def _counts(self, side: str) -> dict[int, int]:
        paid = self.rows[side].filter(pc.greater(self.rows[side], 0))
        places = pc.min_element_wise(pc.divide(paid, BIN_FEN), LAST_BIN)
        return {one["values"]: one["counts"] for one in pc.value_counts(places).to_pylist()}


def has_singles(homes: pa.Table) -> bool:
    """有没有按单人施保的人。"""
    return any(pc.any(pc.greater(homes[f"{side}_singles"], 0)).as_py() for side in ("before", "after"))


def weigh(homes: pa.Table, people: pa.Table | None, villages: pa.Array, roll: Roll, band_bp: int) -> Weighed:
    """把两遍结果分好去向。`homes` and `people` are what_if.compare's answers to TARGETS and ALONE."""
    keys = homes["household_id"]
    before, after = homes["before_monthly_total"], homes["after_monthly_total"]
    on_roll = pc.is_in(keys, value_set=roll.paid["household_id"].combine_chunks())
    barred = pc.or_(pc.is_in(keys, value_set=roll.barred), pc.is_in(keys, value_set=roll.gone))
    known = pc.and_not(pc.invert(on_roll), barred)
    was, will = pc.greater(before, 0), pc.greater(after, 0)
    rows = pa.table(
        {
            "household_id": keys,
            "township": pc.utf8_slice_codeunits(villages, 0, 9),
            "move": _moves(on_roll, known, was, will, pc.subtract(after, before)),
            "households": pc.if_else(was, 1, 1),
            "before_persons": _persons(homes, people, "before_", was),
            "after_persons": _persons(homes, people, "after_", will),
            "before_fen": before,
            "after_fen": after,
        }
    )
    awarded = pc.fill_null(
        roll.paid["fen"].take(pc.index_in(keys, value_set=roll.paid["household_id"].combine_chunks())), 0
    )
    return Weighed(
        rows=rows.filter(pc.is_valid(rows["move"])),
        near=_near(homes, on_roll, pc.or_(on_roll, known), band_bp),
        unclaimed=_count(pc.and_(known, was)),
        lapsed=_count(pc.and_(on_roll, pc.invert(pc.or_(was, will)))),
        differing=_count(pc.and_(on_roll, pc.not_equal(awarded, before))),
        awarded_fen=pc.sum(awarded).as_py() or 0,
        off_roll=_count(known),
    )


def _moves(on_roll: Any, known: Any, was: Any, will: Any, change: Any) -> pa.ChunkedArray:
    """Off the roll only those count that the change brings in: who qualified before and never came is not its doing."""
    kept = pc.and_(on_roll, pc.and_(was, will))
    conditions = pc.make_struct(
        pc.and_(pc.or_(on_roll, known), pc.and_not(will, was)),
        pc.and_(on_roll, pc.and_not(was, will)),
        pc.and_(kept, pc.greater(change, 0)),
        pc.and_(kept, pc.less(change, 0)),
        kept,
    )
    return pc.case_when(conditions, *MOVES)


def _persons(homes: pa.Table, people: pa.Table | None, side: str, paid: Any) -> pa.ChunkedArray:
    """Everybody of a family in receipt; of a family whose members are taken singly, those members."""
    members = homes[f"{side}members"]
    if people is not None:
        alone = people.filter(pc.greater(people[f"{side}single_amount"], 0))
        counted = alone.group_by("household_id").aggregate([("person_id", "count")])
        place = pc.index_in(homes["household_id"], value_set=counted["household_id"].combine_chunks())
        singles = pc.fill_null(counted["person_id_count"].take(place), 0)
        whole = pc.or_(homes[f"{side}in_receipt"], pc.greater(homes[f"{side}border_aid"], 0))
        members = pc.if_else(whole, members, singles)
    return pc.if_else(paid, members, 0)


def _near(homes: pa.Table, on_roll: Any, looked_at: Any, band_bp: int) -> pa.Table:
    """Households whose income lies within the band of the new line, the nearest first; property must not bar them."""
    line = pc.multiply(homes["after_standard_year"], homes["after_members"])
    gap = pc.subtract(homes["after_household_income"], line)
    # Compared crosswise, for whole numbers: |gap| ÷ line ≤ band ÷ 10,000.
    within = pc.less_equal(pc.multiply(pc.abs(gap), 10_000), pc.multiply(line, band_bp))
    rows = pa.table(
        {
            "household_id": homes["household_id"],
            "persons": homes["after_members"],
            "income_fen": homes["after_household_income"],
            "line_fen": line,
            "gap_fen": gap,
            "distance_bp": pc.divide(pc.multiply(gap, 10_000), pc.max_element_wise(line, 1)),
            "before_fen": homes["before_monthly_total"],
            "after_fen": homes["after_monthly_total"],
            "on_roll": on_roll,
        }
    )
    wanted = pc.and_(pc.and_(within, pc.greater(line, 0)), pc.and_(looked_at, homes["after_property_meets"]))
    rows = rows.filter(wanted)
    order = rows.append_column("far", pc.abs(rows["distance_bp"]))
    return order.sort_by([("far", "ascending"), ("household_id", "ascending")]).drop_columns("far")


def _count(flags: Any) -> int:
    return int(pc.sum(flags).as_py() or 0)
