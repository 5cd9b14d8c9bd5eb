"""Facts kept between two questions are those that stand: after new ones, corrections, undone work, another database."""

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from doudi.records.audit.services import record
from doudi.records.checks import facts_kept
from doudi.records.checks.tables import case_tables
from doudi.records.people.models import Fact, Household
from tests.services import factories
from tests.services.row_tables import row_tables
from tests.services.test_case_tables import BOOK, ON, SEED, random_county, random_fact, same

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    facts_kept._kept.clear()
    yield
    facts_kept._kept.clear()


def event(number: int) -> None:
    with transaction.atomic():
        record(by="test", action="test.event", subject=f"test:{number}")


def as_it_stands(on: dt.date = ON) -> None:
    everybody = Household.objects.all()
    same(row_tables(everybody, on, BOOK), case_tables(everybody, on, BOOK, facts_kept.facts_on(on)))


def kept_rows() -> int:
    return sum(one.rows.num_rows for one in facts_kept._kept.values())


@pytest.mark.parametrize("trial", range(2))
def test_what_is_kept_follows_every_committed_change(trial: int) -> None:
    print(f"seed {SEED + trial}")
    dice = random.Random(SEED + trial)
    factories.office()
    with transaction.atomic():
        random_county(dice)
    event(0)
    as_it_stands()
    assert kept_rows() == Fact.objects.count()
    homes = list(Household.objects.order_by("pk"))
    for step in range(1, 6):
        with transaction.atomic():
            for home in dice.sample(homes, 5):
                random_fact(dice, home, home.head).save()
            old = dice.choice(list(Fact.objects.filter(replaced_by=None).order_by("pk")))
            again = random_fact(dice, old.household, old.person)
            again.kind, again.code, again.replaces = old.kind, old.code, old
            again.save()
        event(step)
        as_it_stands()
        as_it_stands(ON - dt.timedelta(days=31))
        assert kept_rows() == Fact.objects.count()


def test_undone_work_is_never_kept() -> None:
    factories.office()
    home = factories.households(factories.persons(1))[0]
    event(0)
    with transaction.atomic():
        wage(home, 100)
        told = facts_kept.facts_on(ON)
        assert told["amount_fen"].to_pylist() == [100], "事务里看得见自己写的"
        transaction.set_rollback(True)
    assert not facts_kept._kept
    wage(home, 200)
    assert facts_kept.facts_on(ON)["amount_fen"].to_pylist() == [200]


def wage(home: Household, fen: int) -> Fact:
    return Fact.objects.create(
        household=home, person=home.head, kind="income", code="wage", amount_fen=fen, source="declared",
        from_on=dt.date(2026, 1, 1), recorded_by="test", recorded_on=ON,
    )  # fmt: skip


def test_a_late_number_and_a_database_put_back_are_read_again() -> None:
    factories.office()
    home = factories.households(factories.persons(1))[0]
    first, second = wage(home, 1), wage(home, 2)
    event(0)
    facts_kept.facts_on(ON)
    late = Fact.objects.get(pk=first.pk)
    late.pk, late.amount_fen = second.pk + 7, 3
    late.save(force_insert=True)
    facts_kept.facts_on(ON)
    late.pk, late.amount_fen = second.pk + 3, 4  # took its number before, is seen after
    late.save(force_insert=True)
    assert sorted(facts_kept.facts_on(ON)["amount_fen"].to_pylist()) == [1, 2, 3, 4]
    name = str(connection.settings_dict["NAME"])
    known = facts_kept._kept[name]
    facts_kept._kept[name] = facts_kept._Kept(
        known.rows.slice(0, 0), known.last, known.seq, "another history"
    )
    assert sorted(facts_kept.facts_on(ON)["amount_fen"].to_pylist()) == [1, 2, 3, 4]
