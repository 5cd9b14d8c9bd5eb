"""账簿的表: 账和分录 (books), 资金的单据和预算 (funds), 专户 (special_accounts), 月结 (closing)。"""

from doudi.records.ledger.models.books import Entry, Txn
from doudi.records.ledger.models.closing import MonthClose
from doudi.records.ledger.models.funds import AccountMove, Budget, FundReceipt, Level, Voucher, WorkVoucher
from doudi.records.ledger.models.special_accounts import AccountScheme, SchemeChange, SpecialAccount

__all__ = [
    "AccountMove",
    "AccountScheme",
    "Budget",
    "Entry",
    "FundReceipt",
    "Level",
    "MonthClose",
    "SchemeChange",
    "SpecialAccount",
    "Txn",
    "Voucher",
    "WorkVoucher",
]
