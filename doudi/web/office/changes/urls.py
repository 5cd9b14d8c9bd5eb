"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.changes import reviews, sums, views

REPORTERS = frozenset({Role.VILLAGE, Role.CLERK})
CLERKS = frozenset({Role.CLERK})
# Where the county has delegated confirmation the leader decides; the service asks the county's own procedure.
DECIDERS = frozenset({Role.LEADER, Role.APPROVER})
# A photograph shows whole numbers; the auditor and the director read the masked page instead.
PROOF_READERS = REPORTERS | DECIDERS
BOTH = ("GET", "POST")
POST = ("POST",)

urlpatterns: list[URLPattern] = [
    page("biandong/", views.changes, name="changes", roles=CASEWORK),
    page("biandong/baogao/", views.change_pick, name="change_pick", roles=REPORTERS),
    page(
        "jiating/<int:pk>/biandong/", views.change_report, name="change_report", roles=REPORTERS, methods=BOTH
    ),
    page("biandong/<int:pk>/", views.change, name="change", roles=CASEWORK),
    page(
        "biandong/<int:pk>/zhengming/<int:proof>/",
        views.change_proof,
        name="change_proof",
        roles=PROOF_READERS,
    ),
    page("biandong/<int:pk>/heshi/", views.change_verify, name="change_verify", roles=CLERKS, methods=POST),
    page(
        "biandong/<int:pk>/bushushi/",
        views.change_reject,
        name="change_reject",
        roles=CLERKS | DECIDERS,
        methods=POST,
    ),
    page(
        "biandong/<int:pk>/jueding/", views.change_decide, name="change_decide", roles=DECIDERS, methods=POST
    ),
    page("biandong/<int:pk>/zhuanyi.pdf", views.change_letter, name="change_letter", roles=PROOF_READERS),
    page("fuhe/", reviews.reviews_due, name="reviews_due", roles=CLERKS | DECIDERS, methods=("GET",)),
    page("fuhe/lian/", reviews.reviews_open, name="reviews_open", roles=CLERKS, methods=POST),
    page("anjian/<int:pk>/zengjian/", sums.case_change, name="case_change", roles=CASEWORK),
    page(
        "anjian/<int:pk>/zengjian/liyou/",
        sums.case_change_reasons,
        name="case_change_reasons",
        roles=CLERKS,
        methods=POST,
    ),
    page(
        "anjian/<int:pk>/zengjian/bubian/",
        sums.case_unchanged,
        name="case_unchanged",
        roles=CLERKS,
        methods=POST,
    ),
]
