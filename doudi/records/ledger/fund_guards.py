"""The gates of the funds: by two, once, in a month that is still open; the office's own money never pays relief."""

from doudi.records.ledger.models import (
    AccountMove,
    Budget,
    FundReceipt,
    MonthClose,
    Txn,
    Voucher,
    WorkVoucher,
)
from doudi.records.staff.models import Role
from doudi.store.triggers import Guard, append_only, refuse, write_once

_ROLE = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.{user} AND u.role = '{role}')"
_SIDES = (
    "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.txn_id = NEW.id "
    "AND e.account {which} IN ('1002', '3009', '6001'))"
)
_MIXED = f"{_SIDES.format(which='')} AND {_SIDES.format(which='NOT')}"
_CLOSED = (
    'EXISTS (SELECT 1 FROM ledger_monthclose c WHERE c.confirmed_by_id IS NOT NULL AND c.last_on >= NEW."on")'
)
_LATER_CLOSED = (
    "EXISTS (SELECT 1 FROM ledger_monthclose c WHERE c.confirmed_by_id IS NOT NULL AND c.month > NEW.month)"
)
_NOT_SEALED = 'EXISTS (SELECT 1 FROM ledger_txn t WHERE NOT t.sealed AND t."on" <= NEW.last_on)'


# A receipt older than the special accounts is put on one once; nothing else about it changes.
_PLACED = (
    "OLD.account_id IS NULL AND NEW.account_id IS NOT NULL AND NEW.state = OLD.state AND "
    "NOT (NEW.checked_by_id IS DISTINCT FROM OLD.checked_by_id) AND "
    "NOT (NEW.checked_on IS DISTINCT FROM OLD.checked_on) AND NEW.declined_reason = OLD.declined_reason"
)


def _voucher(model: type[Voucher], placed: str = "1=0") -> list[Guard]:
    title = model._meta.verbose_name
    maker = _ROLE.format(user="registered_by_id", role=Role.PAYER.value)
    checker = _ROLE.format(user="checked_by_id", role=Role.PAY_REVIEWER.value)
    return [
        refuse(
            model,
            "INSERT",
            f"NEW.state <> 'waiting' OR NEW.checked_by_id IS NOT NULL OR NOT {maker}",
            f"{title}要先由发放经办登记, 再由另一人核对",
            name="born",
        ),
        *write_once(model, may_change=["state", "checked_by", "checked_on", "declined_reason", "account"]),
        refuse(
            model,
            "UPDATE",
            f"OLD.state <> 'waiting' AND NOT ({placed})",
            f"{title}核对过了, 不能再改",
            name="settled",
        ),
        refuse(
            model,
            "UPDATE",
            f"OLD.state = 'waiting' AND NEW.state <> 'waiting' AND NOT {checker}",
            f"{title}由发放复核核对",
            name="checked",
        ),
        refuse(
            model,
            "UPDATE",
            "NEW.state = 'declined' AND NEW.declined_reason = ''",
            f"退回{title}要写明理由",
            name="declined",
        ),
    ]


FUND_GUARDS = [
    refuse(Txn, "INSERT", _CLOSED, "这个月已经月结, 不能再记账, 请记在下个月", name="closed_month"),
    refuse(
        Txn,
        "UPDATE",
        f"NEW.sealed AND {_MIXED}",
        "工作经费与救助资金要分开记, 不能记在一笔账里",
        name="apart",
    ),
    *_voucher(FundReceipt, _PLACED),
    *_voucher(WorkVoucher),
    *_voucher(AccountMove),
    *append_only(Budget),
    refuse(
        MonthClose,
        "INSERT",
        "NEW.confirmed_by_id IS NOT NULL OR NOT "
        + _ROLE.format(user="prepared_by_id", role=Role.PAYER.value)
        + f" OR {_LATER_CLOSED}",
        "月结先由发放经办结账, 已经结过后面的月份不能再结",
        name="born",
    ),
    refuse(MonthClose, "UPDATE", "OLD.confirmed_by_id IS NOT NULL", "月结确认之后不能改动", name="confirmed"),
    refuse(
        MonthClose,
        "UPDATE",
        "NEW.month <> OLD.month OR NEW.last_on <> OLD.last_on",
        "月结的月份不能改动",
        name="month",
    ),
    refuse(
        MonthClose,
        "UPDATE",
        "NEW.confirmed_by_id IS NOT NULL AND (NOT "
        + _ROLE.format(user="confirmed_by_id", role=Role.PAY_REVIEWER.value)
        + f" OR {_LATER_CLOSED} OR {_NOT_SEALED})",
        "月结由发放复核确认, 这个月的账都要封存",
        name="checked",
    ),
    refuse(MonthClose, "DELETE", "OLD.confirmed_by_id IS NOT NULL", "月结不能撤销"),
]
