"""Is this paper genuine: whoever scans its code sees number, kind and day, and nobody's circumstances."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.law.masking import mask_name
from doudi.records.decisions.verifying import decision_of, document_no
from doudi.records.policies.queries import scheme_name
from doudi.web.public.private import unlisted


@require_safe
@unlisted
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """验证一份告知书: 对得上的说与系统一致; 对不上的说没有这份文书, 不说为什么。"""
    found = decision_of(token)
    if found is None:
        return render(request, "public/verify.html", {"paper": None}, status=404)
    paper = {
        "no": document_no(found),
        "decision_no": found.no,
        "kind": f"{scheme_name(found.scheme)} · {found.get_kind_display()}",
        "on": found.decided_on,
        "name": mask_name(found.household.head.name),
    }
    return render(request, "public/verify.html", {"paper": paper})
