"""The premium of a signed insurance list, paid to the insurer in one transfer by three hands."""

from typing import Any

from django.db import IntegrityError, transaction

from doudi.law.funding import free_for
from doudi.law.identity import normalise
from doudi.law.money import yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.decisions.models import ListBatch, ListTransfer
from doudi.records.ledger.accounts import CASH, expense_of
from doudi.records.ledger.models import Level
from doudi.records.ledger.queries import received_by_source
from doudi.records.ledger.services import post
from doudi.records.payments.duties import require
from doudi.records.payments.funds.funding import LAST, refuses_short, used_by_source
from doudi.records.payments.services.allocating import FundsShort
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import today

State = ListTransfer.State


class TransferNotThere(Refusal):
    """这份名单没有保费要付, 或者转账不在这一步。"""


class TransferIncomplete(Refusal):
    """转账缺单据或账号。"""


class TransferKnown(Refusal):
    """这份名单或这张单据已经登记过转账。"""


class SameHandsOnTransfer(Refusal):
    """登记、复核、审批是三个人的事。"""

    def __init__(self) -> None:
        super().__init__("这笔转账您已经办过前一步, 登记、复核、审批要三个人各办一步, 请转给别人")


@transaction.atomic
def register_transfer(
    *, batch: ListBatch, bank: str, account: str, document_no: str, level: str, by: User
) -> ListTransfer:
    """登记保费转账: 照签发了的保险名单的合计, 一份名单一笔; 等复核、审批。

    Raises DutyNotYours, AwayNow, TransferNotThere, TransferIncomplete, TransferKnown. 依据: 649号令 第五条
    """
    require("登记保费转账", by)
    if batch.scheme != "insurance_batch" or batch.state != ListBatch.State.DONE:
        raise TransferNotThere("只有签发了的意外险名单才付保费")
    number, digits = normalise(document_no).strip(), normalise(account).replace(" ", "")
    if not number or not bank.strip():
        raise TransferIncomplete("请填写保单号或发票号, 和开户行", field="bank" if number else "document_no")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        raise TransferIncomplete("账号是 8 到 32 位数字, 请对照承保单位的付款通知", field="account")
    if level not in Level.values:
        raise TransferIncomplete("请选用哪一级的资金")
    hold_chain()
    try:
        with transaction.atomic():
            made = ListTransfer.objects.create(
                batch=batch, payee=batch.item, bank=bank.strip()[:60], account=digits, account_last4=digits[-4:],
                fen=batch.total_fen, level=level, document_no=number[:60], registered_by=by, registered_on=today(),
            )  # fmt: skip
    except IntegrityError:
        raise TransferKnown(f"这份名单已经登记过转账, 或者单据 {number} 已经用过, 没有再登记") from None
    told = {"list": batch.pk, "document": number, "fen": made.fen, "level": level}
    record(by=by, action="transfer.register", subject=made, **told)
    return made


@transaction.atomic
def review_transfer(transfer: ListTransfer, by: User) -> ListTransfer:
    """复核: 对照名单合计和单据。Raises DutyNotYours, AwayNow, TransferNotThere, SameHandsOnTransfer."""
    require("复核保费转账", by)
    held = _held(transfer, State.WAITING)
    if by.pk == held.registered_by_id:
        raise SameHandsOnTransfer
    held.state, held.reviewed_by, held.reviewed_on = State.REVIEWED, by, today()
    held.save(update_fields=["state", "reviewed_by", "reviewed_on"])
    record(by=by, action="transfer.review", subject=held, fen=held.fen)
    return held


@transaction.atomic
def approve_transfer(transfer: ListTransfer, by: User) -> ListTransfer:
    """审批付款并记账: 借本项目支出, 贷专户存款。

    Raises DutyNotYours, AwayNow, TransferNotThere, SameHandsOnTransfer, FundsShort, MonthClosed.
    """
    require("审批保费转账", by)
    held = _held(transfer, State.REVIEWED)
    if by.pk in (held.registered_by_id, held.reviewed_by_id):
        raise SameHandsOnTransfer
    _require_funds(held)
    held.state, held.approved_by, held.approved_on = State.PAID, by, today()
    held.save(update_fields=["state", "approved_by", "approved_on"])
    scheme = held.batch.scheme
    entries = [(expense_of(scheme), "D", held.fen, None), (CASH, "C", held.fen, None)]
    memo = f"{held.batch.title}保费, {held.payee}, {held.document_no}"[:200]
    post(key=f"listtransfer:{held.pk}", kind="transfer", on=today(), memo=memo, entries=entries)
    record(by=by, action="transfer.approve", subject=held, fen=held.fen, document=held.document_no)
    return held


def _require_funds(held: ListTransfer) -> None:
    """What a level lacks is not paid from it; the county may owe where the pack lets it."""
    free = free_for(held.batch.scheme, received_by_source(), used_by_source())[held.level]
    if free < held.fen and (held.level != LAST or refuses_short(today())):
        raise FundsShort(yuan(held.fen - max(free, 0)))


@transaction.atomic
def decline_transfer(transfer: ListTransfer, reason: str, by: User) -> ListTransfer:
    """退回没有付的转账, 写明理由; 可以另登记一笔。Raises DutyNotYours, AwayNow, TransferNotThere, TransferIncomplete,
    SameHandsOnTransfer."""
    require("退回保费转账", by)
    if not reason.strip():
        raise TransferIncomplete("退回要写明理由, 请填写后再提交")
    held = _held(transfer, State.WAITING, State.REVIEWED)
    if by.pk == held.registered_by_id:
        raise SameHandsOnTransfer
    held.state, held.declined_by, held.declined_reason = State.DECLINED, by, reason.strip()[:200]
    held.save(update_fields=["state", "declined_by", "declined_reason"])
    record(by=by, action="transfer.decline", subject=held, reason=held.declined_reason)
    return held


def _held(transfer: ListTransfer, *states: Any) -> ListTransfer:
    hold_chain()  # one at a time: what is left of a level is what the one before left
    held = ListTransfer.objects.select_for_update().get(pk=transfer.pk)
    if held.state not in states:
        raise TransferNotThere(f"这笔转账现在是“{held.get_state_display()}”, 这一步已经办过或者还没有到")
    return held
