"""低保边缘家庭、刚性支出困难家庭，和一次申请的分类认定。收入、财产与低保同一套，只是线不同。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD
from doudi.law.language import choose, down_to_fen, none_of, one_of, when
from doudi.law.schemes.dibao_inputs import DIBAO, SPENDINGS
from doudi.law.schemes.means import SINCE
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.law.units import CODE, FEN_MONTH, FEN_YEAR, FLAG, MONTHS, Code, Count, Fen, Flag

GRADES = {
    "dibao": "最低生活保障", "bianyuan": "低保边缘家庭", "gangxing": "刚性支出困难家庭", "none": "不符合",
}  # fmt: skip
RIGID_57 = "民发〔2024〕57号"
BORDER = "民发〔2021〕57号 第八条"

rule = DIBAO.rule


def _property_within(
    assets: Any, standard_year: Fen, members: Count, held: tuple[Fen, Fen, Count, Fen]
) -> Flag:
    financial, vehicle, houses, shares = held
    cap = down_to_fen(standard_year * assets.months * members, over=12)
    movable: Flag = (financial <= cap) & (vehicle <= assets.vehicle_value)
    fixed: Flag = (houses <= assets.houses) & (shares <= assets.company_share)
    return movable & fixed


# ---- low-income border ---------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=BORDER, unit=FLAG, since=SINCE)
def border_income(household_income: Fen, standard_year: Fen, members: Count, *, border: Any) -> Flag:
    """人均收入低于低保标准的规定倍数"""
    below: Flag = household_income * 10_000 < standard_year * members * border.multiple
    return below


@rule(HOUSEHOLD, cite=BORDER, unit=FLAG, since=SINCE)
def border_property(
    standard_year: Fen, members: Count, financial_assets: Fen, best_vehicle: Fen, houses: Count,
    company_shares: Fen, *, border: Any,
) -> Flag:  # fmt: skip
    """财产状况符合低保边缘家庭的规定"""
    held = (financial_assets, best_vehicle, houses, company_shares)
    return _property_within(border.assets, standard_year, members, held)


@rule(HOUSEHOLD, cite=BORDER, unit=FLAG, since=SINCE)
def border_eligible(members: Count, eligible: Flag, border_income: Flag, border_property: Flag) -> Flag:
    """符合低保边缘家庭条件"""
    return (members > 0) & none_of(eligible) & border_income & border_property


@rule(HOUSEHOLD, cite="地方规定（天津、余杭等）", unit=FEN_MONTH, since=SINCE)
def border_aid(border_eligible: Flag, in_receipt: Flag, members: Count, *, border: Any) -> Fen:
    """低保边缘家庭定期补助（地方规定，没有的为 0；渐退期内仍领低保的不发）"""
    return when(border_eligible & none_of(in_receipt), border.monthly_aid * members)


# ---- rigid expenditure ---------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=RIGID_57, unit=FEN_YEAR, since=SINCE)
def rigid_spending(
    spend_medical: Fen, spend_education: Fen, spend_rehabilitation: Fen, spend_accident: Fen, spend_living: Fen,
    *, rigid: Any,
) -> Fen:  # fmt: skip
    """计入的十二个月刚性支出"""
    spent = (spend_medical, spend_education, spend_rehabilitation, spend_accident, spend_living)
    medical, *others = (
        when(one_of(kind, rigid.items), amount) for kind, amount in zip(SPENDINGS, spent, strict=True)
    )
    return sum(others, medical)


@rule(HOUSEHOLD, cite=RIGID_57, unit=FLAG, since=SINCE)
def rigid_income(household_income: Fen, members: Count, standard_locality: Code, *, local: Any) -> Flag:
    """人均收入低于上年度当地居民人均可支配收入"""
    each: Fen = choose(standard_locality, local.income_year, among=tuple(LOCALITIES))
    return household_income < each * members


@rule(HOUSEHOLD, cite=RIGID_57, unit=FLAG, since=SINCE)
def rigid_property(
    standard_year: Fen, members: Count, financial_assets: Fen, best_vehicle: Fen, houses: Count,
    company_shares: Fen, *, rigid: Any,
) -> Flag:  # fmt: skip
    """财产状况符合刚性支出困难家庭的规定"""
    held = (financial_assets, best_vehicle, houses, company_shares)
    return _property_within(rigid.assets, standard_year, members, held)


@rule(HOUSEHOLD, cite=RIGID_57, unit=FLAG, since=SINCE)
def rigid_share(rigid_spending: Fen, household_income: Fen, *, rigid: Any) -> Flag:
    """刚性支出占家庭收入的比例超过（或达到）规定"""
    spent, line = rigid_spending * 10_000, household_income * rigid.ratio
    over: Flag = when(rigid.inclusive, spent >= line, spent > line)
    return (rigid_spending > 0) & over


@rule(HOUSEHOLD, cite=RIGID_57, unit=FLAG, since=SINCE)
def rigid_eligible(
    members: Count, eligible: Flag, border_eligible: Flag, rigid_income: Flag, rigid_property: Flag,
    rigid_share: Flag,
) -> Flag:  # fmt: skip
    """符合刚性支出困难家庭条件"""
    apart = none_of(eligible, border_eligible)
    return (members > 0) & apart & rigid_income & rigid_property & rigid_share


# ---- one application, graded ---------------------------------------------------------------------------


@rule(HOUSEHOLD, cite="民发〔2022〕83号", unit=CODE, since=SINCE, names=GRADES)
def grade(eligible: Flag, border_eligible: Flag, rigid_eligible: Flag) -> Code:
    """分类认定结果：低保、边缘、刚性支出，取最先符合的一类"""
    below = when(border_eligible, "bianyuan", when(rigid_eligible, "gangxing", "none"))
    return when(eligible, "dibao", below)


@rule(HOUSEHOLD, cite=RIGID_57, unit=MONTHS, since=SINCE)
def status_months(border_eligible: Flag, rigid_eligible: Flag, *, border: Any, rigid: Any) -> Count:
    """认定的有效月数"""
    months: Count = when(border_eligible, border.valid_months, when(rigid_eligible, rigid.valid_months))
    return months


DIBAO.pays("border_aid", HOUSEHOLD)
