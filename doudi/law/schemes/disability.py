"""残疾人两项补贴：困难残疾人生活补贴和重度残疾人护理补贴。两项可以同时享受，与别的待遇依互斥表。"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HELD, PERSON
from doudi.law.language import banded, by_choice, none_of, one_of, when
from doudi.law.schemes.disability_inputs import DISABILITY
from doudi.law.units import FEN_MONTH, FLAG, MONTHS, Code, Count, Fen, Flag

STATE_52 = "国发〔2015〕52号"
SCOPE = f"{STATE_52}（补贴对象）"
STANDARD = f"{STATE_52}（补贴标准）"
PAYMENT = f"{STATE_52}（补贴形式）"
JOINING = f"{STATE_52}（政策衔接）"
SINCE = "2016-01-01"

rule = DISABILITY.rule


# ---- the person ----------------------------------------------------------------------------------------


@rule(PERSON, cite=SCOPE, unit=FLAG, since=SINCE)
def certified(disability: Code, disability_grade: Count, certificate_valid: Flag) -> Flag:
    """持证残疾人"""
    return none_of(one_of(disability, "none")) & (disability_grade >= 1) & certificate_valid


@rule(PERSON, cite=SCOPE, unit=FLAG, since=SINCE)
def severe(disability: Code, disability_grade: Count, certified: Flag, *, care: Any) -> Flag:
    """重度残疾（含当地扩大的类别和等级）"""
    widened: Flag = one_of(disability, care.widened_kinds) & (disability_grade <= care.widened_grade)
    usual: Flag = disability_grade <= care.severe_grade
    return certified & (usual | widened)


# ---- what is drawn already: one exclusion table --------------------------------------------------------


@rule(HELD, cite=SCOPE, unit=FLAG, since=SINCE)
def held_opens_living(held_scheme: Code, *, living: Any) -> Flag:
    """凭此项待遇可以享受生活补贴"""
    return one_of(held_scheme, living.groups)


@rule(HELD, cite=JOINING, unit=FLAG, since=SINCE)
def held_bars_living(held_scheme: Code, held_in_full: Flag, *, exclusion: Any, living: Any) -> Flag:
    """此项待遇不能与生活补贴同时享受"""
    fully_kept = held_in_full & one_of(held_scheme, living.barred_when_full)
    return one_of(held_scheme, exclusion.never.disability_living) | fully_kept


@rule(HELD, cite=JOINING, unit=FLAG, since=SINCE)
def held_bars_care(held_scheme: Code, *, exclusion: Any) -> Flag:
    """此项待遇不能与护理补贴同时享受"""
    return one_of(held_scheme, exclusion.never.disability_care)


@rule(HELD, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def held_against_living(held_scheme: Code, held_amount: Fen, *, exclusion: Any) -> Fen:
    """与生活补贴就高的待遇月额"""
    return when(one_of(held_scheme, exclusion.higher.disability_living), held_amount)


@rule(HELD, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def held_against_care(held_scheme: Code, held_amount: Fen, *, exclusion: Any) -> Fen:
    """与护理补贴就高的待遇月额"""
    return when(one_of(held_scheme, exclusion.higher.disability_care), held_amount)


DISABILITY.any_of("living_open", PERSON, of="held_opens_living", label="属于生活补贴的困难人群", cite=SCOPE)
DISABILITY.any_of(
    "living_barred", PERSON, of="held_bars_living", label="已享受与生活补贴互斥的待遇", cite=JOINING
)
DISABILITY.any_of(
    "care_barred", PERSON, of="held_bars_care", label="已享受与护理补贴互斥的待遇", cite=JOINING
)
DISABILITY.highest(
    "kept_against_living", PERSON, of="held_against_living", label="与生活补贴就高的最高待遇", cite=JOINING
)
DISABILITY.highest(
    "kept_against_care", PERSON, of="held_against_care", label="与护理补贴就高的最高待遇", cite=JOINING
)


# ---- living subsidy ------------------------------------------------------------------------------------


@rule(PERSON, cite=SCOPE, unit=FLAG, since=SINCE)
def living_entitled(certified: Flag, living_open: Flag, living_barred: Flag) -> Flag:
    """符合困难残疾人生活补贴条件"""
    return certified & living_open & none_of(living_barred)


@rule(PERSON, cite=STANDARD, unit=FEN_MONTH, since=SINCE)
def living_amount(disability_grade: Count, living_entitled: Flag, *, living: Any) -> Fen:
    """生活补贴月标准（按残疾等级）"""
    return when(living_entitled, banded(disability_grade, living.by_grade))


@rule(PERSON, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def living_subsidy(living_amount: Fen, kept_against_living: Fen) -> Fen:
    """应发生活补贴：高于已享受的同类待遇才发"""
    return when(living_amount > kept_against_living, living_amount)


@rule(PERSON, cite=JOINING, unit=FLAG, since=SINCE)
def living_replaces(living_subsidy: Fen, kept_against_living: Fen) -> Flag:
    """改领生活补贴，原同类待遇应停发"""
    return (living_subsidy > 0) & (kept_against_living > 0)


# ---- care subsidy --------------------------------------------------------------------------------------


@rule(PERSON, cite=SCOPE, unit=FLAG, since=SINCE)
def care_entitled(severe: Flag, long_term_care: Flag, care_barred: Flag) -> Flag:
    """符合重度残疾人护理补贴条件"""
    return severe & long_term_care & none_of(care_barred)


@rule(PERSON, cite=STANDARD, unit=FEN_MONTH, since=SINCE)
def care_amount(disability_grade: Count, care_entitled: Flag, *, care: Any) -> Fen:
    """护理补贴月标准（按残疾等级）"""
    return when(care_entitled, banded(disability_grade, care.by_grade))


@rule(PERSON, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def care_subsidy(care_amount: Fen, kept_against_care: Fen) -> Fen:
    """应发护理补贴：高于已享受的同类待遇才发"""
    return when(care_amount > kept_against_care, care_amount)


@rule(PERSON, cite=JOINING, unit=FLAG, since=SINCE)
def care_replaces(care_subsidy: Fen, kept_against_care: Fen) -> Flag:
    """改领护理补贴，原同类待遇应停发"""
    return (care_subsidy > 0) & (kept_against_care > 0)


# ---- both, and the first payment -----------------------------------------------------------------------


@rule(PERSON, cite=JOINING, unit=FEN_MONTH, since=SINCE)
def both_subsidies(living_subsidy: Fen, care_subsidy: Fen) -> Fen:
    """两项补贴合计（可以同时享受）"""
    return living_subsidy + care_subsidy


@rule(PERSON, cite=PAYMENT, unit=MONTHS, since=SINCE)
def first_payment_months(months_since_claim: Count, *, payment: Any) -> Count:
    """首次发放的月数：自申请当月计，或自审定次月计"""
    return by_choice(payment.accrues_from, claim=lambda: months_since_claim, decision=lambda: 1)


DISABILITY.pays("living_subsidy", PERSON)
DISABILITY.pays("care_subsidy", PERSON)
DISABILITY.seal()

__all__ = ["DISABILITY"]
