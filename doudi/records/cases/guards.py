"""Nobody acts for two sides of one case, nobody acts for a relative; the database says so."""

from doudi.records.cases.models import Act, Case, Extension, Hand, Pause
from doudi.store.triggers import append_only, refuse, write_once

_OTHER_SIDE = (
    "NOT EXISTS (SELECT 1 FROM cases_hand h WHERE h.case_id = NEW.case_id AND h.user_id = NEW.user_id "
    'AND h."group" = NEW."group")'
)
_RELATIVE = (
    "EXISTS (SELECT 1 FROM people_relative r JOIN people_membership m ON m.person_id = r.person_id "
    "JOIN cases_case c ON c.household_id = m.household_id "
    "WHERE c.id = NEW.case_id AND r.user_id = NEW.user_id AND r.revoked_on IS NULL)"
)

_REOPENED = (
    "OLD.closed_on IS NOT NULL AND ("
    + " OR ".join(
        f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
        for column in ("household_id", "scheme", "kind", "station", "accepted_on", "outcome", "closed_on")
    )
    + ")"
)

GUARDS = [
    refuse(Case, "UPDATE", _REOPENED, "已办结的案件不能改动, 情况有变另立一案", name="closed"),
    *append_only(Act),
    *append_only(Hand),
    *write_once(Pause, ("until_on", "ended_by")),
    refuse(Pause, "UPDATE", "OLD.until_on IS NOT NULL", "已恢复的计时暂停不能改动", name="ended"),
    *write_once(Extension, ("answer", "answered_on", "answered_by")),
    refuse(Extension, "UPDATE", "OLD.answer <> ''", "延长期限已经答复, 不能改动", name="answered"),
    refuse(Act, "INSERT", _OTHER_SIDE, "同一件案子里, 经办、签批、确认必须由不同的人办理", name="one_side"),
    refuse(Act, "INSERT", _RELATIVE, "您与申请家庭有近亲属备案, 应当回避", name="relative"),
]
