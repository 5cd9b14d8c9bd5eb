"""From one special account to another: registered by one, checked by another against the bank's paper, booked once."""

import datetime as dt

from django.db import transaction

from doudi.law.money import yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger.fund_refusals import AccountSettled, AccountShort, MoveUnreadable
from doudi.records.ledger.models import AccountMove, SpecialAccount
from doudi.records.ledger.services.funds import (
    book,
    hold_voucher,
    require,
    require_waiting,
    same_voucher,
    voucher_number,
)
from doudi.records.ledger.services.posting import require_open
from doudi.records.payments.funds.special_accounts import balance_of
from doudi.records.staff.models import Role, User
from doudi.store.today import today

State = AccountMove.State


@transaction.atomic
def register_move(
    *, source: SpecialAccount, target: SpecialAccount, document_no: str, on: dt.date, fen: int, by: User
) -> AccountMove:
    """登记专户之间的划转, 等另一人核对; 没有核对的不算数。同样的内容再登记不起作用。

    Raises FundDutyNotYours, AwayNow, VoucherUnreadable, MoveUnreadable, AccountSettled, DocumentKnown,
    MonthClosed, AccountShort.
    """
    require("登记专户划转", Role.PAYER, by)
    number = voucher_number(document_no, on, fen)
    if source.pk == target.pk:
        raise MoveUnreadable("转出和转入是同一个专户, 请选两个", field="target")
    hold_chain()
    known = (
        AccountMove.objects.filter(source=source, document_no=number).exclude(state=State.DECLINED).first()
    )
    told: AccountMove | None = same_voucher(known, {"target_id": target.pk, "on": on, "fen": fen})
    if told:
        return told
    require_open(on)
    _require_in_use(source, target, on=on)
    _require_enough(source, fen)
    made = AccountMove.objects.create(
        source=source,
        target=target,
        document_no=number,
        on=on,
        fen=fen,
        registered_by=by,
        registered_on=today(),
    )
    record(by=by, action="special.move_register", subject=made, document=number, fen=fen, source=source.pk,
           target=target.pk)  # fmt: skip
    return made


@transaction.atomic
def check_move(move: AccountMove, by: User) -> AccountMove:
    """核对划转无误, 记账: 一笔账两条分录, 一出一进。由登记人以外的发放复核办; 同一人再核一次不起作用。

    Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher, VoucherSettled, AccountSettled, AccountShort, MonthClosed.
    """
    held: AccountMove = hold_voucher(move, "核对", by)
    if held.state == State.BOOKED and held.checked_by_id == by.pk:
        return held
    require_waiting(held)
    _require_in_use(held.source, held.target, on=held.on)
    _require_enough(held.source, held.fen)
    held.state, held.checked_by, held.checked_on = State.BOOKED, by, today()
    held.save(update_fields=["state", "checked_by", "checked_on"])
    book(held)
    record(by=by, action="special.move", subject=held, document=held.document_no, fen=held.fen)
    return held


def _require_in_use(*accounts: SpecialAccount, on: dt.date) -> None:
    for one in SpecialAccount.objects.filter(pk__in=[each.pk for each in accounts]).defer("number"):
        if one.state != SpecialAccount.State.OPEN:
            raise AccountSettled(one.last4, str(one.get_state_display()))
        if on < one.opened_on:
            raise MoveUnreadable(f"尾号 {one.last4} 的专户 {one.opened_on} 才开户, 请核对日期", field="on")


def _require_enough(source: SpecialAccount, fen: int) -> None:
    left = balance_of(source).left_fen
    if left < fen:
        raise AccountShort(source.last4, yuan(left), yuan(fen - left))
