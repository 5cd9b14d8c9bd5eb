"""The authorisation table: an office address is declared with the roles that may use it, or it does not exist."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path

from doudi.records.audit.services import look
from doudi.records.staff.models import Role

View = Callable[..., HttpResponse]
EVERYBODY = frozenset(Role)
CASEWORK = frozenset({Role.VILLAGE, Role.CLERK, Role.LEADER, Role.APPROVER, Role.DIRECTOR, Role.AUDITOR})
PAYROLL = frozenset({Role.PAYER, Role.PAY_REVIEWER, Role.PAY_APPROVER})


@dataclass(frozen=True)
class Page:
    """一个地址: 名字、谁能用、用什么方法。"""

    name: str
    roles: frozenset[str]
    methods: tuple[str, ...]


PAGES: dict[str, Page] = {}


def page(
    route: str, view: View, *, name: str, roles: Collection[str], methods: Collection[str] = ("GET",)
) -> URLPattern:
    """登记一个地址及其权限; 未登录的去登录, 岗位不符的拒绝并留痕。"""
    declared = Page(name, frozenset(roles), tuple(methods))
    if name in PAGES:
        raise ValueError(f"地址名 {name} 登记了两次")
    PAGES[name] = declared
    return path(route, _guarded(view, declared), name=name)


def _guarded(view: View, declared: Page) -> View:
    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return redirect("account_login")
        if user.role not in declared.roles:
            look(by=user, action="denied", subject=f"page:{declared.name}")
            raise PermissionDenied("您的岗位不办理这项业务")
        if request.method not in declared.methods and request.method != "HEAD":
            return HttpResponseNotAllowed(declared.methods)
        return view(request, *args, **kwargs)

    return allowed


def may_open(user: Any, name: str) -> bool:
    """这个人能不能用这个地址。"""
    return user.role in PAGES[name].roles
