"""单人保：低保边缘家庭中的重残、重病人员，宗教教职人员，成年无业重度残疾人，单独申请低保。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import ASSET, HOUSEHOLD, PERSON
from doudi.law.language import by_choice, down_to_fen, greatest, none_of, one_of, when
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
    border_eligible: Flag, counted: Flag, disabled_for_single: Flag, illness: Code, clergy_years: Count,
    age: Count, wage: Fen, *, member: Any,
) -> Code:  # fmt: skip
    """可以单独申请的情形"""
    jobless = disabled_for_single & (age >= member.minor_age) & (wage == 0)
    of_border = border_eligible & counted
    ill = of_border & one_of(illness, "serious")
    clergy = when(clergy_years >= member.clergy_years, "clergy", when(jobless, "jobless", "none"))
    return when(of_border & disabled_for_single, "disabled", when(ill, "ill", clergy))


@rule(PERSON, cite=_ARTICLE_8, unit=FLAG, since=SINCE)
def supported_already(in_receipt: Flag, counted: Flag, detained: Code, other_support: Code) -> Flag:
    """已随家庭享受低保，或在押、失踪，或已享受特困供养"""
    away = one_of(detained, "prison", "detox", "missing")
    return (in_receipt & counted) | away | one_of(other_support, "tekun")


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


@rule(ASSET, cite=_ISSUE_83, unit=FLAG, since=SINCE)
def own_vehicle(is_vehicle: Flag, of_single: Flag) -> Flag:
    """单独申请人本人的机动车辆"""
    return is_vehicle & of_single


@rule(ASSET, cite=_ISSUE_83, unit=FLAG, since=SINCE)
def own_house(is_house: Flag, of_single: Flag) -> Flag:
    """单独申请人本人的住房"""
    return is_house & of_single


@rule(ASSET, cite=_ISSUE_83, unit=FLAG, since=SINCE)
def own_company_share(is_company_share: Flag, of_single: Flag) -> Flag:
    """单独申请人本人的企业出资、股权"""
    return is_company_share & of_single


DIBAO.highest(
    "single_vehicle", HOUSEHOLD, of="amount", where="own_vehicle", label="单独申请人价值最高的车辆",
    cite=_ISSUE_83,
)  # fmt: skip
DIBAO.count(
    "single_houses", HOUSEHOLD, of=ASSET, where="own_house", label="单独申请人的住房套数", cite=_ISSUE_83
)
DIBAO.total(
    "single_shares", HOUSEHOLD, of="amount", where="own_company_share", label="单独申请人的企业出资",
    cite=_ISSUE_83,
)  # fmt: skip


@rule(HOUSEHOLD, cite=_ISSUE_83, unit=FLAG, since=SINCE)
def single_property_meets(
    single_assets: Fen, single_cap: Fen, single_vehicle: Fen, single_houses: Count, single_shares: Fen,
    *, assets: Any,
) -> Flag:  # fmt: skip
    """单独申请人本人的财产符合规定"""
    movable: Flag = (single_assets <= single_cap) & (single_vehicle <= assets.vehicle_value)
    fixed: Flag = (single_houses <= assets.houses) & (single_shares <= assets.company_share)
    return movable & fixed


@rule(PERSON, cite=_ARTICLE_8, unit=FLAG, since=SINCE)
def single_eligible(
    single_applies: Flag, supported_already: Flag, single_route: Code, own_income: Fen, standard_year: Fen,
    single_property_meets: Flag,
) -> Flag:  # fmt: skip
    """符合单人保条件"""
    open_to = single_applies & none_of(supported_already, one_of(single_route, "none"))
    return open_to & (own_income < standard_year) & single_property_meets


@rule(PERSON, cite=_ARTICLE_8, unit=FEN_MONTH, since=SINCE)
def single_amount(
    single_eligible: Flag, own_income: Fen, standard_year: Fen, household_income: Fen, members: Count,
    *, single: Any, amount: Any,
) -> Fen:  # fmt: skip
    """单人保保障金：本人差额、全额、按家庭收入减半，或定额"""
    full = monthly(standard_year, amount.rounding)

    def by_family() -> Fen:
        modest: Flag = household_income * 10_000 < standard_year * members * single.family_multiple
        reduced = monthly(standard_year * single.reduced_rate, amount.rounding, parts=10_000)
        return when(modest, full, reduced)

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
