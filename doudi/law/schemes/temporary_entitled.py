"""临时救助的前半：谁来办、能不能享受。小额快救不核经济状况；急难型不看户籍；支出型看收入、财产和支出。

Whoever asks in an emergency is helped where it happened: residence decides who handles the case, never whether.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HELD, HOUSEHOLD, PERSON
from doudi.law.language import by_choice, choose, down_to_fen, greatest, none_of, one_of, when
from doudi.law.schemes.family_size import add_family_size
from doudi.law.schemes.means import DECREE_649, SINCE
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.law.schemes.temporary_inputs import TEMPORARY
from doudi.law.units import CODE, COUNT, FEN, FEN_YEAR, FLAG, PERSONS, Code, Count, Fen, Flag

NOTICE_23 = "民发〔2018〕23号"
STATE_47 = "国发〔2014〕47号"
OPINIONS_2026 = "关于进一步健全完善临时救助制度的意见（民政部、财政部，2026年）"
FAST_SINCE = "2026-01-29"
SCHEMES = {
    "temporary_fast": "小额快救", "temporary": "临时救助", "temporary_special": "临时救助一事一议",
    "mutual_aid": "救急难互助",
}  # fmt: skip
HANDLERS = {"township": "乡镇（街道）受理", "county": "协助向县级民政部门（救助管理机构）申请"}

rule = TEMPORARY.rule


# ---- persons helped ------------------------------------------------------------------------------------


add_family_size(TEMPORARY, f"{DECREE_649} 第四十七条", SINCE)


@rule(PERSON, cite=f"{NOTICE_23} 急难型救助对象", unit=FLAG, since=SINCE)
def aided(lives_here: Flag, affected: Flag) -> Flag:
    """这次救助的人"""
    return lives_here & affected


TEMPORARY.count(
    "aided_persons", HOUSEHOLD, of=PERSON, where="aided", label="救助人数", unit=PERSONS,
    cite=f"{NOTICE_23} 急难型救助对象",
)  # fmt: skip


# ---- who handles it ------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{STATE_47} 申请受理；{OPINIONS_2026}", unit=CODE, since=SINCE, names=HANDLERS)
def handled_by(hukou: Code, aid_kind: Code, *, outsider: Any) -> Code:
    """受理单位（户籍只决定由谁受理）"""
    resident = one_of(hukou, "local", "permit")
    here: Flag = one_of(aid_kind, "fast", "emergency") & outsider.place_of_event
    return when(resident | here, "township", "county")


@rule(HOUSEHOLD, cite=f"{STATE_47} 申请受理", unit=FLAG, since=SINCE)
def accepted_here(hukou: Code, *, outsider: Any) -> Flag:
    """本地受理支出型申请"""
    accepted: Flag = one_of(hukou, "local", "permit") | outsider.expenditure_accepted
    return accepted


# ---- the same cause once a year ------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{NOTICE_23} 救助类型", unit=CODE, since=SINCE, names=SCHEMES)
def aid_scheme(aid_kind: Code) -> Code:
    """所属救助项目"""
    deliberated = when(one_of(aid_kind, "special"), "temporary_special", "temporary")
    ordinary = when(one_of(aid_kind, "mutual"), "mutual_aid", deliberated)
    return when(one_of(aid_kind, "fast"), "temporary_fast", ordinary)


@rule(HELD, cite="同一事由一年一次（地方规定，湖南某地）；互斥表", unit=FLAG, since=SINCE)
def repeats(aid_scheme: Code, held_scheme: Code, same_cause_this_year: Flag, *, exclusion: Any) -> Flag:
    """一年内同一事由的同类救助"""
    same: Flag = held_scheme == aid_scheme
    fast = one_of(aid_scheme, "temporary_fast") & one_of(held_scheme, exclusion.same_cause.temporary_fast)
    ordinary = one_of(aid_scheme, "temporary") & one_of(held_scheme, exclusion.same_cause.temporary)
    deliberated = one_of(aid_scheme, "temporary_special") & one_of(
        held_scheme, exclusion.same_cause.temporary_special
    )
    return same_cause_this_year & (same | fast | ordinary | deliberated)


_ONCE = "同一事由一年一次（地方规定，湖南某地）"
TEMPORARY.count(
    "same_cause_held", PERSON, of=HELD, where="repeats", label="本人一年内同一事由享受次数", cite=_ONCE
)
TEMPORARY.total(
    "same_cause_times",
    HOUSEHOLD,
    of="same_cause_held",
    label="家庭一年内同一事由享受次数",
    cite=_ONCE,
    unit=COUNT,
)


@rule(HOUSEHOLD, cite=_ONCE, unit=FLAG, since=SINCE)
def within_yearly_times(same_cause_times: Count, exception_granted: Flag, *, same_cause: Any) -> Flag:
    """未超过同一事由的次数（确有必要的可集体研究）"""
    granted: Flag = exception_granted & same_cause.exception_allowed
    fewer: Flag = same_cause_times < same_cause.most
    return fewer | granted


# ---- small fast aid, emergency -------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=OPINIONS_2026, unit=FLAG, since=SINCE, name="fast_entitled")
def fast_not_yet() -> Flag:
    """可以小额快救（2026 年意见以前没有这一项）"""
    return False


@rule(HOUSEHOLD, cite=OPINIONS_2026, unit=FLAG, since=FAST_SINCE)
def fast_entitled(
    aid_kind: Code, cause: Code, aided_persons: Count, within_yearly_times: Flag, *, fast: Any
) -> Flag:
    """可以小额快救（不核经济状况、不公示）"""
    struck: Flag = one_of(cause, fast.causes) & (aided_persons > 0)
    return one_of(aid_kind, "fast") & struck & within_yearly_times


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十七条；{NOTICE_23} 急难型救助对象", unit=FLAG, since=SINCE)
def emergency_entitled(
    aid_kind: Code, cause: Code, aided_persons: Count, property_passes: Flag, within_yearly_times: Flag,
    *, emergency: Any,
) -> Flag:  # fmt: skip
    """符合急难型救助条件"""
    struck: Flag = one_of(cause, emergency.causes) & (aided_persons > 0)
    means: Flag = none_of(emergency.property_checked) | property_passes
    return one_of(aid_kind, "emergency") & struck & means & within_yearly_times


# ---- expenditure type ----------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十七条；{OPINIONS_2026}", unit=FEN, since=SINCE)
def own_cost(necessary_cost: Fen, relief_received: Fen) -> Fen:
    """其他救助解决后家庭自负的支出"""
    return greatest(necessary_cost - relief_received, 0)


@rule(HOUSEHOLD, cite=OPINIONS_2026, unit=FLAG, since=SINCE)
def recheck_waived(recognised_as: Code, months_since_check: Count, *, recheck: Any) -> Flag:
    """已认定家庭，期内不再核收入财产"""
    recent: Flag = months_since_check <= recheck.months
    return one_of(recognised_as, recheck.recognised) & recent


@rule(HOUSEHOLD, cite=f"{NOTICE_23} 支出型救助对象", unit=FEN_YEAR, since=SINCE)
def income_line(standard_locality: Code, family_size: Count, *, local: Any) -> Fen:
    """收入线（上年当地人均可支配收入×人口）"""
    each: Fen = choose(standard_locality, local.income_year, among=tuple(LOCALITIES))
    return each * family_size


@rule(HOUSEHOLD, cite=f"{NOTICE_23} 支出型救助对象", unit=FLAG, since=SINCE)
def property_passes(
    standard_year: Fen, family_size: Count, financial_assets: Fen, best_vehicle: Fen, houses: Count,
    company_shares: Fen, *, assets: Any,
) -> Flag:  # fmt: skip
    """家庭财产符合临时救助的规定"""
    financial = down_to_fen(standard_year * assets.months * family_size, over=12)
    movable: Flag = (financial_assets <= financial) & (best_vehicle <= assets.vehicle_value)
    fixed: Flag = (houses <= assets.houses) & (company_shares <= assets.company_share)
    return movable & fixed


@rule(HOUSEHOLD, cite=f"{NOTICE_23} 支出型救助对象", unit=FLAG, since=SINCE)
def means_pass(recheck_waived: Flag, household_income: Fen, income_line: Fen, property_passes: Flag) -> Flag:
    """收入低于收入线且财产符合规定（已认定的不再核）"""
    return recheck_waived | ((household_income < income_line) & property_passes)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十七条；{NOTICE_23} 支出型救助对象", unit=FLAG, since=SINCE)
def overburdened(
    household_income: Fen, own_cost: Fen, standard_year: Fen, family_size: Count, *, expenditure: Any
) -> Flag:
    """必需支出超出家庭承受能力"""
    found: Any = by_choice(
        expenditure.burden,
        remainder=lambda: household_income - own_cost < standard_year * family_size,
        share=lambda: own_cost * 10_000 >= household_income * expenditure.share,
    )
    burden: Flag = found
    return burden


@rule(HOUSEHOLD, cite=f"{NOTICE_23} 支出型救助对象；{OPINIONS_2026}", unit=FLAG, since=SINCE)
def cost_strains(own_cost: Fen, overburdened: Flag, recheck_waived: Flag, *, expenditure: Any) -> Flag:
    """支出达到起点且难以承受（已认定的只看支出）"""
    reached: Flag = (own_cost > 0) & (own_cost >= expenditure.cost_from)
    return reached & (overburdened | recheck_waived)


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十七条；{NOTICE_23} 支出型救助对象", unit=FLAG, since=SINCE)
def expenditure_entitled(
    aid_kind: Code, means_pass: Flag, cost_strains: Flag, accepted_here: Flag, within_yearly_times: Flag
) -> Flag:
    """符合支出型救助条件"""
    return one_of(aid_kind, "expenditure") & means_pass & cost_strains & accepted_here & within_yearly_times


__all__ = ["FAST_SINCE", "NOTICE_23", "OPINIONS_2026", "STATE_47", "TEMPORARY"]
