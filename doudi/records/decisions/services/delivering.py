"""Tell the family: who received the letter, when, how, and the slip they signed."""

import datetime as dt

from django.db import transaction

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.law.duties import DUTIES, duties_of
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.decisions.models import Decision, Delivery
from doudi.records.people.models import Household
from doudi.records.people.queries import relatives_of
from doudi.records.staff.models import User
from doudi.records.staff.presence import require_present
from doudi.store.kept import keep
from doudi.store.models import KeptFile
from doudi.store.refusal import Refusal

DELIVERS = (
    "publish",
    "post",
)  # the county that decided, or the township and village that bring it to the door


class PictureRefused(Refusal):
    """照片收不进来。"""


class DeliveredTooEarly(Refusal):
    """送达日期早于决定。"""


@transaction.atomic
def deliver(
    *,
    decision: Decision,
    by: User,
    received_by: str,
    on: dt.date,
    how: str = Delivery.How.BY_HAND,
    slip: bytes = b"",
) -> Delivery:
    """登记告知书送达; 同一决定只登记一次。Raises cases' refusals of duty, area, side and relatives, PictureRefused.

    依据: 民发〔2021〕57号 第二十一条
    """
    if on < decision.decided_on:
        raise DeliveredTooEarly(f"这份决定 {decision.decided_on} 才作出, 送达日期不能更早")
    duty = _duty_of(decision, by)
    known = Delivery.objects.filter(decision=decision).first()
    if known:
        return known
    said = f"{Delivery.How(how).label}, {received_by} 签收"
    if decision.case:
        cases.do(case=decision.case, by=by, duty=duty, title="告知书送达", on=on, note=said)
    delivery = Delivery.objects.create(
        decision=decision,
        delivered_on=on,
        how=how,
        received_by=received_by,
        slip=kept_picture(slip, f"送达回证 {decision.no}", by),
        by=by.username,
    )
    record(by=by, action="decision.deliver", subject=f"decision:{decision.pk}", received_by=received_by)
    return delivery


def _duty_of(decision: Decision, by: User) -> str:
    """The duty by which this person may bring this letter; refused like any other act on a family's case."""
    case = decision.case
    held = duties_of(by.role, cases.procedure_of(case).confirm_by) if case else duties_of(by.role)
    duty = next((one for one in DELIVERS if one in held), "")
    if not duty:
        raise cases.NotYourDuty(f"{by.get_role_display()}不办理{DUTIES['publish']}")
    if case:
        cases.check_may(case=case, by=by, duty=duty)
    else:
        _check_household(decision.household, by)
    return duty


def _check_household(household: Household, by: User) -> None:
    """A stop of what an old roster brought has no case to ask."""
    require_present(by)
    if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
        raise cases.OutsideYourArea("这一户不在您的辖区")
    if relatives_of(household.pk).filter(user=by).exists():
        raise cases.MustRecuse("您与这一户有近亲属备案, 应当回避, 请交由他人办理")


def kept_picture(data: bytes, title: str, by: User) -> KeptFile | None:
    """收下一张照片: 去掉附带信息, 压到 300 KB 以内, 封存; 没有照片为空。Raises PictureRefused."""
    if not data:
        return None
    try:
        clean = cleaned(data)
    except BadPicture as error:
        raise PictureRefused(str(error)) from None
    return keep(clean, media_type="image/jpeg", title=title, by=by.username)
