"""A special account is closed when nothing is left on it and nothing is under way."""

from django.db import transaction
from django.db.models import Q

from doudi.law.money import yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger.fund_refusals import AccountNotEmpty, AccountSettled, AccountStillMoving
from doudi.records.ledger.models import AccountMove, FundReceipt, SchemeChange, SpecialAccount
from doudi.records.ledger.services.funds import require
from doudi.records.payments.funds.special_accounts import balance_of, moved_on
from doudi.records.staff.models import Role, User
from doudi.store.today import today


@transaction.atomic
def close_account(account: SpecialAccount, by: User) -> SpecialAccount:
    """销户: 余额为零、没有待核对的到账、当天没有收付才行; 它的项目从此可以另设专户。再销一次不起作用。

    Raises FundDutyNotYours, AwayNow, AccountSettled, AccountNotEmpty, AccountStillMoving.
    """
    require("专户销户", Role.PAY_REVIEWER, by)
    hold_chain()
    held = SpecialAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if held.state == SpecialAccount.State.CLOSED and held.closed_by_id == by.pk:
        return held
    if held.state != SpecialAccount.State.OPEN:
        raise AccountSettled(held.last4, str(held.get_state_display()))
    if FundReceipt.objects.filter(account=held, state=FundReceipt.State.WAITING).exists():
        raise AccountStillMoving(held.last4, "还有待核对的到账, 核对或退回之前")
    moves = AccountMove.objects.filter(state=AccountMove.State.WAITING)
    if moves.filter(Q(source=held) | Q(target=held)).exists():
        raise AccountStillMoving(held.last4, "还有待核对的划转, 核对或退回之前")
    if held.changes.filter(state=SchemeChange.State.WAITING).exists():
        raise AccountStillMoving(held.last4, "还有待核对的增减项目, 核对或退回之前")
    if held.schemes.filter(Q(from_on__gt=today()) | Q(until_on__gt=today())).exists():
        raise AccountStillMoving(held.last4, "有项目的增减明天才生效, 今天")
    left = balance_of(held).left_fen
    if left:
        raise AccountNotEmpty(held.last4, yuan(left))
    if moved_on(held, today()):
        raise AccountStillMoving(held.last4, "今天有收付, 今天")
    held.state, held.closed_by, held.closed_on = SpecialAccount.State.CLOSED, by, today()
    held.save(update_fields=["state", "closed_by", "closed_on"])
    for one in held.schemes.filter(until_on=None).order_by("pk"):
        one.until_on = held.closed_on
        one.save(update_fields=["until_on"])
    record(by=by, action="special.close", subject=held, last4=held.last4)
    return held
