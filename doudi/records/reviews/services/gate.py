"""Who may touch a family's change: the duty, the area, the other side and the relatives, as on any case."""

from doudi.law import duties
from doudi.records.cases.models import Hand
from doudi.records.cases.services import MustRecuse, NotYourDuty, OtherSideAlready, OutsideYourArea
from doudi.records.people.models import Household
from doudi.records.people.queries import relatives_of
from doudi.records.policies.queries import parameters
from doudi.records.staff.models import User
from doudi.records.staff.presence import require_present
from doudi.store.today import today


def check(household: Household, by: User, *wanted: str) -> None:
    """能不能办这一户的变动: 岗位有其中一项职责、在岗、在辖区、没有站过另一边、不是近亲属。

    Raises NotYourDuty, AwayNow, OutsideYourArea, OtherSideAlready, MustRecuse. 依据: 民发〔2021〕57号 第十一条
    """
    confirm_by = parameters(household.village_id, today()).value("procedure.confirm_by")
    duty = next((one for one in wanted if one in duties.duties_of(by.role, confirm_by)), "")
    if not duty:
        raise NotYourDuty(f"{by.get_role_display()}不办理{duties.DUTIES[wanted[0]]}")
    require_present(by)
    if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
        raise OutsideYourArea("这一户不在您的辖区")
    hands = Hand.objects.filter(case__household=household, user=by).exclude(group=duties.side(duty))
    if hands.exists():
        raise OtherSideAlready("您办理过这一户案件的另一环节, 报告核实、签批、确认必须由不同的人办理")
    if relatives_of(household.pk).filter(user=by).exists():
        raise MustRecuse("您与这一户有近亲属备案, 应当回避, 请交由他人办理")
