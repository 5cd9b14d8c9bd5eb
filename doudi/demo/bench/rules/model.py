"""测速用的固定模型：十三条规则的一个低保，写法与各规则书一样，从不随政策改动。

Frozen: the peers under peers/rules and the oracle are written for exactly these rules, and tests hold its version.
"""

from datetime import date
from pathlib import Path
from typing import Any

from doudi.exchange.policy_files import read_packs
from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.language import choose, greatest, least, share, to_fen, up_to_yuan, when
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.units import (
    AGE,
    CODE,
    FEN,
    FEN_MONTH,
    FLAG,
    GRADE,
    PERSONS,
    RATE,
    Code,
    Count,
    Fen,
    Flag,
    Rate,
)

ON = date(2026, 10, 1)
AREA = "000000"
SINCE, CITE = "2025-01-01", "测速用固定模型"
LOCALITIES = {"rural": "农村", "urban": "城市"}
TARGET = "benefit"

FROZEN = Rulebook("frozen", "测速模型")
FROZEN.input(HOUSEHOLD, "locality", unit=CODE, label="城乡", domain=LOCALITIES)
FROZEN.input(HOUSEHOLD, "savings", unit=FEN, label="存款")
FROZEN.input(PERSON, "age", unit=AGE, label="周岁", domain=(0, 150))
FROZEN.input(PERSON, "wage", unit=FEN_MONTH, label="月工资")
FROZEN.input(PERSON, "pension", unit=FEN_MONTH, label="月养老金")
FROZEN.input(PERSON, "other_income", unit=FEN_MONTH, label="其他月收入")
FROZEN.input(PERSON, "disability_grade", unit=GRADE, label="残疾等级", domain=(0, 4))
FROZEN.input(PERSON, "is_seriously_ill", unit=FLAG, label="重病")
rule = FROZEN.rule


@rule(HOUSEHOLD, cite=CITE, unit=FEN_MONTH, since=SINCE)
def standard_amount(locality: Code, *, standard: Any) -> Fen:
    """月保障标准"""
    monthly: Fen = choose(locality, standard, among=tuple(LOCALITIES))
    return monthly


@rule(PERSON, cite=CITE, unit=FEN_MONTH, since=SINCE)
def work_deduction(wage: Fen, standard_amount: Fen, *, work: Any) -> Fen:
    """就业成本扣减（四舍五入到分，不超过标准的一定比例）"""
    return least(share(wage, work.rate), share(standard_amount, work.cap))


@rule(PERSON, cite=CITE, unit=FEN_MONTH, since=SINCE)
def countable_income(wage: Fen, work_deduction: Fen, pension: Fen, other_income: Fen) -> Fen:
    """计入的收入"""
    return greatest(wage - work_deduction, 0) + pension + other_income


FROZEN.total("income", HOUSEHOLD, of="countable_income", label="家庭月收入", cite=CITE, since=SINCE)
FROZEN.count("members", HOUSEHOLD, of=PERSON, label="人口", unit=PERSONS, cite=CITE, since=SINCE)


@rule(HOUSEHOLD, cite=CITE, unit=FEN_MONTH, since=SINCE)
def per_capita(income: Fen, members: Count) -> Fen:
    """月人均收入（四舍五入到分）"""
    return to_fen(income, over=greatest(members, 1))


@rule(HOUSEHOLD, cite=CITE, unit=FEN, since=SINCE)
def savings_limit(standard_amount: Fen, members: Count, *, savings: Any) -> Fen:
    """存款上限"""
    limit: Fen = standard_amount * savings.months * members
    return limit


@rule(HOUSEHOLD, cite=CITE, unit=FLAG, since=SINCE)
def eligible(per_capita: Fen, standard_amount: Fen, savings: Fen, savings_limit: Fen, members: Count) -> Flag:
    """符合条件"""
    return (per_capita < standard_amount) & (savings <= savings_limit) & (members > 0)


@rule(HOUSEHOLD, cite=CITE, unit=FEN_MONTH, since=SINCE)
def base_benefit(eligible: Flag, standard_amount: Fen, per_capita: Fen, members: Count) -> Fen:
    """补差（见角进元）"""
    return when(eligible, up_to_yuan((standard_amount - per_capita) * members))


@rule(PERSON, cite=CITE, unit=RATE, since=SINCE)
def supplement_rate(age: Count, disability_grade: Count, is_seriously_ill: Flag, *, supplement: Any) -> Rate:
    """增发比例（就高不重复）"""
    severe: Flag = (disability_grade >= 1) & (disability_grade <= supplement.severe_grade)
    return greatest(
        when(severe, supplement.rate.severe_disability),
        when(is_seriously_ill, supplement.rate.serious_illness),
        when(age >= supplement.elder_age, supplement.rate.elder),
        when(age < supplement.minor_age, supplement.rate.minor),
    )


@rule(PERSON, cite=CITE, unit=FEN_MONTH, since=SINCE)
def member_supplement(standard_amount: Fen, supplement_rate: Rate) -> Fen:
    """本人增发（四舍五入到分）"""
    return share(standard_amount, supplement_rate)


FROZEN.total("supplements", HOUSEHOLD, of="member_supplement", label="增发合计", cite=CITE, since=SINCE)


@rule(HOUSEHOLD, cite=CITE, unit=FEN_MONTH, since=SINCE)
def benefit(eligible: Flag, base_benefit: Fen, supplements: Fen) -> Fen:
    """月金额"""
    return when(eligible, base_benefit + supplements)


FROZEN.pays(TARGET, HOUSEHOLD)
FROZEN.seal()


def parameters() -> dict[str, Parameters]:
    """固定的参数，测算日有效的一套。"""
    return {AREA: read_packs(Path(__file__).parent / "policy").resolve(AREA, ON)}
