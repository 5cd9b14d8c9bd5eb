"""临时救助的后半：审批层级、先行救助、资金渠道、分次发放，和可以支付的各项。

Only the amounts and where they come from: who signs and how long anything may take is the procedure's.
"""

from __future__ import annotations

from typing import Any

from doudi.law.entities import HOUSEHOLD
from doudi.law.language import by_choice, down_to_fen, greatest, least, one_of, when
from doudi.law.schemes.means import DECREE_649, SINCE
from doudi.law.schemes.temporary_amounts import TEMPORARY
from doudi.law.schemes.temporary_entitled import STATE_47
from doudi.law.units import CODE, COUNT, FEN, Code, Count, Fen, Flag

LEVELS = {"society": "互助社理事会", "township": "乡镇（街道）", "county": "县级民政部门"}
CHANNELS = {
    "other_aid": "先走其他救助", "mutual_aid": "先走救急难互助", "reserve": "乡镇备用金", "card": "社会化发放",
}  # fmt: skip
_RESERVE = "乡镇临时救助备用金（地方规定，安庆等）"
_INSTALMENTS = "分次发放（地方规定，浙江）"

rule = TEMPORARY.rule


# ---- who approves --------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十八条", unit=FEN, since=SINCE)
def payout(fast_aid: Fen, aid: Fen, special_aid: Fen, mutual_aid: Fen) -> Fen:
    """救助金额合计"""
    return fast_aid + aid + special_aid + mutual_aid


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十八条", unit=FEN, since=SINCE)
def township_limit(base_standard: Fen, *, approval: Any) -> Fen:
    """委托乡镇审批的限额"""
    limit: Fen = by_choice(
        approval.basis,
        none=lambda: 0,
        times=lambda: down_to_fen(base_standard * approval.times, over=12),
        fixed=lambda: approval.amount,
    )
    return limit


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十八条", unit=CODE, since=SINCE, names=LEVELS)
def approval_level(aid_kind: Code, payout: Fen, township_limit: Fen) -> Code:
    """审批层级"""
    by_sum = when(payout <= township_limit, "township", "county")
    official = when(one_of(aid_kind, "special"), "county", by_sum)
    return when(one_of(aid_kind, "mutual"), "society", official)


# ---- aid first -----------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=f"{DECREE_649} 第四十八条；{STATE_47} 先行救助", unit=FEN, since=SINCE)
def advance(
    aid_kind: Code, urgent: Flag, advance_paid: Fen, aid: Fen, township_limit: Fen, *, advance: Any
) -> Fen:
    """先行救助金（手续后补）"""
    first = by_choice(
        advance.method,
        none=lambda: 0,
        within_limit=lambda: least(aid, township_limit),
        whole=lambda: aid,
    )
    return when(one_of(aid_kind, "emergency") & urgent & (advance_paid == 0), first)


@rule(HOUSEHOLD, cite=f"{STATE_47} 先行救助", unit=FEN, since=SINCE)
def aid_due(aid: Fen, advance: Fen, advance_paid: Fen) -> Fen:
    """减去先行救助后应发的救助金"""
    return greatest(aid - advance - advance_paid, 0)


# ---- where the money comes from ------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_RESERVE, unit=CODE, since=SINCE, names=CHANNELS)
def channel(
    other_aid_fits: Flag,
    mutual_aid_fits: Flag,
    fast_aid: Fen,
    advance: Fen,
    reserve_balance: Fen,
    *,
    reserve: Any,
) -> Code:
    """资金渠道：其他救助、救急难互助都不适合的，小额和先行救助用备用金"""
    at_once = fast_aid + advance
    small: Flag = (at_once > 0) & (at_once <= reserve.per_payment) & (at_once <= reserve_balance)
    ours = when(small, "reserve", "card")
    return when(other_aid_fits, "other_aid", when(mutual_aid_fits, "mutual_aid", ours))


# ---- instalments ---------------------------------------------------------------------------------------


@rule(HOUSEHOLD, cite=_INSTALMENTS, unit=FEN, since=SINCE)
def scheduled_amount(aid_due: Fen, special_aid: Fen) -> Fen:
    """安排发放的金额"""
    return aid_due + special_aid


@rule(HOUSEHOLD, cite=_INSTALMENTS, unit=COUNT, since=SINCE)
def instalments(aid_months: Count, scheduled_amount: Fen, *, instalment: Any) -> Count:
    """发放次数（月数多或金额大的按月分次）"""
    spread: Flag = (aid_months > instalment.after_months) | (scheduled_amount >= instalment.large_amount)
    times = least(greatest(aid_months, instalment.least), instalment.most)
    return when(spread & (scheduled_amount > 0), greatest(times, 1), 1)


@rule(HOUSEHOLD, cite=_INSTALMENTS, unit=FEN, since=SINCE)
def instalment_amount(scheduled_amount: Fen, instalments: Count) -> Fen:
    """每次发放额（末次以前）"""
    return down_to_fen(scheduled_amount, over=greatest(instalments, 1))


@rule(HOUSEHOLD, cite=_INSTALMENTS, unit=FEN, since=SINCE)
def last_instalment(scheduled_amount: Fen, instalments: Count, instalment_amount: Fen) -> Fen:
    """末次发放额（余数归末次）"""
    return scheduled_amount - instalment_amount * (instalments - 1)


for _name in ("fast_aid", "advance", "aid_due", "special_aid", "mutual_aid"):
    TEMPORARY.pays(_name, HOUSEHOLD, per="event")
TEMPORARY.seal()

__all__ = ["TEMPORARY"]
