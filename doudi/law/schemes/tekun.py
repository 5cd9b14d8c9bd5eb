"""特困供养的标准和金额：自理能力分档、基本生活、照料护理。条件在 tekun_conditions。

A standard is a yearly amount rounded once, in the way the county chose; the monthly payment comes from it.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import PERSON
from doudi.law.language import (
    by_choice,
    choose,
    least,
    one_of,
    share,
    to_fen,
    to_yuan,
    up_to_yuan,
    when,
)
from doudi.law.schemes.tekun_conditions import A43, SINCE, TEKUN
from doudi.law.schemes.tekun_inputs import FORMS, GRADES
from doudi.law.units import CODE, COUNT, FEN_MONTH, FEN_YEAR, FLAG, RATE, Code, Count, Fen, Flag, Rate

G14 = "国发〔2016〕14号 供养标准"
DECREE = "649号令"

rule = TEKUN.rule


# ---- how much help a person needs ----------------------------------------------------------------------


@rule(PERSON, cite=f"{A43} 第二十一条", unit=COUNT, since=SINCE)
def adl_failed(
    cannot_eat: Flag, cannot_dress: Flag, cannot_rise: Flag, cannot_toilet: Flag, cannot_walk: Flag,
    cannot_bathe: Flag,
) -> Count:  # fmt: skip
    """不能达到的自理指标数（共六项）"""
    dressed_and_fed = when(cannot_eat, 1) + when(cannot_dress, 1) + when(cannot_rise, 1)
    return dressed_and_fed + when(cannot_toilet, 1) + when(cannot_walk, 1) + when(cannot_bathe, 1)


@rule(PERSON, cite=f"{A43} 第二十二条", unit=CODE, since=SINCE, names=GRADES)
def care_grade(adl_failed: Count, *, adl: Any) -> Code:
    """照料护理档次"""
    partly = when(adl_failed >= adl.partly_from, "partly", "able")
    return when(adl_failed >= adl.fully_from, "fully", partly)


@rule(PERSON, cite=f"{DECREE} 第十九条", unit=FLAG, since=SINCE)
def institution_advised(eligible: Flag, care_grade: Code, support_form: Code) -> Flag:
    """宜改为集中供养（完全丧失自理能力而选择分散供养，形式仍由本人定）"""
    return eligible & one_of(care_grade, "fully") & one_of(support_form, "scattered")


# ---- basic living --------------------------------------------------------------------------------------


@rule(PERSON, cite=G14, unit=FEN_YEAR, since=SINCE)
def basic_year(support_form: Code, standard_locality: Code, standard_year: Fen, *, basic: Any) -> Fen:
    """基本生活年标准：自行公布的数，或者低保标准的若干倍"""
    forms = tuple(FORMS)
    yearly: Fen = by_choice(
        basic.method,
        own=lambda: by_choice(
            standard_locality,
            urban=lambda: choose(support_form, basic.own.urban, among=forms),
            rural=lambda: choose(support_form, basic.own.rural, among=forms),
        ),
        ratio=lambda: share(standard_year, choose(support_form, basic.ratio, among=forms)),
    )
    return yearly


@rule(PERSON, cite=G14, unit=FLAG, since=SINCE)
def basic_meets_floor(basic_year: Fen, standard_year: Fen, *, basic: Any) -> Flag:
    """基本生活标准不低于低保标准的规定倍数"""
    high_enough: Flag = basic_year * 10_000 >= standard_year * basic.floor
    return high_enough


@rule(PERSON, cite=G14, unit=FEN_MONTH, since=SINCE)
def basic_standard(basic_year: Fen, *, basic: Any) -> Fen:
    """基本生活月标准"""
    return by_choice(
        basic.rounding,
        yuan_up=lambda: up_to_yuan(basic_year, over=12),
        yuan=lambda: to_yuan(basic_year, over=12),
        fen=lambda: to_fen(basic_year, over=12),
    )


@rule(PERSON, cite=f"{DECREE} 第十五条第一项", unit=FEN_MONTH, since=SINCE)
def basic_amount(eligible: Flag, basic_standard: Fen) -> Fen:
    """基本生活供养金"""
    return when(eligible, basic_standard)


# ---- care ----------------------------------------------------------------------------------------------


@rule(PERSON, cite=G14, unit=FLAG, since=SINCE)
def care_raised(support_form: Code, disability: Code, infection: Code, *, care: Any) -> Flag:
    """照料护理标准上浮"""
    housed: Flag = one_of(support_form, "centralised") & care.raised_for.centralised
    mental: Flag = one_of(disability, "mental") & care.raised_for.mental
    infectious: Flag = one_of(infection, "infectious") & care.raised_for.infectious
    return housed | mental | infectious


@rule(PERSON, cite=G14, unit=RATE, since=SINCE)
def care_factor(care_raised: Flag, *, care: Any) -> Rate:
    """照料护理标准上浮系数"""
    factor: Rate = when(care_raised, care.factor.raised, care.factor.usual)
    return factor


def _by_form(grade: Code, form: Code, node: Any) -> int:
    chosen: int = by_choice(
        form,
        centralised=lambda: choose(grade, node.centralised, among=tuple(GRADES)),
        scattered=lambda: choose(grade, node.scattered, among=tuple(GRADES)),
    )
    return chosen


def _yearly(month: Fen, over: int, rounding: Code) -> Fen:
    """月额（须除以 over）折成年标准：先乘十二，或者先取整再乘十二，由当地定。"""
    return by_choice(
        rounding,
        year_yuan=lambda: to_yuan(month * 12, over=over),
        month_yuan=lambda: to_yuan(month, over=over) * 12,
        month_yuan_up=lambda: up_to_yuan(month, over=over) * 12,
        month_fen=lambda: to_fen(month, over=over) * 12,
    )


@rule(PERSON, cite=G14, unit=RATE, since=SINCE)
def care_rate(care_grade: Code, support_form: Code, *, care: Any) -> Rate:
    """照料护理占最低工资的比例（本档）"""
    return by_choice(
        care.method,
        rate=lambda: _by_form(care_grade, support_form, care.rate),
        fraction=lambda: 0,
        own=lambda: 0,
    )


@rule(PERSON, cite=G14, unit=COUNT, since=SINCE)
def care_parts(care_grade: Code, support_form: Code, *, care: Any) -> Count:
    """照料护理为最低工资的几分之一（本档）"""
    return by_choice(
        care.method,
        rate=lambda: 0,
        fraction=lambda: _by_form(care_grade, support_form, care.parts),
        own=lambda: 0,
    )


@rule(PERSON, cite=G14, unit=FEN_MONTH, since=SINCE)
def care_own(care_grade: Code, support_form: Code, *, care: Any) -> Fen:
    """自行公布的照料护理月额（本档）"""
    return by_choice(
        care.method,
        rate=lambda: 0,
        fraction=lambda: 0,
        own=lambda: _by_form(care_grade, support_form, care.own),
    )


@rule(PERSON, cite=G14, unit=FEN_YEAR, since=SINCE)
def care_year(
    care_rate: Rate, care_parts: Count, care_own: Fen, care_factor: Rate, *, care: Any, local: Any
) -> Fen:
    """照料护理年标准：最低工资的比例或者几分之一，或者自行公布的数"""
    wage: Fen = local.minimum_wage
    return by_choice(
        care.method,
        rate=lambda: _yearly(wage * care_rate * care_factor, 10_000 * 10_000, care.rounding),
        fraction=lambda: _yearly(wage * care_factor, care_parts * 10_000, care.rounding),
        own=lambda: _yearly(care_own * care_factor, 10_000, care.rounding),
    )


@rule(PERSON, cite=G14, unit=FEN_MONTH, since=SINCE)
def care_standard(care_year: Fen) -> Fen:
    """照料护理月标准"""
    return to_fen(care_year, over=12)


@rule(PERSON, cite=f"{G14}；地方封顶规定", unit=FEN_MONTH, since=SINCE)
def care_capped(care_standard: Fen, care_grade: Code, *, care: Any) -> Fen:
    """封顶后的照料护理月标准（全自理的不高于重度残疾人护理补贴）"""
    return by_choice(
        care.ceiling,
        none=lambda: care_standard,
        able=lambda: when(one_of(care_grade, "able"), least(care_standard, care.able_ceiling), care_standard),
    )


@rule(PERSON, cite=f"{DECREE} 第十五条第二项", unit=FEN_MONTH, since=SINCE)
def care_amount(eligible: Flag, care_capped: Fen) -> Fen:
    """照料护理补贴"""
    return when(eligible, care_capped)


# ---- together ------------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{DECREE} 第十五条", unit=FEN_MONTH, since=SINCE)
def monthly_total(basic_amount: Fen, care_amount: Fen) -> Fen:
    """每月供养金合计"""
    return basic_amount + care_amount


@rule(PERSON, cite=f"{DECREE} 第十五条；地方零用钱规定", unit=FEN_MONTH, since=SINCE)
def pocket_money(basic_amount: Fen, support_form: Code, *, pocket: Any) -> Fen:
    """机构每月应发的零用钱（从基本生活供养金中出，不另发）"""
    return when(one_of(support_form, "centralised"), share(basic_amount, pocket.rate))


TEKUN.pays("basic_amount", PERSON)
TEKUN.pays("care_amount", PERSON)
TEKUN.seal()

__all__ = ["TEKUN"]
