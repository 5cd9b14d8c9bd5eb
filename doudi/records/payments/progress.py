"""How far a run has come, as far as other runs must know."""

from django.db.models import Exists, OuterRef

from doudi.law.paying import months_from
from doudi.records.payments.models import Interception, PayLine, PayrollRun

State = PayrollRun.State
SENT_BACK_STILL = (State.LOCKED, State.REVIEWED, State.APPROVED)  # until the bank's file exists


def is_waiting(run: PayrollRun) -> bool:
    """还没锁定、也还有行可发的批次: 每一行都决定本月不发的, 不用等它。"""
    if run.state == PayrollRun.State.DRAFT:
        dropped = Interception.objects.filter(line=OuterRef("pk"), outcome=Interception.Outcome.DROPPED)
        return PayLine.objects.filter(run=run).exclude(Exists(dropped)).exists()
    return run.state == PayrollRun.State.BUILDING


def months_not_sent(scheme: str) -> set[int]:
    """当期发放已锁定、还没有导出的各月: 还能退回重做, 补发不能建在上面。"""
    runs = PayrollRun.objects.filter(
        scheme=scheme,
        kind=PayrollRun.Kind.REGULAR,
        state__in=SENT_BACK_STILL,
    )
    return {month for run in runs for month in months_from(*run.months)}
