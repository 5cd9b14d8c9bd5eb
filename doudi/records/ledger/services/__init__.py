"""账簿的动作: 记账 (posting), 资金到账、工作经费和预算 (funds), 专户 (special_accounts), 月结 (closing)。"""

from doudi.records.ledger.services.closing import confirm_close, prepare_close
from doudi.records.ledger.services.funds import (
    check,
    decline,
    place_receipt,
    register_receipt,
    register_work,
    set_budget,
)
from doudi.records.ledger.services.posting import (
    EntryRefused,
    LedgerKeyReused,
    LedgerNotBalanced,
    Posting,
    post,
)
from doudi.records.ledger.services.scheme_changes import (
    check_scheme_change,
    decline_scheme_change,
    register_scheme_change,
)
from doudi.records.ledger.services.special_accounts import check_account, decline_account, register_account

__all__ = [
    "EntryRefused",
    "LedgerKeyReused",
    "LedgerNotBalanced",
    "Posting",
    "check",
    "check_account",
    "check_scheme_change",
    "confirm_close",
    "decline",
    "decline_account",
    "decline_scheme_change",
    "place_receipt",
    "post",
    "prepare_close",
    "register_account",
    "register_receipt",
    "register_scheme_change",
    "register_work",
    "set_budget",
]
