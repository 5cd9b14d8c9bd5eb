"""An office that goes on from whatever it finds: what is to be done next is read from the records alone.

Month after month: build, lock, two approvals, file, handed over, the bank's answer brought by one and checked by
another, closed; then a correction of what failed, an anchor, and after each third month a back-pay of awards decided
late.
Each act by the person whose it is. The commands of the zygote are the functions at the end.
"""

import datetime as dt
from itertools import count

from django.db import transaction

from doudi.records.audit import anchor_files
from doudi.records.audit.models import Anchor
from doudi.records.audit.services import anchor
from doudi.records.audit.verification import verify as walk_chain
from doudi.records.awards.models import Award
from doudi.records.jobs.models import Job
from doudi.records.jobs.services import run_queued, sweep
from doudi.records.payments import services
from doudi.records.payments.bank.unpaid import unpaid_seen_by
from doudi.records.payments.models import Interception, PayLine, PayrollRun, ReturnDraft
from doudi.records.payments.periods import month_after, month_start
from doudi.records.people.models import Person
from doudi.records.reports.auditor import differences
from doudi.records.staff.models import User
from doudi.store.full_disk import in_words
from doudi.store.today import move_to, now, today
from tests.services import bank_answers, factories

SCHEME, FIRST = "dibao_rural", 202601
FEN, STEP = 10_000, 7
LATE, LATE_FEN, LATE_EVERY = 3, 20_000, 3  # awards decided too late for their first month, each third month
ONE_FAILS_IN, ONE_OF_THEM_BOUNCES_IN = 50, 5
DAYS = {"backpay": 3, "regular": 5, "correction": 12}
Kind, State, Line = PayrollRun.Kind, PayrollRun.State, PayLine.State


def step(*, may_open: bool) -> bool:
    """The next act; False where nothing is left that was begun and no month may be opened."""
    run = PayrollRun.objects.exclude(state=State.CLOSED).order_by("pk").first()
    if run:
        on_day(run.month, DAYS[run.kind])
        if not held_ones_settled(run):
            ACTS[State(run.state)](run)
        return True
    last = PayrollRun.objects.filter(kind=Kind.REGULAR).order_by("month").last()
    if last and what_the_month_left(last.month):
        return True
    if may_open:
        month = month_after(last.month) if last else FIRST
        on_day(month, DAYS["regular"])
        services.build(scheme=SCHEME, month=month, by=who("caiwu"))
    return may_open


def what_the_month_left(month: int) -> bool:
    """What failed, the month's anchor, who was decided too late: one of them, if it is still to be done."""
    if unpaid_seen_by(who("caiwu")).exists():
        on_day(month, DAYS["correction"])
        services.build_correction(scheme=SCHEME, month=month, by=who("caiwu"))
        return True
    on_day(month, 28)
    if not Anchor.objects.filter(day=today()).exists():
        anchor(by="system", on=today())
        return True
    if month % 100 % LATE_EVERY:
        return False
    if not Award.objects.filter(from_on=month_start(month - 1), amount_fen=LATE_FEN).exists():
        decided_late(month)
        return True
    if PayrollRun.objects.filter(kind=Kind.BACKPAY, month=month_after(month)).exists():
        return False
    on_day(month_after(month), DAYS["backpay"])  # it pays the months before its own
    services.build_backpay(scheme=SCHEME, month=month_after(month), by=who("caiwu"))
    return True


def decided_late(month: int) -> None:
    """Families who should have been paid since the month before, decided when this month has been locked."""
    factories._sequence = count(10 * Person.objects.count())  # a new process counts from the beginning
    with transaction.atomic():
        factories.receiving(LATE, LATE_FEN, from_on=month_start(month - 1), decided_on=day(month, 18))


def held_ones_settled(run: PayrollRun) -> bool:
    """One by one, as the reviewer does; True where there were any."""
    if run.state != State.DRAFT:
        return False
    waiting = list(Interception.objects.filter(line__run=run, outcome="").order_by("pk"))
    for one in waiting:
        services.resolve(one, "released", "电话核实", who("fuhe"))
    return bool(waiting)


def built(run: PayrollRun) -> None:
    by = who("caiwu")
    if run.kind == Kind.REGULAR:
        services.build(scheme=SCHEME, month=run.month, by=by)
    elif run.kind == Kind.CORRECTION:
        services.build_correction(scheme=SCHEME, month=run.month, by=by)
    else:
        services.build_backpay(scheme=SCHEME, month=run.month, by=by)


def locked(run: PayrollRun) -> None:
    if Job.objects.filter(state=Job.State.FAILED).exists():  # given up after many kills: pressed once more
        built(run)
    services.lock(run, who("caiwu"))


def answered(run: PayrollRun) -> None:
    """The bank's file comes, is brought by one, checked by the other; then the run is closed."""
    waiting = ReturnDraft.objects.filter(run=run, state=ReturnDraft.State.WAITING).first()
    if waiting:
        services.apply_return(waiting, who("fuhe"))
    elif PayLine.objects.filter(run=run, state=Line.SENT).exists():
        data = bank_answers.answer(run, results=results_of(run), on=today())
        services.stage_return(run, data, "回盘.csv", who("caiwu"))
    else:
        services.close(run, who("caiwu"))


def results_of(run: PayrollRun) -> dict[int, str]:
    """Two in a hundred of a regular month fail, some of them only after they had been paid."""
    if run.kind != Kind.REGULAR:
        return {}
    failing = range(7, run.lines_count + 1, ONE_FAILS_IN)
    return {
        number: "失败" if place % ONE_OF_THEM_BOUNCES_IN else "退票" for place, number in enumerate(failing)
    }


ACTS = {
    State.BUILDING: built,
    State.DRAFT: locked,
    State.LOCKED: lambda run: services.approve(run, 1, who("fuhe")),
    State.REVIEWED: lambda run: services.approve(run, 2, who("pizhun")),
    State.APPROVED: lambda run: services.export(run, "csv", who("pizhun")),
    State.EXPORTED: lambda run: services.hand_over(run, who("pizhun")),
    State.HANDED: answered,
}


def who(login: str) -> User:
    return User.objects.get(username=login)


def day(month: int, number: int) -> dt.date:
    return month_start(month).replace(day=number)


def on_day(month: int, number: int) -> None:
    if today() != day(month, number):
        with in_words():
            move_to(day(month, number))


def take_up() -> None:
    """The worker after a restart; by then a dead worker's heartbeat is old."""
    sweep(now=now() + dt.timedelta(minutes=10))
    run_queued()


# ---- commands ------------------------------------------------------------------------------------------------


def setup(awards: str) -> None:
    """Staff and awards in a migrated database."""
    factories.office()
    factories.receiving(int(awards), fen=FEN, step=STEP)


def work() -> None:
    """What the office does for ever, after taking up what was interrupted."""
    take_up()
    while step(may_open=True):
        pass


def month() -> None:
    """One whole month, with all that it leaves to be done."""
    step(may_open=True)
    finish()


def finish() -> None:
    """What was begun, and no more."""
    take_up()
    while step(may_open=False):
        pass
    anchor_files.write_missing()


def verify() -> None:
    """The chain is whole, and every line and balance is derived again, by a process that wrote none of it."""
    found = walk_chain()
    assert found.checked > 0
    assert found.faults == [], found.faults
    wrong = list(differences())
    assert wrong == [], wrong[:5]
