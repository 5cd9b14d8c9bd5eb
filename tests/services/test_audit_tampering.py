"""P16: somebody with the database password removes the triggers and edits; `verify` with the anchor file finds it.

The oracle is the attack itself: every attack changes what was recorded, so every one must be found; an untouched
trail must give no fault.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from doudi.records.audit.chain import SEAL, START, event_hash
from doudi.records.audit.models import Anchor, Event, Look
from doudi.records.audit.queries import behind_anchor, verify
from doudi.records.audit.services import anchor, look, record, seal_looks
from doudi.records.ledger.services import post
from doudi.store import triggers

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
EVENTS = 40
ATTACKS = 200
SEED = 20261105


class Undone(Exception):
    """Rolls an attack back."""


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def column_values(event: Event) -> tuple[Any, ...]:
    return (event.at, event.actor, event.action, event.subject, event.body)


def write_values(seq: int, values: tuple[Any, ...]) -> None:
    Event.objects.filter(seq=seq).update(
        **dict(zip(("at", "actor", "action", "subject", "body"), values, strict=True))
    )


def edit(chance: random.Random, last: int) -> None:
    """Change one field of one event, leaving its fingerprint."""
    seq = chance.randint(1, last)
    field = chance.choice(["actor", "action", "subject", "body"])
    row = Event.objects.get(seq=seq)
    Event.objects.filter(seq=seq).update(**{field: getattr(row, field)[:-1] + chance.choice("#%&~")})


def swap(chance: random.Random, last: int) -> None:
    """Exchange what two events say."""
    one, other = (Event.objects.get(seq=seq) for seq in chance.sample(range(1, last + 1), 2))
    first, second = column_values(one), column_values(other)
    write_values(one.seq, second)
    write_values(other.seq, first)


def middle_delete(chance: random.Random, last: int) -> None:
    """Take out a few events that are not the last."""
    seq = chance.randint(1, last - 1)
    sql("DELETE FROM audit_event WHERE seq >= %s AND seq < %s", seq, min(seq + chance.randint(1, 3), last))


def tail_delete(chance: random.Random, last: int) -> None:
    """Cut off the end: what is left is a perfect chain."""
    sql("DELETE FROM audit_event WHERE seq > %s", last - chance.randint(1, 20))


def insert(chance: random.Random, last: int) -> None:
    """Push a forged event in between, with a fingerprint that fits its predecessor."""
    seq = chance.randint(2, last)
    for number in range(last + 5, seq - 1, -1):
        sql("UPDATE audit_event SET seq = seq + 1 WHERE seq = %s", number)
    before = Event.objects.get(seq=seq - 1)
    forged = Event(
        seq=seq, at=before.at, actor="x", action="forged", subject="case:1", body="{}", prev=before.hash
    )
    forged.hash = fingerprint(forged)
    forged.save(force_insert=True)


def edit_and_rehash(chance: random.Random, last: int) -> None:
    """Rewrite an event, then every fingerprint after it, and the anchor rows: inside the database nothing is wrong."""
    seq = chance.randint(1, last)
    Event.objects.filter(seq=seq).update(body='{"amount_fen":-1}')
    head = Event.objects.filter(seq=seq - 1).values_list("hash", flat=True).first() or START
    for event in Event.objects.filter(seq__gte=seq).order_by("seq"):
        event.prev = head
        event.hash = head = fingerprint(event)
        Event.objects.filter(seq=event.seq).update(prev=event.prev, hash=event.hash)
        Anchor.objects.filter(last_seq=event.seq).update(head=head)


def fingerprint(event: Event) -> str:
    return event_hash(event.seq, event.prev, *column_values(event))


KINDS: list[Callable[[random.Random, int], None]] = [
    edit,
    swap,
    middle_delete,
    tail_delete,
    insert,
    edit_and_rehash,
]


@pytest.fixture
def trail(settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> Iterator[int]:
    """Events, looks and money under one anchor; the triggers are gone, as an attacker with a password would do."""
    settings.VAR = tmp_path
    for number in range(EVENTS):
        record(by=f"user{number % 7}", action="case.step", subject=f"case:{number}", amount_fen=number)
        look(by="jingban", action="view", subject=f"household:{number}")
        if number % 9 == 8:
            seal_looks()
    post(key="a", kind="lock", on=DAY, memo="锁定", entries=[("5002", "D", 900, None), ("2001", "C", 900, 1)])
    with django_capture_on_commit_callbacks(execute=True):
        last = anchor(by="shenjiyuan", on=DAY).last_seq
    triggers.remove()
    yield last
    triggers.install()


def attacked(attack: Callable[[random.Random, int], None], chance: random.Random, last: int) -> bool:
    """Whether verify finds this attack; it is rolled back afterwards."""
    found = False
    try:
        with transaction.atomic():
            attack(chance, last)
            found = not verify().is_whole
            raise Undone
    except Undone:
        return found


def test_an_untouched_trail_is_whole(trail: int) -> None:
    result = verify()
    assert result.faults == []
    assert result.checked == trail
    assert behind_anchor() is None


def test_random_attacks_of_every_kind_are_found(trail: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    found = {
        kind.__name__: sum(attacked(kind, chance, trail) for _ in range(ATTACKS // len(KINDS) + 1))
        for kind in KINDS
    }
    tried = ATTACKS // len(KINDS) + 1
    with capsys.disabled():
        told = ", ".join(f"{name} {number}/{tried}" for name, number in found.items())
        print(
            f"\nP16 {connection.vendor} seed {SEED}: {sum(found.values())}/{tried * len(KINDS)} found; {told}"
        )
    assert set(found.values()) == {tried}
    assert verify().is_whole  # every attack was rolled back


def test_without_the_file_a_rehash_is_seen_only_as_a_missing_file(trail: int, tmp_path: Path) -> None:
    """Why the anchor must leave the machine: who can rewrite the files too leaves nothing to compare with."""
    for file in (tmp_path / "anchors").iterdir():
        file.unlink()
    with transaction.atomic():
        edit_and_rehash(random.Random(SEED), trail)
        assert {fault.kind for fault in verify().faults} == {"file"}


def test_the_start_is_refused_behind_the_anchor_and_beside_it(trail: int) -> None:
    with transaction.atomic():
        edit_and_rehash(random.Random(SEED), trail)
        assert (fault := behind_anchor()) is not None
        assert fault.kind == "anchor"
        sql("DELETE FROM audit_event WHERE seq = %s", trail)
        assert (fault := behind_anchor()) is not None
        assert fault.kind == "behind"


@pytest.mark.parametrize("attack", ["edit", "delete", "insert"])
def test_a_sealed_look_cannot_be_changed_unseen(trail: int, attack: str) -> None:
    ids = sorted(Look.objects.values_list("id", flat=True))
    if attack == "insert":  # into a number that was free and sealed as free long ago
        Look.objects.filter(id=ids[3]).update(id=ids[-1] + 1)
        seal_looks()
    elif attack == "edit":
        Look.objects.filter(id=ids[3]).update(actor="nobody")
    else:
        sql("DELETE FROM audit_look WHERE id = %s", ids[3])
    assert "looks" in {fault.kind for fault in verify().faults}


def test_changed_money_differs_from_the_anchor(trail: int) -> None:
    sql("UPDATE ledger_entry SET fen = fen - 1 WHERE line = 1")
    assert "totals" in {fault.kind for fault in verify().faults}


def test_a_removed_anchor_row_and_an_edited_file_are_told(trail: int, tmp_path: Path) -> None:
    (file,) = (tmp_path / "anchors").iterdir()
    file.write_text("不是锚", encoding="utf-8")
    assert {fault.kind for fault in verify().faults} == {"file"}
    Anchor.objects.all().delete()
    assert behind_anchor() is not None


def test_a_seal_that_cannot_be_read_is_a_fault_and_no_crash(trail: int) -> None:
    Event.objects.filter(action=SEAL).update(body="{", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert "edited" in {fault.kind for fault in verify().faults}
