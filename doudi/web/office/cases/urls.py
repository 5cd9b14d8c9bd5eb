"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.cases import views

READERS = CASEWORK | {Role.SOCIAL_WORKER}
LISTED = READERS | {Role.VERIFIER}

urlpatterns: list[URLPattern] = [
    page("anjian/", views.cases, name="cases", roles=LISTED),
    page("anjian/<int:pk>/", views.case, name="case", roles=LISTED),
    page("anjian/<int:pk>/jieguo/", views.case_outcome, name="case_outcome", roles=READERS),
]
