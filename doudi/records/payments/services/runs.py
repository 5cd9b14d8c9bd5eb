"""The run row is the lock of everything that happens to a run."""

from django.db.models import Count, Sum

from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.refusals import RunNotAt
from doudi.store.failpoints import point

State = PayrollRun.State


def hold(run: PayrollRun) -> PayrollRun:
    """占住这个批次直到事务结束, 返回库里现在的样子。SQLite's write transaction already holds everything."""
    return PayrollRun.objects.select_for_update().get(pk=run.pk)


def require_state(run: PayrollRun, act: str, *states: str) -> None:
    """批次在这些状态之一才放行。Raises RunNotAt."""
    if run.state not in states:
        raise RunNotAt(act, run.get_state_display(), "、".join(State(state).label for state in states))


def advance(run: PayrollRun, state: str, **values: object) -> PayrollRun:
    """推进一步并写下随之而来的值。"""
    for name, value in values.items():
        setattr(run, name, value)
    run.state = state
    run.save(update_fields=["state", *values])
    point(f"state.{state}")
    return run


def payable(run: PayrollRun) -> tuple[int, int]:
    """要发的笔数和总额(分): 一份待遇几个月合为一笔, 决定本月不发的不算。"""
    lines = PayLine.objects.filter(run=run).exclude(interceptions__outcome="dropped")
    found = lines.aggregate(count=Count("award", distinct=True), total=Sum("amount_fen"))
    return found["count"], found["total"] or 0
