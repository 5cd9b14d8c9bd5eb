"""孤儿、事实无人抚养儿童、困境儿童的基本生活保障：认定、标准、补差。

One child is one kind at a time; the standards are monthly 分, so only a share of one is ever rounded.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HELD, PERSON
from doudi.law.language import by_choice, choose, greatest, none_of, one_of, to_fen, to_yuan, up_to_yuan, when
from doudi.law.schemes.children_inputs import CARE_FORMS, CHILDREN, KINDS
from doudi.law.units import CODE, FEN_MONTH, FLAG, RATE, Code, Count, Fen, Flag, Rate

ORPHANS = "民发〔2010〕161号"
UNATTENDED = "民发〔2019〕62号"
IN_NEED = "国发〔2016〕36号"
SINCE = "2020-01-01"

rule = CHILDREN.rule


# ---- the parents ---------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{ORPHANS} 孤儿的认定", unit=FLAG, since=SINCE)
def father_gone(father: Code, *, orphan: Any) -> Flag:
    """父亲死亡、失踪或者查找不到"""
    return one_of(father, orphan.states)


@rule(PERSON, cite=f"{ORPHANS} 孤儿的认定", unit=FLAG, since=SINCE)
def mother_gone(mother: Code, *, orphan: Any) -> Flag:
    """母亲死亡、失踪或者查找不到"""
    return one_of(mother, orphan.states)


def _unfit(state: Code, months: Count, unattended: Any) -> Flag:
    lasting: Flag = (months >= unattended.months) | none_of(one_of(state, unattended.timed))
    return one_of(state, unattended.states) & lasting


@rule(PERSON, cite=f"{UNATTENDED} 一", unit=FLAG, since=SINCE)
def father_unfit(father: Code, father_months: Count, *, unattended: Any) -> Flag:
    """父亲属于不能履行抚养责任的情形（服刑、失联等须满规定月数）"""
    return _unfit(father, father_months, unattended)


@rule(PERSON, cite=f"{UNATTENDED} 一", unit=FLAG, since=SINCE)
def mother_unfit(mother: Code, mother_months: Count, *, unattended: Any) -> Flag:
    """母亲属于不能履行抚养责任的情形（服刑、失联等须满规定月数）"""
    return _unfit(mother, mother_months, unattended)


# ---- which child ---------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{ORPHANS} 孤儿的认定", unit=FLAG, since=SINCE)
def minor(age: Count, *, until_age: Count) -> Flag:
    """未成年"""
    return age < until_age


@rule(PERSON, cite=f"{ORPHANS} 孤儿的认定", unit=FLAG, since=SINCE)
def is_orphan(
    minor: Flag, recognised_as_minor: Flag, student: Code, father_gone: Flag, mother_gone: Flag,
    *, orphan: Any,
) -> Flag:  # fmt: skip
    """孤儿：未成年（或者成年后仍在校），父母都死亡、失踪或者查找不到"""
    studying: Flag = recognised_as_minor & one_of(student, orphan.school)
    return (minor | studying) & father_gone & mother_gone


@rule(PERSON, cite=f"{UNATTENDED} 一", unit=FLAG, since=SINCE)
def is_unattended(
    minor: Flag, recognised_as_minor: Flag, student: Code, father_gone: Flag, mother_gone: Flag,
    father_unfit: Flag, mother_unfit: Flag, *, unattended: Any,
) -> Flag:  # fmt: skip
    """事实无人抚养儿童：父母都不能履行抚养责任，且不都是死亡、失踪"""
    studying: Flag = recognised_as_minor & one_of(student, unattended.school)
    both: Flag = (father_gone | father_unfit) & (mother_gone | mother_unfit)
    return (minor | studying) & both & none_of(father_gone & mother_gone)


@rule(PERSON, cite=IN_NEED, unit=CODE, since=SINCE, names=KINDS)
def child_kind(is_orphan: Flag, is_unattended: Flag, minor: Flag, need_class: Code) -> Code:
    """儿童类别（一个儿童只按一类）"""
    in_need = when(minor & none_of(one_of(need_class, "none")), "in_need", "none")
    return when(is_orphan, "orphan", when(is_unattended, "unattended", in_need))


# ---- benefits already drawn ----------------------------------------------------------------------------


@rule(HELD, cite="民发〔2021〕43号 第九条", unit=FLAG, since=SINCE)
def support_chosen(held_scheme: Code, *, exclusion: Any) -> Flag:
    """已享受与孤儿保障择一的待遇"""
    return one_of(held_scheme, exclusion.choose.orphan)


@rule(HELD, cite=f"{UNATTENDED} 补差发放", unit=FEN_MONTH, since=SINCE)
def set_off_unattended(held_scheme: Code, held_amount: Fen, *, exclusion: Any) -> Fen:
    """事实无人抚养儿童补差时抵减的待遇（本项）"""
    return when(one_of(held_scheme, exclusion.difference.unattended_child), held_amount)


@rule(HELD, cite="地方困境儿童分档规定", unit=FEN_MONTH, since=SINCE)
def set_off_in_need(held_scheme: Code, held_amount: Fen, *, exclusion: Any) -> Fen:
    """困境儿童补差时抵减的待遇（本项）"""
    return when(one_of(held_scheme, exclusion.difference.child_in_need), held_amount)


CHILDREN.any_of(
    "holds_support", PERSON, of="support_chosen", label="已选择特困供养", cite="民发〔2021〕43号 第九条",
    since=SINCE,
)  # fmt: skip
CHILDREN.total(
    "held_unattended", PERSON, of="set_off_unattended", label="抵减事实无人抚养补贴的待遇合计",
    cite=f"{UNATTENDED} 补差发放", since=SINCE,
)  # fmt: skip
CHILDREN.total(
    "held_in_need", PERSON, of="set_off_in_need", label="抵减困境儿童补贴的待遇合计",
    cite="地方困境儿童分档规定", since=SINCE,
)  # fmt: skip


# ---- amounts -------------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{ORPHANS} 养育标准", unit=FEN_MONTH, since=SINCE)
def living_standard(care_form: Code, *, standard: Any) -> Fen:
    """基本生活月标准（散居、机构）"""
    monthly: Fen = choose(care_form, standard, among=tuple(CARE_FORMS))
    return monthly


@rule(PERSON, cite=f"{ORPHANS} 养育标准", unit=FEN_MONTH, since=SINCE)
def orphan_amount(child_kind: Code, holds_support: Flag, living_standard: Fen) -> Fen:
    """孤儿基本生活费"""
    return when(one_of(child_kind, "orphan") & none_of(holds_support), living_standard)


@rule(PERSON, cite=f"{UNATTENDED} 补差发放", unit=FEN_MONTH, since=SINCE)
def unattended_amount(child_kind: Code, living_standard: Fen, held_unattended: Fen) -> Fen:
    """事实无人抚养儿童基本生活补贴：标准减已享受的，不低于零"""
    return when(one_of(child_kind, "unattended"), greatest(living_standard - held_unattended, 0))


@rule(PERSON, cite="地方困境儿童分档规定", unit=FEN_MONTH, since=SINCE)
def need_base(need_class: Code, held_in_need: Fen, *, standard: Any, need: Any) -> Fen:
    """困境儿童计发基数：散居孤儿标准，补差类再减已享受的"""
    gap = greatest(standard.scattered - held_in_need, 0)
    base: Fen = when(one_of(need_class, need.of_gap), gap, standard.scattered)
    return base


@rule(PERSON, cite="地方困境儿童分档规定", unit=RATE, since=SINCE)
def need_rate(need_class: Code, *, need: Any) -> Rate:
    """困境儿童计发比例（本类）"""
    upper: Rate = when(one_of(need_class, "first"), need.rate.first) + when(
        one_of(need_class, "second"), need.rate.second
    )
    lower: Rate = when(one_of(need_class, "third"), need.rate.third) + when(
        one_of(need_class, "fourth"), need.rate.fourth
    )
    return upper + lower


@rule(PERSON, cite="地方困境儿童分档规定", unit=FEN_MONTH, since=SINCE)
def need_amount(child_kind: Code, need_base: Fen, need_rate: Rate, *, need: Any) -> Fen:
    """困境儿童基本生活补贴：基数×比例"""
    rounded: Fen = by_choice(
        need.rounding,
        yuan_up=lambda: up_to_yuan(need_base * need_rate, over=10_000),
        yuan=lambda: to_yuan(need_base * need_rate, over=10_000),
        fen=lambda: to_fen(need_base * need_rate, over=10_000),
    )
    return when(one_of(child_kind, "in_need"), rounded)


@rule(PERSON, cite=IN_NEED, unit=FEN_MONTH, since=SINCE)
def monthly_total(orphan_amount: Fen, unattended_amount: Fen, need_amount: Fen) -> Fen:
    """每月合计（三项只有一项不为零）"""
    return orphan_amount + unattended_amount + need_amount


CHILDREN.pays("orphan_amount", PERSON)
CHILDREN.pays("unattended_amount", PERSON)
CHILDREN.pays("need_amount", PERSON)
CHILDREN.seal()

__all__ = ["CHILDREN"]
