"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.intake import likeness, papers, registers, signatures, slips, views

VILLAGE = {Role.VILLAGE}
WINDOW = {Role.CLERK}
TAKERS = VILLAGE | WINDOW
# Pictures of papers show whole numbers: not for the masked view.
LOOKERS = TAKERS | {Role.LEADER, Role.APPROVER}
KEEPERS = {Role.CLERK, Role.APPROVER}
BOTH = ("GET", "POST")
POST = ("POST",)

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
    page(
        "anjian/<int:pk>/cailiao/paizhao/", papers.paper_photo, name="paper_photo", roles=TAKERS, methods=POST
    ),
    page("anjian/<int:pk>/shouquan/", signatures.case_signatures, name="case_signatures", roles=CASEWORK),
    page(
        "anjian/<int:pk>/shouquan/qianzi/",
        signatures.signature_note,
        name="signature_note",
        roles=TAKERS,
        methods=POST,
    ),
    page(
        "anjian/<int:pk>/shouquan/quanjia/",
        signatures.signatures_all,
        name="signatures_all",
        roles=TAKERS,
        methods=POST,
    ),
    page(
        "anjian/<int:pk>/shouquan/yiwuren/",
        signatures.obligor_add,
        name="obligor_add",
        roles=TAKERS,
        methods=POST,
    ),
    page(
        "anjian/<int:pk>/shouquan/yiwuren/<int:obligor>/",
        signatures.obligor_end,
        name="obligor_end",
        roles=WINDOW,
        methods=POST,
    ),
    page("anjian/<int:pk>/shouquan.pdf", slips.authorisation_pdf, name="authorisation_pdf", roles=TAKERS),
    page("shouquan.pdf", slips.authorisation_blank, name="authorisation_blank", roles=TAKERS),
    page(
        "anjian/<int:pk>/tupian/<int:picture>/", signatures.case_picture, name="case_picture", roles=LOOKERS
    ),
    page("anjian/<int:pk>/bidui/", likeness.case_likeness, name="case_likeness", roles=CASEWORK),
    page(
        "anjian/<int:pk>/bidui/<int:suspicion>/",
        likeness.suspicion_settle,
        name="suspicion_settle",
        roles=WINDOW,
        methods=POST,
    ),
    page("anjian/<int:pk>/xiecha/", likeness.hukou_ask, name="hukou_ask", roles=WINDOW, methods=POST),
    page(
        "anjian/<int:pk>/xiecha/<int:inquiry>/",
        likeness.hukou_answer,
        name="hukou_answer",
        roles=WINDOW,
        methods=POST,
    ),
    page(
        "anjian/<int:pk>/xiecha/<int:inquiry>.pdf",
        slips.hukou_letter_pdf,
        name="hukou_letter_pdf",
        roles=WINDOW,
    ),
    page("anjian/<int:pk>/zhuanjie/", likeness.case_refer, name="case_refer", roles=TAKERS, methods=POST),
    page("zhuanjie/", registers.referrals, name="referrals", roles=CASEWORK),
    page("zhuanjie/<int:pk>/", registers.referral, name="referral", roles=CASEWORK, methods=BOTH),
    page("qinshu/", registers.relatives, name="relatives", roles=KEEPERS | {Role.LEADER, Role.AUDITOR}),
    page("qinshu/beian/", registers.relative_file, name="relative_file", roles=KEEPERS, methods=POST),
    page("qinshu/<int:pk>/", registers.relative_revoke, name="relative_revoke", roles=KEEPERS, methods=POST),
]
