"""账簿的动作: 记账 (posting), 资金到账、工作经费和预算 (funds), 月结 (closing)。"""

from doudi.records.ledger.services.closing import confirm_close, prepare_close
from doudi.records.ledger.services.funds import check, decline, register_receipt, register_work, set_budget
from doudi.records.ledger.services.posting import (
    EntryRefused,
    LedgerKeyReused,
    LedgerNotBalanced,
    Posting,
    post,
)

__all__ = [
    "EntryRefused",
    "LedgerKeyReused",
    "LedgerNotBalanced",
    "Posting",
    "check",
    "confirm_close",
    "decline",
    "post",
    "prepare_close",
    "register_receipt",
    "register_work",
    "set_budget",
]
