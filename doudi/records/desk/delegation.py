"""Who confirms where: a county may delegate confirmation to its townships, case by case as its pack stood."""

from django.db.models import Q

from doudi.records.cases.models import Case
from doudi.records.policies.queries import procedure
from doudi.records.staff.models import Role, User

NONE = Q(pk__in=())


def delegated(user: User) -> Q:
    """在确认环节、由乡镇确认的案件; 一件也没有时谁都不合。依据: 民发〔2021〕57号 第二条"""
    found = NONE
    waiting = Case.objects.visible_to(user).open().filter(station="confirm").order_by()
    for scheme, road, on in waiting.values_list("scheme", "road", "accepted_on").distinct():
        if procedure(scheme, road, user.area_id or "", on).confirm_by == "township":
            found |= Q(scheme=scheme, road=road, accepted_on=on)
    return found


def waits_for(user: User, stations: tuple[str, ...]) -> Q:
    """等这个岗位办的: 所列各站; 确认一站归谁看这件案子的程序。"""
    here = Q(station__in=stations)
    if user.role == Role.LEADER:
        return here | (Q(station="confirm") & delegated(user))
    if user.role == Role.APPROVER:
        return here & ~(Q(station="confirm") & delegated(user))
    return here
