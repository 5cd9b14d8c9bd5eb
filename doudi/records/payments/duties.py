"""Who may do which step with the money. Data, with no switch beside it."""

from doudi.records.payments.refusals import DutyNotYours
from doudi.records.staff.models import Role, User

DUTIES = {
    "生成发放清册": (Role.PAYER,),
    "锁定发放清册": (Role.PAYER,),
    "处理拦截": (Role.PAY_REVIEWER,),
    "复核": (Role.PAY_REVIEWER,),
    "审批": (Role.PAY_APPROVER,),
    "导出银行文件": (Role.PAY_APPROVER,),
    "交银行": (Role.PAY_APPROVER,),
    "登记回盘": (Role.PAYER, Role.PAY_REVIEWER),
    "办结": (Role.PAYER, Role.PAY_REVIEWER),
}


def require(act: str, by: User) -> None:
    """这一步归这个人的岗位办才放行。Raises DutyNotYours."""
    roles = DUTIES[act]
    if by.role not in roles or not by.is_active:
        yours = Role(by.role).label if by.role in Role.values else "未设岗位"
        raise DutyNotYours(act, "或".join(Role(role).label for role in roles), yours)
