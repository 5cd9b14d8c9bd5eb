"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.households import views

SEARCHERS = CASEWORK | {Role.SOCIAL_WORKER}
UNMASKERS = SEARCHERS - {Role.DIRECTOR, Role.VILLAGE, Role.SOCIAL_WORKER}

urlpatterns: list[URLPattern] = [
    page("jiating/", views.households, name="households", roles=CASEWORK),
    page("jiating/<int:pk>/", views.household, name="household", roles=CASEWORK),
    page("jiating/<int:pk>/xianshi/<int:person>/", views.unmask, name="household_unmask", roles=UNMASKERS,
         methods=["POST"]),
    page("sousuo/", views.search, name="search", roles=SEARCHERS),
]  # fmt: skip
