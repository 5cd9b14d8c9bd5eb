"""What became known after the lock: looked at again at each approval and before the first bank file."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Q

from doudi.records.decisions.models import Suspension
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.periods import month_start
from doudi.records.payments.refusals import NotDueSinceLock
from doudi.records.payments.settling.dues import covered_sql, suspended_on, until_month
from doudi.records.payments.settling.settlement import not_due_any_more

# Whoever is covered by a line that pays, or receives its money, and is reported dead.
_DEAD = """
SELECT c.line_id, p.id, p.name FROM ({covered}) c JOIN people_person p ON p.id = c.person_id
 WHERE p.died_on IS NOT NULL OR p.death_reported_on IS NOT NULL
UNION
SELECT l.id, p.id, p.name FROM payments_payline l JOIN people_person p ON p.id = l.payee_id
 WHERE l.run_id = %(run)s AND l.state = 'pending' AND (p.died_on IS NOT NULL OR p.death_reported_on IS NOT NULL)
"""


def require_nothing_since_lock(run: PayrollRun) -> None:
    """锁定之后没有知道谁死亡、哪份待遇停了或暂停了, 才放行。Raises NotDueSinceLock with the names."""
    found = dict([*_dead(run), *_ended(run)])
    if found:
        raise NotDueSinceLock(len(found), list(dict.fromkeys(found.values())))


def _dead(run: PayrollRun) -> Iterator[tuple[int, str]]:
    """(Line, whom): deaths nobody has decided upon; one released before the lock was."""
    decided = set(
        Interception.objects.filter(line__run=run, cause=Interception.Cause.DECEASED).values_list(
            "line_id", "about"
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(_DEAD.format(covered=covered_sql(only_pending=True)), {"run": run.pk})
        rows = sorted(cursor.fetchall())
    for line, person, name in rows:
        if (line, f"person:{person}") not in decided:
            yield line, f"{name} (有死亡报告)"


def _ended(run: PayrollRun) -> Iterator[tuple[int, str]]:
    """(Line, whom): awards that no longer reach the month of their line; a debt that is repaid, as the unit stands."""
    if run.kind == PayrollRun.Kind.CORRECTION:
        gone = not_due_any_more(run.scheme)
        repaid = PayLine.objects.filter(run=run, state=PayLine.State.PENDING, repays__in=gone).order_by("pk")
        yield from ((pk, f"{name} (那个月不再应发)") for pk, name in repaid.values_list("pk", "payee__name"))
        return
    touched = Q(award__closing__isnull=False) | Q(award__in=Suspension.objects.values("award"))
    lines = PayLine.objects.filter(touched, run=run, state=PayLine.State.PENDING).order_by("pk")
    rows = list(lines.values_list("pk", "award_id", "month", "payee__name", "award__closing__ends_on"))
    still = {month: suspended_on(month_start(month)) for month in {row[2] for row in rows}}
    for line, award, month, name, ends_on in rows:
        if month >= until_month(ends_on):
            yield line, f"{name} (待遇已停)"
        elif award in still[month]:
            yield line, f"{name} (待遇已暂停)"
