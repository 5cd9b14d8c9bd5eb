"""家庭经济状况：当地标准、保障人口、家庭收入、家庭财产。低保、边缘、特困、临时救助等都收进这一本。

Incomes and the standard are yearly 分 and nothing here is rounded but the work cost, an amount of law by itself.
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
    when,
)
from doudi.law.schemes import means_inputs as given
from doudi.law.schemes import support  # registers what obligors owe on the same book
from doudi.law.schemes.means_inputs import MEANS
from doudi.law.units import CODE, FEN, FEN_MONTH, FEN_YEAR, FLAG, PERSONS, Code, Count, Fen, Flag

DECREE_649, REVIEW_57, SINCE = support.DECREE_649, support.REVIEW_57, support.SINCE

rule = MEANS.rule


# ---- standard ------------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十条", unit=CODE, since=SINCE, names=given.LOCALITIES)
def standard_locality(locality: Code, hukou_differs: Flag, *, which_standard: Code) -> Code:
    """适用城市还是农村标准"""
    other = when(one_of(locality, "rural"), "urban", "rural")
    return by_choice(
        which_standard,
        residence=lambda: locality,
        hukou=lambda: when(hukou_differs, other, locality),
        unified=lambda: "urban",
    )


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第十条", unit=FEN_YEAR, since=SINCE)
def standard_year(standard_locality: Code, *, standard: Any) -> Fen:
    """当地年保障标准（每人）"""
    yearly: Fen = choose(standard_locality, standard, among=tuple(given.LOCALITIES))
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
def lives_along(relation: Code, age: Count, legal_duty: Flag, months_together: Count, *, member: Any) -> Flag:
    """其他有法定赡养抚养扶养义务并长期共同居住的人"""
    another = none_of(one_of(relation, "head", "spouse")) & none_of(
        one_of(relation, "child") & (age < member.minor_age)
    )
    lasting: Flag = months_together >= member.cohabit_months
    return another & legal_duty & lasting


@rule(PERSON, cite=f"{REVIEW_57} 第七条第二款", unit=FLAG, since=SINCE)
def left_out(clergy_years: Count, detained: Code, serving: Code, other_support: Code, *, member: Any) -> Flag:
    """依法不计入共同生活成员"""
    clergy: Flag = clergy_years >= member.clergy_years
    conscript: Flag = one_of(serving, "conscript") & member.conscript_left_out
    supported: Flag = one_of(other_support, "tekun", "orphan") & member.supported_left_out
    return clergy | one_of(detained, "prison", "detox", "missing") | conscript | supported


@rule(PERSON, cite=f"{REVIEW_57} 第七条", unit=FLAG, since=SINCE)
def counted(close_family: Flag, lives_along: Flag, left_out: Flag) -> Flag:
    """计入保障人口"""
    return (close_family | lives_along) & none_of(left_out)


MEANS.count(
    "members",
    HOUSEHOLD,
    of=PERSON,
    where="counted",
    label="保障人口",
    unit=PERSONS,
    cite=f"{REVIEW_57} 第七条",
)


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


MEANS.total("wage", PERSON, of="wage_item", label="工资性收入", cite=f"{REVIEW_57} 第十三条")
MEANS.total("business_balance", PERSON, of="business_item", label="经营收支差", cite=f"{REVIEW_57} 第十三条")
MEANS.total("property_balance", PERSON, of="property_item", label="财产收支差", cite=f"{REVIEW_57} 第十三条")
MEANS.total("transfer_income", PERSON, of="transfer_item", label="转移净收入", cite=f"{REVIEW_57} 第十三条")


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第三款", unit=FEN_YEAR, since=SINCE)
def work_cost(wage: Fen, standard_year: Fen, *, work: Any, local: Any) -> Fen:
    """就业成本扣减"""
    earned = greatest(wage, 0)
    return by_choice(
        work.method,
        wage_share=lambda: least(share(earned, work.rate), share(standard_year, work.standard_share)),
        standard_share=lambda: least(earned, share(standard_year, work.standard_rate)),
        minimum_wage=lambda: least(earned, share(local.minimum_wage * 12, work.minimum_wage_rate)),
    )


@rule(PERSON, cite=f"{REVIEW_57} 第十三条第一款第一项", unit=FEN_YEAR, since=SINCE)
def wage_income(wage: Fen, work_cost: Fen) -> Fen:
    """工资性净收入（减就业成本）"""
    return greatest(wage - work_cost, 0)


@rule(PERSON, cite=f"{REVIEW_57} 第三十三条", unit=FEN_YEAR, since=SINCE)
def new_job_disregard(wage_income: Fen, new_job_months: Count, standard_year: Fen, *, new_job: Any) -> Fen:
    """新就业收入豁免（渐退）：期内的工资收入不计，或以标准的若干倍为限"""
    within: Flag = (new_job_months >= 1) & (new_job_months <= new_job.months)
    spared = by_choice(
        new_job.method,
        none=lambda: 0,
        full=lambda: wage_income,
        capped=lambda: least(wage_income, standard_year * new_job.standards),
    )
    return when(within, spared)


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
    wage_income: Fen, new_job_disregard: Fen, business_income: Fen, property_income: Fen, transfer_income: Fen,
    rigid_deduction: Fen,
) -> Fen:  # fmt: skip
    """本人可支配收入"""
    earned = wage_income - new_job_disregard
    return earned + business_income + property_income + transfer_income - rigid_deduction


MEANS.total(
    "income_balance", HOUSEHOLD, of="person_income", where="counted", label="家庭各人收入合计",
    cite=f"{REVIEW_57} 第十三条",
)  # fmt: skip


@rule(HOUSEHOLD, cite=f"{REVIEW_57} 第十三条", unit=FEN_YEAR, since=SINCE)
def household_income(income_balance: Fen, imputed_support: Fen) -> Fen:
    """家庭年收入"""
    return greatest(income_balance + imputed_support, 0)


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
MEANS.total(
    "financial_assets", HOUSEHOLD, of="amount", where="is_financial", label="金融资产合计", cite=_ARTICLE_14
)
MEANS.highest(
    "best_vehicle", HOUSEHOLD, of="amount", where="is_vehicle", label="价值最高的车辆", cite=_ARTICLE_14
)
MEANS.count("houses", HOUSEHOLD, of=ASSET, where="is_house", label="住房套数", cite=_ARTICLE_14)
MEANS.total(
    "company_shares", HOUSEHOLD, of="amount", where="is_company_share", label="企业出资合计", cite=_ARTICLE_14
)


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


__all__ = ["DECREE_649", "MEANS", "REVIEW_57", "SINCE"]
