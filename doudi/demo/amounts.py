"""What each family is paid a month: dibao by the rulebook over all families at once, tekun as handed over."""

import datetime as dt
from collections import defaultdict

from doudi.demo.plan import Amount, Family
from doudi.records.checks.assessing import assess_all
from doudi.records.people.models import Household

EVALUATED_ON = {2025: dt.date(2025, 12, 31), 2026: dt.date(2026, 10, 31)}
TARGETS = ("eligible", "household_class", "base_amount", "supplement", "review_months")
# 特困 as carried over until its rulebook exists: 130 % of the dibao standard, care by how much help a person needs.
TEKUN_BASIC_FEN = {
    "tekun_rural": {2025: 60_450, 2026: 63_700},
    "tekun_urban": {2025: 85_800, 2026: 88_400},
}
TEKUN_CARE_FEN = {"": 0, "half": 21_000, "full": 42_000}
TEKUN_REVIEW_MONTHS = 12


class NotEligible(AssertionError):
    """造出来的家庭按规则不该享受: 演示数据有错, 不能装载。"""

    def __init__(self, year: int, count: int, household: int) -> None:
        super().__init__(f"{year} 年标准下有 {count} 户造出来的家庭不符合条件 (例如第 {household} 户)")


def set_amounts(families: list[Family]) -> None:
    """算出每户每年标准下的待遇, 记在家庭上。Raises NotEligible."""
    for year, on in EVALUATED_ON.items():
        wanted = [family for family in families if year in years_of(family)]
        computed = _computed(on)
        for family in wanted:
            if family.scheme.startswith("dibao"):
                family.amounts[year] = computed[family.household_id]
            else:
                family.amounts[year] = _tekun(family, year)
        ineligible = [family for family in wanted if not family.amounts[year].fen]
        if ineligible:
            raise NotEligible(year, len(ineligible), ineligible[0].household_id)


def years_of(family: Family) -> list[int]:
    """这一户的待遇跨了哪几年的标准。"""
    first = 2025 if family.joined_on.year < 2026 else 2026
    last = 2025 if family.left_on and family.left_on <= dt.date(2026, 1, 1) else 2026
    return list(range(first, last + 1))


def _computed(on: dt.date) -> dict[int, Amount]:
    """Household id → what the rulebook pays; nothing where it is not eligible."""
    tables = assess_all(Household.objects.all(), on, TARGETS)
    supplements: dict[int, list[tuple[str, int | None, int]]] = defaultdict(list)
    people = tables["person"].select(["household_id", "person_id", "supplement"])
    for household, person, fen in zip(*(column.to_pylist() for column in people.columns), strict=True):
        if fen:
            supplements[household].append(("supplement", person, fen))
    names = ["household_id", "household_class", "base_amount", "review_months"]
    found = {}
    homes = tables["household"].select(names)
    for key, klass, base, months in zip(*(column.to_pylist() for column in homes.columns), strict=True):
        parts = ([("base_amount", None, base)] if base else []) + sorted(supplements[key])
        found[key] = Amount(sum(part[2] for part in parts), tuple(parts), klass, months)
    return found


def _tekun(family: Family, year: int) -> Amount:
    member = family.members[0]
    care = "full" if member.grade == 1 or member.age >= 88 else "half" if member.grade == 2 else ""
    basic, extra = TEKUN_BASIC_FEN[family.scheme][year], TEKUN_CARE_FEN[care]
    parts = [("basic", family.head_id, basic)] + ([("care", family.head_id, extra)] if extra else [])
    return Amount(basic + extra, tuple(parts), care, TEKUN_REVIEW_MONTHS)
