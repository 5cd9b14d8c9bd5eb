"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.intake import papers, slips, views

VILLAGE = {Role.VILLAGE}
WINDOW = {Role.CLERK}
TAKERS = VILLAGE | WINDOW
BOTH = ("GET", "POST")

urlpatterns: list[URLPattern] = [
    page("daiban/", views.village_apply, name="village_apply", roles=VILLAGE, methods=BOTH),
    page("chuangkou/", views.intake_window, name="intake_window", roles=WINDOW, methods=BOTH),
    page("jiating/<int:pk>/shenqing/", views.intake_known, name="intake_known", roles=TAKERS, methods=BOTH),
    page("shisuan/", views.entry_live_new, name="entry_live_new", roles=TAKERS, methods=["POST"]),
    page("jiating/<int:pk>/shisuan/", views.entry_live, name="entry_live", roles=TAKERS, methods=["POST"]),
    page("anjian/<int:pk>/huizhi/", views.case_filed, name="case_filed", roles=TAKERS),
    page("anjian/<int:pk>/huizhi.pdf", slips.receipt_pdf, name="receipt_pdf", roles=TAKERS),
    page("anjian/<int:pk>/cailiao/", papers.case_papers, name="case_papers", roles=CASEWORK),
    page(
        "anjian/<int:pk>/cailiao/dengji/",
        papers.papers_note,
        name="papers_note",
        roles=TAKERS,
        methods=["POST"],
    ),
    page(
        "anjian/<int:pk>/cailiao/gaozhi/", papers.gaps_tell, name="gaps_tell", roles=TAKERS, methods=["POST"]
    ),
    page("anjian/<int:pk>/shouli/", papers.case_accept, name="case_accept", roles=WINDOW, methods=["POST"]),
    page(
        "anjian/<int:pk>/gaozhi/<int:number>.pdf",
        slips.gap_notice_pdf,
        name="gap_notice_pdf",
        roles=CASEWORK,
    ),
]
