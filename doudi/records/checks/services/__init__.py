"""The verbs of checking, by what they do: visit, verify, assess and opine."""

from doudi.records.checks.services.opining import OpinionAgainstAssessment, assess, give_opinion
from doudi.records.checks.services.verifying import note_finding
from doudi.records.checks.services.visiting import NotSigned, OneInvestigator, visit

__all__ = [
    "NotSigned",
    "OneInvestigator",
    "OpinionAgainstAssessment",
    "assess",
    "give_opinion",
    "note_finding",
    "visit",
]
