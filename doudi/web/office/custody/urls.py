"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.custody import views

BOTH = ("GET", "POST")
CLERKS, COUNTY = {Role.CLERK}, {Role.APPROVER}
# The agreement shows whole numbers: those who record and file it read it, the others its facts.
AGREEMENT_READERS = CLERKS | COUNTY

urlpatterns: list[URLPattern] = [
    page("daiguan/", views.custodies, name="custodies", roles=CASEWORK - {Role.VILLAGE}),
    page("daiguan/qingdan.xlsx", views.workbook, name="custodies_xlsx", roles=CASEWORK - {Role.VILLAGE}),
    page("jiating/<int:pk>/daiguan/", views.record, name="custody_new", roles=CLERKS, methods=BOTH),
    page("daiguan/<int:pk>/beian/", views.file, name="custody_file", roles=COUNTY, methods=BOTH),
    page("daiguan/<int:pk>/jieshu/", views.end, name="custody_end", roles=CLERKS | COUNTY, methods=BOTH),
    page("daiguan/<int:pk>/xieyi/", views.agreement, name="custody_agreement", roles=AGREEMENT_READERS),
]
