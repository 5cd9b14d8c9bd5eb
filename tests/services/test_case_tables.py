"""The county's tables are the ones a plain reading of every fact gives, whatever the facts; one family's too."""

import datetime as dt
import random

import pyarrow as pa
import pytest
from django.db import transaction

from doudi.law.library import BOOKS
from doudi.law.rulebook import Input
from doudi.records.checks.tables import case_tables
from doudi.records.people.models import Fact, Household, Membership, Person
from doudi.store.columns import BETWEEN, ColumnsDisagree, read_columns
from tests.services import factories
from tests.services.row_tables import row_tables

SEED = 20261122
ON = dt.date(2026, 12, 1)
BOOK = BOOKS["dibao"]
pytestmark = pytest.mark.django_db


def some_day(dice: random.Random) -> dt.date:
    return ON + dt.timedelta(days=dice.choice((-400, -31, -1, 0, 1, 31)))


def random_fact(dice: random.Random, home: Household, person: Person | None) -> Fact:
    if dice.random() < 0.4:
        kind = dice.choice(("income", "asset"))
        code = dice.choice(("wage", "crops", "deposit", ""))
    else:
        kind = dice.choice([item.name for item in BOOK.inputs.values()])
        code = code_of(dice, BOOK.inputs[kind])
    if kind == "asset" and dice.random() < 0.5:
        person = None
    return Fact(
        household=home, person=person, kind=kind, code=code, source=dice.choice(Fact.Source.values),
        amount_fen=dice.choice((None, 0, 1, dice.randrange(10**9))), cost_fen=dice.choice((None, 0, 7_50)),
        number=dice.choice((None, 0, 1, 2, 3, 12)), from_on=some_day(dice), until_on=None, void=dice.random() < 0.05,
        recorded_by="test", recorded_on=ON,
    )  # fmt: skip


def code_of(dice: random.Random, item: Input) -> str:
    return dice.choice(sorted(item.names)) if item.names else ""


def random_county(dice: random.Random) -> None:
    """Families with members of every age, some gone, some come later; facts told by several, corrected, ended."""
    homes = factories.households(factories.persons(40))
    for home in homes:
        people = [home.head, *factories.persons(dice.randrange(4))]
        for person in people[1:]:
            begun = some_day(dice)
            ended = dice.choice((None, None, begun + dt.timedelta(days=dice.choice((1, 31, 400)))))
            Membership.objects.create(
                household=home, person=person, relation=dice.choice(Membership.Relation.values), from_on=begun,
                until_on=ended,
            )  # fmt: skip
        for person in people:
            born = ON.replace(year=ON.year - dice.randrange(1, 90)) + dt.timedelta(
                days=dice.choice((-1, 0, 1, 90))
            )
            Person.objects.filter(pk=person.pk).update(birth_on=born)
        facts = [random_fact(dice, home, dice.choice([None, *people])) for _ in range(dice.randrange(25))]
        for fact in Fact.objects.bulk_create(facts):
            if dice.random() < 0.1:
                again = random_fact(dice, home, fact.person)
                again.kind, again.code, again.replaces = fact.kind, fact.code, fact
                again.save()


def same(left: dict[str, pa.Table], right: dict[str, pa.Table]) -> None:
    assert left.keys() == right.keys()
    for name, table in left.items():
        assert table.schema.equals(right[name].schema), name
        for column in table.column_names:
            assert table[column].to_pylist() == right[name][column].to_pylist(), f"{name}.{column}"


@pytest.mark.parametrize("trial", range(4))
def test_columns_say_what_rows_say(trial: int) -> None:
    print(f"seed {SEED + trial}")
    factories.office()
    random_county(random.Random(SEED + trial))
    everybody = Household.objects.all()
    same(row_tables(everybody, ON, BOOK), case_tables(everybody, ON, BOOK))
    one = Household.objects.filter(pk=Household.objects.order_by("pk").first().pk)  # type: ignore[union-attr]
    same(row_tables(one, ON, BOOK), case_tables(one, ON, BOOK))


def test_no_family_gives_empty_tables_of_the_same_form() -> None:
    nobody = Household.objects.none()
    tables = case_tables(Household.objects.filter(pk=-1), ON, BOOK)
    assert {name: table.num_rows for name, table in tables.items()} == dict.fromkeys(tables, 0)
    same(row_tables(nobody, ON, BOOK), tables)


def test_a_separator_inside_a_text_is_noticed_not_shifted() -> None:
    factories.office()
    factories.households(factories.persons(2))
    with transaction.atomic():
        Person.objects.filter(pk=Person.objects.order_by("pk").first().pk).update(name=f"甲{BETWEEN}乙")  # type: ignore[union-attr]
    with pytest.raises(ColumnsDisagree, match="3 个值"):
        read_columns(Person.objects.all(), {"pk": pa.int64(), "name": pa.string()})


def test_every_kind_of_column_comes_back_as_it_was_written() -> None:
    factories.office()
    home = factories.households(factories.persons(1))[0]
    for void, number in ((False, None), (True, -3)):
        Fact.objects.create(
            household=home, kind="income", source="declared", number=number, void=void, from_on=ON,
            recorded_by="test", recorded_on=ON,
        )  # fmt: skip
    kinds = {"pk": pa.int64(), "number": pa.int64(), "void": pa.bool_(), "from_on": pa.date32(), "code": pa.string(),
             "household__village_id": pa.string()}  # fmt: skip
    rows = read_columns(Fact.objects.all(), kinds).sort_by("pk").drop_columns("pk").to_pylist()
    same_place = {"from_on": ON, "code": "", "household__village_id": home.village_id}
    assert rows == [{"number": None, "void": False, **same_place}, {"number": -3, "void": True, **same_place}]
