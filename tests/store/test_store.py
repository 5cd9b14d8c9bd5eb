"""What every table stands on: sealed columns, blind indexes, versions, one-effect forms, guards of the database."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from doudi.records.areas.models import Area
from doudi.records.people.models import Household, Person
from doudi.records.people.services import Member, record_facts, register_household
from doudi.records.policies.models import PolicyValue
from doudi.store import triggers
from doudi.store.areas import code_range, contains, level_of
from doudi.store.crypto import Unreadable, blind, seal, unseal
from doudi.store.fields import index_value
from doudi.store.idempotency import SubmissionChanged, once
from doudi.store.models import StaleVersion
from doudi.store.redaction import redact
from tests.services import golden_family as golden


@pytest.fixture
def family(db: None) -> Household:
    staff = golden.county()
    return register_household(
        by=staff["jingban"],
        village_id=golden.VILLAGE,
        kind="rural",
        members=[Member(name="赵甲", id_number=golden.number("19810301", 11), relation="head")],
        address="一组",
        phone="10000000000",
        on=dt.date(2026, 9, 14),
    )


def test_sealed_text_opens_only_in_its_own_column() -> None:
    sealed = seal("110105", "people_person.id_number")
    assert b"110105" not in sealed
    assert unseal(sealed, "people_person.id_number") == "110105"
    with pytest.raises(Unreadable):
        unseal(sealed, "people_account.number")
    with pytest.raises(Unreadable):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "people_person.id_number")


def test_blind_index_differs_by_column_and_not_by_call() -> None:
    assert blind("1", "a") == blind("1", "a") != blind("1", "b")


def test_a_person_is_found_however_the_number_is_written(family: Household) -> None:
    number = golden.number("19810301", 11)
    spaced = f" {number[:6]} {number[6:]} ".replace("1", "１")
    assert Person.objects.get(id_number_bi=index_value(Person, "id_number_bi", spaced)).pk == family.head_id


def test_the_database_holds_no_identity_number_in_the_clear(family: Household) -> None:
    number = golden.number("19810301", 11)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM people_person")
        raw = bytes(cursor.fetchone()[0])
    assert number.encode() not in raw
    assert Person.objects.get().id_number == number


def test_the_later_save_sees_both_versions_and_overwrites_nothing(family: Household) -> None:
    mine, theirs = Household.objects.get(), Household.objects.get()
    theirs.phone = "10000000001"
    theirs.save_over(theirs.version, ["phone"])
    mine.phone = "10000000002"
    with pytest.raises(StaleVersion) as stale:
        mine.save_over(mine.version, ["phone"])
    assert stale.value.current.phone == "10000000001"  # type: ignore[attr-defined]
    assert Household.objects.get().phone == "10000000001"


@pytest.mark.django_db
def test_a_form_sent_twice_has_one_effect_and_one_answer() -> None:
    key, calls = str(uuid.uuid4()), []

    def effect() -> dict[str, int]:
        calls.append(1)
        return {"n": len(calls)}

    send = lambda body: once(key=key, user_id=1, endpoint="x", body=body, effect=effect)  # noqa: E731
    assert send({"a": 1}) == send({"a": 1}) == {"n": 1}
    with pytest.raises(SubmissionChanged):
        send({"a": 2})


@pytest.mark.django_db
def test_a_failed_effect_leaves_no_key_behind() -> None:
    key = str(uuid.uuid4())

    def fail() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        once(key=key, user_id=1, endpoint="x", body={}, effect=fail)
    assert once(key=key, user_id=1, endpoint="x", body={}, effect=lambda: "done") == "done"


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_sendings_of_one_form_have_one_effect() -> None:
    key, answers = str(uuid.uuid4()), []

    def effect() -> str:
        Area.objects.create(code="410482000000", name="汝州市", level="county")
        return "done"

    run(50, lambda: answers.append(once(key=key, user_id=1, endpoint="x", body={}, effect=effect)))
    assert (answers, Area.objects.count()) == (["done"] * 50, 1)


def run(count: int, act: Callable[[], Any]) -> None:
    """Run the same thing in many threads at once; each closes its own connection."""

    def one() -> None:
        try:
            act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def policy_value() -> PolicyValue:
    return PolicyValue.objects.create(
        path="dibao.work.rate", area_code="410482", value="25", unit="%", label="", document="试", since="2027-01-01",
        set_by="a", signed_by="b", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE policies_policyvalue SET value = '1'", "DELETE FROM policies_policyvalue"]
)
def test_append_only_tables_refuse_raw_sql(statement: str) -> None:
    policy_value()
    with pytest.raises(DatabaseError, match="只增不改"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite rebuilds a table to alter it")
def test_guards_step_aside_for_a_migration_and_come_back() -> None:
    """A trigger of one table that names another would stop SQLite from rebuilding that other one."""
    triggers.step_aside(plan=())
    triggers.require()  # nothing to migrate, nothing taken away
    triggers.step_aside(plan=("a migration",))
    assert len(triggers.missing()) == len(triggers.expected())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_relative RENAME TO people_relative_old")
        cursor.execute("ALTER TABLE people_relative_old RENAME TO people_relative")
    triggers.install()
    triggers.require()


@pytest.mark.django_db
def test_start_is_refused_where_a_guard_was_taken_away() -> None:
    triggers.require()
    guard = next(g for g in triggers.expected() if g.table == "policies_policyvalue")
    on_table = "" if connection.vendor == "sqlite" else f' ON "{guard.table}"'
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{guard.name}"{on_table}')
    with pytest.raises(triggers.GuardsMissing, match=guard.name):
        triggers.require()
    triggers.install()
    triggers.require()


@pytest.mark.django_db
def test_a_guard_rewritten_to_do_nothing_is_noticed() -> None:
    guard = next(g for g in triggers.expected() if g.table == "policies_policyvalue" and g.event == "UPDATE")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f'DROP TRIGGER "{guard.name}"')
            cursor.execute(
                f'CREATE TRIGGER "{guard.name}" BEFORE UPDATE ON "{guard.table}" BEGIN SELECT 1; END'
            )
        else:
            cursor.execute(
                f'CREATE OR REPLACE FUNCTION "{guard.name}"() RETURNS trigger LANGUAGE plpgsql AS '
                "$$ BEGIN RETURN NEW; END $$"
            )
    assert guard in triggers.missing()


def test_facts_are_replaced_never_edited(family: Household) -> None:
    from doudi.records.people.queries import facts_of
    from doudi.records.people.services import FactDraft
    from doudi.records.staff.models import User

    clerk = User.objects.get(username="jingban")
    for fen in (100, 200):
        record_facts(
            by=clerk, household=family, facts=[FactDraft(kind="asset", code="deposit", amount_fen=fen)],
            source="declared", on=dt.date(2026, 9, 14), from_on=dt.date(2026, 9, 14),
        )  # fmt: skip
    assert [fact.amount_fen for fact in facts_of(family)] == [200]
    assert family.facts.filter(amount_fen=100).exists()


def test_area_codes_become_ranges() -> None:
    assert level_of("410482000000") == "county"
    assert code_range("410482101000") == ("410482101000", "410482101999")
    assert contains("410482000000", "410482101201")
    assert not contains("410482101000", "410482102201")


def test_logs_carry_no_numbers() -> None:
    assert redact("户主 110101199001011234 卡 6217000000000000000\n完") == "户主 [号码] 卡 [号码]\\n完"
