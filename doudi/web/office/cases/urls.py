"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, EVERYBODY, page
from doudi.web.office.cases import assigning, clock, saved, views

# Whose duty a clock is: who handles the case, and who signs that it may take longer.
CLOCK = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER})
READERS = CASEWORK | {Role.SOCIAL_WORKER}
LISTED = READERS | {Role.VERIFIER}

urlpatterns: list[URLPattern] = [
    page("anjian/", views.cases, name="cases", roles=LISTED),
    page("shaixuan/<str:page>/", saved.save, name="filter_save", roles=EVERYBODY, methods=["POST"]),
    page("shaixuan/<int:pk>/shanqu/", saved.drop, name="filter_drop", roles=EVERYBODY, methods=["POST"]),
    page("paidan/", assigning.assignments, name="assignments", roles={Role.CLERK}),
    page("paidan/pai/", assigning.assign, name="assign", roles={Role.CLERK}, methods=["POST"]),
    page("anjian/<int:pk>/", views.case, name="case", roles=LISTED),
    page(
        "anjian/<int:pk>/shixian/", clock.case_clock, name="case_clock", roles=CLOCK, methods=("GET", "POST")
    ),
    page("anjian/<int:pk>/jieguo/", views.case_outcome, name="case_outcome", roles=READERS),
]
