"""What was reported stays as it was reported; only its way to the end is written later, and an end is an end."""

from doudi.records.people.models import Account
from doudi.records.reviews.models import WAY, ChangeEvent, ChangeProof
from doudi.store.triggers import append_only, refuse, write_once

# Whoever is paid now gets another card only after somebody else than who writes it has reported the change.
_TURNED_BY_ONE = (
    "EXISTS (SELECT 1 FROM people_account o WHERE o.person_id = NEW.person_id) "
    "AND EXISTS (SELECT 1 FROM awards_award a WHERE a.payee_id = NEW.person_id AND NOT EXISTS "
    "(SELECT 1 FROM decisions_closing c WHERE c.award_id = a.id AND c.ends_on <= NEW.from_on)) "
    "AND NOT EXISTS (SELECT 1 FROM reviews_changeevent e JOIN staff_user u ON u.id = e.reported_by_id "
    "WHERE e.person_id = NEW.person_id AND e.kind = 'account' AND e.state = 'reported' "
    "AND u.username <> NEW.recorded_by)"
)

GUARDS = [
    refuse(
        Account,
        "INSERT",
        _TURNED_BY_ONE,
        "正在领钱的人换账户, 要先由另一人报“变更领款账户”变动",
        name="by_two",
    ),
    refuse(
        Account, "UPDATE", "OLD.until_on IS NOT NULL", "停用的账户不能再改, 换回来也另报变动", name="ended"
    ),
    *write_once(ChangeEvent, WAY),
    refuse(
        ChangeEvent,
        "UPDATE",
        "OLD.state IN ('applied', 'rejected') AND NEW.state <> OLD.state",
        "已经办结的变动不能再改状态, 请另报一件",
        name="ended",
    ),
    *append_only(ChangeProof),
]
