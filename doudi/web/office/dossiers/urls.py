"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.dossiers import views

EXPORTERS = {Role.CLERK, Role.LEADER, Role.APPROVER}

urlpatterns: list[URLPattern] = [
    page(
        "anjian/<int:pk>/anjuan/",
        views.case_dossier,
        name="case_dossier",
        roles=EXPORTERS,
        methods=["GET", "POST"],
    ),
]
