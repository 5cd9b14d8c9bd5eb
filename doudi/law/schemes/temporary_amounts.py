"""临时救助的金额：月标准×人数×月数，上限、下限、小额快救、一事一议、救急难互助。

Every multiple of the monthly standard is taken of the yearly one and divided by 12 once, at the end.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD
from doudi.law.language import (
    by_choice,
    choose,
    down_to_fen,
    greatest,
    least,
    one_of,
    share,
    to_fen,
    up_to_yuan,
    when,
)
from doudi.law.schemes.means import DECREE_649, SINCE
from doudi.law.schemes.temporary_entitled import FAST_SINCE, OPINIONS_2026, STATE_47
from doudi.law.schemes.temporary_inputs import LEVELS, SEVERITIES, TEMPORARY
from doudi.law.units import FEN, FEN_YEAR, FLAG, MONTHS, PERSONS, Code, Count, Fen, Flag

_FORMULA = f"{DECREE_649} 第四十九条；月标准×人数×月数（地方规定，甘肃2021等）"
_CEILING = f"{DECREE_649} 第四十九条；救助上限（地方规定，浙江等）"
_SPECIAL = f"{STATE_47} 一事一议；地方规定"
_MUTUAL = "救急难互助社（地方规定，安徽定远等）"

rule = TEMPORARY.rule


# ---- formula -------------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_FORMULA, unit=FEN_YEAR, since=SINCE)
def base_standard(standard_year: Fen, *, base: Any, dibao: Any) -> Fen:
    """计发基数（低保年标准）"""
    found: Fen = by_choice(base.standard, urban=lambda: dibao.standard.urban, own=lambda: standard_year)
    return found


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十九条；救助月数（地方规定，甘肃2021等）", unit=MONTHS, since=SINCE)
def aid_months(severity: Code, decided_months: Count, *, months: Any) -> Count:
    """救助月数"""
    wanted = by_choice(
        months.method,
        by_severity=lambda: choose(severity, months.severity, among=tuple(SEVERITIES)),
        decided=lambda: decided_months,
    )
    return least(wanted, months.most)


@rule(HOUSEHOLD, cite=_FORMULA, unit=FEN, since=SINCE)
def formula_amount(base_standard: Fen, aided_persons: Count, aid_months: Count, *, amount: Any) -> Fen:
    """公式金额（月标准×人数×月数）"""
    yearly = base_standard * aided_persons * aid_months
    return by_choice(
        amount.rounding,
        fen=lambda: to_fen(yearly, over=12),
        yuan_up=lambda: up_to_yuan(yearly, over=12),
    )


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十九条", unit=FEN, since=SINCE)
def wanted_amount(formula_amount: Fen, proposed_amount: Fen, *, amount: Any) -> Fen:
    """限额前金额"""
    return by_choice(amount.method, formula=lambda: formula_amount, proposed=lambda: proposed_amount)


# ---- ceiling and floor ---------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_CEILING, unit=PERSONS, since=SINCE)
def ceiling_heads(aided_persons: Count, *, ceiling: Any) -> Count:
    """计算限额的人数（按户计的为 1）"""
    return by_choice(ceiling.counted_by, head=lambda: aided_persons, household=lambda: 1)


@rule(HOUSEHOLD, cite=_CEILING, unit=FEN, since=SINCE)
def aid_ceiling(base_standard: Fen, ceiling_heads: Count, *, ceiling: Any) -> Fen:
    """一般救助上限"""
    return down_to_fen(base_standard * ceiling.times * ceiling_heads, over=12)


@rule(HOUSEHOLD, cite=_CEILING, unit=FEN, since=SINCE)
def ceiling_left(aid_ceiling: Fen, aided_this_year: Fen, *, ceiling: Any) -> Fen:
    """还可使用的上限"""
    return by_choice(
        ceiling.period, once=lambda: aid_ceiling, year=lambda: greatest(aid_ceiling - aided_this_year, 0)
    )


@rule(HOUSEHOLD, cite="急难型最低救助额（地方规定，青阳）", unit=FEN, since=SINCE)
def emergency_floor(aid_kind: Code, base_standard: Fen, ceiling_heads: Count, *, emergency: Any) -> Fen:
    """急难型最低救助额"""
    least_amount = to_fen(base_standard * emergency.least_times * ceiling_heads, over=12)
    return when(one_of(aid_kind, "emergency"), least_amount)


@rule(HOUSEHOLD, cite="急难型最低救助额（地方规定，青阳）", unit=FEN, since=SINCE)
def raised_amount(wanted_amount: Fen, emergency_floor: Fen) -> Fen:
    """提到最低救助额后的金额"""
    return greatest(wanted_amount, emergency_floor)


@rule(HOUSEHOLD, cite=f"{_CEILING}；{OPINIONS_2026}", unit=FEN, since=SINCE)
def limited_amount(
    aid_kind: Code, raised_amount: Fen, ceiling_left: Fen, own_cost: Fen, *, amount: Any
) -> Fen:
    """限额后金额（支出型不超过自负支出）"""
    by_cost = one_of(aid_kind, "expenditure") & amount.cost_capped
    return when(by_cost, least(raised_amount, ceiling_left, own_cost), least(raised_amount, ceiling_left))


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十七条", unit=FEN, since=SINCE)
def aid(emergency_entitled: Flag, expenditure_entitled: Flag, limited_amount: Fen) -> Fen:
    """急难型或支出型救助金"""
    return when(emergency_entitled | expenditure_entitled, limited_amount)


# ---- small fast aid ------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=OPINIONS_2026, unit=FEN, since=SINCE, name="fast_ceiling")
def fast_ceiling_not_yet() -> Fen:
    """小额快救上限（2026 年意见以前没有这一项）"""
    return 0


@rule(HOUSEHOLD, cite=OPINIONS_2026, unit=FEN, since=FAST_SINCE)
def fast_ceiling(standard_year: Fen, aided_persons: Count, *, fast: Any, dibao: Any) -> Fen:
    """小额快救上限"""
    standard = by_choice(
        fast.standard,
        highest=lambda: greatest(dibao.standard.urban, dibao.standard.rural),
        own=lambda: standard_year,
    )
    yearly = standard * fast.months
    return by_choice(
        fast.counted_by,
        household=lambda: down_to_fen(yearly, over=12),
        head=lambda: down_to_fen(yearly * aided_persons, over=12),
    )


@rule(HOUSEHOLD, cite=OPINIONS_2026, unit=FEN, since=SINCE)
def fast_aid(fast_entitled: Flag, proposed_amount: Fen, fast_ceiling: Fen) -> Fen:
    """小额快救金"""
    return when(fast_entitled, least(proposed_amount, fast_ceiling))


# ---- special deliberation ------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_SPECIAL, unit=FLAG, since=SINCE)
def needs_deliberation(aid_kind: Code, wanted_amount: Fen, ceiling_left: Fen) -> Flag:
    """超出上限，建议一事一议"""
    return one_of(aid_kind, "emergency", "expenditure") & (wanted_amount > ceiling_left)


@rule(HOUSEHOLD, cite=_SPECIAL, unit=FLAG, since=SINCE)
def special_entitled(
    aid_kind: Code, means_pass: Flag, own_cost: Fen, accepted_here: Flag, within_yearly_times: Flag,
    *, special: Any,
) -> Flag:  # fmt: skip
    """可以一事一议（重大生活困难）"""
    major: Flag = own_cost >= special.cost_from
    return one_of(aid_kind, "special") & means_pass & major & accepted_here & within_yearly_times


@rule(HOUSEHOLD, cite=_SPECIAL, unit=FEN, since=SINCE)
def special_wanted(own_cost: Fen, proposed_amount: Fen, *, special: Any) -> Fen:
    """一事一议限额前金额"""
    return by_choice(
        special.method,
        by_cost=lambda: when(
            own_cost > special.rate_above,
            share(own_cost, special.rate),
            greatest(proposed_amount, special.least),
        ),
        times=lambda: proposed_amount,
    )


@rule(HOUSEHOLD, cite=_SPECIAL, unit=FEN, since=SINCE)
def special_ceiling(base_standard: Fen, ceiling_heads: Count, *, special: Any) -> Fen:
    """一事一议上限"""
    found: Fen = by_choice(
        special.method,
        by_cost=lambda: special.most,
        times=lambda: down_to_fen(base_standard * special.times * ceiling_heads, over=12),
    )
    return found


@rule(HOUSEHOLD, cite=_SPECIAL, unit=FEN, since=SINCE)
def special_amount(special_wanted: Fen, special_ceiling: Fen) -> Fen:
    """一事一议金额"""
    return least(special_wanted, special_ceiling)


@rule(HOUSEHOLD, cite=_SPECIAL, unit=FEN, since=SINCE)
def special_aid(special_entitled: Flag, special_amount: Fen, limited_amount: Fen) -> Fen:
    """一事一议救助金（不少于一般救助）"""
    return when(special_entitled, greatest(special_amount, limited_amount))


# ---- mutual aid ----------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_MUTUAL, unit=FEN, since=SINCE)
def mutual_wanted(mutual_level: Code, proposed_amount: Fen, *, mutual: Any) -> Fen:
    """互助金限额前金额（提到本级最低额；没有拟定金额的为 0）"""
    lowest: Fen = choose(mutual_level, mutual.least, among=tuple(LEVELS))
    return when(proposed_amount > 0, greatest(proposed_amount, lowest))


@rule(HOUSEHOLD, cite=_MUTUAL, unit=FEN, since=SINCE)
def mutual_ceiling(mutual_level: Code, society_balance: Fen, *, mutual: Any) -> Fen:
    """互助金上限（本级最高额和资金余额取小）"""
    most: Fen = choose(mutual_level, mutual.most, among=tuple(LEVELS))
    return least(most, society_balance)


@rule(HOUSEHOLD, cite=_MUTUAL, unit=FEN, since=SINCE)
def mutual_aid(aid_kind: Code, mutual_wanted: Fen, mutual_ceiling: Fen) -> Fen:
    """救急难互助金"""
    return when(one_of(aid_kind, "mutual"), least(mutual_wanted, mutual_ceiling))


__all__ = ["TEMPORARY"]
