"""发放的动作: 生成、拦截处理、锁定、两级审批、导出、交银行、回盘、办结。"""

from doudi.records.payments.services.approving import approve
from doudi.records.payments.services.building import build, build_backpay, build_correction
from doudi.records.payments.services.exporting import export, hand_over
from doudi.records.payments.services.intercepting import resolve
from doudi.records.payments.services.locking import lock
from doudi.records.payments.services.releasing import approve_release, propose_release
from doudi.records.payments.services.reopening import reopen
from doudi.records.payments.services.returning import apply_return, close, register_return

__all__ = [
    "apply_return",
    "approve",
    "approve_release",
    "build",
    "build_backpay",
    "build_correction",
    "close",
    "export",
    "hand_over",
    "lock",
    "register_return",
    "propose_release",
    "reopen",
    "resolve",
]
