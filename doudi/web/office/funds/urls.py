"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import PAYROLL, page
from doudi.web.office.funds import accounts, acts, moves, scheme_changes, views

READERS = PAYROLL | {Role.DIRECTOR, Role.AUDITOR}
WRITE = ("GET", "POST")
MAKER, CHECKER = {Role.PAYER}, {Role.PAY_REVIEWER}

urlpatterns: list[URLPattern] = [
    page("zijin/", views.funds, name="funds", roles=READERS),
    page("zijin/daozhang/", views.receipts, name="fund_receipts", roles=READERS),
    page("zijin/daozhang/qingdan.xlsx", views.receipts_file, name="fund_receipts_xlsx", roles=READERS),
    page("zijin/daozhang/dengji/", acts.register, name="fund_new", roles=MAKER, methods=WRITE),
    page("zijin/daozhang/<int:pk>/hedui/", acts.check, name="fund_check", roles=CHECKER, methods=WRITE),
    page("zijin/daozhang/<int:pk>/tuihui/", acts.decline, name="fund_decline", roles=CHECKER, methods=WRITE),
    page("zijin/daozhang/<int:pk>/zhuanhu/", accounts.place, name="fund_place", roles=CHECKER, methods=WRITE),
    page("zijin/zhuanhu/", accounts.accounts, name="fund_accounts", roles=READERS),
    page("zijin/zhuanhu/qingdan.xlsx", accounts.accounts_file, name="fund_accounts_xlsx", roles=READERS),
    page("zijin/zhuanhu/dengji/", accounts.register, name="fund_account_new", roles=MAKER, methods=WRITE),
    page("zijin/zhuanhu/<int:pk>/hedui/", accounts.check, name="fund_account_check", roles=CHECKER, methods=WRITE),
    page("zijin/zhuanhu/<int:pk>/tuihui/", accounts.decline, name="fund_account_decline", roles=CHECKER,
         methods=WRITE),
    page("zijin/zhuanhu/<int:pk>/xiaohu/", accounts.close, name="fund_account_close", roles=CHECKER,
         methods=WRITE),
    page("zijin/zhuanhu/<int:pk>/xiangmu/", scheme_changes.register, name="fund_account_scheme", roles=MAKER,
         methods=WRITE),
    page("zijin/zhuanhu/xiangmu/<int:pk>/hedui/", scheme_changes.check, name="fund_change_check", roles=CHECKER,
         methods=WRITE),
    page("zijin/zhuanhu/xiangmu/<int:pk>/tuihui/", scheme_changes.decline, name="fund_change_decline", roles=CHECKER,
         methods=WRITE),
    page("zijin/huazhuan/", moves.moves, name="fund_moves", roles=READERS),
    page("zijin/huazhuan/dengji/", moves.register, name="fund_move_new", roles=MAKER, methods=WRITE),
    page("zijin/huazhuan/<int:pk>/hedui/", moves.check, name="fund_move_check", roles=CHECKER, methods=WRITE),
    page("zijin/huazhuan/<int:pk>/tuihui/", moves.decline, name="fund_move_decline", roles=CHECKER, methods=WRITE),
    page("zijin/yusuan/", views.budgets, name="fund_budgets", roles=READERS),
    page("zijin/yusuan/dengji/", acts.budget, name="fund_budget_new", roles=MAKER, methods=WRITE),
    page("zijin/jingfei/", views.work, name="fund_work", roles=READERS),
    page("zijin/jingfei/dengji/", acts.register_work, name="fund_work_new", roles=MAKER, methods=WRITE),
    page("zijin/jingfei/<int:pk>/hedui/", acts.check_work, name="fund_work_check", roles=CHECKER, methods=WRITE),
    page("zijin/jingfei/<int:pk>/tuihui/", acts.decline_work, name="fund_work_decline", roles=CHECKER,
         methods=WRITE),
    page("zijin/yuejie/", views.months, name="fund_months", roles=READERS),
    page("zijin/yuejie/jiezhang/", acts.prepare, name="fund_month_prepare", roles=MAKER, methods=WRITE),
    page("zijin/yuejie/<int:pk>/", views.month, name="fund_month", roles=READERS),
    page("zijin/yuejie/<int:pk>/queren/", acts.confirm, name="fund_month_confirm", roles=CHECKER, methods=WRITE),
]  # fmt: skip
