"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, PAYROLL, page
from doudi.web.office.households import money, views

SEARCHERS = CASEWORK | {Role.SOCIAL_WORKER}
UNMASKERS = SEARCHERS - {Role.DIRECTOR, Role.VILLAGE, Role.SOCIAL_WORKER}
# The sheet carries the whole name, so whoever sees names masked does not print it.
PRINTERS = CASEWORK - {Role.AUDITOR}

urlpatterns: list[URLPattern] = [
    page("jiating/", views.households, name="households", roles=CASEWORK),
    page("jiating/<int:pk>/", views.household, name="household", roles=CASEWORK),
    page("jiating/<int:pk>/xianshi/<int:person>/", views.unmask, name="household_unmask", roles=UNMASKERS,
         methods=["POST"]),
    page("jiating/<int:pk>/fafang/", money.money, name="household_money", roles=CASEWORK),
    page("jiating/<int:pk>/fafang.pdf", money.sheet, name="household_money_sheet", roles=PRINTERS),
    page("fafang/jiating/<int:pk>/", money.money, name="payroll_household", roles=PAYROLL),
    page("fafang/jiating/<int:pk>/jingguo.pdf", money.sheet, name="payroll_household_sheet", roles=PAYROLL),
    page("sousuo/", views.search, name="search", roles=SEARCHERS),
]  # fmt: skip
