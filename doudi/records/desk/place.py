"""Where a case stands in the list it was opened from, and which comes after it."""

import datetime as dt
from dataclasses import dataclass

from doudi.records.cases.models import Case
from doudi.records.desk.queues import Narrowing, narrowed
from doudi.records.staff.models import User

WALKED_AT_MOST = 2_000  # nobody walks further in one sitting


@dataclass(frozen=True)
class Place:
    """第几件 (从 1 起, 不在名单里为 0)、共几件、下一件的编号。"""

    number: int
    total: int
    following: int | None

    @property
    def capped(self) -> bool:
        """名单更长, 只数到这里。"""
        return self.total >= WALKED_AT_MOST


def place_of(user: User, narrowing: Narrowing, case: Case, on: dt.date) -> Place:
    """这件在名单里的位置; 末一件之后从头来, 自己不是自己的下一件。"""
    walked = list(narrowed(user, narrowing, on).values_list("pk", flat=True)[:WALKED_AT_MOST])
    here = walked.index(case.pk) if case.pk in walked else -1
    rest = [pk for pk in (*walked[here + 1 :], *walked) if pk != case.pk]
    return Place(here + 1, len(walked), rest[0] if rest else None)


def still_waits(user: User, narrowing: Narrowing, case: Case, on: dt.date) -> bool:
    """办过之后它还在不在这张名单里。"""
    return narrowed(user, narrowing, on).filter(pk=case.pk).exists()
