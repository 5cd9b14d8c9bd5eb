"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.letters import views

# The letters carry full names; the auditor reads the masked case page instead.
READERS = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER, Role.DIRECTOR})
HEARERS = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER})

urlpatterns: list[URLPattern] = [
    page(
        "anjian/<int:pk>/zhongzhi/<str:kind>.pdf", views.termination, name="termination_letter", roles=READERS
    ),
    page("gongshi/yiyi/<int:pk>/dafu.pdf", views.answer, name="answer_letter", roles=HEARERS),
]
