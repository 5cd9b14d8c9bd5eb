"""The month close: one person adds it up, another confirms it, and the month is written in no more."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction

from doudi.law.money import yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger import queries
from doudi.records.ledger.fund_refusals import (
    LaterMonthClosed,
    MonthNotOver,
    MonthUneven,
    MonthUnsealed,
    SameHandsOnVoucher,
    TrialMoved,
    VouchersWaiting,
)
from doudi.records.ledger.models import AccountMove, FundReceipt, MonthClose, Txn, Voucher, WorkVoucher
from doudi.records.ledger.services.funds import require
from doudi.records.staff.models import Role, User
from doudi.store.today import today


def last_day(month: int) -> dt.date:
    """某月 (202610) 的末日。"""
    year, number = divmod(month, 100)
    return dt.date(year + number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)


def in_words(month: int) -> str:
    """2026年10月。"""
    return f"{month // 100}年{month % 100}月"


@transaction.atomic
def prepare_close(month: int, by: User) -> MonthClose:
    """结账: 记下到这个月末日为止的试算平衡表, 等另一人确认; 没有确认之前可以重新结。

    Raises FundDutyNotYours, MonthNotOver, LaterMonthClosed, VouchersWaiting, MonthUnsealed, MonthUneven.
    """
    require("月结", Role.PAYER, by)
    hold_chain()
    last_on = last_day(month)
    _require_over(month, last_on)
    found = MonthClose.objects.filter(month=month).first()
    if found and found.confirmed_by_id:
        return found
    told = _told(last_on)
    made, _ = MonthClose.objects.update_or_create(
        month=month,
        defaults={"last_on": last_on, **told, "prepared_by": by, "prepared_on": today()},
    )
    record(by=by, action="month.prepare", subject=made, month=month, sha256=made.sha256, txns=made.txns)
    return made


@transaction.atomic
def confirm_close(close: MonthClose, by: User) -> MonthClose:
    """确认月结: 重新加一遍, 与结账时一分不差才确认; 从此不能再往这个月和以前记账。再确认一次不起作用。

    Raises FundDutyNotYours, SameHandsOnVoucher, TrialMoved, as prepare_close does.
    """
    require("确认月结", Role.PAY_REVIEWER, by)
    hold_chain()  # nobody posts between the sum and the closing
    held = MonthClose.objects.select_for_update(of=("self",)).get(pk=close.pk)
    if held.confirmed_by_id:
        return held
    if held.prepared_by_id == by.pk:
        raise SameHandsOnVoucher("确认月结")
    _require_over(held.month, held.last_on)
    told = _told(held.last_on)
    if told["sha256"] != held.sha256 or told["txns"] != held.txns:
        raise TrialMoved
    held.confirmed_by, held.confirmed_on = by, today()
    held.save(update_fields=["confirmed_by", "confirmed_on"])
    record(by=by, action="month.close", subject=held, month=held.month, sha256=held.sha256, txns=held.txns)
    return held


def _require_over(month: int, last_on: dt.date) -> None:
    if last_on >= today():
        raise MonthNotOver(in_words(month))
    later = MonthClose.objects.filter(month__gt=month, confirmed_by__isnull=False).order_by("month").first()
    if later:
        raise LaterMonthClosed(in_words(later.month))


def _told(last_on: dt.date) -> dict[str, Any]:
    waiting = sum(
        model.objects.filter(state=Voucher.State.WAITING, on__lte=last_on).count()
        for model in (FundReceipt, WorkVoucher, AccountMove)
    )
    if waiting:
        raise VouchersWaiting(waiting)
    unsealed = queries.unsealed().filter(on__lte=last_on).count()
    if unsealed:
        raise MonthUnsealed(unsealed)
    lines = queries.trial_balance(last_on)
    debit, credit = sum(line.debit_fen for line in lines), sum(line.credit_fen for line in lines)
    if debit != credit:
        raise MonthUneven(yuan(debit), yuan(credit))
    trial = [[line.account.code, line.debit_fen, line.credit_fen] for line in lines]
    return {
        "trial": trial,
        "txns": Txn.objects.filter(sealed=True, on__lte=last_on).count(),
        "sha256": trial_hash(last_on, trial),
    }


def trial_hash(last_on: dt.date, trial: list[list[Any]]) -> str:
    """试算平衡表的指纹: SHA-256, 第 1 版。"""
    text = json.dumps(["doudi month 1", last_on.isoformat(), trial], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
