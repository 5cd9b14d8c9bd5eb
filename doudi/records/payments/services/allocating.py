"""Which level's money a run takes, written down with its lock."""

from doudi.law.money import yuan
from doudi.records.payments.funds.funding import refuses_short, shares_of
from doudi.records.payments.models import Allocation, PayrollRun
from doudi.store.refusal import Refusal
from doudi.store.today import today


class FundsShort(Refusal):
    """各级资金不够发这一批。"""

    def __init__(self, short: str) -> None:
        super().__init__(
            f"各级资金还差 {short} 元, 不能锁定; 请先把到账的拨款登记、核对入账, 或者请局领导协调县级资金"
        )


def allocate(run: PayrollRun, total: int) -> dict[str, int]:
    """把批次总额分到各级资金, 合计不差一分; 更正的批次锁定时已经分过, 不再分。Runs in the lock's transaction.

    What the levels together do not have is the county's to find: a refusal or a debt of the county, as the pack says.
    Raises FundsShort. 依据: 649号令 第五条
    """
    if run.kind == PayrollRun.Kind.CORRECTION:
        return {}
    parts, short = shares_of(run, total, today())
    if short and refuses_short(today()):
        raise FundsShort(yuan(short))
    Allocation.objects.bulk_create(
        Allocation(run=run, round=run.round, level=level, fen=fen) for level, fen in parts.items()
    )
    return parts
