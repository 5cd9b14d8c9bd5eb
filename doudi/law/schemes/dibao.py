"""最低生活保障的后半：资格、保障金和分类施保。人口、收入、财产在 means。

Amounts paid are monthly 分; each is rounded once, at its last step.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.language import (
    by_choice,
    choose,
    down_to_fen,
    greatest,
    least,
    none_of,
    one_of,
    share,
    to_fen,
    up_to_yuan,
    when,
)
from doudi.law.schemes.dibao_inputs import DIBAO
from doudi.law.schemes.means import DECREE_649, REVIEW_57, SINCE
from doudi.law.units import CODE, FEN_MONTH, FLAG, MONTHS, RATE, Code, Count, Fen, Flag, Rate

CLASSES = {"A": "A类", "B": "B类", "C": "C类"}

rule = DIBAO.rule


# ---- eligibility and amount ----------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第九条", unit=FLAG, since=SINCE)
def income_below(household_income: Fen, standard_year: Fen, members: Count) -> Flag:
    """家庭年收入低于年标准×人口"""
    return household_income < standard_year * members


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第九条", unit=FLAG, since=SINCE)
def eligible(members: Count, income_below: Flag, property_meets: Flag) -> Flag:
    """符合低保条件"""
    return (members > 0) & income_below & property_meets


@rule(PERSON, cite="649号令 第十二条第二款", unit=FLAG, since=SINCE)
def severely_disabled(disability: Code, disability_grade: Count, *, supplement: Any) -> Flag:
    """重度残疾"""
    graded: Flag = (disability_grade >= 1) & (disability_grade <= supplement.severe_grade)
    return none_of(one_of(disability, "none")) & graded


@rule(PERSON, cite="649号令 第十二条第二款", unit=FLAG, since=SINCE)
def frail(counted: Flag, severely_disabled: Flag, illness: Code) -> Flag:
    """计入人口中的重残、重病人员"""
    return counted & (severely_disabled | one_of(illness, "serious"))


@rule(PERSON, cite="649号令 第十二条第二款", unit=FLAG, since=SINCE)
def vulnerable(counted: Flag, age: Count, disability: Code, *, supplement: Any, member: Any) -> Flag:
    """计入人口中的老年人、未成年人、残疾人"""
    by_age: Flag = (age >= supplement.elder_age) | (age < member.minor_age)
    return counted & (by_age | none_of(one_of(disability, "none")))


@rule(PERSON, cite=f"{REVIEW_57} 第三十一条", unit=FLAG, since=SINCE)
def can_work(counted: Flag, able_to_work: Flag) -> Flag:
    """计入人口中有劳动能力的人"""
    return counted & able_to_work


DIBAO.any_of("has_frail", HOUSEHOLD, of="frail", label="有重残、重病成员", cite=f"{DECREE_649} 第十二条")
DIBAO.any_of(
    "has_vulnerable",
    HOUSEHOLD,
    of="vulnerable",
    label="有老年、未成年、残疾成员",
    cite=f"{DECREE_649} 第十二条",
)
DIBAO.any_of("has_worker", HOUSEHOLD, of="can_work", label="有劳动能力的成员", cite=f"{REVIEW_57} 第三十一条")


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第二十三条", unit=CODE, since=SINCE, names=CLASSES)
def household_class(income_stable: Flag, has_frail: Flag, has_vulnerable: Flag) -> Code:
    """保障类别"""
    return when(income_stable & has_frail, "A", when(income_stable & has_vulnerable, "B", "C"))


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十二条", unit=FEN_MONTH, since=SINCE)
def top_up(eligible: Flag, standard_year: Fen, members: Count, household_income: Fen, *, amount: Any) -> Fen:
    """补差保障金：(年标准×人口－家庭年收入)÷12"""
    gap = greatest(standard_year * members - household_income, 0)
    monthly = by_choice(
        amount.rounding,
        yuan_up=lambda: up_to_yuan(gap, over=12),
        fen=lambda: to_fen(gap, over=12),
    )
    return when(eligible, monthly)


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第二十三条", unit=FEN_MONTH, since=SINCE)
def class_benefit(
    eligible: Flag, household_class: Code, members: Count, *, amount: Any, class_amount: Any
) -> Fen:
    """分档保障金：本档每人月额×人口（只在政策包选分档时计算）"""
    classed = by_choice(
        amount.method,
        top_up=lambda: 0,
        classed=lambda: choose(household_class, class_amount, among=tuple(CLASSES)) * members,
    )
    return when(eligible, classed)


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第三十三条", unit=FEN_MONTH, since=SINCE)
def exit_benefit(
    gradual_exit: Flag, eligible: Flag, previous_amount: Fen, standard_year: Fen, members: Count
) -> Fen:
    """渐退期保障金：原保障金，不超过月标准×人口"""
    kept = least(previous_amount, down_to_fen(standard_year * members, over=12))
    return when(gradual_exit & none_of(eligible), kept)


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第二十三条", unit=FEN_MONTH, since=SINCE)
def base_amount(top_up: Fen, class_benefit: Fen, exit_benefit: Fen, *, amount: Any) -> Fen:
    """家庭月保障金（不含增发）"""
    earned = by_choice(amount.method, top_up=lambda: top_up, classed=lambda: class_benefit)
    return earned + exit_benefit


# ---- class supplements: one a person, the highest ------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十二条", unit=FLAG, since=SINCE)
def in_receipt(eligible: Flag, gradual_exit: Flag, members: Count) -> Flag:
    """享受保障（含渐退期）"""
    return eligible | (gradual_exit & (members > 0))


def _highest(disabled: Flag, illness: Code, age: Count, terms: Any, table: Any, member: Any) -> int:
    return greatest(
        when(disabled, table.severe_disability),
        when(one_of(illness, "serious"), table.serious_illness),
        when(age >= terms.elder_age, table.elder),
        when(age < member.minor_age, table.minor),
    )


@rule(PERSON, cite="649号令 第十二条第二款", unit=RATE, since=SINCE)
def supplement_rate(
    severely_disabled: Flag, illness: Code, age: Count, *, supplement: Any, member: Any
) -> Rate:
    """增发比例（就高不重复）"""
    return by_choice(
        supplement.basis,
        rate=lambda: _highest(severely_disabled, illness, age, supplement, supplement.rate, member),
        fixed=lambda: 0,
    )


@rule(PERSON, cite="649号令 第十二条第二款", unit=FEN_MONTH, since=SINCE)
def supplement_fixed(
    severely_disabled: Flag, illness: Code, age: Count, *, supplement: Any, member: Any
) -> Fen:
    """增发定额（就高不重复）"""
    return by_choice(
        supplement.basis,
        rate=lambda: 0,
        fixed=lambda: _highest(severely_disabled, illness, age, supplement, supplement.fixed, member),
    )


@rule(PERSON, cite="649号令 第十二条第二款", unit=FEN_MONTH, since=SINCE)
def supplement(
    in_receipt: Flag, counted: Flag, standard_year: Fen, supplement_rate: Rate, supplement_fixed: Fen
) -> Fen:
    """分类施保增发金"""
    return when(in_receipt & counted, share(standard_year, supplement_rate, over=12) + supplement_fixed)


DIBAO.total(
    "supplements", HOUSEHOLD, of="supplement", label="分类施保增发合计", cite="649号令 第十二条第二款"
)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十二条", unit=FEN_MONTH, since=SINCE)
def monthly_total(base_amount: Fen, supplements: Fen) -> Fen:
    """月发放金额"""
    return base_amount + supplements


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第三十一条", unit=MONTHS, since=SINCE)
def review_months(income_stable: Flag, has_worker: Flag, *, review: Any) -> Count:
    """核查间隔"""
    months: Count = when(income_stable & none_of(has_worker), review.stable_months, review.changing_months)
    return months


DIBAO.pays("base_amount", HOUSEHOLD)
DIBAO.pays("supplement", PERSON)
DIBAO.seal()

__all__ = ["DIBAO"]
