"""A process that forks one worker a command, so that a kill costs no start-up. Used by test_raise_kill only.

Standard input takes `setup HOUSEHOLDS`, `work`, `finish` or `verify`, one a line. For each the number of the forked
process is written, then `exit CODE`. The parent process never opens a database.
"""

import datetime as dt
import os
import sys
from datetime import timedelta

FIRST = 202611
YEARLY, MORE = (
    6_240,
    360,
)  # 元 a year from the first raise on: 30 元 a month more each time, a fifth more for the old
LISTED, WRITTEN = 40, 10  # households a transaction


def main() -> None:
    """Serve until standard input ends."""
    import django

    django.setup()
    from doudi.records.decisions.services import raise_writing
    from doudi.store import arrow
    from tests.services import test_raising  # noqa: F401  (loaded before the forks)

    arrow.CHUNK.update(sqlite=LISTED, postgresql=LISTED)
    raise_writing.CHUNK = WRITTEN
    say("ready")
    for line in sys.stdin:
        name, *words = line.split()
        child = os.fork()
        if child == 0:
            run(name, words)
        say(f"child {child}")
        _, status = os.waitpid(child, 0)
        say(f"exit {os.waitstatus_to_exitcode(status)}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(name: str, words: list[str]) -> None:
    """The child: does one command and leaves without touching what the parent has open."""
    import traceback

    code = 1
    try:
        {"setup": setup, "work": work, "finish": finish, "verify": verify}[name](*words)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def setup(count: str) -> None:
    """Tables, staff and families without means, each paid what the standard in force gives."""
    from django.core.management import call_command

    from tests.services import factories, test_raising

    call_command("migrate", verbosity=0)
    factories.office(dt.date(2026, 10, 31))
    for login in ("shenpi", "juzhang"):
        factories.staff(login)
    test_raising.receiving(int(count))


def work() -> None:
    """What the office does for ever: take up what was interrupted, then raise month after month."""
    take_up()
    month = unfinished()
    while True:
        month = raise_in(month)


def finish() -> None:
    """The same, but stops when no raise is half done."""
    take_up()
    raise_in(unfinished())


def verify() -> None:
    """The audit chain is whole, and the auditor finds nothing, seen from a process that wrote none of it."""
    from doudi.records.audit.verification import verify as walk
    from doudi.records.reports.auditor import differences

    found = walk()
    assert found.checked > 0
    assert found.faults == [], found.faults
    assert list(differences()) == []


def take_up() -> None:
    """The worker after a restart; by then a dead worker's heartbeat is old."""
    from doudi.records.jobs.services import run_queued, sweep
    from doudi.store.today import now

    sweep(now=now() + timedelta(minutes=10))
    run_queued()


def unfinished() -> int:
    """The month of the raise that is not done."""
    from doudi.records.decisions.models import StandardRaise
    from doudi.records.payments.periods import month_after

    done = StandardRaise.objects.filter(state="done").order_by("from_on").last()
    return month_after(done.from_on.year * 100 + done.from_on.month) if done else FIRST


def raise_in(month: int) -> int:
    """One standard, one raise, listed and signed as of its month; the next month."""
    from doudi.records.decisions.services import raising
    from doudi.records.payments.periods import month_after, month_start
    from doudi.records.staff.models import User
    from doudi.store.today import move_to, today

    start = month_start(month)
    move_to(start)
    county, director = (User.objects.get(username=login) for login in ("shenpi", "juzhang"))
    made = raising.open_raise(
        proposal=standard_of(month, start, county, director),
        book="dibao",
        from_on=start,
        by=county,
        on=today(),
    )
    raising.sign(raising=made, by=director, on=today())
    return month_after(month)


def standard_of(month: int, start: dt.date, county: object, director: object) -> object:
    """The month's new standard: proposed and signed once, however often the two are interrupted."""
    from django.conf import settings

    from doudi.records.policies import services as policies
    from doudi.records.policies.models import PolicyProposal
    from doudi.records.policies.services.proposals import NewValue

    document = f"汝民〔{month // 100}〕{month % 100}号"
    found = PolicyProposal.objects.filter(document=document).first()
    if found is None:
        times = (month // 100 - FIRST // 100) * 12 + month % 100 - FIRST % 100
        found = policies.propose(
            by=county, area_code=settings.COUNTY, since=start, document=document, reason="提标", on=start,
            values=[NewValue("dibao.standard.rural", str(YEARLY + MORE * times))],
        )  # fmt: skip
    if found.state != PolicyProposal.State.SIGNED:
        policies.sign(proposal=found, by=director, on=start)
        found.refresh_from_db()
    return found


if __name__ == "__main__":
    main()
