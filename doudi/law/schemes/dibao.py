"""最低生活保障：人口、收入、财产、资格、保障金和分类施保。

Money is int 分; incomes and the standard are yearly, amounts paid are monthly, and nothing is rounded before
the last step of each amount.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON
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
from doudi.law.rulebook import Rulebook
from doudi.law.schemes import dibao_inputs as given
from doudi.law.units import (
    CODE,
    FEN,
    FEN_MONTH,
    FEN_YEAR,
    FLAG,
    MONTHS,
    PERSONS,
    RATE,
    Code,
    Count,
    Fen,
    Flag,
    Rate,
)

REVIEW_57 = "民发〔2021〕57号"
DECREE_649 = "649号令"
SINCE = "2014-05-01"
CLASSES = {"A": "A类", "B": "B类", "C": "C类"}

DIBAO = Rulebook("dibao", "最低生活保障")
given.declare(DIBAO)
rule = DIBAO.rule


# ---- standard ------------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十条", unit=FEN_YEAR, since=SINCE)
def standard_year(locality: Code, *, standard: Any) -> Fen:
    """当地年保障标准（每人）"""
    yearly: Fen = choose(locality, standard, among=tuple(given.LOCALITIES))
    return yearly


# ---- members -------------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{REVIEW_57} 第七条第一至三项", unit=FLAG, since=SINCE)
def close_family(
    relation: Code, age: Count, student: Code, dependent: Flag, custody_ended: Flag, *, member: Any
) -> Flag:
    """户主、配偶、未成年子女、不能独立生活的成年子女"""
    minor_child: Flag = (age < member.minor_age) & none_of(custody_ended)
    grown_child: Flag = (age >= member.minor_age) & (dependent | one_of(student, "school", "undergraduate"))
    return one_of(relation, "head", "spouse") | (one_of(relation, "child") & (minor_child | grown_child))


@rule(PERSON, cite=f"{REVIEW_57} 第七条第四项", unit=FLAG, since=SINCE)
def lives_along(
    relation: Code, age: Count, legal_duty: Flag, months_together: Count, *, member: Any
) -> Flag:
    """其他有法定赡养抚养扶养义务并长期共同居住的人"""
    another = none_of(one_of(relation, "head", "spouse")) & none_of(
        one_of(relation, "child") & (age < member.minor_age)
    )
    lasting: Flag = months_together >= member.cohabit_months
    return another & legal_duty & lasting


@rule(PERSON, cite=f"{REVIEW_57} 第七条第二款", unit=FLAG, since=SINCE)
def left_out(
    clergy_years: Count, detained: Code, serving: Code, other_support: Code, *, member: Any
) -> Flag:
    """依法不计入共同生活成员"""
    clergy: Flag = clergy_years >= member.clergy_years
    conscript: Flag = one_of(serving, "conscript") & member.conscript_left_out
    supported: Flag = one_of(other_support, "tekun", "orphan") & member.supported_left_out
    return clergy | one_of(detained, "prison", "detox", "missing") | conscript | supported


@rule(PERSON, cite=f"{REVIEW_57} 第七条", unit=FLAG, since=SINCE)
def counted(close_family: Flag, lives_along: Flag, left_out: Flag) -> Flag:
    """计入保障人口"""
    return (close_family | lives_along) & none_of(left_out)


DIBAO.count("members", HOUSEHOLD, of=PERSON, where="counted", label="保障人口", unit=PERSONS, cite=f"{REVIEW_57} 第七条")


# ---- income --------------------------------------------------------------------------------------------


@rule(INCOME, cite=f"{REVIEW_57} 第十三条第二款", unit=FLAG, since=SINCE)
def income_counts(income_kind: Code, *, income: Any) -> Flag:
    """计入家庭收入的项目"""
    pension = one_of(income_kind, "basic_pension") & income.basic_pension_excluded
    return none_of(one_of(income_kind, income.excluded), pension)


@rule(INCOME, cite=f"{REVIEW_57} 第十三条第一款第一项", unit=FEN_YEAR, since=SINCE)
def wage_item(income_kind: Code, income_counts: Flag, gross: Fen, cost: Fen) -> Fen:
    """工资性收入（本项）"""
    return when(income_counts & one_of(income_kind, *given.WAGE_KINDS), gross - cost)


@rule(INCOME, cite=f"{REVIEW_57} 第十三条第一款第二项", unit=FEN_YEAR, since=SINCE)
def business_item(income_kind: Code, income_counts: Flag, gross: Fen, cost: Fen) -> Fen:
    """经营净收入（本项，减成本、折旧、税）"""
    return when(income_counts & one_of(income_kind, *given.BUSINESS_KINDS), gross - cost)


@rule(INCOME, cite=f"{REVIEW_57} 第十三条第一款第三项", unit=FEN_YEAR, since=SINCE)
def property_item(income_kind: Code, income_counts: Flag, gross: Fen, cost: Fen) -> Fen:
    """财产净收入（本项，减费用）"""
    return when(income_counts & one_of(income_kind, *given.PROPERTY_KINDS), gross - cost)


@rule(INCOME, cite=f"{REVIEW_57} 第十三条第一款第四项", unit=FEN_YEAR, since=SINCE)
def transfer_item(income_kind: Code, income_counts: Flag, gross: Fen, cost: Fen) -> Fen:
    """转移净收入（本项，减税费、社保、对外赡养）"""
    mine = one_of(income_kind, *given.TRANSFER_KINDS, *given.BASIC_PENSION, *given.EXCLUDED_KINDS)
    return when(income_counts & mine, gross - cost)


DIBAO.total("wage", PERSON, of="wage_item", label="工资性收入", cite=f"{REVIEW_57} 第十三条")
DIBAO.total("business_balance", PERSON, of="business_item", label="经营收支差", cite=f"{REVIEW_57} 第十三条")
DIBAO.total("property_balance", PERSON, of="property_item", label="财产收支差", cite=f"{REVIEW_57} 第十三条")
DIBAO.total("transfer_income", PERSON, of="transfer_item", label="转移净收入", cite=f"{REVIEW_57} 第十三条")


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第三款", unit=FEN_YEAR, since=SINCE)
def work_cost(wage: Fen, standard_year: Fen, *, work: Any) -> Fen:
    """就业成本扣减"""
    return least(share(greatest(wage, 0), work.rate), share(standard_year, work.standard_share))


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第一款第一项", unit=FEN_YEAR, since=SINCE)
def wage_income(wage: Fen, work_cost: Fen) -> Fen:
    """工资性净收入（减就业成本）"""
    return greatest(wage - work_cost, 0)


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第一款第二项", unit=FEN_YEAR, since=SINCE)
def business_income(business_balance: Fen, *, income: Any) -> Fen:
    """经营净收入"""
    return when(income.loss_offsets, business_balance, greatest(business_balance, 0))


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第一款第三项", unit=FEN_YEAR, since=SINCE)
def property_income(property_balance: Fen, *, income: Any) -> Fen:
    """财产净收入"""
    return when(income.loss_offsets, property_balance, greatest(property_balance, 0))


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第三款", unit=FEN_YEAR, since=SINCE)
def rigid_deduction(rigid_cost: Fen, *, income: Any) -> Fen:
    """因残疾、重病的刚性支出扣减"""
    return when(income.rigid_cost_deducted, rigid_cost)


@rule(PERSON, cite=f"{REVIEW_57} 第十三条", unit=FEN_YEAR, since=SINCE)
def person_income(
    wage_income: Fen, business_income: Fen, property_income: Fen, transfer_income: Fen, rigid_deduction: Fen
) -> Fen:
    """本人可支配收入"""
    return wage_income + business_income + property_income + transfer_income - rigid_deduction


DIBAO.total(
    "income_balance", HOUSEHOLD, of="person_income", where="counted", label="家庭各人收入合计",
    cite=f"{REVIEW_57} 第十三条",
)  # fmt: skip


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第十三条", unit=FEN_YEAR, since=SINCE)
def household_income(income_balance: Fen) -> Fen:
    """家庭年收入"""
    return greatest(income_balance, 0)


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第十三条", unit=FEN_MONTH, since=SINCE)
def income_per_head(household_income: Fen, members: Count) -> Fen:
    """月人均收入（只供对照，不参与计算）"""
    return to_fen(household_income, over=greatest(members, 1) * 12)


# ---- property ------------------------------------------------------------------------------------------


@rule(ASSET, cite=f"{REVIEW_57} 第十四条", unit=FLAG, since=SINCE)
def is_financial(asset_kind: Code, exempt: Flag) -> Flag:
    """计入的金融资产"""
    return one_of(asset_kind, *given.FINANCIAL_KINDS) & none_of(exempt)


@rule(ASSET, cite=f"{REVIEW_57} 第十四条", unit=FLAG, since=SINCE)
def is_vehicle(asset_kind: Code, exempt: Flag) -> Flag:
    """计入的机动车辆（残疾人代步车等必需的豁免）"""
    return one_of(asset_kind, "vehicle") & none_of(exempt)


@rule(ASSET, cite=f"{REVIEW_57} 第十四条", unit=FLAG, since=SINCE)
def is_house(asset_kind: Code, exempt: Flag) -> Flag:
    """计入的住房"""
    return one_of(asset_kind, "house") & none_of(exempt)


@rule(ASSET, cite=f"{REVIEW_57} 第十四条", unit=FLAG, since=SINCE)
def is_company_share(asset_kind: Code, exempt: Flag) -> Flag:
    """计入的企业出资、股权"""
    return one_of(asset_kind, "company_share") & none_of(exempt)


_ARTICLE_14 = f"{REVIEW_57} 第十四条"
DIBAO.total("financial_assets", HOUSEHOLD, of="amount", where="is_financial", label="金融资产合计", cite=_ARTICLE_14)
DIBAO.highest("best_vehicle", HOUSEHOLD, of="amount", where="is_vehicle", label="价值最高的车辆", cite=_ARTICLE_14)
DIBAO.count("houses", HOUSEHOLD, of=ASSET, where="is_house", label="住房套数", cite=_ARTICLE_14)
DIBAO.total("company_shares", HOUSEHOLD, of="amount", where="is_company_share", label="企业出资合计", cite=_ARTICLE_14)


@rule(HOUSEHOLD, cite=_ARTICLE_14, unit=FEN, since=SINCE)
def financial_cap(standard_year: Fen, members: Count, *, assets: Any) -> Fen:
    """金融资产上限（月标准的若干倍×人口）"""
    return down_to_fen(standard_year * assets.months * members, over=12)


@rule(HOUSEHOLD, cite=_ARTICLE_14, unit=FLAG, since=SINCE)
def property_meets(
    financial_assets: Fen, financial_cap: Fen, best_vehicle: Fen, houses: Count, company_shares: Fen,
    *, assets: Any,
) -> Flag:  # fmt: skip
    """财产状况符合规定"""
    movable: Flag = (financial_assets <= financial_cap) & (best_vehicle <= assets.vehicle_value)
    fixed: Flag = (houses <= assets.houses) & (company_shares <= assets.company_share)
    return movable & fixed


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
DIBAO.any_of("has_vulnerable", HOUSEHOLD, of="vulnerable", label="有老年、未成年、残疾成员", cite=f"{DECREE_649} 第十二条")
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


DIBAO.total("supplements", HOUSEHOLD, of="supplement", label="分类施保增发合计", cite="649号令 第十二条第二款")


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
