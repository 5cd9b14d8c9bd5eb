"""Who may do which step with the money. Data, with no switch beside it."""

from doudi.records.awards.models import Award
from doudi.records.cases.models import Hand
from doudi.records.payments.refusals import CaseWorkerOfTheirs, DutyNotYours
from doudi.records.staff.models import Role, User
from doudi.records.staff.presence import require_present

DUTIES = {
    "生成发放清册": (Role.PAYER,),
    "锁定发放清册": (Role.PAYER,),
    "处理拦截": (Role.PAY_REVIEWER,),
    "复核": (Role.PAY_REVIEWER,),
    "审批": (Role.PAY_APPROVER,),
    "退回重做": (Role.PAY_REVIEWER, Role.PAY_APPROVER),
    "导出银行文件": (Role.PAY_APPROVER,),
    "交银行": (Role.PAY_APPROVER,),
    "登记回盘": (Role.PAYER,),
    "核对回盘": (Role.PAY_REVIEWER,),
    "提出取消应付": (Role.PAYER,),
    "批准取消应付": (Role.PAY_REVIEWER,),
    "办结": (Role.PAYER, Role.PAY_REVIEWER),
    "当面发款": (Role.PAYER,),
    "登记存折代管": (Role.CLERK,),
    "备案存折代管": (Role.APPROVER,),
    "结束存折代管": (Role.CLERK, Role.APPROVER),
    "提出追缴": (Role.PAY_REVIEWER,),
    "批准追缴": (Role.PAY_APPROVER,),
    "撤销追缴": (Role.PAY_APPROVER,),
    "约定分期": (Role.PAY_REVIEWER,),
    "登记追缴到账": (Role.PAYER,),
    "提出核销": (Role.PAY_REVIEWER,),
    "批准核销": (Role.PAY_APPROVER,),
    "登记保费转账": (Role.PAYER,),
    "复核保费转账": (Role.PAY_REVIEWER,),
    "审批保费转账": (Role.PAY_APPROVER,),
    "退回保费转账": (Role.PAY_REVIEWER, Role.PAY_APPROVER),
}


def require(act: str, by: User) -> None:
    """这一步归这个人的岗位办、今天又在岗才放行。Raises DutyNotYours, AwayNow."""
    roles = DUTIES[act]
    if by.role not in roles or not by.is_active:
        yours = Role(by.role).label if by.role in Role.values else "未设岗位"
        raise DutyNotYours(act, "或".join(Role(role).label for role in roles), yours)
    require_present(by)


def require_no_casework(scheme: str, by: User) -> None:
    """在领的家庭里没有一户是这个人受理、初审或确认过的才放行: 换了岗位也不行。Raises CaseWorkerOfTheirs."""
    worked = Hand.objects.filter(user=by).values("case__household")
    found = Award.objects.filter(scheme=scheme, closing=None, household__in=worked).order_by("pk").first()
    if found:
        raise CaseWorkerOfTheirs(found.household.no)
