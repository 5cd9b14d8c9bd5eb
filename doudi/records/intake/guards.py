"""A notice once given and a signature once made are not rewritten; what was sent or found only gets its answer."""

from doudi.records.intake.models import GapNotice, HukouInquiry, Referral, Signature, Suspicion
from doudi.store.triggers import append_only, write_once

GUARDS = [
    *append_only(GapNotice),
    *append_only(Signature),
    *write_once(Suspicion, may_change=["state", "note", "settled_on", "settled_by"]),
    *write_once(HukouInquiry, may_change=["answer", "answered_on"]),
    *write_once(Referral, may_change=["state", "answer", "answered_on", "answered_by"]),
]
