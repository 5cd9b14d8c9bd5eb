"""What was posted stays as it was posted; what was said against it stays as it was said."""

from doudi.records.postings.models import BoardPhoto, BoxOpening, Handler, Objection, Posting
from doudi.store.triggers import append_only, write_once

GUARDS = [
    *write_once(Posting, may_change=["withdrawn_on"]),
    *append_only(BoardPhoto),
    *append_only(BoxOpening),
    *write_once(
        Objection, may_change=["outcome", "remedy", "answered_on", "answer", "answered_by", "replied_on"]
    ),
    *write_once(Handler, may_change=["until_on"]),
]
