"""The verbs after enrolment: report, verify or turn down, decide, review."""

from doudi.records.reviews.services.deciding import decide
from doudi.records.reviews.services.reporting import report
from doudi.records.reviews.services.reviewing import (
    HasChanged,
    open_for_raise,
    open_reviews,
    report_unchanged,
)
from doudi.records.reviews.services.verifying import reject, verify

__all__ = [
    "HasChanged",
    "decide",
    "open_for_raise",
    "open_reviews",
    "reject",
    "report",
    "report_unchanged",
    "verify",
]
