"""A refusal reaches the page as it was said, with nothing half-done."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.store.full_disk import DiskFull, is_full_disk
from doudi.store.refusal import Refusal


class RefusalsInWords:
    """把业务拒绝显示成一页话 (409), 版本冲突同样; 其他错误照常。"""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Refusals and a full disk are answered here; a view that shows them beside the form catches them first."""
        is_full = is_full_disk(exception)
        if is_full:
            exception = DiskFull()
        if not isinstance(exception, Refusal):
            return None
        back = request.headers.get("Referer", "")
        context = {"text": exception.text, "back": back if back.startswith(_here(request)) else "/"}
        return render(request, "office/refused.html", context, status=507 if is_full else 409)


def _here(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}/"
