"""The database holds to the same exclusion table as the rulebooks: of a pair that excludes itself one award stands."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from doudi.law.exclusions import Exclusion
from doudi.records.awards.models import Award, Holding
from doudi.records.policies.queries import shipped
from tests.services import factories

pytestmark = pytest.mark.django_db
SCHEMES = {
    document.section("scheme")["id"].plain() for document in shipped().documents if document.section("scheme")
}
OWN = [row for row in shipped().exclusions if {row.first, row.second} <= SCHEMES]
REFUSED = [row for row in OWN if row.rule in ("never", "choose")]
TOGETHER = [row for row in OWN if row.rule in ("higher", "difference", "same_cause")]


def pair(row: Exclusion) -> str:
    return f"{row.first}-{row.second}"


@pytest.fixture(autouse=True)
def office() -> factories.Office:
    return factories.office()


def holding(scheme: str) -> Award:
    """Somebody who draws this."""
    return factories.receiving(1, scheme=scheme)[0]


def test_the_table_has_pairs_of_both_sorts() -> None:
    assert len(REFUSED) >= 13
    assert len(TOGETHER) >= 3


@pytest.mark.parametrize("row", REFUSED, ids=pair)
@pytest.mark.parametrize("turned", [False, True], ids=["first held", "second held"])
def test_two_awards_that_exclude_each_other_are_refused(row: Exclusion, turned: bool) -> None:
    one, other = (row.second, row.first) if turned else (row.first, row.second)
    held = holding(one)
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        factories.grant(held.household, 60_000, scheme=other)
    assert list(Award.objects.filter(payee=held.payee).values_list("scheme", flat=True)) == [one]


@pytest.mark.parametrize("row", REFUSED, ids=pair)
def test_once_the_first_has_ended_the_second_may_begin(row: Exclusion) -> None:
    held = holding(row.first)
    factories.stop(held, dt.date(2026, 10, 31))
    factories.grant(held.household, 60_000, scheme=row.second)
    assert Award.objects.filter(payee=held.payee).count() == 2


@pytest.mark.parametrize("row", TOGETHER, ids=pair)
def test_what_yields_or_is_topped_up_is_no_matter_of_the_database(row: Exclusion) -> None:
    held = holding(row.first)
    factories.grant(held.household, 60_000, scheme=row.second)
    assert Holding.objects.filter(person=held.payee, released_on=None).values("award").distinct().count() == 2


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_same_scheme_is_never_held_twice(scheme: str) -> None:
    held = holding(scheme)
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        factories.grant(held.household, 60_000, scheme=scheme)


def test_the_two_disability_subsidies_stand_side_by_side() -> None:
    held = holding("disability_living")
    factories.grant(held.household, 9_000, scheme="disability_care")
    assert Award.objects.filter(payee=held.payee).count() == 2
