"""Decisions and what they open and close are written once."""

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
    SampleDraw,
    SampleEntry,
)
from doudi.store.triggers import append_only, refuse, write_once

_DECIDED = (
    "NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM decisions_decision d WHERE d.case_id = NEW.case_id)"
)

ANSWERED = ("outcome", "document_no", "decided_on", "answer", "answered_by")

GUARDS = [
    *append_only(Decision),
    refuse(Decision, "INSERT", _DECIDED, "一件案子只有一个决定", name="once"),
    *append_only(Opening),
    *append_only(Closing),
    *append_only(Delivery),
    *append_only(DecisionReason),
    *write_once(Recognition, may_change=["ended_on"]),
    *append_only(AwardChange),
    *append_only(SampleDraw),
    *append_only(SampleEntry),
    *append_only(CountyVisit),
    *append_only(Correction),
    *write_once(Appeal, may_change=ANSWERED),
    refuse(Appeal, "UPDATE", "OLD.outcome <> ''", "结果已经登记, 不能改动", name="answered"),
]
