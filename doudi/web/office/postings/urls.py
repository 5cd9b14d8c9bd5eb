"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.postings import views

READERS = frozenset({Role.VILLAGE, Role.CLERK, Role.LEADER, Role.APPROVER, Role.DIRECTOR, Role.AUDITOR})

urlpatterns: list[URLPattern] = [
    page("gongshi/", views.postings, name="postings", roles=READERS),
    page("gongshi/zhangtie/", views.publish, name="postings_publish", roles=views.ACTING, methods=("POST",)),
    page("gongshi/shangbao/", views.send_up, name="postings_send_up", roles={Role.CLERK}, methods=("POST",)),
    page("gongshi/bang/<str:village>/", views.sheet, name="posting_sheet", roles=READERS),
    page("gongshi/yiyi/", views.objections, name="objections", roles=READERS),
    page("gongshi/yiyi/<int:pk>/", views.objection, name="objection", roles=READERS, methods=("GET", "POST")),
    page(
        "gongshi/<int:pk>/yiyi/", views.take_objection, name="take_objection", roles=views.ACTING,
        methods=("GET", "POST"),
    ),
]  # fmt: skip
