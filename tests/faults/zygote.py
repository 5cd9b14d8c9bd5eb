"""A process that forks one worker a command, so that a kill costs no start-up. Used by the kill tests only.

Standard input takes `setup AWARDS`, `work`, `finish` or `verify`, one a line. For each the number of the forked
process is written, then `exit CODE`. The parent process never opens a database, so every child is a process of its own.
"""

import os
import sys
from datetime import timedelta

FEN, STEP = 10_000, 7
CHUNK = 300  # so that a payroll of a few thousand lines is many transactions on either database


def main() -> None:
    """Serve until standard input ends."""
    import django

    django.setup()
    import doudi.records.payments.services  # noqa: F401  (loaded before the forks)
    from doudi.store import arrow

    arrow.CHUNK.update(sqlite=CHUNK, postgresql=CHUNK)
    say("ready")
    for line in sys.stdin:
        words = line.split()
        child = os.fork()
        if child == 0:
            run(words)
        say(f"child {child}")
        _, status = os.waitpid(child, 0)
        say(f"exit {os.waitstatus_to_exitcode(status)}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(words: list[str]) -> None:
    """The child: does one command and leaves without touching what the parent has open."""
    code = 1
    try:
        {"setup": setup, "work": work, "finish": finish, "verify": verify}[words[0]](*words[1:])
        code = 0
    finally:
        os._exit(code)


def setup(awards: str) -> None:
    """Tables, staff and awards."""
    from django.core.management import call_command

    from tests.services import factories

    call_command("migrate", verbosity=0)
    factories.office()
    factories.receiving(int(awards), fen=FEN, step=STEP)


def work() -> None:
    """What the office does for ever: take up what was interrupted, then build and lock month after month."""
    take_up()
    month = unfinished()
    while True:
        month = pay(month)


def finish() -> None:
    """The same, but stops when no month is half done."""
    take_up()
    pay(unfinished())


def verify() -> None:
    """The audit chain is whole, seen from a process that wrote none of it."""
    from doudi.records.audit.verification import verify as walk

    found = walk()
    assert found.checked > 0
    assert found.faults == [], found.faults


def take_up() -> None:
    """The worker after a restart; by then a dead worker's heartbeat is old."""
    from doudi.records.jobs.services import run_queued, sweep
    from doudi.store.today import now

    sweep(now=now() + timedelta(minutes=10))
    run_queued()


def unfinished() -> int:
    """The first month that is not locked."""
    from doudi.records.payments.models import PayrollRun
    from doudi.records.payments.periods import month_after

    locked = PayrollRun.objects.filter(state="locked").order_by("month").last()
    return month_after(locked.month) if locked else 202601


def pay(month: int) -> int:
    """Build and lock one month; the next month."""
    from doudi.records.payments import services
    from doudi.records.payments.periods import month_after, month_start
    from doudi.records.staff.models import User
    from doudi.store.today import move_to

    move_to(month_start(month))  # a month is locked when it has come
    clerk = User.objects.get(username="caiwu")
    services.lock(services.build(scheme="dibao_rural", month=month, by=clerk), clerk)
    return month_after(month)


if __name__ == "__main__":
    main()
