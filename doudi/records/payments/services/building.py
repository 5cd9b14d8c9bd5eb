"""Build a month's payroll: a line an award, in chunks that survive a crash."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import Max, QuerySet

from doudi.records.audit.services import record
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.periods import in_words, month_after, month_start
from doudi.records.payments.progress import SENT_BACK_STILL, is_waiting
from doudi.records.payments.refusals import (
    BuildUnfinished,
    MonthPaidByAnother,
    NothingOwed,
    RunUnfinished,
    SchemeNotPaid,
)
from doudi.records.payments.services.intercepting import intercept
from doudi.records.payments.services.runs import State, advance, hold, payable
from doudi.records.payments.settling.cycles import cycle_ending
from doudi.records.payments.settling.dues import Due
from doudi.records.payments.settling.settlement import due_of, is_anything_due
from doudi.records.payments.sides import MAKER, require_one_side
from doudi.records.policies.queries import scheme as scheme_of
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.arrow import bulk_append, chunks
from doudi.store.failpoints import step
from doudi.store.today import today

BUILD = "payroll.build"
_COLUMNS = (
    "run", "award", "month", "kind", "correction_no", "household", "payee", "village", "persons", "amount_fen",
    "state", "holder_name", "bank", "account_last4", "reason", "repays",
)  # fmt: skip
Kind = PayrollRun.Kind


def build(*, scheme: str, month: int, by: User, here: bool = True) -> PayrollRun:
    """生成某项目某期的发放清册: 各月 1 日在册的待遇每份一行; 按季的项目用季末月, 换了周期的从还没发的月份起。

    再生成一次不会重复, 只补入生成之后才确认的; 中断了从已提交的块继续。`here=False` leaves the lines to the worker.
    Raises DutyNotYours, CaseWorkerOfTheirs, MonthUnreadable, NotTheCyclesMonth, MonthPaidByAnother, UnknownScheme,
    SchemeNotPaid, BuildUnfinished.
    """
    require("生成发放清册", by)
    scheme_of(scheme)
    require_no_casework(scheme, by)
    found = PayrollRun.objects.filter(scheme=scheme, month=month, kind=Kind.REGULAR).first()
    if not found:
        found = _opened(PayrollRun(scheme=scheme, month=month, from_month=_first_month(scheme, month)), by)
    return _filled(found, by, here)


def _first_month(scheme: str, month: int) -> int:
    """The cycle's first month, or later where a run of another cycle has reached into this one."""
    first = cycle_ending(scheme, month)[0]
    runs = PayrollRun.objects.filter(scheme=scheme, kind=Kind.REGULAR)
    overtaken = runs.filter(month__gt=month).order_by("month").first()
    if overtaken and overtaken.months[0] <= month:
        raise MonthPaidByAnother(in_words(month), overtaken.batch_no)
    last = runs.filter(month__lt=month).aggregate(last=Max("month"))["last"]
    return max(first, month_after(last)) if last else first


def build_backpay(*, scheme: str, month: int, by: User, here: bool = True) -> PayrollRun:
    """生成补发清册: 以前各月少发的, 每份待遇每月一行; 上一次补发没有锁定就接着那一次。

    Raises as build does, and NothingOwed where every past month was paid in full, RunUnfinished.
    """
    return _built_beside(Kind.BACKPAY, scheme, month, by, here)


def build_correction(*, scheme: str, month: int, by: User, here: bool = True) -> PayrollRun:
    """生成更正清册: 银行没有发成或退回来的, 每行重发一次。Raises as build_backpay does."""
    return _built_beside(Kind.CORRECTION, scheme, month, by, here)


def _built_beside(kind: PayrollRun.Kind, scheme: str, month: int, by: User, here: bool) -> PayrollRun:
    require("生成发放清册", by)
    scheme_of(scheme)
    month_start(month)
    require_no_casework(scheme, by)
    runs = PayrollRun.objects.filter(scheme=scheme, kind=kind).order_by("pk")
    _require_sent(runs.filter(kind=Kind.BACKPAY))
    for waiting in (run for run in runs.filter(state__in=(State.BUILDING, State.DRAFT)) if is_waiting(run)):
        if waiting.month != month:
            raise RunUnfinished(waiting.batch_no)
        return _filled(waiting, by, here)
    # Counted over all months: a line dropped in one run keeps its number when a later run pays it.
    number = (runs.aggregate(last=Max("correction_no"))["last"] or 0) + 1
    run = _opened(PayrollRun(scheme=scheme, month=month, kind=kind, correction_no=number), by)
    return _filled(run, by, here)


def _require_sent(backpay: QuerySet[PayrollRun]) -> None:
    """A second back-pay would stand on months that the first, not exported yet, may still give up."""
    locked = backpay.filter(state__in=SENT_BACK_STILL).first()
    if locked:
        raise RunUnfinished(locked.batch_no)


def _filled(run: PayrollRun, by: User, here: bool) -> PayrollRun:
    if run.state not in (State.BUILDING, State.DRAFT):
        return run
    require_one_side(run, by, MAKER)
    written = PayLine.objects.filter(run=run).count()
    if run.state == State.DRAFT and not _missing(run):
        left = Job.objects.filter(key=_first_key(run), state__in=(Job.State.FAILED, Job.State.QUEUED)).first()
        return _worked(run, left) if left and here else run
    job = jobs.start(
        kind=BUILD, key=_job_key(run, written), by=by, arguments={"run": run.pk, "by": by.username}
    )
    return _worked(run, job) if here else run


def _job_key(run: PayrollRun, written: int) -> str:
    """A first build has one key whatever has been written; each later one adds lines, so its count is new."""
    return _first_key(run) + (f":{written}" if run.state == State.DRAFT else "")


def _first_key(run: PayrollRun) -> str:
    return f"payroll:{run.batch_no}"


def _opened(run: PayrollRun, by: User) -> PayrollRun:
    """The row of a new run; whoever comes second gets the first one's."""
    if not is_anything_due(run):
        if run.kind == Kind.REGULAR:
            raise SchemeNotPaid(run.scheme, run.month)
        raise NothingOwed(scheme_name(run.scheme))
    identity = {
        "scheme": run.scheme,
        "month": run.month,
        "kind": run.kind,
        "correction_no": run.correction_no,
    }
    run.maker, run.built_on = by, today()
    try:
        with step(f"{run.kind}.open"):
            run.save(force_insert=True)
            record(by=by, action="payroll.open", subject=run, batch=run.batch_no)
            return run
    except IntegrityError:
        return PayrollRun.objects.get(**identity)


def _worked(run: PayrollRun, job: Job) -> PayrollRun:
    if job.state == Job.State.FAILED:
        job = jobs.retry(job.pk)
    job = jobs.run(job.pk)
    if job.state == Job.State.FAILED:
        raise BuildUnfinished(job.message)
    run.refresh_from_db()
    return run


def _missing(run: PayrollRun) -> list[Due]:
    written = set(PayLine.objects.filter(run=run).values_list("award_id", "month"))
    return [row for key, row in due_of(run).items() if key not in written]


def fill(job: Job) -> dict[str, Any]:
    """把还没有的行一块一块写上, 然后查拦截。Returns counts; the last step turns the run into a draft."""
    run = PayrollRun.objects.get(pk=job.arguments["run"])
    missing = _missing(run)
    total = PayLine.objects.filter(run=run).count() + len(missing)
    done = total - len(missing)
    for part in chunks(missing):
        with step(f"{run.kind}.chunk"):
            if hold(run).state not in (State.BUILDING, State.DRAFT):
                break
            done += _append(run, part)
            jobs.progress(job, done=done, total=total)
    with step(f"{run.kind}.complete"):
        return _complete(run, job)


def _append(run: PayrollRun, part: Sequence[Due]) -> int:
    """Under the run's lock: what another worker wrote meanwhile is left out."""
    awards = [due.award_id for due in part]
    taken = set(PayLine.objects.filter(run=run, award__in=awards).values_list("award_id", "month"))
    rows = [_line(run, due) for due in part if (due.award_id, due.month) not in taken]
    bulk_append(PayLine, _COLUMNS, rows)
    return len(part)


def _line(run: PayrollRun, due: Due) -> tuple[Any, ...]:
    return (
        run.pk, due.award_id, due.month, run.kind, run.correction_no, due.household_id, due.payee_id,
        due.village_id, due.persons, due.amount_fen, PayLine.State.PENDING, "", "", "", "", due.repays_id,
    )  # fmt: skip


def _complete(run: PayrollRun, job: Job) -> dict[str, Any]:
    run = hold(run)
    if run.state not in (State.BUILDING, State.DRAFT):
        return {"lines": run.lines_count, "fen": run.total_fen}
    found = intercept(run, due_of(run))
    count, total = payable(run)
    is_told = run.state == State.DRAFT and not found and (count, total) == (run.lines_count, run.total_fen)
    if is_told:  # taken up after the last step had been committed
        return {"lines": count, "fen": total, "intercepted": 0}
    advance(run, State.DRAFT, lines_count=count, total_fen=total)
    record(
        by=job.arguments["by"], action="payroll.build", subject=run, lines=count, fen=total, intercepted=found
    )
    return {"lines": count, "fen": total, "intercepted": found}
