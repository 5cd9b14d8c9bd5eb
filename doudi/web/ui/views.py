"""字号切换与冲突页, 两个站点共用。"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from doudi.web.ui.context import SIZE_COOKIE, SIZES

YEAR = 365 * 24 * 3600


def text_size(request: HttpRequest, size: str) -> HttpResponse:
    """记住群众选的字号, 回到原来的页面; 只认 16、20、24, 只回本站地址。"""
    if size not in SIZES:
        raise Http404
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(SIZE_COOKIE, size, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def conflict(request: HttpRequest, *, who: str, when: str, url: str) -> HttpResponse:
    """409: 别人先保存了。两份都留着, 让人对照后再决定。"""
    return render(request, "409.html", {"who": who, "when": when, "url": url}, status=409)
