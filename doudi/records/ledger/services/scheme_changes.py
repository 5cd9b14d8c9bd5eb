"""A scheme put on an account in use, or taken off it: by two, from the day after, so that no day's money moves."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger import accounts
from doudi.records.ledger.fund_refusals import AccountSettled, SameHandsOnVoucher, SchemeChangeUnreadable
from doudi.records.ledger.models import AccountScheme, SchemeChange, SpecialAccount
from doudi.records.ledger.services.funds import require
from doudi.records.ledger.services.special_accounts import REST, require_free
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.today import today

State = SchemeChange.State


@transaction.atomic
def register_scheme_change(*, account: SpecialAccount, scheme: str, adds: bool, by: User) -> SchemeChange:
    """登记专户增加或移出一个项目, 等另一人核对。`scheme` 空着为没有另设专户的各项目。同样的再登记不起作用。

    Raises FundDutyNotYours, AwayNow, AccountSettled, SchemeChangeUnreadable, SchemePaidElsewhere,
    SchemePaidElsewhereThen, UnknownScheme.
    """
    require("登记专户增减项目", Role.PAYER, by)
    if scheme:
        accounts.expense_of(scheme)
    hold_chain()
    waiting = SchemeChange.objects.filter(account=account, state=State.WAITING).first()
    if waiting and (waiting.scheme, waiting.adds) == (scheme, adds):
        return waiting
    if waiting:
        raise SchemeChangeUnreadable("这个专户还有一项增减等着核对, 核对或退回之后再登记")
    _require_possible(account, scheme, adds=adds)
    made = SchemeChange.objects.create(
        account=account, scheme=scheme, adds=adds, registered_by=by, registered_on=today()
    )
    record(
        by=by, action="special.change_register", subject=made, account=account.pk, scheme=scheme, adds=adds
    )
    return made


def _require_possible(account: SpecialAccount, scheme: str, *, adds: bool) -> None:
    held = SpecialAccount.objects.defer("number").get(pk=account.pk)
    if held.state != SpecialAccount.State.OPEN:
        raise AccountSettled(held.last4, str(held.get_state_display()))
    name = scheme_name(scheme) if scheme else REST
    if adds:
        require_free(scheme, _tomorrow())
    elif not AccountScheme.objects.filter(account=held, scheme=scheme, until_on=None).exists():
        raise SchemeChangeUnreadable(f"{name}现在不从尾号 {held.last4} 的专户发放, 不用移出")


def _tomorrow() -> dt.date:
    return today() + dt.timedelta(days=1)


@transaction.atomic
def check_scheme_change(change: SchemeChange, by: User) -> SchemeChange:
    """核对增减项目, 次日起算; 同一人再核一次不起作用。

    Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher, SchemeChangeUnreadable, AccountSettled, SchemePaidElsewhere,
    SchemePaidElsewhereThen.
    """
    held = _held(change, "核对", by)
    if held.state == State.APPLIED and held.checked_by_id == by.pk:
        return held
    _require_waiting(held)
    _require_possible(held.account, held.scheme, adds=held.adds)
    held.state, held.checked_by, held.checked_on, held.from_on = State.APPLIED, by, today(), _tomorrow()
    held.save(update_fields=["state", "checked_by", "checked_on", "from_on"])
    if held.adds:
        AccountScheme.objects.create(account=held.account, scheme=held.scheme, from_on=held.from_on)
    else:
        row = AccountScheme.objects.get(account=held.account, scheme=held.scheme, until_on=None)
        row.until_on = held.from_on
        row.save(update_fields=["until_on"])
    record(by=by, action="special.change", subject=held, account=held.account_id, scheme=held.scheme, adds=held.adds,
           from_on=held.from_on)  # fmt: skip
    return held


@transaction.atomic
def decline_scheme_change(change: SchemeChange, reason: str, by: User) -> SchemeChange:
    """退回增减项目, 写明理由; 可以另登记。

    Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher, SchemeChangeUnreadable.
    """
    held = _held(change, "退回", by)
    if not reason.strip():
        raise SchemeChangeUnreadable("退回要写明理由, 请填写后再提交")
    _require_waiting(held)
    held.state, held.checked_by, held.checked_on = State.DECLINED, by, today()
    held.declined_reason = reason.strip()[:200]
    held.save(update_fields=["state", "checked_by", "checked_on", "declined_reason"])
    record(by=by, action="special.change_decline", subject=held, reason=held.declined_reason)
    return held


def _held(change: SchemeChange, act: str, by: User) -> SchemeChange:
    require(f"{act}专户增减项目", Role.PAY_REVIEWER, by)
    hold_chain()
    held = SchemeChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if held.registered_by_id == by.pk:
        raise SameHandsOnVoucher(act)
    return held


def _require_waiting(held: SchemeChange) -> None:
    if held.state != State.WAITING:
        raise SchemeChangeUnreadable(f"这项增减{held.get_state_display()}, 不能再办; 请刷新后再看")
