"""Who may sign in: staff that the security administrator created, nobody else."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class StaffAdapter(DefaultAccountAdapter):
    """工作人员账户由安全管理员建立, 不开放注册。"""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> Any:
        return ""


class SecondFactor:
    """要求双因素的环境里, 没有登记第二因素的人只能先去登记。依据: GB/T 22239 8.1.4.1"""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_MFA and request.user.is_authenticated and not self._may_pass(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _may_pass(self, request: HttpRequest) -> bool:
        on_its_way = request.path.startswith(("/accounts/", settings.STATIC_URL))
        return on_its_way or is_mfa_enabled(request.user)
