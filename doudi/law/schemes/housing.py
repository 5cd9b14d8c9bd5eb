"""住房租赁补贴：（人均标准面积 − 人均自有面积）×人口×单价×系数，按家庭面积和实际租金封顶。

Areas are whole square decimetres, prices 分 a square metre a month: a product is divided by 100 once, at the end.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD
from doudi.law.language import (
    banded,
    by_choice,
    choose,
    divide,
    greatest,
    least,
    none_of,
    one_of,
    share,
    up_to_fen,
    when,
)
from doudi.law.schemes.family_size import add_family_size
from doudi.law.schemes.housing_inputs import AREA, CATEGORIES, HOUSING, ZONES
from doudi.law.schemes.means import DECREE_649, SINCE
from doudi.law.units import FEN_MONTH, FLAG, RATE, Code, Count, Fen, Flag, Rate

_FORMULA = f"{DECREE_649} 第三十九条；租赁补贴公式（地方规定，重庆渝中、汕头等）"
_SIZE = "人口系数（地方规定，汕头、肇庆）"
_FACTOR = "低保系数（地方规定，汕头、肇庆、重庆渝中）"
_PRICE = f"{DECREE_649} 第三十九条；补贴标准（地方规定，青岛胶州、天津等）"

rule = HOUSING.rule


# ---- who is housed too narrowly and earns too little ---------------------------------------------------


add_family_size(HOUSING, f"{DECREE_649} 第三十七条", SINCE)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第三十七条、第四十条", unit=FLAG, since=SINCE)
def recognised_poor(housing_category: Code) -> Flag:
    """低保家庭、分散供养特困（收入不再另核）"""
    return one_of(housing_category, "dibao", "tekun")


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第三十九条", unit=FLAG, since=SINCE)
def housed_narrowly(own_area: Count, family_size: Count, *, eligible: Any) -> Flag:
    """住房困难（人均自有面积在困难线以下）"""
    line: Count = eligible.area_head * 100 * family_size
    below: Flag = (own_area < line) | (eligible.area_line_included & (own_area == line))
    return below


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第三十九条、第四十条", unit=FLAG, since=SINCE)
def income_within(household_income: Fen, family_size: Count, *, eligible: Any) -> Flag:
    """家庭收入在收入线以下"""
    line: Fen = eligible.income_head * 12 * family_size
    below: Flag = (household_income < line) | (eligible.income_line_included & (household_income == line))
    return below


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十条", unit=FLAG, since=SINCE)
def means_confirmed(
    recognised_poor: Flag, income_within: Flag, property_meets: Flag, *, eligible: Any
) -> Flag:
    """收入、财产符合规定（民政核查）"""
    means: Flag = none_of(eligible.property_checked) | property_meets
    return recognised_poor | (income_within & means)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第三十七条、第三十八条", unit=FLAG, since=SINCE)
def rent_entitled(
    housing_category: Code, housed_narrowly: Flag, means_confirmed: Flag, in_public_housing: Flag, family_size: Count,
    *, eligible: Any,
) -> Flag:  # fmt: skip
    """符合租赁补贴条件（已实物配租的不再补贴）"""
    among: Flag = one_of(housing_category, eligible.categories) & (family_size > 0)
    return among & housed_narrowly & means_confirmed & none_of(in_public_housing)


# ---- area ----------------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_FORMULA, unit=AREA, since=SINCE)
def lacking_area(family_size: Count, own_area: Count, *, norm: Any) -> Count:
    """家庭缺少的面积"""
    return greatest(norm.head * 100 * family_size - own_area, 0)


@rule(HOUSEHOLD, cite=_SIZE, unit=RATE, since=SINCE)
def counted_persons(family_size: Count, *, size: Any) -> Rate:
    """折算人数（100% 为一人）"""
    found: Rate = by_choice(
        size.method,
        plain=lambda: family_size * 10_000,
        table=lambda: banded(family_size * 100, size.table) * 100,
        extra=lambda: (
            least(family_size, size.full_members) * 10_000
            + greatest(family_size - size.full_members, 0) * size.extra_rate
        ),
    )
    return found


@rule(HOUSEHOLD, cite=_FORMULA, unit=AREA, since=SINCE)
def weighted_area(lacking_area: Count, counted_persons: Rate, family_size: Count) -> Count:
    """按折算人数计的面积"""
    return divide(lacking_area * counted_persons, over=greatest(family_size, 1) * 10_000)


@rule(HOUSEHOLD, cite=f"{_FORMULA}；家庭面积封顶", unit=AREA, since=SINCE)
def subsidised_area(weighted_area: Count, *, area: Any) -> Count:
    """补贴面积"""
    return by_choice(
        area.cap, none=lambda: weighted_area, family=lambda: least(weighted_area, area.family_most * 100)
    )


# ---- price and factor ----------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_PRICE, unit=FEN_MONTH, since=SINCE)
def income_head(household_income: Fen, family_size: Count) -> Fen:
    """月人均收入（供分档）"""
    return up_to_fen(household_income, over=greatest(family_size, 1) * 12)


@rule(HOUSEHOLD, cite=_PRICE, unit=FEN_MONTH, since=SINCE)
def unit_price(recognised_poor: Flag, income_head: Fen, zone: Code, *, price: Any) -> Fen:
    """每平方米月补贴标准"""
    found: Fen = by_choice(
        price.method,
        flat=lambda: price.flat,
        by_income=lambda: when(recognised_poor, price.dibao, banded(income_head, price.bands)),
        by_zone=lambda: choose(zone, price.zone, among=tuple(ZONES)),
    )
    return found


@rule(HOUSEHOLD, cite=_FACTOR, unit=RATE, since=SINCE)
def category_factor(housing_category: Code, *, factor: Any) -> Rate:
    """类别系数"""
    found: Rate = by_choice(
        factor.method,
        none=lambda: 10_000,
        by_category=lambda: choose(housing_category, factor.category, among=tuple(CATEGORIES)),
    )
    return found


# ---- amount --------------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_FORMULA, unit=FEN_MONTH, since=SINCE)
def formula_subsidy(subsidised_area: Count, unit_price: Fen, category_factor: Rate) -> Fen:
    """公式补贴额"""
    return share(subsidised_area * unit_price, category_factor, over=100)


@rule(HOUSEHOLD, cite="最低补贴额另行公布（地方规定，天津）", unit=FEN_MONTH, since=SINCE)
def least_subsidy(lacking_area: Count, zone: Code, *, minimum: Any) -> Fen:
    """最低补贴额"""
    found: Fen = by_choice(
        minimum.method, none=lambda: 0, by_zone=lambda: choose(zone, minimum.zone, among=tuple(ZONES))
    )
    return when(lacking_area > 0, found)


@rule(HOUSEHOLD, cite="最低补贴额另行公布（地方规定，天津）", unit=FEN_MONTH, since=SINCE)
def raised_subsidy(formula_subsidy: Fen, least_subsidy: Fen) -> Fen:
    """提到最低补贴额后的补贴"""
    return greatest(formula_subsidy, least_subsidy)


@rule(HOUSEHOLD, cite=f"{_FORMULA}；实际租金封顶", unit=FEN_MONTH, since=SINCE)
def capped_subsidy(raised_subsidy: Fen, monthly_rent: Fen, *, rent: Any) -> Fen:
    """封顶后补贴额"""
    return by_choice(
        rent.cap, none=lambda: raised_subsidy, actual=lambda: least(raised_subsidy, monthly_rent)
    )


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第三十八条", unit=FEN_MONTH, since=SINCE)
def rent_subsidy(rent_entitled: Flag, capped_subsidy: Fen) -> Fen:
    """月租赁补贴"""
    return when(rent_entitled, capped_subsidy)


HOUSING.pays("rent_subsidy", HOUSEHOLD)
HOUSING.seal()

__all__ = ["HOUSING"]
