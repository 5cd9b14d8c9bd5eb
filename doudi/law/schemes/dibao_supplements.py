"""低保的分类施保增发：就高或叠加，每人只计一次；按标准比例、定额，或按本户保障金的比例。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.language import by_choice, choose, greatest, none_of, one_of, share, when
from doudi.law.schemes.dibao_amount import CLASSES, DIBAO
from doudi.law.schemes.means import SINCE
from doudi.law.units import FEN_MONTH, RATE, Code, Count, Fen, Flag, Rate

_CITE = "649号令 第十二条第二款"

rule = DIBAO.rule


def _combined(disabled: Flag, illness: Code, age: Count, terms: Any, table: Any, member: Any) -> int:
    found = (
        when(disabled, table.severe_disability),
        when(one_of(illness, "serious"), table.serious_illness),
        when(age >= terms.elder_age, table.elder),
        when(age < member.minor_age, table.minor),
    )
    return by_choice(
        terms.combine, highest=lambda: greatest(*found), stacked=lambda: sum(found[1:], found[0])
    )


@rule(PERSON, cite=_CITE, unit=RATE, since=SINCE)
def supplement_rate(
    severely_disabled: Flag, illness: Code, age: Count, *, supplement: Any, member: Any
) -> Rate:
    """增发比例（就高或叠加，一人一次）"""
    return by_choice(
        supplement.basis,
        rate=lambda: _combined(severely_disabled, illness, age, supplement, supplement.rate, member),
        fixed=lambda: 0,
        own_aid=lambda: 0,
    )


@rule(PERSON, cite=_CITE, unit=FEN_MONTH, since=SINCE)
def supplement_fixed(
    severely_disabled: Flag, illness: Code, age: Count, *, supplement: Any, member: Any
) -> Fen:
    """增发定额（就高或叠加，一人一次）"""
    return by_choice(
        supplement.basis,
        rate=lambda: 0,
        own_aid=lambda: 0,
        fixed=lambda: _combined(severely_disabled, illness, age, supplement, supplement.fixed, member),
    )


@rule(PERSON, cite=_CITE, unit=FEN_MONTH, since=SINCE)
def supplement(
    in_receipt: Flag, counted: Flag, refuses_work: Flag, standard_year: Fen, supplement_rate: Rate,
    supplement_fixed: Fen,
) -> Fen:  # fmt: skip
    """分类施保增发金"""
    receives = in_receipt & counted & none_of(refuses_work)
    return when(receives, share(standard_year, supplement_rate, over=12) + supplement_fixed)


DIBAO.total("supplements", HOUSEHOLD, of="supplement", label="分类施保增发合计", cite=_CITE)


@rule(HOUSEHOLD, cite=_CITE, unit=FEN_MONTH, since=SINCE)
def class_supplement(base_amount: Fen, household_class: Code, *, supplement: Any) -> Fen:
    """按类别增发：本户保障金×本类比例（只在政策包选按本户保障金时计算）"""
    return by_choice(
        supplement.basis,
        rate=lambda: 0,
        fixed=lambda: 0,
        own_aid=lambda: share(
            base_amount, choose(household_class, supplement.class_rate, among=tuple(CLASSES))
        ),
    )


DIBAO.pays("supplement", PERSON)
DIBAO.pays("class_supplement", HOUSEHOLD)
