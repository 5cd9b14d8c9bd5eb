"""发放的动作: 生成、拦截处理、锁定、两级审批、导出、交银行、回盘、办结; 多发的追缴、核销。"""

from doudi.records.payments.services.approving import approve
from doudi.records.payments.services.building import build, build_backpay, build_correction
from doudi.records.payments.services.closing_accounts import close_account
from doudi.records.payments.services.exporting import export, hand_over
from doudi.records.payments.services.handing import pay_by_hand
from doudi.records.payments.services.intercepting import resolve
from doudi.records.payments.services.keeping import end_custody, file_custody, record_custody
from doudi.records.payments.services.locking import lock
from doudi.records.payments.services.moving import check_move, register_move
from doudi.records.payments.services.recovering import (
    agree_instalments,
    cancel_recovery,
    confirm_recovery,
    order_recovery,
    receive_recovery,
    unfounded_months,
)
from doudi.records.payments.services.releasing import approve_release, propose_release
from doudi.records.payments.services.reopening import reopen
from doudi.records.payments.services.returning import apply_return, close
from doudi.records.payments.services.staging import stage_return, take_return, withdraw_return
from doudi.records.payments.services.writing_off import (
    approve_write_off,
    decline_write_off,
    propose_write_off,
)

__all__ = [
    "agree_instalments",
    "apply_return",
    "approve",
    "approve_release",
    "approve_write_off",
    "build",
    "build_backpay",
    "build_correction",
    "cancel_recovery",
    "check_move",
    "close",
    "close_account",
    "confirm_recovery",
    "decline_write_off",
    "end_custody",
    "export",
    "file_custody",
    "hand_over",
    "lock",
    "order_recovery",
    "pay_by_hand",
    "propose_release",
    "propose_write_off",
    "receive_recovery",
    "record_custody",
    "register_move",
    "reopen",
    "resolve",
    "stage_return",
    "take_return",
    "unfounded_months",
    "withdraw_return",
]
