"""A browser on the public site, and the golden family brought to a station of its road."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doudi.records.cases.models import Case
    from doudi.records.decisions.models import Decision
    from doudi.records.postings.models import Posting
    from doudi.records.staff.models import User

Staff = dict[str, "User"]


def day(text: str) -> dt.date:
    """A day of 2026."""
    return dt.date.fromisoformat(f"2026-{text}")


def as_public_site(settings: Any) -> None:
    """What DOUDI_SITE=public changes."""
    settings.SITE = "public"
    settings.ROOT_URLCONF = "doudi.web.public.urls"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("doudi.web.office.")]


def posted(case: Case, staff: Staff) -> Posting:
    """Visited, summed up, and on the board from 09-18 to 09-25."""
    from doudi.records.cases.models import Case
    from doudi.records.checks import services as checks
    from doudi.records.postings import services as postings
    from tests.services import golden_family as golden

    checks.visit(
        case=case, by=staff["jingban"], others=[staff["jingban2"]], on=day("09-16"), draft=golden.seen()
    )
    checks.assess(case=case, by=staff["jingban"], on=day("09-17"))
    checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="符合条件", on=day("09-18"))
    return postings.publish(case=Case.objects.get(pk=case.pk), by=staff["jingban"], on=day("09-18"))


def sent_up(case: Case, staff: Staff) -> Case:
    """Signed and waiting at the county."""
    from doudi.records.decisions import services as decisions
    from doudi.records.postings import services as postings

    posted(case, staff)
    postings.send_up(case=case, by=staff["jingban"], on=day("09-28"))
    return decisions.sign(case=case, by=staff["fuze"], on=day("09-28"))


def granted(case: Case, staff: Staff) -> Decision:
    """Confirmed by the county on 10-12: 819.00 a month from November."""
    from doudi.records.decisions import services as decisions

    return decisions.confirm(case=sent_up(case, staff), by=staff["shenpi"], on=day("10-12"))


def refused(case: Case, staff: Staff) -> Decision:
    """Refused by the county on 10-12."""
    from doudi.records.decisions import services as decisions

    return decisions.refuse(
        case=sent_up(case, staff),
        by=staff["shenpi"],
        reason_code="R01",
        text="邻居说他家有钱",
        on=day("10-12"),
    )
