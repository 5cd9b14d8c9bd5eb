"""P10 for 低保×特困: nobody is on two rolls or paid twice a month, whatever way the row is put in.

Each trick is one attempt to get a second payment for a person who has one: another writing of the identity number,
another household, the other programme, raw rows. The database itself must stop every one.
"""

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.awards.models import Award, Holding
from doudi.records.payments import services
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.refusals import CannotRelease, InterceptionOpen
from doudi.records.people.models import Household, Membership, Person
from doudi.records.policies.queries import pairs_of
from doudi.store.crypto import seal
from doudi.store.fields import index_value
from tests.services import factories

TRICKS = 1_000
# a missing column or a dangling key would be a refusal by accident
REASONS = "(?i)unique constraint|只增不改|不能再加行|不能删除|已经有当期发放批次"
pytestmark = pytest.mark.django_db
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.fixture
def office() -> factories.Office:
    return factories.office()


def writings(number: str, chance: random.Random) -> str:
    """Another way to write the same identity number."""
    spaced = " ".join((number[:6], number[6:14], number[14:]))
    short = number[:6] + number[8:17]
    return chance.choice(
        [number.lower(), number.translate(FULL_WIDTH), spaced, f" {number}", short, f"{number}\u200b"]
    )


def again_as_person(award: Award, chance: random.Random) -> None:
    person = award.payee
    Person.objects.create(
        name=person.name, id_number=writings(person.id_number, chance), sex="male", birth_on=person.birth_on
    )


def again_as_person_by_sql(award: Award, chance: random.Random) -> None:
    text = writings(award.payee.id_number, chance)
    index = index_value(Person, "id_number_bi", text)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person (name, initials, id_number, id_number_bi, sex, birth_on, ethnic) "
            "VALUES (%s, '', %s, %s, 'male', '1950-01-01', '')",
            [award.payee.name, seal(text, "people_person.id_number"), index],
        )


def again_as_member(award: Award, chance: random.Random) -> None:
    home = Household.objects.create(
        no=f"X{award.pk}",
        village_id=award.village_id,
        kind="rural",
        head=award.payee,
        opened_on=award.from_on,
    )
    Membership.objects.create(household=home, person=award.payee, relation="self", from_on=award.from_on)


def other_programme(award: Award, chance: random.Random) -> None:
    """The same family under the other scheme, through the factory that ordinary services mirror."""
    other = "tekun_rural" if award.scheme == "dibao_rural" else chance.choice(["dibao_rural", "dibao_urban"])
    factories.grant(award.household, 60_000, scheme=other)


def other_programme_by_sql(award: Award, chance: random.Random) -> None:
    pair = chance.choice(pairs_of(award.scheme))
    other = chance.choice(Award.objects.exclude(pk=award.pk).order_by("pk")[:20])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO awards_holding (person_id, award_id, pair) VALUES (%s, %s, %s)",
            [award.payee_id, other.pk, pair],
        )


def second_line(award: Award, chance: random.Random) -> None:
    line = PayLine.objects.get(award=award)
    fields = (
        "run_id",
        "award_id",
        "month",
        "kind",
        "correction_no",
        "household_id",
        "payee_id",
        "village_id",
    )
    PayLine.objects.create(
        **{f: getattr(line, f) for f in fields}, persons=1, amount_fen=chance.randint(1, 99_999)
    )


def second_payment(award: Award, chance: random.Random) -> None:
    kept = chance.choice(list(Paid.objects.filter(line__award=award).order_by("pk")))
    Paid.objects.create(month=kept.month, pair=kept.pair, person_id=kept.person_id, line_id=kept.line_id)


def second_payment_by_sql(award: Award, chance: random.Random) -> None:
    kept = chance.choice(list(Paid.objects.filter(line__award=award).order_by("pk")))
    other = chance.choice(
        list(PayLine.objects.exclude(award=award).order_by("pk").values_list("pk", flat=True)[:20])
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paid (month, pair, person_id, line_id) VALUES (%s, %s, %s, %s)",
            [kept.month, kept.pair, kept.person_id, other],
        )


def replaced_payment(award: Award, chance: random.Random) -> None:
    """SQLite's way around a DELETE trigger; on PostgreSQL a plain update."""
    kept = Paid.objects.filter(line__award=award).order_by("pk").first()
    assert kept is not None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT OR REPLACE INTO payments_paid (id, month, pair, person_id, line_id) "
                "VALUES (%s, %s, %s, %s, %s)",
                [kept.pk, 209901, kept.pair, kept.person_id, kept.line_id],
            )
        else:
            cursor.execute("UPDATE payments_paid SET month = 209901 WHERE id = %s", [kept.pk])


def second_run(award: Award, chance: random.Random) -> None:
    run = PayrollRun.objects.get(lines__award=award)
    PayrollRun.objects.create(scheme=run.scheme, month=run.month, maker=run.maker, built_on=run.built_on)


KINDS: list[Callable[[Award, random.Random], None]] = [
    again_as_person, again_as_person_by_sql, again_as_member, other_programme, other_programme_by_sql, second_line,
    second_payment, second_payment_by_sql, replaced_payment, second_run,
]  # fmt: skip


@pytest.mark.slow
def test_a_thousand_duplicate_person_tricks_are_all_stopped(
    office: factories.Office, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("DOUDI_SEED", "20261105"))
    chance = random.Random(seed)
    awards = [*factories.receiving(20), *factories.receiving(20, scheme="tekun_rural")]
    for scheme in ("dibao_rural", "tekun_rural"):
        services.lock(services.build(scheme=scheme, month=202611, by=office.caiwu), office.caiwu)
    before = (Person.objects.count(), Holding.objects.count(), Paid.objects.count(), PayLine.objects.count())
    stopped: Counter[str] = Counter()
    for place in range(TRICKS):
        trick = KINDS[place % len(KINDS)]
        with pytest.raises(IntegrityError, match=REASONS), transaction.atomic():
            trick(chance.choice(awards), chance)
        stopped[trick.__name__] += 1
    assert before == (
        Person.objects.count(),
        Holding.objects.count(),
        Paid.objects.count(),
        PayLine.objects.count(),
    )
    with capsys.disabled():
        print(f"\nP10 {connection.vendor}: {sum(stopped.values())} / {TRICKS} 次重复手法全部被数据库拦下, "
              f"{len(KINDS)} 种各 {min(stopped.values())} 次以上, 种子 {seed}")  # fmt: skip


def test_one_already_paid_in_the_other_programme_is_held_and_cannot_be_released(
    office: factories.Office,
) -> None:
    """Even when somebody freed the holding, the month's payment stands."""
    (dibao,) = factories.receiving()
    services.lock(services.build(scheme="dibao_rural", month=202611, by=office.caiwu), office.caiwu)
    dibao.holdings.update(released_on=dt.date(2026, 10, 31))
    factories.grant(dibao.household, 60_000, scheme="tekun_rural")
    run = services.build(scheme="tekun_rural", month=202611, by=office.caiwu)
    (found,) = Interception.objects.all()
    assert found.cause == "exclusive"
    with pytest.raises(CannotRelease):
        services.resolve(found, "released", "照发", office.fuhe)
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)
    services.resolve(found, "dropped", "本月已领低保", office.fuhe)
    assert not Paid.objects.filter(line__run=run).exists()


def test_one_person_in_two_lines_of_a_run_is_paid_once(office: factories.Office) -> None:
    (first,) = factories.receiving()
    first.holdings.update(released_on=dt.date(2026, 10, 31))
    (head,) = factories.persons(1)
    factories.cards([head])
    factories.grant(factories.households([head])[0], 20_000, members=[first.payee])
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    one, other = Interception.objects.filter(cause="exclusive").order_by("pk")
    with pytest.raises(CannotRelease):
        services.resolve(one, "released", "照发", office.fuhe)
    services.resolve(other, "dropped", "已在本人户内", office.fuhe)
    services.resolve(one, "released", "另一户本月不发", office.fuhe)
    assert services.lock(run, office.caiwu).lines_count == 1
