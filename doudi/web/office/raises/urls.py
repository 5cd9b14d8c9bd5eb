"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.raises import homes, views

READERS = {Role.APPROVER, Role.DIRECTOR, Role.AUDITOR}
# The letters carry full names; the auditor reads the list instead.
DOORS, CLERKS = {Role.CLERK, Role.LEADER, Role.APPROVER}, {Role.CLERK}
MAKER, SIGNER = {Role.APPROVER}, {Role.DIRECTOR}
WRITE = ("GET", "POST")

urlpatterns: list[URLPattern] = [
    page("tiaobiao/", views.listed, name="raises", roles=READERS),
    page("tiaobiao/faqi/", views.begin, name="raise_new", roles=MAKER, methods=WRITE),
    page("tiaobiao/daohu/", homes.waiting, name="raise_homes", roles=DOORS),
    page("tiaobiao/daohu/lian/", homes.open_cases, name="raise_reviews_open", roles=CLERKS, methods=("POST",)),
    page("tiaobiao/gaozhi/", homes.letters, name="raise_told", roles=DOORS | {Role.DIRECTOR}),
    page("tiaobiao/<int:pk>/gaozhi/<str:village>.pdf", homes.book, name="raise_letters",
         roles=DOORS | {Role.DIRECTOR}),
    page("tiaobiao/<int:pk>/", views.raising, name="raise", roles=READERS),
    page("tiaobiao/<int:pk>/jindu/", views.progress, name="raise_progress", roles=READERS),
    page("tiaobiao/<int:pk>/mingdan.xlsx", views.workbook, name="raise_xlsx", roles=READERS),
    page("tiaobiao/<int:pk>/hu/<int:line>/", views.household, name="raise_line", roles=READERS),
    page("tiaobiao/<int:pk>/hu/<int:line>/tichu/", views.leave_out, name="raise_leave_out", roles=MAKER, methods=WRITE),
    page("tiaobiao/<int:pk>/hu/<int:line>/fanghui/", views.take_in, name="raise_take_in", roles=MAKER, methods=WRITE),
    page("tiaobiao/<int:pk>/qianfa/", views.sign, name="raise_sign", roles=SIGNER, methods=WRITE),
    page("tiaobiao/<int:pk>/chehui/", views.withdraw, name="raise_withdraw", roles=MAKER, methods=WRITE),
]  # fmt: skip
