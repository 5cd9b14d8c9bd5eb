"""津贴补贴：精减退职职工救济、高龄津贴、价格临时补贴，和只有一个定额的各种津贴。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HELD, HOUSEHOLD, PERSON
from doudi.law.language import (
    banded,
    by_choice,
    choose,
    greatest,
    none_of,
    one_of,
    share,
    to_fen,
    to_yuan,
    up_to_yuan,
    when,
)
from doudi.law.schemes.allowance_inputs import ALLOWANCE, FIXED_KINDS
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.law.units import FEN, FEN_MONTH, FEN_YEAR, FLAG, RATE, Code, Count, Fen, Flag, Rate

RETRENCHED_1965 = "国务院1965年精减退职老职工生活救济通知"
ELDERS = "老年人权益保障法 第三十三条"
PRICE_LINK = "社会救助和保障标准与物价上涨挂钩联动机制"
JOINING = "国发〔2015〕52号（政策衔接）"
FIXED = "当地慰问和专项补贴文件"
SINCE = "2014-05-01"
# A yearly standard times a rate in 1/10,000, a month of it.
MONTH_OF_RATE = 12 * 10_000

rule = ALLOWANCE.rule


# ---- retrenched workers of 1961–1965 -------------------------------------------------------------------


@rule(PERSON, cite=RETRENCHED_1965, unit=FLAG, since=SINCE)
def left_in_window(retrenched: Flag, left_on: Count, *, retrenched_worker: Any) -> Flag:
    """在规定期间内精减退职"""
    after: Flag = left_on >= retrenched_worker.left_from
    before: Flag = left_on <= retrenched_worker.left_until
    return retrenched & after & before


@rule(PERSON, cite=RETRENCHED_1965, unit=FLAG, since=SINCE)
def forty_percent(left_in_window: Flag, joined_on: Count, lump_sum: Flag, *, retrenched_worker: Any) -> Flag:
    """符合按原工资比例救济的条件"""
    joined: Flag = (joined_on > 0) & (joined_on <= retrenched_worker.joined_by)
    return left_in_window & joined & lump_sum


@rule(PERSON, cite=RETRENCHED_1965, unit=FEN_MONTH, since=SINCE)
def retrenched_rate(
    left_in_window: Flag, forty_percent: Flag, former_wage: Fen, *, retrenched_worker: Any
) -> Fen:
    """精减退职职工月救济标准"""
    terms = retrenched_worker
    by_wage = by_choice(
        terms.method,
        by_wage=lambda: share(former_wage, terms.wage_share),
        unified=lambda: terms.unified.forty_percent,
    )
    others = by_choice(terms.method, by_wage=lambda: terms.fixed, unified=lambda: terms.unified.others)
    return when(left_in_window, when(forty_percent, by_wage, others))


@rule(PERSON, cite=RETRENCHED_1965, unit=FEN_MONTH, since=SINCE)
def retrenched_aid(retrenched_rate: Fen, deceased: Flag) -> Fen:
    """精减退职职工月救济金"""
    return when(none_of(deceased), retrenched_rate)


@rule(PERSON, cite=RETRENCHED_1965, unit=FEN, since=SINCE)
def retrenched_medical(forty_percent: Flag, own_medical_cost: Fen, *, retrenched_worker: Any) -> Fen:
    """精减退职职工医疗费补助：个人负担部分的三分之二"""
    terms = retrenched_worker.medical
    return when(forty_percent, to_fen(own_medical_cost * terms.parts, over=terms.of_parts))


@rule(PERSON, cite=RETRENCHED_1965, unit=FEN, since=SINCE)
def retrenched_funeral(retrenched_rate: Fen, deceased: Flag, *, retrenched_worker: Any) -> Fen:
    """精减退职职工丧葬补助：若干个月救济金"""
    return when(deceased, retrenched_rate * retrenched_worker.funeral_months)


# ---- old age -------------------------------------------------------------------------------------------


@rule(PERSON, cite=ELDERS, unit=FEN_MONTH, since=SINCE)
def old_age_amount(age: Count, *, old_age: Any) -> Fen:
    """高龄津贴月标准（按周岁所在档）"""
    return banded(age, old_age.by_age)


@rule(HELD, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def held_against_old_age(held_scheme: Code, held_amount: Fen, *, exclusion: Any) -> Fen:
    """与高龄津贴就高的待遇月额"""
    return when(one_of(held_scheme, exclusion.higher.old_age), held_amount)


ALLOWANCE.highest(
    "kept_against_old_age", PERSON, of="held_against_old_age", label="与高龄津贴就高的最高待遇", cite=JOINING
)


@rule(PERSON, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def old_age_allowance(old_age_amount: Fen, kept_against_old_age: Fen) -> Fen:
    """应发高龄津贴：高于已享受的同类待遇才发"""
    return when(old_age_amount > kept_against_old_age, old_age_amount)


@rule(PERSON, cite=JOINING, unit=FLAG, since=SINCE)
def old_age_replaces(old_age_allowance: Fen, kept_against_old_age: Fen) -> Flag:
    """改领高龄津贴，原同类待遇应停发"""
    return (old_age_allowance > 0) & (kept_against_old_age > 0)


# ---- price subsidy: once per trigger -------------------------------------------------------------------


def _never() -> Flag:
    return False


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=FLAG, since=SINCE)
def cpi_reached(cpi_rise: Rate, *, price: Any) -> Flag:
    """居民消费价格涨幅达到启动线"""
    reached: Flag = cpi_rise >= price.cpi_from
    return reached


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=FLAG, since=SINCE)
def food_reached(food_cpi_rise: Rate, *, price: Any) -> Flag:
    """食品价格涨幅达到启动线"""
    reached: Flag = by_choice(price.triggers, either=lambda: food_cpi_rise >= price.food_from, cpi=_never)
    return reached


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=RATE, since=SINCE)
def price_rise(cpi_reached: Flag, food_reached: Flag, cpi_rise: Rate, food_cpi_rise: Rate) -> Rate:
    """启动所依据的涨幅：两项都达到的就高"""
    return greatest(when(cpi_reached, cpi_rise), when(food_reached, food_cpi_rise))


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=RATE, since=SINCE)
def price_rate(cpi_reached: Flag, food_reached: Flag, price_rise: Rate, *, price: Any) -> Rate:
    """价格补贴占月标准的比例"""
    rate = by_choice(
        price.method,
        flat=lambda: price.flat_rate,
        tiered=lambda: banded(price_rise, price.rates),
        index=lambda: price_rise,
    )
    return when(cpi_reached | food_reached, rate)


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=FEN_YEAR, since=SINCE)
def price_standard_year(locality: Code, *, price: Any, dibao: Any) -> Fen:
    """价格补贴所依据的年保障标准"""
    yearly: Fen = by_choice(
        price.standard,
        own=lambda: choose(locality, dibao.standard, among=tuple(LOCALITIES)),
        urban=lambda: dibao.standard.urban,
    )
    return yearly


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=FEN, since=SINCE)
def price_rounded(price_standard_year: Fen, price_rate: Rate, *, price: Any) -> Fen:
    """每人价格补贴（未看最低额）：月标准×比例，只取整一次"""
    year_part = price_standard_year * price_rate
    return by_choice(
        price.rounding,
        fen=lambda: share(price_standard_year, price_rate, over=12),
        yuan=lambda: to_yuan(year_part, over=MONTH_OF_RATE),
        yuan_up=lambda: up_to_yuan(year_part, over=MONTH_OF_RATE),
    )


@rule(HOUSEHOLD, cite=PRICE_LINK, unit=FEN, since=SINCE)
def price_per_person(cpi_reached: Flag, food_reached: Flag, price_rounded: Fen, *, price: Any) -> Fen:
    """每人价格补贴：不低于最低额"""
    return when(cpi_reached | food_reached, greatest(price_rounded, price.least))


@rule(HELD, cite=PRICE_LINK, unit=FLAG, since=SINCE)
def held_opens_price(held_scheme: Code, *, price: Any) -> Flag:
    """凭此项待遇可以享受价格补贴"""
    return one_of(held_scheme, price.groups)


ALLOWANCE.any_of("price_open", PERSON, of="held_opens_price", label="属于价格补贴的发放对象", cite=PRICE_LINK)


@rule(PERSON, cite=PRICE_LINK, unit=FEN, since=SINCE)
def price_subsidy(price_open: Flag, price_per_person: Fen) -> Fen:
    """应发价格临时补贴：享受几项待遇也只发一份"""
    return when(price_open, price_per_person)


# ---- allowances that are only an amount ----------------------------------------------------------------


@rule(PERSON, cite=FIXED, unit=FEN, since=SINCE)
def fixed_allowance(fixed_kind: Code, fixed_count: Count, *, fixed: Any) -> Fen:
    """定额津贴：该项定额×份数"""
    amount: Fen = choose(fixed_kind, fixed, among=tuple(FIXED_KINDS))
    return amount * fixed_count


ALLOWANCE.pays("retrenched_aid", PERSON)
ALLOWANCE.pays("retrenched_medical", PERSON, per="event")
ALLOWANCE.pays("retrenched_funeral", PERSON, per="event")
ALLOWANCE.pays("old_age_allowance", PERSON)
ALLOWANCE.pays("price_subsidy", PERSON, per="event")
ALLOWANCE.pays("fixed_allowance", PERSON, per="event")
ALLOWANCE.seal()

__all__ = ["ALLOWANCE"]
