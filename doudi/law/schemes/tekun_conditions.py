"""特困人员救助供养：三个条件（无劳动能力、无生活来源、义务人无能力）。标准和金额在 tekun。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HELD, HOUSEHOLD, INCOME, OBLIGOR, OBLIGOR_MEMBER, PERSON
from doudi.law.language import choose, down_to_fen, greatest, none_of, one_of, when
from doudi.law.schemes import means_inputs as given
from doudi.law.schemes.tekun_inputs import ENDINGS, TEKUN
from doudi.law.units import CODE, FEN, FEN_YEAR, FLAG, PERSONS, Code, Count, Fen, Flag

A43 = "民发〔2021〕43号"
SINCE = "2021-07-01"
_EXCLUSIVE = f"{A43}、国发〔2015〕52号"

rule = TEKUN.rule


# ---- no labour capacity --------------------------------------------------------------------------------


@rule(PERSON, cite=f"{A43} 第五条第一、二项", unit=FLAG, since=SINCE)
def incapable_by_age(age: Count, *, labour: Any) -> Flag:
    """因年龄无劳动能力"""
    out_of_age: Flag = (age >= labour.elder_age) | (age < labour.child_age)
    return out_of_age


@rule(PERSON, cite=f"{A43} 第五条第三项", unit=FLAG, since=SINCE)
def incapable_by_disability(disability: Code, disability_grade: Count, *, labour: Any) -> Flag:
    """因残疾无劳动能力"""
    mind: Flag = one_of(disability, "intellectual", "mental") & (disability_grade <= labour.mental_grade)
    body: Flag = one_of(disability, "physical") & (disability_grade <= labour.physical_grade)
    sight: Flag = one_of(disability, "visual") & (disability_grade <= labour.visual_grade)
    return (disability_grade >= 1) & (mind | body | sight)


@rule(PERSON, cite=f"{A43} 第五条第四项", unit=FLAG, since=SINCE)
def incapable_otherwise(other_incapacity: Code, *, labour: Any) -> Flag:
    """省里规定的其他无劳动能力情形"""
    return one_of(other_incapacity, labour.other)


@rule(PERSON, cite=f"{A43} 第五条", unit=FLAG, since=SINCE)
def no_labour_capacity(
    incapable_by_age: Flag, incapable_by_disability: Flag, incapable_otherwise: Flag
) -> Flag:
    """无劳动能力"""
    return incapable_by_age | incapable_by_disability | incapable_otherwise


@rule(PERSON, cite=f"{A43} 第二十四条第二款", unit=FLAG, since=SINCE)
def continues_from_minority(supported_as_minor: Flag, age: Count, student: Code, *, minor: Any) -> Flag:
    """未成年时已享受供养的，至成年或者毕业"""
    not_yet: Flag = (age < minor.until_age) | one_of(student, minor.school)
    return supported_as_minor & not_yet


@rule(PERSON, cite=f"{A43} 第四条第一项", unit=FLAG, since=SINCE)
def labour_test(no_labour_capacity: Flag, continues_from_minority: Flag) -> Flag:
    """符合劳动能力条件（无劳动能力，或者仍按未成年人供养）"""
    return no_labour_capacity | continues_from_minority


# ---- no livelihood -------------------------------------------------------------------------------------


@rule(INCOME, cite=f"{A43} 第六条第二款", unit=FEN_YEAR, since=SINCE)
def livelihood_transfer(income_kind: Code, gross: Fen, cost: Fen, *, income: Any) -> Fen:
    """计入本人收入的转移性收入（本项）"""
    mine = one_of(income_kind, *given.TRANSFER_KINDS, *given.BASIC_PENSION, *given.EXCLUDED_KINDS)
    left_out: Flag = one_of(income_kind, income.excluded) | one_of(income_kind, income.also_excluded)
    return when(mine & none_of(left_out), gross - cost)


TEKUN.total(
    "livelihood_transfers", PERSON, of="livelihood_transfer", label="计入的转移性收入",
    cite=f"{A43} 第六条第二款", since=SINCE,
)  # fmt: skip


@rule(PERSON, cite=f"{A43} 第六条第二款", unit=FEN_YEAR, since=SINCE)
def own_income(wage: Fen, business_income: Fen, property_income: Fen, livelihood_transfers: Fen) -> Fen:
    """本人年收入（不扣就业成本和刚性支出）"""
    return greatest(greatest(wage, 0) + business_income + property_income + livelihood_transfers, 0)


@rule(PERSON, cite=f"{A43} 第六条第一款", unit=FLAG, since=SINCE)
def own_income_below(own_income: Fen, standard_year: Fen) -> Flag:
    """本人收入低于当地低保标准"""
    return own_income < standard_year


TEKUN.count(
    "applicants", HOUSEHOLD, of=PERSON, where="applies", label="申请供养人数", unit=PERSONS,
    cite=f"{A43} 第七条", since=SINCE,
)  # fmt: skip


@rule(HOUSEHOLD, cite=f"{A43} 第七条", unit=FEN, since=SINCE)
def applicants_cap(standard_year: Fen, applicants: Count, *, assets: Any) -> Fen:
    """特困金融资产上限（低保月标准的若干倍×申请人数）"""
    return down_to_fen(standard_year * assets.months * applicants, over=12)


@rule(HOUSEHOLD, cite=f"{A43} 第七条", unit=FLAG, since=SINCE)
def own_property_meets(
    financial_assets: Fen, applicants_cap: Fen, best_vehicle: Fen, houses: Count, company_shares: Fen,
    *, assets: Any,
) -> Flag:  # fmt: skip
    """财产符合特困人员财产状况规定"""
    movable: Flag = (financial_assets <= applicants_cap) & (best_vehicle <= assets.vehicle_value)
    fixed: Flag = (houses <= assets.houses) & (company_shares <= assets.company_share)
    return movable & fixed


@rule(PERSON, cite=f"{A43} 第四条第二项", unit=FLAG, since=SINCE)
def no_livelihood(own_income_below: Flag, own_property_meets: Flag) -> Flag:
    """无生活来源"""
    return own_income_below & own_property_meets


# ---- those who owe support -----------------------------------------------------------------------------


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第一项", unit=FLAG, since=SINCE)
def duty_destitute(duty_aid: Code) -> Flag:
    """义务人是特困人员"""
    return one_of(duty_aid, "tekun")


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第二项", unit=FLAG, since=SINCE)
def duty_elderly_dibao(duty_aid: Code, duty_age: Count, *, obligor: Any) -> Flag:
    """义务人是老年低保对象"""
    old: Flag = duty_age >= obligor.dibao_age
    return one_of(duty_aid, "dibao") & old


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第三、四项", unit=FLAG, since=SINCE)
def duty_income_low(obligor_income: Fen, duty_locality: Code, *, local: Any) -> Flag:
    """义务人本人收入低于当地上年人均可支配收入"""
    average: Fen = choose(duty_locality, local.income_year, among=tuple(given.LOCALITIES))
    return obligor_income < average


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第三项", unit=FLAG, since=SINCE)
def duty_aged(duty_age: Count, duty_income_low: Flag, duty_property_low: Flag, *, obligor: Any) -> Flag:
    """义务人是收入财产偏低的高龄老年人"""
    old: Flag = duty_age >= obligor.elder_age
    return old & duty_income_low & duty_property_low


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第四项", unit=FLAG, since=SINCE)
def duty_disabled(
    duty_disability: Code, duty_disability_grade: Count, duty_income_low: Flag, duty_property_low: Flag,
    *, obligor: Any,
) -> Flag:  # fmt: skip
    """义务人是收入财产偏低的重度残疾人或者三级智力、精神残疾人"""
    severe: Flag = none_of(one_of(duty_disability, "none")) & (duty_disability_grade <= obligor.severe_grade)
    mind: Flag = one_of(duty_disability, "intellectual", "mental") & (
        duty_disability_grade <= obligor.mental_grade
    )
    graded: Flag = (duty_disability_grade >= 1) & (severe | mind)
    return graded & duty_income_low & duty_property_low


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第五项", unit=FLAG, since=SINCE)
def duty_incapable(duty_state: Code, duty_property_low: Flag) -> Flag:
    """义务人无民事行为能力、失踪或者服刑，且财产偏低"""
    return one_of(duty_state, "incapable", "missing", "prison") & duty_property_low


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条第六项", unit=FLAG, since=SINCE)
def duty_excused(duty_ground: Code, *, obligor: Any) -> Flag:
    """义务人属于省里规定的其他情形"""
    return one_of(duty_ground, obligor.other)


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第八条", unit=FLAG, since=SINCE)
def unable_to_support(
    duty_destitute: Flag, duty_elderly_dibao: Flag, duty_aged: Flag, duty_disabled: Flag,
    duty_incapable: Flag, duty_excused: Flag,
) -> Flag:  # fmt: skip
    """无履行义务能力"""
    return duty_destitute | duty_elderly_dibao | duty_aged | duty_disabled | duty_incapable | duty_excused


@rule(OBLIGOR_MEMBER, cite=f"{A43} 第四条第三项", unit=FLAG, since=SINCE)
def able_to_support(has_duty: Flag, unable_to_support: Flag) -> Flag:
    """有法定义务又有能力履行"""
    return has_duty & none_of(unable_to_support)


_ARTICLE_4 = f"{A43} 第四条第三项"
TEKUN.any_of(
    "able_family", OBLIGOR, of="able_to_support", label="这家有人有能力履行义务", cite=_ARTICLE_4, since=SINCE
)
TEKUN.any_of(
    "able_obligor", HOUSEHOLD, of="able_family", label="有义务人有能力履行义务", cite=_ARTICLE_4, since=SINCE
)


@rule(HOUSEHOLD, cite=_ARTICLE_4, unit=FLAG, since=SINCE)
def nobody_to_support(able_obligor: Flag) -> Flag:
    """没有法定义务人，或者全都无履行义务能力"""
    return none_of(able_obligor)


# ---- other benefits ------------------------------------------------------------------------------------


@rule(HELD, cite=f"{A43} 第九条", unit=FLAG, since=SINCE)
def chosen_instead(held_scheme: Code, locality: Code, *, exclusion: Any) -> Flag:
    """已享受与特困择一的待遇"""
    urban: Flag = one_of(locality, "urban") & one_of(held_scheme, exclusion.choose.tekun_urban)
    rural: Flag = one_of(locality, "rural") & one_of(held_scheme, exclusion.choose.tekun_rural)
    return urban | rural


@rule(HELD, cite=_EXCLUSIVE, unit=FLAG, since=SINCE)
def given_up(held_scheme: Code, locality: Code, *, exclusion: Any) -> Flag:
    """不能与特困同时享受的待遇"""
    urban: Flag = one_of(locality, "urban") & one_of(held_scheme, exclusion.never.tekun_urban)
    rural: Flag = one_of(locality, "rural") & one_of(held_scheme, exclusion.never.tekun_rural)
    return urban | rural


TEKUN.any_of(
    "holds_chosen", PERSON, of="chosen_instead", label="已选择其他供养", cite=f"{A43} 第九条", since=SINCE
)
TEKUN.any_of("must_give_up", PERSON, of="given_up", label="须先停发其他待遇", cite=_EXCLUSIVE, since=SINCE)


@rule(PERSON, cite=f"{A43} 第九条", unit=FLAG, since=SINCE)
def chose_otherwise(chose_child_benefit: Flag, holds_chosen: Flag) -> Flag:
    """选择了孤儿、事实无人抚养儿童保障"""
    return chose_child_benefit | holds_chosen


# ---- result --------------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{A43} 第二十四条第一款", unit=FLAG, since=SINCE)
def away_by_law(detained: Code) -> Flag:
    """在监狱服刑或者被宣告失踪"""
    return one_of(detained, "prison", "missing")


@rule(PERSON, cite=f"{A43} 第四条", unit=FLAG, since=SINCE)
def eligible(
    applies: Flag, labour_test: Flag, no_livelihood: Flag, nobody_to_support: Flag, chose_otherwise: Flag,
    away_by_law: Flag,
) -> Flag:  # fmt: skip
    """符合特困供养条件"""
    tests: Flag = labour_test & no_livelihood & nobody_to_support
    return applies & tests & none_of(chose_otherwise, away_by_law)


@rule(PERSON, cite=f"{A43} 第二十四条第一款", unit=CODE, since=SINCE, names=ENDINGS)
def ending_ground(
    applies: Flag, labour_test: Flag, no_livelihood: Flag, nobody_to_support: Flag, chose_otherwise: Flag,
    detained: Code,
) -> Code:  # fmt: skip
    """停发原因（已享受的，取先成立的一项）"""
    by_means = when(none_of(no_livelihood), "S04", when(none_of(nobody_to_support), "S05", "none"))
    by_test = when(chose_otherwise, "S07", when(none_of(labour_test), "S02", by_means))
    by_will = when(none_of(applies), "S06", by_test)
    return when(one_of(detained, "missing"), "S01", when(one_of(detained, "prison"), "S03", by_will))


__all__ = ["A43", "SINCE", "TEKUN"]
