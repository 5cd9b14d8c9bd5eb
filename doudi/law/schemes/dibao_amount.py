"""最低生活保障：资格、类别、保障金。人口、收入、财产在 means，增发在 dibao_supplements。

Amounts paid are monthly 分; each is rounded once, at its last step.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.language import (
    banded,
    by_choice,
    choose,
    down_to_fen,
    greatest,
    least,
    none_of,
    one_of,
    share,
    to_fen,
    to_yuan,
    up_to_fen,
    up_to_jiao,
    up_to_yuan,
    when,
)
from doudi.law.schemes.dibao_inputs import DIBAO, EXIT_CAUSES
from doudi.law.schemes.means import DECREE_649, REVIEW_57, SINCE
from doudi.law.units import CODE, FEN_MONTH, FEN_YEAR, FLAG, MONTHS, PERSONS, Code, Count, Fen, Flag

CLASSES = {"A": "A类", "B": "B类", "C": "C类"}

rule = DIBAO.rule


# ---- eligibility and amount ----------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第九条", unit=FLAG, since=SINCE)
def income_below(household_income: Fen, standard_year: Fen, members: Count) -> Flag:
    """家庭年收入低于年标准×人口"""
    return household_income < standard_year * members


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第九条", unit=FLAG, since=SINCE)
def eligible(members: Count, income_below: Flag, property_meets: Flag, former_terms_met: Flag) -> Flag:
    """符合低保条件"""
    return (members > 0) & income_below & property_meets & former_terms_met


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


# ---- amount --------------------------------------------------------------------------------------------


def monthly(yearly: Fen, rounding: Code, *, parts: Count = 1) -> Fen:
    """年额（须再除以 parts）折月，只在这里按政策包选定的方式舍入一次。"""
    over = 12 * parts
    return by_choice(
        rounding,
        yuan_up=lambda: up_to_yuan(yearly, over=over),
        jiao_up=lambda: up_to_jiao(yearly, over=over),
        yuan_nearest=lambda: to_yuan(yearly, over=over),
        fen=lambda: to_fen(yearly, over=over),
    )


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十二条", unit=FEN_YEAR, since=SINCE)
def yearly_gap(standard_year: Fen, members: Count, household_income: Fen) -> Fen:
    """年保障缺口：年标准×人口－家庭年收入"""
    return greatest(standard_year * members - household_income, 0)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十二条", unit=FEN_MONTH, since=SINCE)
def top_up(eligible: Flag, yearly_gap: Fen, standard_year: Fen, members: Count, *, amount: Any) -> Fen:
    """补差保障金：年缺口÷12，不低于最低补差"""
    yearly = by_choice(
        amount.minimum,
        none=lambda: yearly_gap,
        rate=lambda: greatest(yearly_gap, share(standard_year * members, amount.minimum_rate)),
    )
    return when(eligible, monthly(yearly, amount.rounding))


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第二十三条", unit=FEN_MONTH, since=SINCE)
def class_benefit(
    eligible: Flag, household_class: Code, members: Count, household_income: Fen,
    *, amount: Any, class_amount: Any,
) -> Fen:  # fmt: skip
    """分档保障金：本档每人月额×人口（只在政策包选分档时计算）"""

    def per_head() -> Fen:
        return up_to_fen(household_income, over=greatest(members, 1) * 12)

    each = by_choice(
        amount.method,
        top_up=lambda: 0,
        classed=lambda: choose(household_class, class_amount, among=tuple(CLASSES)),
        banded=lambda: banded(per_head(), amount.bands),
    )
    return when(eligible, each * members)


@rule(HOUSEHOLD, cite="城市居民最低生活保障条例 第八条第一项", unit=FLAG, since=SINCE)
def three_without(eligible: Flag, household_income: Fen, has_worker: Flag, obligors_able: Count) -> Flag:
    """三无家庭：无收入、无劳动能力、无赡养扶养抚养人"""
    return eligible & (household_income == 0) & none_of(has_worker) & (obligors_able == 0)


@rule(HOUSEHOLD, cite="城市居民最低生活保障条例 第八条第一项", unit=FEN_MONTH, since=SINCE)
def full_benefit(three_without: Flag, standard_year: Fen, members: Count, *, amount: Any) -> Fen:
    """三无全额保障金：月标准×人口"""
    return when(three_without & amount.three_without_full, monthly(standard_year * members, amount.rounding))


@rule(PERSON, cite=f"{DECREE_649} 第四十五条", unit=FLAG, since=SINCE)
def refuses_work(can_work: Flag, job_refusals: Count, *, refusal: Any) -> Flag:
    """连续三次拒绝介绍的适当工作"""
    often: Flag = job_refusals >= refusal.times
    return can_work & often


DIBAO.count(
    "refusers", HOUSEHOLD, of=PERSON, where="refuses_work", label="拒绝工作的人数", unit=PERSONS,
    cite=f"{DECREE_649} 第四十五条",
)  # fmt: skip


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第二十三条", unit=FEN_MONTH, since=SINCE)
def entitlement(top_up: Fen, class_benefit: Fen, full_benefit: Fen, *, amount: Any) -> Fen:
    """应得保障金（补差或分档，三无全额）"""
    earned = by_choice(
        amount.method, top_up=lambda: top_up, classed=lambda: class_benefit, banded=lambda: class_benefit
    )
    return greatest(earned, full_benefit)


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第三十三条", unit=FLAG, since=SINCE)
def exit_running(gradual_exit: Flag, exit_cause: Code, exit_months_used: Count, *, gradual: Any) -> Flag:
    """渐退期未满"""
    within: Flag = exit_months_used < choose(exit_cause, gradual.months, among=tuple(EXIT_CAUSES))
    return gradual_exit & within


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第三十三条", unit=FEN_MONTH, since=SINCE)
def exit_benefit(
    exit_running: Flag, eligible: Flag, previous_amount: Fen, standard_year: Fen, members: Count
) -> Fen:
    """渐退期保障金：原保障金，不超过月标准×人口"""
    kept = least(previous_amount, down_to_fen(standard_year * members, over=12))
    return when(exit_running & none_of(eligible), kept)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十五条", unit=FEN_MONTH, since=SINCE)
def refusal_cut(entitlement: Fen, exit_benefit: Fen, refusers: Count, members: Count, *, refusal: Any) -> Fen:
    """拒绝工作者本人份额的减发（应得的或渐退期的保障金）"""
    return share((entitlement + exit_benefit) * refusers, refusal.rate, over=greatest(members, 1))


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第二十三条", unit=FEN_MONTH, since=SINCE)
def base_amount(entitlement: Fen, refusal_cut: Fen, exit_benefit: Fen) -> Fen:
    """家庭月保障金（不含增发）"""
    return entitlement - refusal_cut + exit_benefit


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十二条", unit=FLAG, since=SINCE)
def in_receipt(eligible: Flag, exit_running: Flag, members: Count) -> Flag:
    """享受保障（含渐退期）"""
    return eligible | (exit_running & (members > 0))


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第三十一条", unit=MONTHS, since=SINCE)
def review_months(income_stable: Flag, has_worker: Flag, household_class: Code, *, review: Any) -> Count:
    """核查间隔"""
    settled = income_stable & none_of(has_worker)
    months: Count = by_choice(
        review.method,
        by_stability=lambda: when(settled, review.stable_months, review.changing_months),
        by_class=lambda: choose(household_class, review.class_months, among=tuple(CLASSES)),
    )
    return months


# ---- former practice, off unless a county's pack of the time says otherwise ----------------------------


@rule(PERSON, cite="城市居民最低生活保障条例 第十条第三款", unit=FLAG, since=SINCE)
def service_owed(can_work: Flag, service_missed: Flag, *, former: Any) -> Flag:
    """应参加公益劳动而未参加（旧做法）"""
    required: Flag = can_work & former.service_required
    return required & service_missed


DIBAO.any_of(
    "household_service_owed", HOUSEHOLD, of="service_owed", label="有人应参加公益劳动而未参加",
    cite="城市居民最低生活保障条例 第十条第三款",
)  # fmt: skip


@rule(HOUSEHOLD, cite="城市居民最低生活保障条例 第十条第三款", unit=FLAG, since=SINCE)
def former_terms_met(household_service_owed: Flag, months_waited: Count, *, former: Any) -> Flag:
    """没有旧做法的附加限制，或已满足"""
    waited: Flag = months_waited >= former.waiting_months
    return waited & none_of(household_service_owed)


DIBAO.pays("base_amount", HOUSEHOLD)

__all__ = ["CLASSES", "DIBAO", "monthly"]
