"""A job is started once, works in chunks that are kept, and is taken up again where it stopped."""

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from doudi.records.jobs import registry, services
from doudi.records.jobs.models import Job
from doudi.records.jobs.services import ClaimLost, JobKeyReused, NotFailed, progress, retry, run, start, sweep
from doudi.records.jobs.worker import Rounds
from doudi.store.models import Submission
from doudi.store.refusal import Refusal
from doudi.store.today import now

CHUNKS = 5


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], None]:
    """Registers a kind of job for one test."""
    registry.load()  # a module read inside the test would register into the copy and be lost with it
    monkeypatch.setattr(registry, "_tasks", dict(registry._tasks))

    def add(kind: str, fn: Any) -> None:
        registry.task(kind)(fn)

    return add


@pytest.fixture(autouse=True)
def plain_kind(kinds: Callable[[str, Any], None]) -> None:
    kinds("count", lambda job: job.arguments["n"])


def begin(kind: str = "count", key: str = "count:1", **arguments: Any) -> Job:
    return start(kind=kind, key=key, by="caiwu", arguments=arguments or {"n": 3})


@pytest.mark.django_db
def test_a_job_runs_once_and_keeps_its_result() -> None:
    job = run(begin().pk)
    assert (job.state, job.result, job.attempt) == ("done", 3, 1)
    assert run(job.pk).attempt == 1


@pytest.mark.django_db
def test_the_same_key_is_the_same_job_and_other_content_is_refused() -> None:
    assert begin() == begin()
    with pytest.raises(JobKeyReused, match="count:1"):
        begin(n=4)


@pytest.mark.django_db
def test_a_kind_nobody_registered_is_refused_at_the_start() -> None:
    with pytest.raises(registry.UnknownKind):
        begin(kind="nothing")
    assert not Job.objects.exists()


def test_a_kind_belongs_to_one_function() -> None:
    with pytest.raises(ValueError, match="count"):
        registry.task("count")(lambda job: None)


@pytest.mark.django_db
def test_a_refusal_is_the_jobs_message(kinds: Callable[[str, Any], None]) -> None:
    def refuse(job: Job) -> None:
        raise Refusal("本月已经生成过, 请到发放页查看")

    kinds("refuse", refuse)
    job = run(begin("refuse").pk)
    assert (job.state, job.message) == ("failed", "本月已经生成过, 请到发放页查看")


@pytest.mark.django_db
def test_a_programming_error_is_failed_and_logged(
    kinds: Callable[[str, Any], None], caplog: pytest.LogCaptureFixture
) -> None:
    kinds("broken", lambda job: 1 // 0)
    with caplog.at_level(logging.ERROR):
        job = run(begin("broken").pk)
    assert job.state == "failed"
    assert "程序出错" in job.message
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_a_failed_job_can_be_taken_up_again_and_no_other(kinds: Callable[[str, Any], None]) -> None:
    answers = iter([1 // 1, None])
    kinds("once", lambda job: next(answers) and 1 // 0)
    job = run(begin("once").pk)
    assert run(retry(job.pk).pk).state == "done"
    with pytest.raises(NotFailed, match="已完成"):
        retry(job.pk)


@pytest.mark.django_db
def test_a_stopped_heartbeat_is_queued_again_and_the_old_worker_loses_its_claim() -> None:
    job = services._claim(begin().pk)
    assert job is not None
    assert sweep(now=now()) == 0
    assert sweep(now=now() + dt.timedelta(minutes=6)) == 1
    again = services._claim(job.pk)
    assert again is not None
    with pytest.raises(ClaimLost):
        progress(job, done=1, total=2)
    progress(again, done=2, total=2)
    assert Job.objects.get().done == 2


@pytest.mark.django_db
def test_a_heartbeat_from_the_future_counts_as_stopped() -> None:
    """The clock, or the demo's date, was set back."""
    services._claim(begin().pk)
    assert sweep(now=now() - dt.timedelta(days=30)) == 1


@pytest.mark.django_db
def test_a_job_that_is_always_interrupted_is_given_up() -> None:
    job = begin()
    for _ in range(services.MOST_ATTEMPTS):
        assert services._claim(job.pk) is not None
        sweep(now=now() + dt.timedelta(hours=1))
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", services.INTERRUPTED)


@pytest.mark.django_db
def test_progress_is_undone_with_its_chunk() -> None:
    job = services._claim(begin().pk)
    assert job is not None
    with transaction.atomic():
        progress(job, done=1, total=2)
        transaction.set_rollback(True)
    assert Job.objects.get().done == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_starts_and_runs_at_once_have_one_effect(kinds: Callable[[str, Any], None]) -> None:
    effects: list[int] = []
    kinds("effect", lambda job: effects.append(job.pk))
    seen: list[int] = []
    gate = threading.Barrier(20)

    def click() -> None:
        try:
            gate.wait()
            job = begin("effect", "effect:1")
            seen.append(job.pk)
            run(job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 20
    assert len(set(seen)) == 1
    assert len(effects) == 1
    assert Job.objects.get().state == "done"


@pytest.mark.django_db
def test_work_once_runs_what_is_queued_in_order(kinds: Callable[[str, Any], None]) -> None:
    order: list[str] = []
    kinds("note", lambda job: order.append(job.key))
    for key in ("b", "a", "c"):
        begin("note", key)
    call_command("work", "--once")
    assert order == ["b", "a", "c"]


def test_rounds_come_by_the_clock_and_one_error_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    at = [100.0]
    rounds = Rounds({"time.monotonic": 60, "tests.services.test_jobs.broken_round": 60}, clock=lambda: at[0])
    assert rounds.run_due() == ["time.monotonic"]
    assert "broken_round" in caplog.text
    at[0] += 59
    assert rounds.run_due() == []
    at[0] += 1
    assert rounds.run_due() == ["time.monotonic"]


def broken_round() -> None:
    raise ZeroDivisionError


WORKER = """
import os, sys, time, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import transaction
from doudi.records.jobs import registry, services
from doudi.store.models import Submission
CHUNKS = 5
@registry.task("chunks")
def chunks(job):
    for number in range(job.done, CHUNKS):
        with transaction.atomic():
            Submission.objects.create(key=f"chunk:{number}", user_id=job.attempt, endpoint="", body_hash="")
            services.progress(job, done=number + 1, total=CHUNKS)
        print(number, flush=True)
        if len(sys.argv) > 3:
            time.sleep(0.2)
services.run(int(sys.argv[2]))
"""


@pytest.fixture
def worker() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """A worker in a process of its own, on the test's database."""
    started: list[subprocess.Popen[str]] = []

    def begin_work(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"]), *arguments]
        root = str(Path(__file__).resolve().parents[2])
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=dict(os.environ))
        started.append(process)
        return process

    yield begin_work
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.django_db(transaction=True)
def test_a_killed_job_goes_on_where_it_stopped(
    worker: Callable[..., subprocess.Popen[str]], kinds: Callable[[str, Any], None]
) -> None:
    kinds("chunks", lambda job: None)
    job = begin("chunks", "chunks:1")
    connection.close()
    first = worker(str(job.pk), "slowly")
    assert first.stdout is not None
    first.stdout.readline()
    time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    job.refresh_from_db()
    kept = job.done
    assert job.state == "running"
    assert 1 <= kept < CHUNKS
    assert sweep(now=now() + dt.timedelta(minutes=6)) == 1
    assert worker(str(job.pk)).wait(30) == 0
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", CHUNKS)
    by_attempt = list(Submission.objects.order_by("key").values_list("user_id", flat=True))
    assert by_attempt == [1] * kept + [2] * (CHUNKS - kept)
