"""Long work of this app."""

import datetime as dt
from typing import Any

from doudi.records.decisions.models import RosterImport
from doudi.records.decisions.rosters import IMPORT, commit
from doudi.records.decisions.services import list_writing, listing, raise_writing, raising
from doudi.records.jobs.models import Job
from doudi.records.jobs.registry import task
from doudi.records.staff.models import User


@task(IMPORT)
def import_roster(job: Job) -> dict[str, Any]:
    """后台入库一份名册: 一个事务, 中断了就等于没做, 再做一遍。"""
    given = job.arguments
    row = RosterImport.objects.get(pk=given["roster"])
    by = User.objects.get(username=given["by"])
    done = commit(row=row, by=by, on=dt.date.fromisoformat(given["on"]), note=given["note"])
    return {"roster": done.pk, "households": done.households}


@task(raising.BUILD)
def build_raise(job: Job) -> dict[str, Any]:
    """核算调标名单, 从已提交的块接着做。"""
    return raising.fill(job)


@task(raising.APPLY)
def apply_raise(job: Job) -> dict[str, Any]:
    """写入签发了的调标, 从已提交的块接着做。"""
    return raise_writing.write(job)


@task(listing.APPLY)
def apply_list(job: Job) -> dict[str, Any]:
    """写入签发了的名单, 从已提交的块接着写。"""
    return list_writing.write(job)
