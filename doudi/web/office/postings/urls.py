"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.postings import complaints, photos, places, views

READERS = frozenset({Role.VILLAGE, Role.CLERK, Role.LEADER, Role.APPROVER, Role.DIRECTOR, Role.AUDITOR})
# What was said against a family is never the village's to read.
HEARERS = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER, Role.AUDITOR})
CLERK = frozenset({Role.CLERK})

urlpatterns: list[URLPattern] = [
    page("gongshi/", views.postings, name="postings", roles=READERS),
    page("gongshi/zhangtie/", views.publish, name="postings_publish", roles=views.ACTING, methods=("POST",)),
    page(
        "gongshi/zhangtie/<str:village>/", views.publish_village, name="postings_publish_village",
        roles=views.ACTING, methods=("POST",),
    ),
    page("gongshi/shangbao/", views.send_up, name="postings_send_up", roles=CLERK, methods=("POST",)),
    page("gongshi/dayin/", views.print_boards, name="boards_print", roles=READERS, methods=("POST",)),
    page("gongshi/bang/<str:village>/", views.sheet, name="posting_sheet", roles=READERS),
    page("gongshi/changqi/<str:village>/", views.published_sheet, name="published_sheet", roles=READERS),
    page("gongshi/zhaopian/", photos.sheets, name="board_photos", roles=READERS),
    page("gongshi/zhaopian/<int:pk>/", photos.photo, name="board_photo", roles=READERS),
    page("gongshi/pai/<int:pk>/", photos.send, name="board_photo_send", roles=views.ACTING, methods=("GET", "POST")),
    page("gongshi/yiyi/", complaints.objections, name="objections", roles=HEARERS),
    page("gongshi/yiyi/<int:pk>/", complaints.objection, name="objection", roles=HEARERS, methods=("GET", "POST")),
    page(
        "gongshi/yiyi/<int:pk>/jiaoban/", complaints.assign, name="objection_assign", roles=CLERK, methods=("POST",)
    ),
    page(
        "gongshi/yiyi/<int:pk>/huiqian/", complaints.countersign, name="objection_countersign", roles=CLERK,
        methods=("POST",),
    ),
    page("gongshi/yiyi/<int:pk>/dafu/", complaints.reply, name="objection_reply", roles=CLERK, methods=("POST",)),
    page(
        "gongshi/yiyi/<int:pk>/lianxi/", complaints.contact, name="objection_contact",
        roles={Role.CLERK, Role.APPROVER}, methods=("POST",),
    ),
    page(
        "gongshi/<int:pk>/yiyi/", complaints.take_objection, name="take_objection", roles=CLERK,
        methods=("GET", "POST"),
    ),
    page("jiating/<int:pk>/jubao/", complaints.take_tip, name="take_tip", roles=CLERK, methods=("GET", "POST")),
    page("gongshi/kaixiang/", places.boxes, name="boxes", roles=CLERK, methods=("GET", "POST")),
    page("shezhi/jiandu/", places.hotlines, name="hotlines", roles={Role.SYSTEM}, methods=("GET", "POST")),
]  # fmt: skip
