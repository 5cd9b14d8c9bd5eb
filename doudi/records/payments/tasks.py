"""Long work of the payroll."""

from typing import Any

from doudi.records.jobs.models import Job
from doudi.records.jobs.registry import task
from doudi.records.payments.services.building import BUILD, fill


@task(BUILD)
def build_lines(job: Job) -> dict[str, Any]:
    """生成发放行, 从已提交的块接着做。"""
    return fill(job)
