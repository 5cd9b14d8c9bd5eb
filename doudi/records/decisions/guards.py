"""Decisions and what they open and close are written once."""

from doudi.records.decisions.list_guards import GUARDS as LIST_GUARDS
from doudi.records.decisions.models import (
    Appeal,
    AwardChange,
    Closing,
    Correction,
    CountyVisit,
    Decision,
    DecisionReason,
    Delivery,
    Opening,
    Recognition,
    Resumption,
    SampleDraw,
    SampleEntry,
    Suspension,
)
from doudi.records.decisions.raise_guards import GUARDS as RAISE_GUARDS
from doudi.store.triggers import append_only, refuse, write_once

_DECIDED = (
    "NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM decisions_decision d WHERE d.case_id = NEW.case_id)"
)
# One open suspension of an award at a time; it ends after it began.
_STANDING_STILL = (
    "EXISTS (SELECT 1 FROM decisions_suspension s WHERE s.award_id = NEW.award_id AND NOT EXISTS "
    "(SELECT 1 FROM decisions_resumption r WHERE r.suspension_id = s.id))"
)
_BEFORE_IT = "EXISTS (SELECT 1 FROM decisions_suspension s WHERE s.id = NEW.suspension_id AND s.from_on >= NEW.from_on)"

# The end of a gradual exit comes forward once, by another decision than the one that set it; what was set stays.
_CUT = (
    "OLD.cut_by_id IS NULL AND NEW.cut_by_id IS NOT NULL AND NEW.cut_by_id <> OLD.decision_id "
    "AND NEW.first_ends_on IS NOT NULL AND NEW.first_ends_on = OLD.ends_on AND NEW.ends_on < OLD.ends_on"
)

ANSWERED = ("outcome", "document_no", "decided_on", "answer", "answered_by")

GUARDS = [
    *append_only(Decision),
    refuse(Decision, "INSERT", _DECIDED, "一件案子只有一个决定", name="once"),
    *append_only(Opening),
    *write_once(Closing, may_change=["ends_on", "first_ends_on", "cut_by"]),
    refuse(Closing, "UPDATE", f"NOT ({_CUT})", "待遇的止日只能由更正的决定提前一次", name="cut"),
    *append_only(Delivery),
    *append_only(DecisionReason),
    *write_once(Recognition, may_change=["ended_on"]),
    *append_only(AwardChange),
    *append_only(SampleDraw),
    *append_only(SampleEntry),
    *append_only(CountyVisit),
    *append_only(Correction),
    *append_only(Suspension),
    *append_only(Resumption),
    refuse(Suspension, "INSERT", _STANDING_STILL, "这份待遇已经暂停, 不能再暂停一次", name="open"),
    refuse(Resumption, "INSERT", _BEFORE_IT, "恢复要在暂停之后", name="after"),
    *RAISE_GUARDS,
    *LIST_GUARDS,
    *write_once(Appeal, may_change=ANSWERED),
    refuse(Appeal, "UPDATE", "OLD.outcome <> ''", "结果已经登记, 不能改动", name="answered"),
]
