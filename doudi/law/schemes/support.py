"""赡养、扶养、抚养费：先看裁判和协议，再看实际给付，最后按公式；已申报的不重复计。

All amounts are yearly 分 of one obligor household; the formulas divide once, at their last step.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD, INCOME, OBLIGOR, OBLIGOR_MEMBER, PERSON
from doudi.law.language import by_choice, greatest, least, none_of, one_of, share, when
from doudi.law.schemes.means_inputs import MEANS
from doudi.law.units import FEN_YEAR, FLAG, PERSONS, Code, Count, Fen, Flag

REVIEW_57 = "民发〔2021〕57号"
DECREE_649 = "649号令"
SINCE = "2014-05-01"
_CITE = f"{REVIEW_57} 第十三条第一款第四项"

rule = MEANS.rule

MEANS.total("obligor_total", OBLIGOR, of="obligor_income", label="赡养人家庭年收入", cite=_CITE)
MEANS.count("obligor_size", OBLIGOR, of=OBLIGOR_MEMBER, label="赡养人家庭人口", unit=PERSONS, cite=_CITE)


@rule(OBLIGOR, cite=_CITE, unit=FLAG, since=SINCE)
def obligor_able(support_disregarded: Flag) -> Flag:
    """有赡养能力且应计其赡养费"""
    return none_of(support_disregarded)


@rule(OBLIGOR, cite=_CITE, unit=FEN_YEAR, since=SINCE)
def support_formula(
    obligor_total: Fen, obligor_size: Count, children: Count, supported_persons: Count, supported_here: Count,
    standard_year: Fen, *, support: Any,
) -> Fen:  # fmt: skip
    """按公式推算的本户年赡养费：甲按超出标准部分的比例由各被赡养人分摊，乙按超出低收入线部分的比例"""
    heads = greatest(obligor_size, 1)

    def by_excess() -> Fen:
        excess = greatest(obligor_total - standard_year * obligor_size, 0)
        rate = when(children <= support.few_children, support.rate_few, support.rate_many)
        shared = when(support.whole_household, supported_persons, supported_persons * heads)
        return share(excess * least(supported_here, supported_persons), rate, over=shared)

    def over_line() -> Fen:
        line = share(standard_year, support.line_rate)
        return share(greatest(obligor_total - line * obligor_size, 0), support.rate_over_line)

    return by_choice(support.method, none=lambda: 0, by_excess=by_excess, over_line=over_line)


@rule(OBLIGOR, cite=_CITE, unit=FEN_YEAR, since=SINCE)
def support_due(
    obligor_able: Flag, support_basis: Code, support_ordered: Fen, support_paid: Fen, support_formula: Fen,
    *, support: Any,
) -> Fen:  # fmt: skip
    """应计的年赡养费：裁判、协议优先，其次实际给付，最后公式（或与公式就高）"""
    without = by_choice(
        support.paid_rule,
        paid_first=lambda: when(support_paid > 0, support_paid, support_formula),
        higher=lambda: greatest(support_paid, support_formula),
    )
    return when(obligor_able, when(one_of(support_basis, "court", "agreement"), support_ordered, without))


MEANS.total("support_expected", HOUSEHOLD, of="support_due", label="应计赡养费合计", cite=_CITE)
MEANS.count(
    "obligors_able", HOUSEHOLD, of=OBLIGOR, where="obligor_able", label="有赡养能力的赡养人家庭", cite=_CITE
)


@rule(INCOME, cite=_CITE, unit=FEN_YEAR, since=SINCE)
def support_item(income_kind: Code, gross: Fen) -> Fen:
    """已申报的赡养费（本项）"""
    return when(one_of(income_kind, "support_received"), gross)


MEANS.total("support_stated", PERSON, of="support_item", label="本人已申报的赡养费", cite=_CITE)
MEANS.total(
    "support_declared",
    HOUSEHOLD,
    of="support_stated",
    where="counted",
    label="已申报的赡养费合计",
    cite=_CITE,
)


@rule(HOUSEHOLD, cite=_CITE, unit=FEN_YEAR, since=SINCE)
def imputed_support(support_expected: Fen, support_declared: Fen) -> Fen:
    """应计而未申报的赡养费"""
    return greatest(support_expected - support_declared, 0)
