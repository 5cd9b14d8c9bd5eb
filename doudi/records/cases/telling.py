"""Tell a role that a case needs it: one sentence with the head's name, leading to the case."""

import datetime as dt

from doudi.records.cases.models import Case
from doudi.records.staff.services import notify


def tell(case: Case, *, to_role: str, kind: str, what: str, on: dt.date) -> None:
    """给一个岗位发一条关于这件案子的消息; `kind` 见 staff.Notice.Kind。"""
    notify(
        to_role=to_role,
        area_code=case.village_id,
        kind=kind,
        title=f"{case.household.head.name} ({case.no}): {what}",
        link=f"/anjian/{case.pk}/",
        on=on,
    )
