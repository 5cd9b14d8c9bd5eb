"""What the window prints: the receipt with number and code, and the one notice of all gaps."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from doudi.law.masking import mask_identity
from doudi.records.areas.queries import full_name
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.intake import queries
from doudi.records.intake.models import GapNotice, Signature
from doudi.records.policies.queries import paper_label, parameters, scheme_name
from doudi.store.kept import content
from doudi.store.today import today
from doudi.web.office.cases.page import opened, the_user
from doudi.web.office.intake.views import papers_of
from doudi.web.ui.print import intake_sheets as sheets
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print.sheets import Sheet


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
        unsigned=queries.unsigned(case),
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
        unsigned=notice.unsigned,
        round=notice.round,
        reason=notice.reason,
    )
    return _pdf(sheet, f"gaps-{case.no}-{notice.round}.pdf")


def authorisation_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """核对授权书和诚信承诺书 (PDF): 全体成员和义务人依次签字。"""
    case = opened(request, pk)
    lines: dict[str, list[sheets.SignerLine]] = {what: [] for what in Signature.What}
    for one in queries.signers(case):
        lines[one.what].append(_line(request, one))
    sheet = sheets.AuthorisationSheet(
        unit=offices.township_office(case.village),
        no=case.no,
        name=case.household.head.name,
        village=full_name(case.village_id),
        scheme=scheme_name(case.scheme),
        signers=lines[Signature.What.AUTHORISE],
        promised=next(iter(lines[Signature.What.PROMISE]), None),
        on=today(),
    )
    return _pdf(sheet, f"authorisation-{case.no}.pdf")


def _line(request: HttpRequest, one: queries.Signer) -> sheets.SignerLine:
    """What was drawn on the screen stands in its place; opening it is a look at the picture, as on its own page."""
    signed = one.signature
    drawn = signed.image if signed and signed.way == Signature.Way.DRAWN else None
    if not signed or not drawn:
        return sheets.SignerLine(one.name, one.standing, one.is_minor)
    look(by=the_user(request), action="picture", subject=drawn)
    return sheets.SignerLine(one.name, one.standing, one.is_minor, content(drawn), signed.signed_on)


def authorisation_blank(request: HttpRequest) -> HttpResponse:
    """空白的核对授权书和诚信承诺书 (PDF)。"""
    area = the_user(request).area
    unit = offices.township_office(area) if area else ""
    return _pdf(sheets.AuthorisationSheet(unit=unit, on=today()), "authorisation.pdf")


def hukou_letter_pdf(request: HttpRequest, pk: int, inquiry: int) -> HttpResponse:
    """协查函 (PDF): 请成员的户籍地核对他名下的情况。"""
    case = opened(request, pk)
    asked = get_object_or_404(case.hukou_inquiries.select_related("person"), pk=inquiry)
    sheet = sheets.HukouLetter(
        unit=offices.township_office(case.village),
        no=f"{case.no}-{inquiry}",
        to=asked.county,
        name=asked.person.name,
        identity=mask_identity(asked.person.id_number),
        applicant=case.household.head.name,
        village=full_name(case.village_id),
        scheme=scheme_name(case.scheme),
        asked_on=asked.asked_on,
        clerk=the_user(request).name,
        phone=settings.HELP_PHONE,
        on=today(),
    )
    return _pdf(sheet, f"inquiry-{case.no}-{inquiry}.pdf")


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


def _pdf(sheet: Sheet, name: str) -> HttpResponse:
    response = HttpResponse(printing.render(sheet, demo=settings.DEMO), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
