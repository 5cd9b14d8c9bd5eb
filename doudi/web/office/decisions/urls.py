"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.decisions import views

# The letters carry full names; the auditor reads the masked case page instead.
READERS = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER, Role.DIRECTOR})
LEADERS, COUNTY = frozenset({Role.LEADER}), frozenset({Role.APPROVER})
BOTH = ("GET", "POST")

urlpatterns: list[URLPattern] = [
    page("qianpi/", views.sign_queue, name="sign_queue", roles=LEADERS),
    page("qianpi/piliang/", views.sign_batch, name="sign_batch", roles=LEADERS, methods=("POST",)),
    page("anjian/<int:pk>/qianpi/", views.case_sign, name="case_sign", roles=LEADERS, methods=BOTH),
    page("queren/", views.confirm_queue, name="confirm_queue", roles=COUNTY),
    page("queren/piliang/", views.confirm_batch, name="confirm_batch", roles=COUNTY, methods=("POST",)),
    page("anjian/<int:pk>/queren/", views.case_confirm, name="case_confirm", roles=COUNTY, methods=BOTH),
    page("jueding/<int:pk>/", views.decision, name="decision", roles=READERS, methods=BOTH),
    page("jueding/<int:pk>/<str:kind>/", views.letter, name="decision_letter", roles=READERS),
]
