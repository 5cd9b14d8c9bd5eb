"""发放的表: 批次和行 (runs), 经手的单据 (handling), 追缴 (recovery)。"""

from doudi.records.payments.models.handling import Allocation, Custody, HandReceipt, Release, ReturnDraft
from doudi.records.payments.models.recovery import (
    Instalment,
    Recovery,
    RecoveryMonth,
    RecoveryReceipt,
    WriteOff,
)
from doudi.records.payments.models.runs import (
    Approval,
    BankFile,
    Interception,
    Paid,
    PayLine,
    PayrollRun,
    ReturnFile,
    ReturnLine,
)

__all__ = [
    "Allocation",
    "Approval",
    "BankFile",
    "Custody",
    "HandReceipt",
    "Instalment",
    "Interception",
    "Paid",
    "PayLine",
    "PayrollRun",
    "Recovery",
    "RecoveryMonth",
    "RecoveryReceipt",
    "Release",
    "ReturnDraft",
    "ReturnFile",
    "ReturnLine",
    "WriteOff",
]
