"""Who keeps a card is written once; it is filed by the county once and ends once."""

from doudi.records.payments.models import Custody
from doudi.records.staff.models import Role
from doudi.store.triggers import refuse, write_once

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
