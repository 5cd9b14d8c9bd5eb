"""Keep what a change would do, as it was worked out; the figures come from checks.simulating, never from a form."""

import datetime as dt
from typing import Any

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.policies.models import Scenario
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal

WEIGHERS = frozenset({Role.APPROVER, Role.DIRECTOR})


class MayNotWeigh(Refusal):
    """测算方案由县级审批和局领导保存。"""


class TitleTaken(Refusal):
    """已有同名的方案。"""


@transaction.atomic
def keep_scenario(
    *,
    by: User,
    title: str,
    area_code: str,
    month: int,
    rulebook: tuple[str, str],
    changes: list[dict[str, Any]],
    figures: dict[str, Any],
    on: dt.date,
) -> Scenario:
    """存下一个测算方案; `rulebook` 为编号和版本。Raises MayNotWeigh, TitleTaken."""
    if by.role not in WEIGHERS or not by.is_active:
        raise MayNotWeigh("测算方案由县级审批或局领导保存")
    if Scenario.objects.filter(title=title).exists():
        raise TitleTaken(f"已有名为“{title}”的方案, 请换一个名称")
    book, version = rulebook
    scenario = Scenario.objects.create(
        title=title, area_code=area_code, rulebook=book, rulebook_version=version, month=month, changes=changes,
        figures=figures, on=on, by=by.username,
    )  # fmt: skip
    record(by=by, action="policy.scenario", subject=scenario, title=title, month=month, changes=changes)
    return scenario
