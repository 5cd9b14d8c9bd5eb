"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.checks import views

CLERK = {Role.CLERK}
VISITORS = CASEWORK | {Role.SOCIAL_WORKER}
BOTH = ("GET", "POST")
POST = ("POST",)

urlpatterns: list[URLPattern] = [
    page("anjian/<int:pk>/jiating/", views.case_entry, name="case_entry", roles=CASEWORK, methods=BOTH),
    page("anjian/<int:pk>/hedui/", views.case_findings, name="case_findings", roles=CASEWORK | {Role.VERIFIER},
         methods=BOTH),
    page("anjian/<int:pk>/ruhu/", views.case_visit, name="case_visit", roles=VISITORS, methods=BOTH),
    page("anjian/<int:pk>/cesuan/", views.case_assessment, name="case_assessment", roles=CASEWORK),
    page("anjian/<int:pk>/cesuan/suan/", views.case_assess, name="case_assess", roles=CLERK, methods=POST),
    page("anjian/<int:pk>/chushen/", views.case_opinion, name="case_opinion", roles=CASEWORK),
    page("anjian/<int:pk>/chushen/tichu/", views.case_opinion_give, name="case_opinion_give", roles=CLERK,
         methods=POST),
]  # fmt: skip
