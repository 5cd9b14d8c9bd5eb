"""Who is away and who stands in: the deputy sees and acts in the other's area as well, under his own name."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.staff.models import Absence, Notice, Role, User
from doudi.records.staff.services.accounts import NotSecurityAdministrator
from doudi.records.staff.services.notices import notify
from doudi.store.refusal import Refusal


class DeputyDoesNotFit(Refusal):
    """代理人的岗位不合, 或账号停用, 或就是本人。"""


class DatesDoNotFit(Refusal):
    """不在岗的日期不对。"""


class AlreadyAway(Refusal):
    """这几天已经登记过不在岗, 或代理人这几天也不在, 或本人正在代理别人。"""


@transaction.atomic
def arrange_absence(
    *, by: User, user: User, deputy: User, from_on: dt.date, until_on: dt.date, reason: str, on: dt.date
) -> Absence:
    """登记不在岗和代理人: 首尾两天都算, 到期自动收回。

    Raises NotSecurityAdministrator, DeputyDoesNotFit, DatesDoNotFit, AlreadyAway. 依据: GB/T 22239 8.1.4.2
    """
    _require_security(by)
    list(User.objects.select_for_update().filter(pk__in=(user.pk, deputy.pk)).order_by("pk"))
    _require_fit(user, deputy)
    if until_on < from_on or until_on < on:
        raise DatesDoNotFit("不在岗的最后一天不能早于第一天, 也不能早于今天, 请改日期")
    _require_nobody_else_away(user, deputy, from_on, until_on)
    absence = Absence.objects.create(
        user=user, deputy=deputy, from_on=from_on, until_on=until_on, reason=reason, set_by=by
    )
    record(
        by=by, action="staff.absence", subject=user, deputy=deputy.username, from_on=from_on, until_on=until_on,
        reason=reason,
    )  # fmt: skip
    notify(
        to_role=deputy.role, to_user=deputy, area_code="", kind=Notice.Kind.DEPUTY, link="", on=on,
        title=f"{from_on} 到 {until_on} 由您代理{user.name}的工作, 以您自己的名义办理",
    )  # fmt: skip
    return absence


@transaction.atomic
def end_absence(*, by: User, absence: Absence, on: dt.date) -> Absence:
    """提前回岗: 从今天起本人办事, 代理收回。"""
    _require_security(by)
    held = Absence.objects.select_for_update().get(pk=absence.pk)
    if held.back_on is None and held.until_on >= on:
        held.back_on = on
        held.save(update_fields=["back_on"])
        record(by=by, action="staff.back", subject=held.user, deputy=held.deputy.username, back_on=on)
    return held


def _require_security(by: User) -> None:
    if by.role != Role.SECURITY or not by.is_active:
        raise NotSecurityAdministrator("不在岗和代理由安全管理员安排")


def _require_fit(user: User, deputy: User) -> None:
    if user.pk == deputy.pk:
        raise DeputyDoesNotFit("代理人不能是本人, 请另选一人")
    if deputy.role != user.role:
        raise DeputyDoesNotFit(
            f"代理人应是同一岗位 ({user.get_role_display()}), {deputy.name} 是{deputy.get_role_display()}, 请另选"
        )
    if not deputy.is_active or not user.is_active:
        raise DeputyDoesNotFit("已停用的账号不能登记不在岗, 也不能代理别人")


def _require_nobody_else_away(user: User, deputy: User, first: dt.date, last: dt.date) -> None:
    """No chains: a deputy's deputy would see a third person's area without anybody having said so."""
    then = Absence.objects.filter(from_on__lte=last, until_on__gte=first, back_on=None)
    for found, words in (
        (then.filter(user=user), f"{user.name} 这几天已经登记过不在岗"),
        (then.filter(user=deputy), f"{deputy.name} 这几天也不在岗, 请另选代理人"),
        (then.filter(deputy=user), f"{user.name} 这几天正在代理别人, 请先给那个人改派代理"),
    ):
        known = found.first()
        if known:
            raise AlreadyAway(f"{words} ({known.from_on} 到 {known.until_on})")
