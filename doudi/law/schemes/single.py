"""单人保：低保边缘家庭中的重残、重病人员，宗教教职人员，成年无业重度残疾人，单独申请低保。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import ASSET, HOUSEHOLD, PERSON
from doudi.law.language import by_choice, down_to_fen, greatest, none_of, one_of, share, when
from doudi.law.schemes.dibao_amount import DIBAO, monthly
from doudi.law.schemes.means import REVIEW_57, SINCE
from doudi.law.units import CODE, FEN, FEN_MONTH, FEN_YEAR, FLAG, Code, Count, Fen, Flag

ROUTES = {
    "none": "不符合单独申请的情形", "disabled": "边缘家庭中的重残人员", "ill": "边缘家庭中的重病患者",
    "clergy": "宗教教职人员", "jobless": "成年无业重度残疾人",
}  # fmt: skip
_ARTICLE_8 = f"{REVIEW_57} 第八条"
_ISSUE_83 = "民发〔2022〕83号"

rule = DIBAO.rule


@rule(PERSON, cite=_ARTICLE_8, unit=FLAG, since=SINCE)
def disabled_for_single(disability: Code, disability_grade: Count) -> Flag:
    """一级、二级重度残疾，或三级智力、精神残疾"""
    graded: Flag = (disability_grade >= 1) & (disability_grade <= 2)
    third: Flag = one_of(disability, "intellectual", "mental") & (disability_grade == 3)
    return none_of(one_of(disability, "none")) & (graded | third)


@rule(PERSON, cite=_ARTICLE_8, unit=CODE, since=SINCE, names=ROUTES)
def single_route(
    border_eligible: Flag, disabled_for_single: Flag, illness: Code, clergy_years: Count, age: Count, wage: Fen,
    *, member: Any,
) -> Code:  # fmt: skip
    """可以单独申请的情形"""
    jobless = disabled_for_single & (age >= member.minor_age) & (wage == 0)
    ill = border_eligible & one_of(illness, "serious")
    clergy = when(clergy_years >= member.clergy_years, "clergy", when(jobless, "jobless", "none"))
    return when(border_eligible & disabled_for_single, "disabled", when(ill, "ill", clergy))


@rule(PERSON, cite=_ISSUE_83, unit=FEN_YEAR, since=SINCE)
def own_income(person_income: Fen) -> Fen:
    """本人年收入（单独申请只看本人）"""
    return greatest(person_income, 0)


@rule(ASSET, cite=_ISSUE_83, unit=FLAG, since=SINCE)
def own_financial(is_financial: Flag, of_single: Flag) -> Flag:
    """单独申请人本人的金融资产"""
    return is_financial & of_single


DIBAO.total(
    "single_assets",
    HOUSEHOLD,
    of="amount",
    where="own_financial",
    label="单独申请人的金融资产",
    cite=_ISSUE_83,
)


@rule(HOUSEHOLD, cite=_ISSUE_83, unit=FEN, since=SINCE)
def single_cap(standard_year: Fen, *, assets: Any) -> Fen:
    """单独申请人的金融资产上限（月标准的若干倍）"""
    return down_to_fen(standard_year * assets.months, over=12)


@rule(PERSON, cite=_ARTICLE_8, unit=FLAG, since=SINCE)
def single_eligible(
    single_applies: Flag, eligible: Flag, single_route: Code, own_income: Fen, standard_year: Fen,
    single_assets: Fen, single_cap: Fen,
) -> Flag:  # fmt: skip
    """符合单人保条件"""
    poor: Flag = (own_income < standard_year) & (single_assets <= single_cap)
    return single_applies & none_of(eligible, one_of(single_route, "none")) & poor


@rule(PERSON, cite=_ARTICLE_8, unit=FEN_MONTH, since=SINCE)
def single_amount(
    single_eligible: Flag, own_income: Fen, standard_year: Fen, household_income: Fen, members: Count,
    *, single: Any, amount: Any,
) -> Fen:  # fmt: skip
    """单人保保障金：本人差额、全额、按家庭收入减半，或定额"""
    full = monthly(standard_year, amount.rounding)

    def by_family() -> Fen:
        modest: Flag = household_income * 10_000 < standard_year * members * single.family_multiple
        return when(modest, full, share(full, single.reduced_rate))

    each = by_choice(
        single.method,
        own_gap=lambda: monthly(greatest(standard_year - own_income, 0), amount.rounding),
        full=lambda: full,
        by_family=by_family,
        fixed=lambda: single.fixed,
    )
    return when(single_eligible, each)


DIBAO.total("singles", HOUSEHOLD, of="single_amount", label="单人保合计", cite=_ARTICLE_8)


@rule(HOUSEHOLD, cite="649号令 第十二条", unit=FEN_MONTH, since=SINCE)
def monthly_total(
    base_amount: Fen, supplements: Fen, class_supplement: Fen, singles: Fen, border_aid: Fen
) -> Fen:
    """月发放金额"""
    return base_amount + supplements + class_supplement + singles + border_aid


DIBAO.pays("single_amount", PERSON)
