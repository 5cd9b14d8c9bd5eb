"""Decisions and what they open and close are written once."""

from doudi.records.decisions.models import Closing, Decision, Delivery, Opening
from doudi.store.triggers import append_only, refuse

_DECIDED = (
    "NEW.case_id IS NOT NULL AND EXISTS (SELECT 1 FROM decisions_decision d WHERE d.case_id = NEW.case_id)"
)

GUARDS = [
    *append_only(Decision),
    refuse(Decision, "INSERT", _DECIDED, "一件案子只有一个决定", name="once"),
    *append_only(Opening),
    *append_only(Closing),
    *append_only(Delivery),
]
