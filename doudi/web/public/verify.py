"""Is this paper genuine: whoever scans its code sees number, kind and day, and nobody's circumstances."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.law.masking import mask_name
from doudi.records.decisions.verifying import paper_of
from doudi.records.payments.recovery.papers import recovery_paper
from doudi.web.public.private import unlisted


@require_safe
@unlisted
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """验证一份告知书: 对得上的说与系统一致; 对不上的说没有这份文书, 不说为什么。"""
    found = paper_of(token) or recovery_paper(token)
    if found is None:
        return render(request, "public/verify.html", {"paper": None}, status=404)
    name = mask_name(found.name) if found.name else ""
    return render(request, "public/verify.html", {"paper": found, "name": name})
