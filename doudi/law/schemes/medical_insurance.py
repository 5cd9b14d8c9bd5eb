"""医疗救助之前的各层：基本医保、大病保险、补充保险；每一层只算上一层剩下的合规费用。

A bill that insurance has settled brings each layer's amount; a bill not yet settled is estimated by the place's
insurance rules, if the pack gives them.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import BILL, PERSON
from doudi.law.language import by_choice, choose, greatest, least, one_of, share, tiered, when
from doudi.law.schemes import medical_inputs as given
from doudi.law.schemes.medical_category import DECREE_649, OPINIONS_42, SINCE
from doudi.law.schemes.medical_inputs import MEDICAL
from doudi.law.units import FEN, FLAG, Code, Fen, Flag

rule = MEDICAL.rule
_SETTLEMENT = f"{DECREE_649} 第三十一条"


# ---- basic insurance -----------------------------------------------------------------------------------


@rule(BILL, cite=_SETTLEMENT, unit=FEN, since=SINCE)
def basic_estimate(compliant_cost: Fen, hospital_level: Code, basic_used: Fen, *, insurance: Any) -> Fen:
    """基本医保试算"""

    def estimate() -> Fen:
        basic, among = insurance.basic, tuple(given.LEVELS)
        above = greatest(compliant_cost - choose(hospital_level, basic.deductible, among=among), 0)
        paid = share(above, choose(hospital_level, basic.rate, among=among))
        left: Fen = greatest(basic.cap - basic_used, 0)
        return least(paid, left)

    return by_choice(insurance.estimate, none=lambda: 0, basic=estimate, both=estimate)


@rule(BILL, cite=_SETTLEMENT, unit=FEN, since=SINCE)
def basic_layer(settled: Flag, basic_paid: Fen, basic_estimate: Fen) -> Fen:
    """基本医保支付"""
    return when(settled, basic_paid, basic_estimate)


@rule(BILL, cite=f"{DECREE_649} 第二十九条第二项", unit=FEN, since=SINCE)
def after_basic(compliant_cost: Fen, basic_layer: Fen) -> Fen:
    """基本医保报销后的剩余合规费用"""
    return greatest(compliant_cost - basic_layer, 0)


# ---- major-illness insurance: on the year's remaining cost, less what it reached before ----------------


@rule(PERSON, cite=OPINIONS_42, unit=FLAG, since=SINCE)
def major_favoured(category: Code, *, insurance: Any) -> Flag:
    """大病保险倾斜支付对象"""
    return one_of(category, insurance.major.favoured)


@rule(PERSON, cite=OPINIONS_42, unit=FEN, since=SINCE)
def major_threshold(major_favoured: Flag, *, insurance: Any) -> Fen:
    """大病保险起付线（倾斜对象降低）"""

    def line() -> Fen:
        plain: Fen = insurance.major.threshold
        return when(major_favoured, share(plain, insurance.major.favoured_share), plain)

    return by_choice(insurance.estimate, none=lambda: 0, basic=lambda: 0, both=line)


def _major(cost: Fen, favoured: Flag, threshold: Fen, insurance: Any) -> Fen:
    def both() -> Fen:
        major, above = insurance.major, greatest(cost - threshold, 0)
        plain = tiered(above, major.bands.ordinary)
        capped = by_choice(major.limit, none=lambda: plain, yearly=lambda: least(plain, major.cap))
        return when(favoured, tiered(above, major.bands.favoured), capped)

    return by_choice(insurance.estimate, none=lambda: 0, basic=lambda: 0, both=both)


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def major_before(
    major_cost_before: Fen, major_favoured: Flag, major_threshold: Fen, *, insurance: Any
) -> Fen:
    """此前费用应得的大病保险"""
    return _major(major_cost_before, major_favoured, major_threshold, insurance)


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def major_reached(
    major_cost_before: Fen, after_basic: Fen, major_favoured: Flag, major_threshold: Fen, *, insurance: Any
) -> Fen:
    """连同本次费用应得的大病保险"""
    return _major(major_cost_before + after_basic, major_favoured, major_threshold, insurance)


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def major_layer(settled: Flag, major_paid: Fen, major_reached: Fen, major_before: Fen) -> Fen:
    """大病保险支付"""
    return when(settled, major_paid, major_reached - major_before)


# ---- all layers ----------------------------------------------------------------------------------------


@rule(BILL, cite=f"{DECREE_649} 第二十九条第二项", unit=FEN, since=SINCE)
def insurance_paid(basic_layer: Fen, major_layer: Fen, supplementary_paid: Fen) -> Fen:
    """各层保险合计"""
    return basic_layer + major_layer + supplementary_paid


@rule(BILL, cite=f"{DECREE_649} 第二十九条第二项", unit=FLAG, since=SINCE)
def layers_valid(insurance_paid: Fen, compliant_cost: Fen, total_cost: Fen, exam_cost: Fen) -> Flag:
    """各层报销之和不超过合规费用，合规费用不超过总费用"""
    layered: Flag = insurance_paid <= compliant_cost
    nested: Flag = (compliant_cost <= total_cost) & (exam_cost <= compliant_cost)
    return layered & nested


__all__ = ["MEDICAL"]
