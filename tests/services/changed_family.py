"""The golden family in receipt since November, and its changes walked to their end."""

import datetime as dt
import io
from collections.abc import Sequence

from PIL import Image

from doudi.records.cases.models import Case
from doudi.records.checks import services as checks
from doudi.records.checks.queries import latest_assessment
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.people import services as people
from doudi.records.people.models import Fact, Household, Person
from doudi.records.people.queries import facts_of
from doudi.records.reviews import services as reviews
from doudi.records.reviews.models import ChangeEvent
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.services import golden_family as golden
from tests.services import test_road as road

DECIDED = dt.date(2026, 10, 12)
TODAY = dt.date(2026, 11, 5)
Staff = dict[str, User]


def photo() -> bytes:
    """A small photograph of nothing."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


def receiving(staff: Staff) -> Household:
    """Granted 819.00 on 2026-10-12, paid from November; the office's day is 2026-11-05."""
    filed = road.intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=road.day("09-14"))
    case = road.signed(filed, staff)
    decisions.confirm(case=case, by=staff["shenpi"], on=DECIDED)
    move_to(TODAY)
    return Household.objects.get()


def member(name: str) -> Person:
    return Person.objects.get(name=name)


def reported(
    staff: Staff, kind: str, person: Person | None = None, on: dt.date = TODAY, **details: str
) -> ChangeEvent:
    """Reported by the village with one photograph."""
    return reviews.report(
        by=staff["cun"], household=Household.objects.get(), kind=kind, happened_on=on, details=details,
        photos=[photo()], on=on, person=person,
    )  # fmt: skip


def verified(
    staff: Staff, kind: str, person: Person | None = None, on: dt.date = TODAY, **details: str
) -> ChangeEvent:
    """Reported, then verified by the township."""
    event = reported(staff, kind, person, on, **details)
    return reviews.verify(event=event, by=staff["jingban"], note="已看证明", on=on)


def declared(staff: Staff, home: Household, on: dt.date, **changed: int) -> None:
    """The declaration again, with amounts changed by code: `wage=840_000` for the head's yearly wage in 分."""
    rows = [
        people.FactDraft(
            kind=fact.kind, code=fact.code, person_id=fact.person_id, cost_fen=fact.cost_fen, number=fact.number,
            amount_fen=changed.get(fact.code, fact.amount_fen),
        )
        for fact in facts_of(home)
        if fact.source == Fact.Source.DECLARED
    ]  # fmt: skip
    people.record_facts(
        by=staff["jingban"], household=home, facts=rows, source=Fact.Source.DECLARED, on=on, from_on=on
    )


def visited(case: Case, staff: Staff, on: dt.date = TODAY) -> Case:
    """Visited by two."""
    checks.visit(case=case, by=staff["jingban"], others=[staff["jingban2"]], on=on, draft=golden.seen())
    return case


def assessed(case: Case, staff: Staff, on: dt.date = TODAY) -> Case:
    """Visited and assessed."""
    visited(case, staff, on)
    checks.assess(case=case, by=staff["jingban"], on=on)
    return Case.objects.get(pk=case.pk)


def signed(case: Case, staff: Staff, on: dt.date = TODAY) -> Case:
    """The opinion the sum gives, and the leader's signature."""
    found = latest_assessment(case)
    assert found is not None
    checks.give_opinion(case=case, by=staff["jingban"], recommends=found.is_eligible, text="如测算", on=on)
    return decisions.sign(case=Case.objects.get(pk=case.pk), by=staff["fuze"], on=on)


def decided(case: Case, staff: Staff, on: dt.date = TODAY) -> Decision:
    """From the survey to the county's decision."""
    return decisions.confirm(case=signed(assessed(case, staff, on), staff, on), by=staff["shenpi"], on=on)


def amounts(decision: Decision) -> Sequence[tuple[str, int]]:
    """The reasons of a decision with what each explains."""
    return [(one.code, one.amount_fen) for one in decision.reasons.order_by("pk")]
