"""Who works here, in which role: the security administrator's verbs, the only code that writes this table."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction

from doudi.law.duties import ADMINISTRATORS, ROLES, role_conflict
from doudi.records.areas.models import Area
from doudi.records.audit.services import record
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal

# The level of the area a role works in; a role without one sees no case data.
LEVELS = {
    "village": Area.Level.VILLAGE,
    "township": Area.Level.TOWNSHIP,
    "assigned": Area.Level.TOWNSHIP,
    "none": "",
}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread from a slip of paper


class NotSecurityAdministrator(Refusal):
    """用户由安全管理员管理。"""


class LoginTaken(Refusal):
    """登录名已经有人用。"""


class AreaDoesNotFit(Refusal):
    """岗位与辖区级别不合。"""


class SamePersonTwoDuties(Refusal):
    """同名的人已有不能兼任的岗位。"""


class NotYourself(Refusal):
    """不能改自己的账号。"""


class LastAdministrator(Refusal):
    """这一类管理员只剩这一个。"""


@transaction.atomic
def create_user(
    *, by: User, username: str, name: str, role: str, area: Area | None, namesake: bool = False
) -> tuple[User, str]:
    """建一个账号, 返回它和一次性口令。

    `namesake` 表示已核实与同名的人不是一个人。Raises NotSecurityAdministrator, LoginTaken, AreaDoesNotFit,
    SamePersonTwoDuties. 依据: GB/T 22239 8.1.4.2
    """
    _require_security(by)
    _require_level(role, area)
    _require_one_duty(name, role, namesake)
    user = User(username=username, name=name, role=role, area=area)
    password = one_time_password()
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise LoginTaken(f"登录名 {username} 已经有人用, 请换一个") from None
    _record(by, "staff.create", user, name=name)
    return user, password


@transaction.atomic
def change_role(*, by: User, user: User, role: str, area: Area | None, namesake: bool = False) -> User:
    """换岗位或辖区。Raises as create_user, NotYourself, LastAdministrator."""
    held = _editable(by, user)
    _require_level(role, area)
    if role != held.role:
        _require_one_duty(held.name, role, namesake, but=held)
        _require_another(held)
    before = {"role_before": held.role, "area_before": held.area_id}
    held.role, held.area = role, area
    held.save(update_fields=["role", "area"])
    _record(by, "staff.role", held, **before)
    return held


@transaction.atomic
def disable(*, by: User, user: User, reason: str) -> User:
    """停用账号: 不能再登录, 经手的记录都在。Raises NotYourself, LastAdministrator."""
    held = _editable(by, user)
    if held.is_active:
        _require_another(held)
        held.is_active = False
        held.save(update_fields=["is_active"])
        _record(by, "staff.disable", held, reason=reason)
    return held


@transaction.atomic
def enable(*, by: User, user: User) -> User:
    """重新启用账号; 与现有岗位冲突的不行。"""
    held = _editable(by, user)
    if not held.is_active:
        _require_one_duty(held.name, held.role, namesake=False, but=held)
        held.is_active = True
        held.save(update_fields=["is_active"])
        _record(by, "staff.enable", held)
    return held


@transaction.atomic
def reset_password(*, by: User, user: User) -> tuple[User, str]:
    """重设口令: 给一个一次性口令, 已登录的会话随之失效。"""
    held = _editable(by, user)
    password = one_time_password()
    held.set_password(password)
    held.save(update_fields=["password"])
    _record(by, "staff.reset", held)
    return held, password


def one_time_password() -> str:
    """一次性口令: 四组四个不易看错的字符, 抄在纸上交给本人。"""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def level_of_role(role: str) -> str:
    """这个岗位的辖区应是哪一级; 不看案件的岗位没有辖区, 为空。"""
    return str(LEVELS.get(ROLES[role].scope, Area.Level.COUNTY))


def _editable(by: User, user: User) -> User:
    _require_security(by)
    if by.pk == user.pk:
        raise NotYourself("自己的账号要由另一名安全管理员办理")
    return User.objects.select_for_update().get(pk=user.pk)


def _require_security(by: User) -> None:
    if by.role != Role.SECURITY or not by.is_active:
        raise NotSecurityAdministrator("用户与岗位由安全管理员管理")


def _require_level(role: str, area: Area | None) -> None:
    wanted, given = level_of_role(role), area.level if area else ""
    if wanted != given:
        words = f"辖区应是一个{Area.Level(wanted).label}" if wanted else "不设辖区"
        raise AreaDoesNotFit(f"{Role(role).label}的{words}, 请重新选择")


def _require_one_duty(name: str, role: str, namesake: bool, but: User | None = None) -> None:
    others = User.objects.filter(name=name, is_active=True)
    held = set((others.exclude(pk=but.pk) if but else others).values_list("role", flat=True))
    conflict = role_conflict([*sorted(held), role]) if held else None
    if conflict and not namesake:
        known = "、".join(Role(one).label for one in sorted(held))
        raise SamePersonTwoDuties(
            f"{name} 已有岗位 {known}: {conflict.text}。确是同名的另一人时, 请勾选“已核实不是同一人”"
        )


def _require_another(user: User) -> None:
    if user.role in ADMINISTRATORS:
        others = User.objects.filter(role=user.role, is_active=True).exclude(pk=user.pk)
        if not others.exists():
            raise LastAdministrator(
                f"{user.get_role_display()}只有 {user.name} 一人, 请先设另一名再停用或换岗"
            )


def _record(by: User, action: str, user: User, **facts: Any) -> None:
    record(
        by=by, action=action, subject=user, login=user.username, role=user.role, area=user.area_id, **facts
    )
