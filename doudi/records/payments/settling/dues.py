"""Which awards are due in a month, asked of the law, and who is covered by them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.db.models import Q

from doudi.engine import duck
from doudi.law.packs import Parameters
from doudi.law.paying import OPEN_ENDED, PAYING, month_number
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Suspension
from doudi.records.payments.models import PayrollRun
from doudi.records.payments.periods import month_after, month_start

# UNION, not UNION ALL: a person named in a holding and in a part is covered once.
_COVERED = """
SELECT l.id AS line_id, h.person_id AS person_id, l.month AS month FROM payments_payline l
  JOIN awards_holding h ON h.award_id = l.award_id
 WHERE l.run_id = %(run)s {lines}
UNION
SELECT l.id, p.person_id, l.month FROM payments_payline l JOIN awards_awardpart p ON p.award_id = l.award_id
 WHERE l.run_id = %(run)s AND p.person_id IS NOT NULL {lines}
UNION
SELECT l.id, l.payee_id, l.month FROM payments_payline l
 WHERE l.run_id = %(run)s {lines}
   AND NOT EXISTS (SELECT 1 FROM awards_holding h WHERE h.award_id = l.award_id)
   AND NOT EXISTS (SELECT 1 FROM awards_awardpart p WHERE p.award_id = l.award_id AND p.person_id IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Due:
    """一份待遇某个月应发: 发给谁、多少 (分)、保障几人; 更正的写明是哪一行重发。"""

    award_id: int
    month: int
    household_id: int
    payee_id: int
    village_id: str
    persons: int
    amount_fen: int
    repays_id: int | None = None


Key = tuple[int, int]  # award, month


def due_in(scheme: str, month: int) -> dict[Key, Due]:
    """某项目某月应发的待遇, 村、户为序; 1 日在册、没有暂停的才发, 由 law.paying 在引擎上算。"""
    start = month_start(month)
    rows: list[Any] = list(_granted(scheme, start))
    if not rows:
        return {}
    fen = _entitled(rows, month, start)
    return {(row[0], month): Due(*(row[0], month, *row[1:5], fen[row[0]])) for row in rows if fen[row[0]]}


def is_anyone_on_the_roll(scheme: str, month: int) -> bool:
    """某项目某月有没有在册的待遇。"""
    return _granted(scheme, month_start(month)).exists()


def _granted(scheme: str, start: dt.date) -> Any:
    return (
        Award.objects.filter(scheme=scheme, from_on__lte=start)
        .filter(Q(closing=None) | Q(closing__ends_on__gt=start))
        .order_by("village_id", "household__no", "pk")
        .values_list(
            "pk",
            "household_id",
            "payee_id",
            "village_id",
            "persons",
            "amount_fen",
            "from_on",
            "closing__ends_on",
        )
    )


def _entitled(rows: list[Any], month: int, start: dt.date) -> dict[int, int]:
    """Award → 分 of the month, by the rulebook of paying on DuckDB."""
    size = len(rows)
    still = suspended_on(start)
    table = pa.table(
        {
            "award_id": pa.array([row[0] for row in rows], pa.int64()),
            "scope": pa.repeat(settings.COUNTY, size),
            "month": pa.repeat(pa.scalar(month, pa.int64()), size),
            "from_month": pa.array([first_whole_month(row[6]) for row in rows], pa.int64()),
            "until_month": pa.array([until_month(row[7]) for row in rows], pa.int64()),
            "amount": pa.array([row[5] for row in rows], pa.int64()),
            "suspended": pa.array([row[0] in still for row in rows], pa.bool_()),
            "held": pa.repeat(pa.scalar(False), size),
            "already": pa.repeat(pa.scalar(0, pa.int64()), size),
        }
    )
    return run_paying(table, start, ["entitled"])["entitled"]


def run_paying(table: pa.Table, on: dt.date, wanted: list[str]) -> dict[str, dict[int, int]]:
    """Run the rulebook of paying over a table of awards: value → award → 分. It takes no parameter."""
    nothing = Parameters(settings.COUNTY, on, {}, {}, frozenset())
    found = duck.run(PAYING, {"award": table}, {settings.COUNTY: nothing}, on, wanted)["award"]
    awards = found.column("award_id").to_pylist()
    return {name: dict(zip(awards, found.column(name).to_pylist(), strict=True)) for name in wanted}


def suspended_on(start: dt.date) -> set[int]:
    """某月 1 日暂停着的待遇; 恢复时说明要补发的, 暂停的各月算照发。"""
    running = Suspension.objects.filter(from_on__lte=start).exclude(
        Q(resumption__from_on__lte=start) | Q(resumption__pays_back=True)
    )
    return set(running.values_list("award_id", flat=True))


def first_whole_month(from_on: dt.date) -> int:
    """起发月: 从第一个 1 日在册的月份发起。"""
    month = month_number(from_on)
    return month if from_on.day == 1 else month_after(month)


def until_month(ends_on: dt.date | None) -> int:
    """止发月 (当月起不发); 没有止日的为很久以后。"""
    return OPEN_ENDED if ends_on is None else first_whole_month(ends_on)


def covered_sql(only_pending: bool = False) -> str:
    """(发放行, 人) 的查询: 待遇占用和组成里写明的人; 都没有写的算领款人。Takes the parameter `run`."""
    return _COVERED.format(lines="AND l.state = 'pending'" if only_pending else "")


def covered_persons(run: PayrollRun) -> list[tuple[int, int]]:
    """(发放行, 人): 这个批次每一行保障着谁。"""
    with connection.cursor() as cursor:
        cursor.execute(covered_sql(), {"run": run.pk})
        return [(line, person) for line, person, _ in cursor.fetchall()]
