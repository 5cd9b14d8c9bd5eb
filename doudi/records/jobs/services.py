"""Start long work once, do it in chunks, and take it up again after a crash."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Q

from doudi.records.jobs.models import Job
from doudi.records.jobs.registry import task_of
from doudi.store.failpoints import point, step
from doudi.store.full_disk import in_words
from doudi.store.idempotency import body_hash
from doudi.store.refusal import Refusal
from doudi.store.today import now

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(minutes=5)
MOST_ATTEMPTS = 5
INTERRUPTED = f"已中断 {MOST_ATTEMPTS} 次, 不再自动继续。已完成的部分保留, 请系统管理员查明原因后重新开始。"


class JobKeyReused(Refusal):
    """同一个任务键配了不同的内容。"""

    def __init__(self, job: Job) -> None:
        super().__init__(f"任务 {job.key} 已经发起过, 这次的内容不同。请刷新页面看现在的情况。")


class ClaimLost(Exception):
    """这个任务已由另一个工作进程接手; 本事务随之作废。"""


class NotFailed(Refusal):
    """只有未完成的任务可以重新开始。"""

    def __init__(self, job: Job) -> None:
        super().__init__(f"任务 {job.key} 现在是“{job.get_state_display()}”, 不需要重新开始。")


def start(*, kind: str, key: str, by: Any, arguments: Mapping[str, Any]) -> Job:
    """发起任务: 同一个键只有一个任务, 再发起得到同一个, 不会再做一遍。

    `arguments` are plain JSON without personal numbers. Raises UnknownKind, JobKeyReused.
    """
    task_of(kind)
    given = dict(arguments)
    try:
        with step("job.start"):
            return Job.objects.create(kind=kind, key=key, arguments=given, created_by=_name(by))
    except IntegrityError:
        job = Job.objects.get(key=key)
    if (job.kind, body_hash(job.arguments)) != (kind, body_hash(given)):
        raise JobKeyReused(job)
    return job


def retry(job_id: int) -> Job:
    """未完成的任务重新排队, 从已提交的地方接着做。Raises NotFailed."""
    hit = Job.objects.filter(pk=job_id, state=Job.State.FAILED).update(
        state=Job.State.QUEUED, attempt=0, message="", finished_at=None
    )
    job = Job.objects.get(pk=job_id)
    if not hit:
        raise NotFailed(job)
    return job


@in_words()
def run(job_id: int) -> Job:
    """做一个排队中的任务, 记下结果或原因; 已有人在做或已做完的不再做。Returns the job as it then stands.

    Raises DiskFull where not even the reason could be written; the sweeper then takes it up.
    """
    job = _claim(job_id)
    if job is None:
        return Job.objects.get(pk=job_id)
    try:
        result = task_of(job.kind)(job)
    except ClaimLost:
        log.warning("任务 %s 已由另一个工作进程接手", job.key)
    except Refusal as refusal:
        log.warning("任务 %s 未完成: %s", job.key, refusal.text)
        _finish(job, Job.State.FAILED, message=refusal.text[:400])
    except Exception:
        log.exception("任务 %s 出错", job.key)
        _finish(
            job,
            Job.State.FAILED,
            message=f"程序出错, 任务没有做完, 已完成的部分保留。请把任务号 {job.pk} 告诉系统管理员。",
        )
    else:
        _finish(job, Job.State.DONE, result=result)
    return Job.objects.get(pk=job_id)


def _claim(job_id: int) -> Job | None:
    """Only one process gets the row; the attempt number is what later proves the claim."""
    hit = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, attempt=F("attempt") + 1, heartbeat_at=now(), message=""
    )
    if not hit:
        return None
    point("job.claimed")
    return Job.objects.get(pk=job_id)


def _finish(job: Job, state: str, **outcome: Any) -> None:
    if not _held(job).update(state=state, finished_at=now(), **outcome):
        log.warning("任务 %s 的结果没有记下: 已由另一个工作进程接手", job.key)
    point("job.finished")


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)


def progress(job: Job, *, done: int, total: int, message: str = "") -> None:
    """写进度和心跳, 与调用者的这一块同一个事务。Raises ClaimLost where another worker has taken the job over."""
    if not _held(job).update(done=done, total=total, message=message, heartbeat_at=now()):
        raise ClaimLost(f"任务 {job.key} 已由另一个工作进程接手")
    point("job.progress")
    job.done, job.total, job.message = done, total, message


def sweep(*, now: datetime) -> int:
    """心跳停了的任务重新排队; 中断太多次的记为未完成。Returns how many were touched.

    A heartbeat from the future counts as stopped too: the clock was set back, and it would otherwise wait for ever.
    """
    stale = Job.objects.filter(state=Job.State.RUNNING).filter(
        Q(heartbeat_at__lt=now - STALE_AFTER) | Q(heartbeat_at__gt=now + STALE_AFTER) | Q(heartbeat_at=None)
    )
    given_up = stale.filter(attempt__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED, message=INTERRUPTED, finished_at=now
    )
    return given_up + stale.filter(attempt__lt=MOST_ATTEMPTS).update(state=Job.State.QUEUED)


def run_queued() -> int:
    """按发起的先后做完排队中的任务。Returns how many were run."""
    waiting = list(Job.objects.filter(state=Job.State.QUEUED).order_by("id").values_list("id", flat=True))
    for job_id in waiting:
        run(job_id)
    return len(waiting)


def _name(by: Any) -> str:
    return by if isinstance(by, str) else str(by.username)
