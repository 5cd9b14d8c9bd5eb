"""What was found, seen, said and voted is frozen once written."""

from doudi.records.checks import models as kept
from doudi.store.triggers import append_only, write_once

FROZEN = (
    kept.Finding, kept.FindingDealing, kept.Recheck, kept.RecheckAnswer, kept.VisitRecord, kept.Investigator,
    kept.VisitMethod, kept.VisitItem, kept.VisitPhoto, kept.NeighbourTalk, kept.Assessment, kept.Opinion,
    kept.Attendance, kept.PanelReview, kept.PanelRecusal, kept.Renewal, kept.Hearing, kept.HearingNotice,
    kept.AbilityAssessment, kept.SupportPlan, kept.ObligorMeans,
)  # fmt: skip
TERMS = (kept.Panel, kept.PanelMember)  # only their end may be written later
SIGNED_LATER = (kept.Meeting, kept.HearingRecord)  # the photograph of the signed minutes comes after them

GUARDS = [
    *(guard for model in FROZEN for guard in append_only(model)),
    *(guard for model in TERMS for guard in write_once(model, ["until_on"])),
    *(guard for model in SIGNED_LATER for guard in write_once(model, ["minutes"])),
]
