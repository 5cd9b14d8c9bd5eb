"""What was signed for by hand stands; who keeps a card is written once, filed by the county once, and ends once.

Only what was locked without an account and went out is signed for.
"""

from doudi.records.payments.models import Custody, HandReceipt
from doudi.records.staff.models import Role
from doudi.store.triggers import append_only, refuse, write_once

_OUT = (
    "EXISTS (SELECT 1 FROM payments_payline l JOIN payments_payrollrun r ON r.id = l.run_id "
    "WHERE l.id = NEW.line_id AND l.number IS NOT NULL AND l.account_bi IS NULL AND r.state = 'handed' "
    "AND l.state IN ('sent', 'unknown'))"
)
_PAYER = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.handed_by_id AND u.role = '{role}')"

HAND_GUARDS = [
    *append_only(HandReceipt),
    refuse(
        HandReceipt,
        "INSERT",
        f"NOT {_OUT} OR NOT {_PAYER.format(role=Role.PAYER.value)}",
        "只有锁定时没有账户、已经交出去的行由发放经办登记领款签收",
        name="out",
    ),
]

_ROLE = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.filed_by_id AND u.role = '{role}')"
_OF_THE_COUNTY = _ROLE.format(role=Role.APPROVER.value)

CUSTODY_GUARDS = [
    refuse(
        Custody,
        "INSERT",
        "NEW.filed_by_id IS NOT NULL OR NEW.until_on IS NOT NULL",
        "代管登记时还没有备案, 也没有结束",
        name="born",
    ),
    *write_once(Custody, may_change=["until_on", "filed_on", "filed_by"]),
    refuse(
        Custody,
        "UPDATE",
        "NEW.filed_by_id IS DISTINCT FROM OLD.filed_by_id AND (OLD.filed_by_id IS NOT NULL OR "
        f"NOT {_OF_THE_COUNTY})",
        "代管由县级审批备案一次",
        name="filed",
    ),
    refuse(Custody, "UPDATE", "OLD.until_on IS NOT NULL", "代管已经结束, 不能改动", name="ended"),
]
