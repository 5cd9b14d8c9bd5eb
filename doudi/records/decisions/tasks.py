"""Long work of this app."""

import datetime as dt
from typing import Any

from doudi.records.decisions.models import RosterImport
from doudi.records.decisions.rosters import IMPORT, commit
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
