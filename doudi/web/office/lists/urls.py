"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.lists import drawing, received, transfers, views

MAKER = {Role.APPROVER}
PAYER, REVIEWER, SENDER = {Role.PAYER}, {Role.PAY_REVIEWER}, {Role.PAY_APPROVER}
CHECKERS = REVIEWER | SENDER
READERS = MAKER | {Role.DIRECTOR, Role.AUDITOR} | PAYER | CHECKERS
WRITE = ("GET", "POST")

urlpatterns: list[URLPattern] = [
    page("mingdan/", views.listed, name="listings", roles=READERS),
    page("mingdan/wujia/", drawing.subsidy, name="listing_subsidy", roles=MAKER, methods=WRITE),
    page("mingdan/tiaoxuan/", drawing.pick, name="listing_pick", roles=MAKER, methods=WRITE),
    page("mingdan/wenjian/", drawing.upload, name="listing_upload", roles=MAKER, methods=WRITE),
    page("mingdan/<int:pk>/", views.listing, name="listing", roles=READERS),
    page("mingdan/<int:pk>/jindu/", views.progress, name="listing_progress", roles=READERS),
    page("mingdan/<int:pk>/mingdan.xlsx", views.workbook, name="listing_xlsx", roles=READERS),
    page("mingdan/<int:pk>/qianfa/", views.sign, name="listing_sign", roles=MAKER, methods=WRITE),
    page("mingdan/<int:pk>/chehui/", views.withdraw, name="listing_withdraw", roles=MAKER, methods=WRITE),
    page("mingdan/<int:pk>/fukuan/", transfers.register, name="listing_transfer", roles=PAYER, methods=WRITE),
    page("mingdan/<int:pk>/fukuan/fuhe/", transfers.review, name="listing_review", roles=REVIEWER, methods=WRITE),
    page("mingdan/<int:pk>/fukuan/shenpi/", transfers.approve, name="listing_pay", roles=SENDER, methods=WRITE),
    page("mingdan/<int:pk>/fukuan/tuihui/", transfers.decline, name="listing_decline", roles=CHECKERS, methods=WRITE),
    page("mingdan/<int:pk>/<int:row>/tichu/", views.leave_out, name="listing_leave_out", roles=MAKER, methods=WRITE),
    page("mingdan/<int:pk>/<int:row>/fanghui/", views.take_in, name="listing_take_in", roles=MAKER, methods=WRITE),
    page("mingdan/<int:pk>/qianshou/", received.sign_for_all, name="listing_sign_for_all", roles=MAKER,
         methods=("POST",)),
    page("mingdan/<int:pk>/<int:row>/qianshou/", views.sign_for, name="listing_sign_for", roles=MAKER, methods=WRITE),
]  # fmt: skip
