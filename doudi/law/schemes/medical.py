"""医疗救助的后半：一笔费用能不能救助、救助多少、倾斜救助、再救助、医前预付的冲抵。

Every layer works on what the layers before it left of the compliant cost, so no bill is ever paid twice over.
"""

from __future__ import annotations

from typing import Any, cast

from doudi.law.entities import BILL, PERSON
from doudi.law.language import by_choice, choose, greatest, least, none_of, one_of, share, tiered, when
from doudi.law.schemes import medical_inputs as given
from doudi.law.schemes.medical_category import ANHUI_6, DECREE_649, OPINIONS_42, SINCE
from doudi.law.schemes.medical_insurance import MEDICAL
from doudi.law.units import CODE, FEN, FEN_YEAR, FLAG, RATE, Code, Count, Fen, Flag, Rate

FINDINGS = {
    "accepted": "可以救助",
    "several_bills": "一次只能算一笔费用，其余的等这一笔结清再算",
    "unsettled": "保险还没有结算，当地也没有试算规则",
    "layers_exceed": "各层报销之和超过合规费用，或合规费用超过总费用",
    "not_designated": "不是定点医疗机构（急诊抢救除外）",
    "not_referred": "统筹区外未按规定转诊（急诊抢救除外）",
    "no_rate": "当地对这类人员、这种渠道不救助",
}

rule = MEDICAL.rule
_AID = f"{DECREE_649} 第二十九条第二项"
_SETTLED = f"{DECREE_649} 第三十一条"


# ---- can this bill be aided ----------------------------------------------------------------------------


MEDICAL.count("bills_in_run", PERSON, of=BILL, label="本次测算的费用笔数", cite=_SETTLED)


@rule(BILL, cite=_SETTLED, unit=FLAG, since=SINCE)
def layers_known(settled: Flag, *, insurance: Any) -> Flag:
    """各层报销已结算或可以试算"""
    return settled | one_of(insurance.estimate, "basic", "both")


@rule(BILL, cite=_SETTLED, unit=FLAG, since=SINCE)
def bill_sound(bills_in_run: Count, layers_known: Flag, layers_valid: Flag) -> Flag:
    """费用数据可用"""
    single: Flag = bills_in_run <= 1
    return single & layers_known & layers_valid


@rule(BILL, cite=ANHUI_6, unit=FLAG, since=SINCE)
def referral_met(treated: Code, *, referral: Any) -> Flag:
    """符合转诊规定"""
    required: Flag = referral.required
    return none_of(required & one_of(treated, "unreferred"))


@rule(BILL, cite=OPINIONS_42, unit=FLAG, since=SINCE)
def hospital_met(treated: Code, designated: Flag) -> Flag:
    """在定点医疗机构就医（急诊抢救除外）"""
    return designated | one_of(treated, "emergency")


@rule(BILL, cite=OPINIONS_42, unit=RATE, since=SINCE)
def aid_rate(
    channel: Code,
    disease_kind: Code,
    inpatient_rate: Rate,
    inpatient_special_rate: Rate,
    outpatient_rate: Rate,
    outpatient_special_rate: Rate,
    chronic_rate: Rate,
    chronic_special_rate: Rate,
) -> Rate:
    """本次救助比例"""
    special = one_of(disease_kind, "special")
    inpatient = when(special, inpatient_special_rate, inpatient_rate)
    outpatient = when(special, outpatient_special_rate, outpatient_rate)
    chronic = when(special, chronic_special_rate, chronic_rate)
    return when(
        one_of(channel, "inpatient"), inpatient, when(one_of(channel, "outpatient"), outpatient, chronic)
    )


@rule(BILL, cite=_AID, unit=CODE, since=SINCE, names=FINDINGS)
def finding(
    bills_in_run: Count,
    layers_known: Flag,
    layers_valid: Flag,
    hospital_met: Flag,
    referral_met: Flag,
    aid_rate: Rate,
) -> Code:
    """审查结论"""
    last = when(none_of(referral_met), "not_referred", when(aid_rate <= 0, "no_rate", "accepted"))
    visit = when(none_of(hospital_met), "not_designated", last)
    layers = when(none_of(layers_known), "unsettled", when(none_of(layers_valid), "layers_exceed", visit))
    return when(bills_in_run > 1, "several_bills", layers)


@rule(BILL, cite=_AID, unit=FLAG, since=SINCE)
def accepted(bill_sound: Flag, hospital_met: Flag, referral_met: Flag) -> Flag:
    """费用可纳入救助"""
    return bill_sound & hospital_met & referral_met


# ---- medical aid on the remaining compliant cost -------------------------------------------------------


@rule(BILL, cite=_AID, unit=FEN, since=SINCE)
def remaining_cost(bill_sound: Flag, compliant_cost: Fen, insurance_paid: Fen) -> Fen:
    """剩余合规费用：先保险后救助，取各层保险之后剩下的"""
    return when(bill_sound, greatest(compliant_cost - insurance_paid, 0))


@rule(BILL, cite=_AID, unit=FEN, since=SINCE)
def covered_cost(remaining_cost: Fen, total_cost: Fen, exam_cost: Fen, *, cost: Any) -> Fen:
    """计入救助的费用"""
    whole = by_choice(cost.base, remaining=lambda: remaining_cost, actual=lambda: total_cost)
    return greatest(whole - when(cost.exam_covered, 0, exam_cost), 0)


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def aid_threshold(
    channel: Code,
    disease_kind: Code,
    inpatient_threshold: Fen,
    inpatient_special_threshold: Fen,
    outpatient_threshold: Fen,
    outpatient_special_threshold: Fen,
    chronic_threshold: Fen,
    chronic_special_threshold: Fen,
) -> Fen:
    """本次适用的起付标准"""
    special = one_of(disease_kind, "special")
    inpatient = when(special, inpatient_special_threshold, inpatient_threshold)
    outpatient = when(special, outpatient_special_threshold, outpatient_threshold)
    chronic = when(special, chronic_special_threshold, chronic_threshold)
    return when(
        one_of(channel, "inpatient"), inpatient, when(one_of(channel, "outpatient"), outpatient, chronic)
    )


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def threshold_left(aid_threshold: Fen, covered_before: Fen, *, threshold: Any) -> Fen:
    """本次还要扣的起付标准（按年计的，此前已扣的不再扣）"""
    return by_choice(
        threshold.period,
        event=lambda: aid_threshold,
        year=lambda: greatest(aid_threshold - covered_before, 0),
    )


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def aid_base(covered_cost: Fen, threshold_left: Fen) -> Fen:
    """起付标准以上的费用"""
    return greatest(covered_cost - threshold_left, 0)


@rule(BILL, cite=OPINIONS_42, unit=FEN_YEAR, since=SINCE)
def kind_cap(disease_kind: Code, disease: Code, *, cap: Any) -> Fen:
    """病种年度限额（有单独限额的病种从其限额；不按病种限额的为 0）"""

    def limit() -> Fen:
        own: Fen = choose(disease_kind, cap.kind, among=tuple(given.DISEASE_KINDS))
        named: Fen = cap.disease.child_leukemia
        return when(one_of(disease, "child_leukemia"), named, own)

    return by_choice(cap.basis, category=lambda: 0, kind=limit)


@rule(BILL, cite=OPINIONS_42, unit=FEN_YEAR, since=SINCE)
def channel_cap(channel: Code, inpatient_cap: Fen, outpatient_cap: Fen, chronic_cap: Fen) -> Fen:
    """本渠道年度限额"""
    return when(
        one_of(channel, "inpatient"),
        inpatient_cap,
        when(one_of(channel, "outpatient"), outpatient_cap, chronic_cap),
    )


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def aid_room(
    remaining_cost: Fen,
    channel_cap: Fen,
    aid_used_channel: Fen,
    total_cap: Fen,
    aid_used: Fen,
    kind_cap: Fen,
    aid_used_kind: Fen,
    *,
    cap: Any,
) -> Fen:
    """年度限额余额（不设限额的以剩余合规费用为限）"""
    own = greatest(channel_cap - aid_used_channel, 0)
    whole = greatest(total_cap - aid_used, 0)
    return by_choice(
        cap.basis,
        category=lambda: by_choice(
            cap.scope,
            separate=lambda: own,
            shared=lambda: whole,
            nested=lambda: least(own, whole),
            none=lambda: remaining_cost,
        ),
        kind=lambda: greatest(kind_cap - aid_used_kind, 0),
    )


@rule(BILL, cite=_AID, unit=FEN, since=SINCE)
def medical_aid(accepted: Flag, aid_base: Fen, aid_rate: Rate, aid_room: Fen, remaining_cost: Fen) -> Fen:
    """医疗救助金额（不超过限额余额和剩余合规费用）"""
    return when(accepted, least(share(aid_base, aid_rate), aid_room, remaining_cost))


@rule(BILL, cite=_AID, unit=FEN, since=SINCE)
def own_cost(remaining_cost: Fen, medical_aid: Fen) -> Fen:
    """救助后个人负担的合规费用"""
    return remaining_cost - medical_aid


# ---- tilted aid, and the second-tier re-aid ------------------------------------------------------------


@rule(BILL, cite=OPINIONS_42, unit=FLAG, since=SINCE)
def tilt_allowed(
    stage: Code,
    accepted: Flag,
    category: Code,
    treated: Code,
    in_province: Flag,
    tilt_requested: Flag,
    tilt_used: Fen,
    *,
    tilt: Any,
) -> Flag:
    """可倾斜救助（规范转诊、省内就医）"""

    def meets() -> Flag:
        proper = one_of(category, tilt.categories) & one_of(treated, "local", "referred") & in_province
        asked = tilt_requested | none_of(tilt.on_application)
        first = none_of(tilt.once_a_year) | (tilt_used <= 0)
        return one_of(stage, "after") & accepted & proper & asked & first

    return cast(Flag, by_choice(tilt.method, none=lambda: False, above=meets))


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def tilt_base(own_before: Fen, own_cost: Fen, *, tilt: Any) -> Fen:
    """倾斜救助起付线以上的本年度个人负担"""
    return by_choice(
        tilt.method, none=lambda: 0, above=lambda: greatest(own_before + own_cost - tilt.threshold, 0)
    )


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def tilted_aid(tilt_allowed: Flag, tilt_base: Fen, tilt_used: Fen, *, tilt: Any) -> Fen:
    """倾斜救助金额（本年应得减已得）"""
    return by_choice(
        tilt.method,
        none=lambda: 0,
        above=lambda: when(
            tilt_allowed, greatest(least(share(tilt_base, tilt.rate), tilt.cap) - tilt_used, 0)
        ),
    )


@rule(BILL, cite=OPINIONS_42, unit=FEN, since=SINCE)
def own_after_tilt(own_before: Fen, own_cost: Fen, tilt_used: Fen, tilted_aid: Fen) -> Fen:
    """本年度各项救助后个人负担的合规费用"""
    return greatest(own_before + own_cost - tilt_used - tilted_aid, 0)


@rule(BILL, cite="地方再救助规定（待录入）", unit=FEN, since=SINCE)
def re_aid(
    stage: Code,
    accepted: Flag,
    category: Code,
    reaid_requested: Flag,
    own_after_tilt: Fen,
    reaid_used: Fen,
    *,
    reaid: Any,
) -> Fen:
    """再救助金额（个人负担在起付线以上的部分分段救助，减已得）"""

    def banded_aid() -> Fen:
        who = one_of(category, reaid.categories)
        due = tiered(greatest(own_after_tilt - reaid.threshold, 0), reaid.bands)
        meets = one_of(stage, "after") & accepted & who & reaid_requested
        return when(meets, greatest(due - reaid_used, 0))

    return by_choice(reaid.method, none=lambda: 0, bands=banded_aid)


@rule(BILL, cite=_SETTLED, unit=FEN, since=SINCE)
def reimbursed_total(insurance_paid: Fen, medical_aid: Fen, tilted_aid: Fen) -> Fen:
    """保险和救助合计"""
    return insurance_paid + medical_aid + tilted_aid


# ---- what is paid now: the advance before treatment is offset at settlement ----------------------------


@rule(BILL, cite=_AID, unit=FEN, since=SINCE)
def advance(stage: Code, medical_aid: Fen, advance_paid: Fen, *, advance: Any) -> Fen:
    """医前预付救助（预计救助额的一定比例，减已预付）"""
    return by_choice(
        advance.method,
        none=lambda: 0,
        part=lambda: when(
            one_of(stage, "before"),
            greatest(least(share(medical_aid, advance.rate), advance.cap) - advance_paid, 0),
        ),
    )


@rule(BILL, cite=_SETTLED, unit=FEN, since=SINCE)
def aid_payable(stage: Code, medical_aid: Fen, advance_paid: Fen) -> Fen:
    """本次应付医疗救助（冲抵预付）"""
    return when(one_of(stage, "after"), greatest(medical_aid - advance_paid, 0))


@rule(BILL, cite=_SETTLED, unit=FEN, since=SINCE)
def tilted_payable(tilted_aid: Fen, medical_aid: Fen, advance_paid: Fen) -> Fen:
    """本次应付倾斜救助（冲抵余下的预付）"""
    return greatest(tilted_aid - greatest(advance_paid - medical_aid, 0), 0)


@rule(BILL, cite=_SETTLED, unit=FEN, since=SINCE)
def advance_to_recover(
    stage: Code, bill_sound: Flag, advance_paid: Fen, medical_aid: Fen, tilted_aid: Fen
) -> Fen:
    """多预付的应退回"""
    return when(one_of(stage, "after") & bill_sound, greatest(advance_paid - medical_aid - tilted_aid, 0))


MEDICAL.pays("premium_subsidy", PERSON, per="year")
for _name in ("advance", "aid_payable", "tilted_payable", "re_aid"):
    MEDICAL.pays(_name, BILL, per="event")
MEDICAL.seal()

__all__ = ["MEDICAL"]
