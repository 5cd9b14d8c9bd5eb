"""Who stands on the roll is kept by the database, and is always what awards and decisions say."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from doudi.records.awards.models import Award, Standing
from doudi.records.decisions.models import Decision
from doudi.records.decisions.queries import next_review
from doudi.records.decisions.services import stop
from doudi.records.people.models import Household
from doudi.records.reviews.queries import due
from doudi.records.staff.models import User
from tests.services import factories
from tests.services import golden_family as golden
from tests.services.test_changes import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


TOLD = ("scheme", "klass", "household_id", "village_id", "persons", "amount_fen", "from_on")


def derived() -> set[tuple[object, ...]]:
    """What the table has to hold, from the awards and the decisions themselves."""
    rows = Award.objects.filter(closing=None).select_related("household")
    return {
        (one.pk, *(getattr(one, name) for name in TOLD), next_review(one.household, one.scheme))
        for one in rows
    }


def kept() -> set[tuple[object, ...]]:
    return set(Standing.objects.values_list("pk", *TOLD, "review_on"))


def planned(home: Household, scheme: str, on: dt.date, review_on: dt.date | None) -> Decision:
    return Decision.objects.create(
        no=f"D-{on}-{review_on}", kind=Decision.Kind.CARRIED_OVER, scheme=scheme, household=home, decided_on=on,
        reason="名册", basis="名册", next_review_on=review_on, by="demo",
    )  # fmt: skip


def test_an_award_stands_until_it_is_stopped(staff: dict[str, User]) -> None:
    factories.receiving(3)
    assert len(kept()) == 3
    assert kept() == derived()
    award = Award.objects.order_by("pk").first()
    assert award is not None
    stop(award=award, by=staff["shenpi"], reason_code="S05", text="", on=TODAY)
    assert len(kept()) == 2
    assert kept() == derived()


def test_the_latest_plan_counts_whatever_was_written_last(staff: dict[str, User]) -> None:
    factories.receiving(1)
    award = Award.objects.select_related("household").get()
    later, earlier = dt.date(2027, 8, 1), dt.date(2027, 2, 1)
    planned(award.household, award.scheme, dt.date(2027, 1, 5), later)
    planned(award.household, award.scheme, dt.date(2026, 12, 5), earlier)
    planned(award.household, award.scheme, dt.date(2027, 1, 6), None)
    planned(award.household, "temporary", dt.date(2027, 1, 7), earlier)
    assert Standing.objects.get().review_on == later
    assert kept() == derived()
    assert not due(staff["shenpi"], later - dt.timedelta(days=1)).exists()
    assert [one.pk for one in due(staff["shenpi"], later)] == [award.pk]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM awards_standing",
        "UPDATE awards_standing SET amount_fen = amount_fen + 1",
        "UPDATE awards_standing SET review_on = '2030-01-01'",
        "UPDATE awards_standing SET award_id = award_id + 1000",
    ],
)
def test_nobody_writes_it_by_hand(statement: str, staff: dict[str, User]) -> None:
    factories.receiving(1)
    with pytest.raises(DatabaseError, match="在享只随待遇和决定变动"), transaction.atomic():
        connection.cursor().execute(statement)
    assert kept() == derived()


def test_a_stopped_award_is_not_put_back(staff: dict[str, User]) -> None:
    factories.receiving(1)
    row = Standing.objects.get()
    stop(award=row.award, by=staff["shenpi"], reason_code="S05", text="", on=TODAY)
    with pytest.raises(DatabaseError, match="在享只随待遇和决定变动"), transaction.atomic():
        row.save(force_insert=True)
