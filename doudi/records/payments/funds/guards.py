"""Every locked run says whose money it takes, to the fen, and nothing of it changes afterwards."""

from doudi.records.payments.models import Allocation, PayrollRun
from doudi.store.triggers import append_only, refuse

_SHARES = "(SELECT COALESCE(SUM(a.fen), 0) FROM payments_allocation a WHERE a.run_id = NEW.id AND a.round = NEW.round)"
_THEIR_ROUND = (
    "EXISTS (SELECT 1 FROM payments_payrollrun r WHERE r.id = NEW.run_id AND r.round = NEW.round "
    "AND r.state = 'draft' AND r.kind <> 'correction')"
)

FUNDING = [
    *append_only(Allocation),
    refuse(Allocation, "INSERT", f"NOT {_THEIR_ROUND}", "资金分摊在锁定时写定, 不能另加", name="round"),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'locked' AND OLD.state <> 'locked' AND NEW.kind <> 'correction' AND {_SHARES} <> NEW.total_fen",
        "各级资金的分摊之和不等于批次总额, 不能锁定",
        name="with_funds",
    ),
]
