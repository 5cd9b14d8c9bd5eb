"""What was posted stays as it was posted."""

from doudi.records.postings.models import Objection, Posting
from doudi.store.triggers import write_once

GUARDS = [
    *write_once(Posting, may_change=["withdrawn_on"]),
    *write_once(Objection, may_change=["outcome", "answered_on", "answer", "answered_by"]),
]
