"""Money counted out by hand: signed for by the payee or who comes for him, before a witness, booked at once."""

import datetime as dt

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.law.identity import canonical_name
from doudi.records.audit.services import record
from doudi.records.ledger import accounts
from doudi.records.ledger.services import Posting, post
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.in_person.refusals import HandReceiptUnreadable, NotPaidByHand, WitnessIsHanding
from doudi.records.payments.models import HandReceipt, PayLine
from doudi.records.payments.periods import in_words
from doudi.records.payments.services.runs import State, hold, require_state
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.kept import keep
from doudi.store.today import today

Line = PayLine.State


@step("by_hand")
def pay_by_hand(
    line: PayLine,
    *,
    signed_on: dt.date,
    signed_by: str,
    is_agent: bool,
    proof: bytes,
    witness: User,
    by: User,
) -> HandReceipt:
    """登记当面领款: 签了字的领款凭据、经办和见证两个人; 从此记为已发, 借应付贷存款。再登记一次不起作用。

    One receipt for all the months of the line's number. Raises DutyNotYours, CaseWorkerOfTheirs, RunNotAt,
    NotPaidByHand, WitnessIsHanding, HandReceiptUnreadable. 依据: 民发〔2021〕57号 第二十五条
    """
    require("当面发款", by)
    require_no_casework(line.run.scheme, by)
    run = hold(line.run)
    known = HandReceipt.objects.filter(line=line).first()
    if known:
        return known
    require_state(run, "登记领款签收", State.HANDED)
    lines = list(PayLine.objects.filter(run=run, number=line.number, account_bi=None).order_by("month"))
    if line.number is None or not lines or any(one.state not in (Line.SENT, Line.UNKNOWN) for one in lines):
        raise NotPaidByHand
    if witness.pk == by.pk or not witness.is_active or witness.is_away:
        raise WitnessIsHanding
    if not canonical_name(signed_by) or not run.locked_on or not run.locked_on <= signed_on <= today():
        raise HandReceiptUnreadable("请写领款签字人; 领款日期要在清册锁定之后、今天之前")
    if not is_agent and canonical_name(signed_by) != line.payee.name:
        raise HandReceiptUnreadable(f"签字人不是领款人{line.payee.name}, 代领的请勾选代领")
    file = keep(_picture(proof), media_type="image/jpeg", title="领款签字凭据", by=by.username)
    made = [
        HandReceipt.objects.create(
            line=one, signed_on=signed_on, signed_by=canonical_name(signed_by), is_agent=is_agent, proof=file,
            handed_by=by, witness=witness,
        )
        for one in lines
    ]  # fmt: skip
    PayLine.objects.filter(pk__in=[one.pk for one in lines]).update(state=Line.PAID, paid_on=signed_on)
    owed: list[Posting] = [(accounts.PAYABLE, "D", one.amount_fen, one.pk) for one in lines]
    total = sum(one.amount_fen for one in lines)
    memo = f"{in_words(run.month)}当面发放, {run.batch_no} 序号 {line.number}"
    post(key=f"hand:{line.run_id}:{line.number}", kind="payroll.hand", on=today(), memo=memo,
         entries=[*owed, (accounts.CASH, "C", total, None)])  # fmt: skip
    record(by=by, action="payroll.hand", subject=run, number=line.number, fen=total, witness=witness.username)
    return made[0]


def _picture(proof: bytes) -> bytes:
    try:
        return cleaned(proof)
    except BadPicture as wrong:
        raise HandReceiptUnreadable(str(wrong)) from None
