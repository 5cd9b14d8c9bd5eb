"""What happened is chained with what it changed; who looked is sealed; the anchor leaves the database."""

import datetime as dt
import json
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from doudi.records.audit import anchor_files, chain
from doudi.records.audit.models import Anchor, Event, Look
from doudi.records.audit.queries import behind_anchor, events_of, looks_of, verify
from doudi.records.audit.services import OutsideTransaction, PurposeMissing, anchor, look, record, seal_looks
from doudi.store.today import move_to

DAY = dt.date(2026, 11, 5)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Anchor files of one test are not seen by the next."""
    settings.VAR = tmp_path


@pytest.mark.django_db
def test_events_are_numbered_without_a_gap_and_linked() -> None:
    for number in range(5):
        record(by="jingban", action="case.accept", subject=f"case:{number}", note="收件")
    rows = list(Event.objects.order_by("seq"))
    first = rows[0].seq
    assert [row.seq for row in rows] == list(range(first, first + 5))
    assert [row.prev for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert list(events_of("case:3")) == [rows[3]]


@pytest.mark.django_db
def test_the_facts_are_kept_in_one_exact_writing() -> None:
    event = record(by="jingban", action="case.open", subject="case:1", z=1, a=[DAY, "甲"], amount_fen=81_900)
    assert event.body == '{"a":["2026-11-05","甲"],"amount_fen":81900,"z":1}'


@pytest.mark.django_db
def test_a_float_is_no_fact() -> None:
    with pytest.raises(TypeError, match="float"):
        record(by="jingban", action="case.open", subject="case:1", amount=819.0)


def test_no_field_can_run_into_the_next() -> None:
    at = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
    one = chain.event_hash(1, chain.START, at, "ab", "c", "d", "{}")
    other = chain.event_hash(1, chain.START, at, "a", "bc", "d", "{}")
    assert one != other


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        record(by="jingban", action="case.open", subject="case:1")


@pytest.mark.django_db(transaction=True)
def test_an_event_is_undone_with_its_change() -> None:
    with transaction.atomic():
        record(by="jingban", action="case.open", subject="case:1")
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["unmask", "export"])
def test_unmasking_and_exporting_need_a_purpose_and_are_chained_at_once(action: str) -> None:
    with pytest.raises(PurposeMissing):
        look(by="shenji", action=action, subject="person:1", purpose="  ")
    look(by="shenji", action=action, subject="person:1", purpose="核对举报")
    assert looks_of("person:1").get().purpose == "核对举报"
    assert json.loads(events_of("person:1").get().body)["purpose"] == "核对举报"


@pytest.mark.django_db
def test_looks_are_sealed_in_batches() -> None:
    for number in range(3):
        look(by="jingban", action="view", subject=f"household:{number}")
    first = seal_looks()
    assert first is not None
    assert json.loads(first.body)["count"] == 3
    assert seal_looks() is None
    look(by="jingban", action="view", subject="household:9")
    second = seal_looks()
    assert second is not None
    assert json.loads(second.body)["count"] == 1


@pytest.mark.django_db
def test_a_look_that_commits_late_is_sealed_by_the_next_seal() -> None:
    early = look(by="jingban", action="view", subject="household:1")
    Look.objects.create(id=early.pk + 5, at=early.at, actor="jingban", action="view", subject="household:2")
    seal_looks()
    Look.objects.create(id=early.pk + 2, at=early.at, actor="jingban", action="view", subject="household:3")
    event = seal_looks()
    assert event is not None
    assert json.loads(event.body)["ranges"] == [[early.pk + 2, early.pk + 2]]


@pytest.mark.django_db
def test_the_anchor_is_a_row_and_after_commit_a_file(django_capture_on_commit_callbacks: Any) -> None:
    record(by="jingban", action="case.open", subject="case:1")
    with django_capture_on_commit_callbacks(execute=True):
        row = anchor(by="shenjiyuan", on=DAY)
    newest = anchor_files.newest()
    assert newest is not None
    assert newest.content is not None
    assert (newest.content["head"], newest.content["day"]) == (row.head, "2026-11-05")
    assert Anchor.objects.get().head == Event.objects.get(seq=row.last_seq).hash
    assert anchor_files.write_missing() == []


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_at_once_leave_one_chain() -> None:
    gate = threading.Barrier(20)

    def write(number: int) -> None:
        try:
            gate.wait()
            for turn in range(3):
                with transaction.atomic():
                    record(by=f"user{number}", action="case.step", subject=f"case:{turn}")
                    transaction.set_rollback(turn == 1)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = verify()
    assert (result.checked, result.faults) == (40, [])
    assert behind_anchor() is None


@pytest.mark.django_db(transaction=True)
def test_the_commands_anchor_and_verify(django_user_model: Any) -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("audit", "anchor", "--by", "nobody")
    django_user_model.objects.create(username="shenjiyuan", name="审计管理员", role="shenjiyuan")
    out = StringIO()
    call_command("audit", "anchor", "--by", "shenjiyuan", "--on", "2026-11-05", stdout=out)
    assert "审计锚  2026-11-05" in out.getvalue()
    call_command("audit", "verify", "--json", stdout=(told := StringIO()))
    assert json.loads(told.getvalue()) == {"checked": 1, "faults": []}
    next(anchor_files.folder().iterdir()).unlink()
    with pytest.raises(CommandError, match="没有对应的锚文件"):
        call_command("audit", "verify", stdout=StringIO())
    call_command("audit", "anchor", "--by", "shenjiyuan", "--on", "2026-11-06", stdout=StringIO())
    assert verify().is_whole  # the next anchor wrote the one an interrupted run left out


@pytest.mark.django_db(transaction=True)
def test_a_clock_set_back_does_not_disturb_the_order() -> None:
    """P28: the chain is ordered by number, never by time."""
    for day in ("2026-11-05", "2026-11-04", "2027-11-05", "2024-02-29", "2026-12-31", "2027-01-01"):
        move_to(dt.date.fromisoformat(day))
        with transaction.atomic():
            record(by="jingban", action="case.step", subject=f"day:{day}")
        anchor(by="shenjiyuan", on=dt.date.fromisoformat(day))
    assert verify().is_whole
    assert behind_anchor() is None
