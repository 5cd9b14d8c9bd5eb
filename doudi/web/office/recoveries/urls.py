"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import PAYROLL, page
from doudi.web.office.recoveries import acts, by_hand, reconciliation, unpaid, views

READERS = PAYROLL | {Role.DIRECTOR, Role.AUDITOR}
WRITE = ("GET", "POST")
MAKER, REVIEWER, APPROVER = {Role.PAYER}, {Role.PAY_REVIEWER}, {Role.PAY_APPROVER}

urlpatterns: list[URLPattern] = [
    page("zhuijiao/", views.recoveries, name="recoveries", roles=READERS),
    page("zhuijiao/qingdan.xlsx", views.workbook, name="recoveries_xlsx", roles=READERS),
    page("zhuijiao/gaizhui/", views.candidates, name="recovery_candidates", roles=READERS),
    page("zhuijiao/gaizhui/<int:pk>/<str:scheme>/", acts.propose, name="recovery_new", roles=REVIEWER,
         methods=WRITE),
    page("zhuijiao/<int:pk>/", views.recovery, name="recovery", roles=READERS),
    page("zhuijiao/<int:pk>/pizhun/", acts.confirm, name="recovery_confirm", roles=APPROVER, methods=WRITE),
    page("zhuijiao/<int:pk>/chexiao/", acts.cancel, name="recovery_cancel", roles=APPROVER, methods=WRITE),
    page("zhuijiao/<int:pk>/fenqi/", acts.plan, name="recovery_plan", roles=REVIEWER, methods=WRITE),
    page("zhuijiao/<int:pk>/daozhang/", acts.receive, name="recovery_receive", roles=MAKER, methods=WRITE),
    page("zhuijiao/<int:pk>/hexiao/", acts.ask_write_off, name="recovery_write_off", roles=REVIEWER,
         methods=WRITE),
    page("zhuijiao/<int:pk>/hexiao/pizhun/", acts.approve_write_off, name="recovery_write_off_approve",
         roles=APPROVER, methods=WRITE),
    page("zhuijiao/<int:pk>/hexiao/tuihui/", acts.decline_write_off, name="recovery_write_off_decline",
         roles=APPROVER, methods=WRITE),
    page("fafang/meifacheng/", unpaid.unpaid, name="unpaid_lines", roles=READERS | {Role.VILLAGE, Role.CLERK}),
    page("fafang/dangmian/", by_hand.hand_list, name="hand_payments", roles=READERS),
    page("fafang/dangmian/<int:pk>/", by_hand.sign, name="hand_sign", roles=MAKER, methods=WRITE),
    page("fafang/<int:pk>/dangmian.pdf", by_hand.sheet, name="payroll_hand_sheet", roles=PAYROLL),
    page("fafang/hedui/", reconciliation.reconciliation, name="reconciliation", roles=READERS),
    page("fafang/hedui.xlsx", reconciliation.workbook, name="reconciliation_xlsx", roles=READERS),
    page("zhuijiao/<int:pk>/tongzhi.pdf", acts.letter, name="recovery_letter", roles=PAYROLL),
]  # fmt: skip
