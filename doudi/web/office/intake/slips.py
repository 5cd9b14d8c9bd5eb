"""What the window prints: the receipt with number and code, and the one notice of all gaps."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from doudi.records.areas.queries import full_name
from doudi.records.cases.models import Case
from doudi.records.intake.models import GapNotice
from doudi.records.policies.queries import paper_label, parameters, scheme_name
from doudi.store.today import today
from doudi.web.office.cases.page import opened, the_user
from doudi.web.office.intake.views import papers_of
from doudi.web.ui.print import offices, printing, sheets


def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """受理回执 (PDF): 受理号、查询码、收到和还缺的材料、办结期限。"""
    case = opened(request, pk)
    sheet = sheets.Receipt(
        **_head(request, case),
        code=str(case.query_code),
        accepted_on=case.accepted_on,
        due_on=case.due_on,
        workdays=parameters(case.village_id, case.accepted_on).value("clock.whole"),
        received=_labels(case, "have"),
        missing=_labels(case, "missing"),
    )
    return _pdf(sheet, f"receipt-{case.no}.pdf")


def gap_notice_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """一次性告知书 (PDF): 还缺的全部材料。"""
    case = opened(request, pk)
    notice = get_object_or_404(GapNotice, case=case, round=number)
    sheet = sheets.GapNotice(
        **_head(request, case),
        applied_on=case.accepted_on,
        told_on=notice.told_on,
        missing=[paper_label(case.scheme, kind) for kind in notice.kinds],
        round=notice.round,
        reason=notice.reason,
    )
    return _pdf(sheet, f"gaps-{case.no}-{notice.round}.pdf")


def _head(request: HttpRequest, case: Case) -> dict[str, Any]:
    return {
        "unit": offices.township_office(case.village),
        "no": case.no,
        "name": case.household.head.name,
        "village": full_name(case.village_id),
        "scheme": scheme_name(case.scheme),
        "fetched": _labels(case, "fetched"),
        "clerk": the_user(request).name,
        "on": today(),
        "phone": settings.HELP_PHONE,
        "url": offices.public_address("public_progress"),
    }


def _labels(case: Case, status: str) -> list[str]:
    return [paper["label"] for paper in papers_of(case) if paper["status"] == status]


def _pdf(sheet: sheets.Sheet, name: str) -> HttpResponse:
    response = HttpResponse(printing.render(sheet, demo=settings.DEMO), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
