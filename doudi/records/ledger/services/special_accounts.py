"""Special accounts: registered by one, checked by another; a scheme is paid from one account at a time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from doudi.law.identity import normalise
from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger import accounts
from doudi.records.ledger.fund_refusals import (
    AccountKnown,
    AccountSettled,
    AccountUnreadable,
    SameHandsOnVoucher,
    SchemePaidElsewhere,
    SchemePaidElsewhereThen,
)
from doudi.records.ledger.models import AccountScheme, SpecialAccount
from doudi.records.ledger.services.funds import require
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.today import today

State = SpecialAccount.State
SHORTEST, LONGEST = 8, 30
REST = "没有另设专户的各项目"


@transaction.atomic
def register_account(
    *, holder_name: str, bank: str, number: str, opened_on: dt.date, schemes: Sequence[str], by: User
) -> SpecialAccount:
    """登记专户和它发放的项目, 等另一人核对; 没有核对的不能用。`schemes` 空着为没有另设专户的各项目。

    同样的内容再登记不起作用。Raises FundDutyNotYours, AwayNow, AccountUnreadable, AccountKnown, SchemePaidElsewhere,
    SchemePaidElsewhereThen, UnknownScheme.
    """
    require("登记专户", Role.PAYER, by)
    digits, wanted = normalise(number).replace(" ", ""), sorted(set(schemes)) or [""]
    told: dict[str, Any] = {
        "holder_name": holder_name.strip(),
        "bank": bank.strip(),
        "opened_on": opened_on,
    }
    _require_readable(digits, told["holder_name"], told["bank"], opened_on)
    for scheme in filter(None, wanted):
        accounts.expense_of(scheme)
    hold_chain()
    index = SpecialAccount._meta.get_field("number_bi").index_of(digits)
    known = SpecialAccount.objects.exclude(state=State.DECLINED).filter(number_bi=index).first()
    if known:
        return _same(known, told, wanted)
    for scheme in wanted:
        require_free(scheme, opened_on)
    made = SpecialAccount.objects.create(
        **told, number=digits, last4=digits[-4:], registered_by=by, registered_on=today()
    )
    for scheme in wanted:
        AccountScheme.objects.create(account=made, scheme=scheme, from_on=opened_on)
    record(
        by=by, action="special.register", subject=made, last4=made.last4, schemes=wanted, opened_on=opened_on
    )
    return made


def _require_readable(digits: str, holder_name: str, bank: str, opened_on: dt.date) -> None:
    if not holder_name or not bank:
        raise AccountUnreadable("请填写户名和开户行, 照开户许可证写全")
    if not digits.isdecimal() or not digits.isascii() or not SHORTEST <= len(digits) <= LONGEST:
        raise AccountUnreadable(
            f"账号应为 {SHORTEST} 到 {LONGEST} 位数字, 请对照开户许可证核对", field="number"
        )
    if opened_on > today():
        raise AccountUnreadable(f"开户日期 {opened_on} 还没有到, 请照开户许可证填", field="opened_on")


def _same(known: SpecialAccount, told: dict[str, Any], wanted: list[str]) -> SpecialAccount:
    schemes = sorted(known.schemes.values_list("scheme", flat=True))
    if (
        known.state != State.WAITING
        or schemes != wanted
        or any(getattr(known, name) != value for name, value in told.items())
    ):
        raise AccountKnown(known.last4, str(known.get_state_display()))
    return known


def require_free(scheme: str, from_on: dt.date) -> None:
    """这个项目从那天起没有别的专户发放才放行。Raises SchemePaidElsewhere, SchemePaidElsewhereThen."""
    name = scheme_name(scheme) if scheme else REST
    rows = AccountScheme.objects.select_related("account").defer("account__number")
    taken = rows.filter(scheme=scheme, until_on=None).first()
    if taken:
        raise SchemePaidElsewhere(name, taken.account.last4)
    # What a closed account paid stays with it: nothing registered later reaches back into its days.
    paid = rows.filter(scheme__in={scheme, ""}, account__state=State.CLOSED, until_on__gt=from_on)
    earlier = paid.order_by("-until_on").first()
    if earlier:
        raise SchemePaidElsewhereThen(name, earlier.account.last4, earlier.until_on)


@transaction.atomic
def check_account(account: SpecialAccount, by: User) -> SpecialAccount:
    """对照开户许可核对无误, 启用; 同一人再核一次不起作用。

    Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher, AccountSettled.
    """
    held = _held(account, "核对", by)
    if held.state == State.OPEN and held.checked_by_id == by.pk:
        return held
    _settle(held, State.OPEN, by)
    record(by=by, action="special.check", subject=held, last4=held.last4)
    return held


@transaction.atomic
def decline_account(account: SpecialAccount, reason: str, by: User) -> SpecialAccount:
    """退回填错的专户, 写明理由; 它的项目可以另登记。

    Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher, AccountSettled, AccountUnreadable.
    """
    held = _held(account, "退回", by)
    if not reason.strip():
        raise AccountUnreadable("退回要写明理由, 请填写后再提交")
    held.declined_reason = reason.strip()[:200]
    _settle(held, State.DECLINED, by)
    for one in held.schemes.order_by("pk"):
        one.until_on = one.from_on
        one.save(update_fields=["until_on"])
    record(by=by, action="special.decline", subject=held, last4=held.last4, reason=held.declined_reason)
    return held


def _held(account: SpecialAccount, act: str, by: User) -> SpecialAccount:
    require(f"{act}专户", Role.PAY_REVIEWER, by)
    hold_chain()
    held = SpecialAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if held.registered_by_id == by.pk:
        raise SameHandsOnVoucher(act)
    return held


def _settle(held: SpecialAccount, state: str, by: User) -> None:
    if held.state != State.WAITING:
        raise AccountSettled(held.last4, str(held.get_state_display()))
    held.state, held.checked_by, held.checked_on = state, by, today()
    held.save(update_fields=["state", "checked_by", "checked_on", "declined_reason"])
