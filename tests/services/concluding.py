"""An objection answered as the office answers it: one handler writes, the other signs."""

import datetime as dt

from doudi.records.postings import services
from doudi.records.postings.models import Objection
from doudi.records.postings.objections import handlers_of
from doudi.records.staff.models import User


def concluded(
    *, objection: Objection, by: User, outcome: str, text: str, on: dt.date, remedy: str = ""
) -> Objection:
    """Written by `by`, signed by the other handler the same day."""
    services.conclude(objection=objection, by=by, outcome=outcome, text=text, on=on, remedy=remedy)
    other = next(user for user in handlers_of(objection) if user != by)
    return services.countersign(objection=objection, by=other, on=on)
