"""What was signed for by hand stands; only what was locked without an account and went out is signed for."""

from doudi.records.payments.models import HandReceipt
from doudi.records.staff.models import Role
from doudi.store.triggers import append_only, refuse

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
