"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.rosters import views

KEEPERS = {Role.CLERK, Role.APPROVER}

urlpatterns: list[URLPattern] = [
    page("mingce/", views.rosters, name="rosters", roles=KEEPERS, methods=("GET", "POST")),
    page("mingce/<int:pk>/", views.roster, name="roster", roles=KEEPERS),
    page(
        "mingce/<int:pk>/ruku/",
        views.commit,
        name="roster_commit",
        roles={Role.APPROVER},
        methods=("GET", "POST"),
    ),
    page("mingce/<int:pk>/jindu/", views.progress, name="roster_progress", roles=KEEPERS),
]
