"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import PAYROLL, page
from doudi.web.office.payments import acts, beside, intercepted, returned, runs, take_away

READERS = PAYROLL | {Role.DIRECTOR, Role.AUDITOR}
WRITE = ("GET", "POST")
MAKER, REVIEWER, APPROVER = {Role.PAYER}, {Role.PAY_REVIEWER}, {Role.PAY_APPROVER}
CLERKS = MAKER | REVIEWER

urlpatterns: list[URLPattern] = [
    page("fafang/", runs.payroll, name="payroll", roles=READERS),
    page("fafang/shengcheng/", acts.build, name="payroll_build", roles=MAKER, methods=("POST",)),
    page("fafang/bufa/", beside.beside, name="payroll_beside", roles=READERS),
    page(
        "fafang/bufa/shengcheng/", beside.build, name="payroll_beside_build", roles=MAKER, methods=("POST",)
    ),
    page("fafang/bufa/<int:pk>/quxiao/", beside.release, name="payroll_release", roles=CLERKS, methods=WRITE),
    page("fafang/<int:pk>/yuanyou/", beside.why, name="payroll_why", roles=READERS),
    page("fafang/<int:pk>/", runs.run_page, name="payroll_run", roles=READERS),
    page("fafang/<int:pk>/jiezhe/", beside.resume, name="payroll_resume", roles=MAKER, methods=("POST",)),
    page("fafang/<int:pk>/jindu/", runs.progress, name="payroll_progress", roles=READERS),
    page("fafang/<int:pk>/chayi/", runs.changes, name="payroll_changes", roles=READERS),
    page("fafang/<int:pk>/qingce/", runs.lines, name="payroll_lines", roles=READERS),
    page("fafang/<int:pk>/qingce/dayin/", runs.registers, name="payroll_registers", roles=READERS),
    page("fafang/<int:pk>/qingce.pdf", runs.register, name="payroll_register", roles=READERS),
    page("fafang/<int:pk>/qingce.xlsx", take_away.register, name="payroll_register_xlsx", roles=READERS),
    page("fafang/wenjian/<int:pk>/jiaojiedan.pdf", runs.slip, name="payroll_slip", roles=READERS),
    page("fafang/jueding/<int:pk>/", runs.decision, name="payroll_decision", roles=READERS),
    page("fafang/<int:pk>/lanjie/", intercepted.interceptions, name="payroll_interceptions", roles=READERS),
    page(
        "fafang/lanjie/<int:pk>/", intercepted.resolve, name="payroll_resolve", roles=REVIEWER, methods=WRITE
    ),
    page("fafang/<int:pk>/suoding/", acts.lock, name="payroll_lock", roles=MAKER, methods=WRITE),
    page("fafang/<int:pk>/fuhe/", acts.review, name="payroll_review", roles=REVIEWER, methods=WRITE),
    page("fafang/<int:pk>/shenpi/", acts.approve, name="payroll_approve", roles=APPROVER, methods=WRITE),
    page(
        "fafang/<int:pk>/tuihui/",
        acts.reopen,
        name="payroll_reopen",
        roles=REVIEWER | APPROVER,
        methods=WRITE,
    ),
    page("fafang/<int:pk>/daochu/", acts.export, name="payroll_export", roles=APPROVER, methods=WRITE),
    page(
        "fafang/<int:pk>/jiaohang/", acts.hand_over, name="payroll_hand_over", roles=APPROVER, methods=WRITE
    ),
    page("fafang/<int:pk>/huipan/", returned.take_return, name="payroll_return", roles=MAKER, methods=WRITE),
    page("fafang/huipan/<int:pk>/", returned.check, name="payroll_return_check", roles=CLERKS, methods=WRITE),
    page(
        "fafang/huipan/<int:pk>/zuofei/",
        returned.withdraw,
        name="payroll_return_withdraw",
        roles=REVIEWER,
        methods=WRITE,
    ),
    page("fafang/weihui/", returned.unknown, name="payroll_unknown", roles=READERS),
    page("fafang/<int:pk>/banjie/", acts.close, name="payroll_close", roles=CLERKS, methods=WRITE),
]
