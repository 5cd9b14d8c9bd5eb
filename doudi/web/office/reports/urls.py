"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, PAYROLL, page
from doudi.web.office.reports import views

READERS = (CASEWORK | PAYROLL) - {Role.VILLAGE}

urlpatterns: list[URLPattern] = [
    page("tongji/", views.statistics, name="statistics", roles=READERS),
    page("tongji/yuebao.xlsx", views.workbook, name="statistics_xlsx", roles=READERS),
]
