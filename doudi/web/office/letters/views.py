"""Letters that no decision stands behind: an application was ended, a report was answered."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from doudi.law.masking import mask_name
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.cases.timing import COUNTY_STATIONS
from doudi.records.decisions import verifying
from doudi.records.policies.queries import scheme_name
from doudi.records.postings import objections
from doudi.records.postings.models import Objection
from doudi.store.today import today
from doudi.web.office.cases.page import opened, the_user
from doudi.web.office.checks.papers import pdf
from doudi.web.ui.print import offices
from doudi.web.ui.print.decision_sheets import DeliverySlip
from doudi.web.ui.print.ending_sheets import TerminationNotice, TipAnswer

TITLE = "终止审核确认程序告知书"


def termination(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """终止审核确认程序告知书 (gaozhi) 或它的送达回证 (huizheng); 没有终止的没有。"""
    case = opened(request, pk)
    if kind not in ("gaozhi", "huizheng") or verifying.ending_of(case) is None:
        raise Http404
    look(by=the_user(request), action="print", subject=case)
    return pdf(_notice(case) if kind == "gaozhi" else _slip(case), f"zhongzhi-{kind}-{case.no}.pdf")


def _unit(case: Case) -> str:
    """Who ended it signs: the county from its own stations on, the township before."""
    at_county = case.station in COUNTY_STATIONS
    return offices.civil_affairs() if at_county else offices.township_office(case.village)


def _notice(case: Case) -> TerminationNotice:
    act = verifying.ending_of(case)
    assert act is not None  # termination: only what was ended
    return TerminationNotice(
        unit=_unit(case),
        government=offices.county_government(),
        township=offices.township_office(case.village),
        no=case.no,
        case_no="",
        name=case.household.head.name,
        village=offices.village_name(case.village),
        scheme=scheme_name(case.scheme),
        applied_on=case.accepted_on,
        decided_on=act.on,
        withdrawn=case.outcome == Case.Outcome.WITHDRAWN,
        cause=act.title.removeprefix(verifying.ENDING),
        reason=act.note.rstrip("。."),
        on=today(),
        document_no=verifying.ending_no(case),
        phone=settings.HELP_PHONE,
        url=offices.public_address("public_verify", verifying.ending_token(case)),
    )


def _slip(case: Case) -> DeliverySlip:
    act = verifying.ending_of(case)
    assert act is not None  # termination: only what was ended
    return DeliverySlip(
        unit=_unit(case),
        title=f"{scheme_name(case.scheme)}{TITLE}",
        no=case.no,
        document_no=verifying.ending_no(case),
        name=case.household.head.name,
        village=offices.village_name(case.village),
        decided_on=act.on,
        on=today(),
    )


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """给实名反映人的书面答复; 没有留名的、还没有结论的没有。不写反映人是谁, 也不写家里的情况。"""
    try:
        found = objections.found(the_user(request), pk)
    except Objection.DoesNotExist:
        raise Http404 from None
    if not found.is_named or found.answered_on is None:
        raise Http404
    look(by=the_user(request), action="print", subject=found)
    sheet = TipAnswer(
        unit=offices.township_office(found.village),
        township=offices.township_office(found.village),
        county=offices.civil_affairs(),
        no=found.no,
        village=offices.village_name(found.village),
        family=mask_name(found.household.head.name),
        is_objection=found.kind == Objection.Kind.OBJECTION,
        received_on=found.received_on,
        channel=found.channel,
        upheld=found.outcome == Objection.Outcome.UPHELD,
        remedy=str(found.get_remedy_display()) if found.remedy else "",
        decided_on=found.replied_on or found.answered_on,
        on=today(),
        document_no=verifying.answer_no(found),
        phone=settings.HELP_PHONE,
        url=offices.public_address("public_verify", verifying.answer_token(found)),
    )
    return pdf(sheet, f"dafu-{found.no}.pdf")
