"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import page
from doudi.web.office.decisions import appeals, batch, receipts, sampling, views

# The letters carry full names; the auditor reads the masked case page instead.
READERS = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER, Role.DIRECTOR})
LEADERS, COUNTY = frozenset({Role.LEADER}), frozenset({Role.APPROVER})
# Where the county has delegated confirmation the leader confirms; the service asks each case's own procedure.
CONFIRMERS = LEADERS | COUNTY
DELIVERERS = receipts.DELIVERERS
SAMPLE_READERS = COUNTY | {Role.DIRECTOR}
BOTH = ("GET", "POST")

urlpatterns: list[URLPattern] = [
    page("qianpi/", views.sign_queue, name="sign_queue", roles=LEADERS),
    page("qianpi/piliang/", batch.sign_batch, name="sign_batch", roles=LEADERS, methods=("POST",)),
    page("anjian/<int:pk>/qianpi/", views.case_sign, name="case_sign", roles=LEADERS, methods=BOTH),
    page("queren/", views.confirm_queue, name="confirm_queue", roles=COUNTY),
    page("queren/piliang/", batch.confirm_batch, name="confirm_batch", roles=CONFIRMERS, methods=("POST",)),
    page("anjian/<int:pk>/niqueren/", views.case_intend, name="case_intend", roles=COUNTY, methods=BOTH),
    page("anjian/<int:pk>/queren/", views.case_confirm, name="case_confirm", roles=CONFIRMERS, methods=BOTH),
    page(
        "anjian/<int:pk>/queren/zhaopian/<int:visit>/",
        views.county_visit_photo,
        name="county_visit_photo",
        roles=CONFIRMERS,
    ),
    page("choucha/", sampling.samples, name="samples", roles=SAMPLE_READERS),
    page("choucha/chouqian/", sampling.sample_draw, name="sample_draw", roles=COUNTY, methods=("POST",)),
    page("choucha/<int:pk>/", sampling.sample, name="sample", roles=COUNTY, methods=BOTH),
    page("anjian/<int:pk>/choucha/", sampling.sample_case, name="sample_case", roles=COUNTY, methods=BOTH),
    page("songda/", receipts.deliver_queue, name="deliver_queue", roles=DELIVERERS),
    page(
        "songda/piliang/", receipts.deliver_batch, name="deliver_batch", roles=DELIVERERS, methods=("POST",)
    ),
    page("jueding/<int:pk>/", receipts.decision, name="decision", roles=READERS, methods=BOTH),
    page("jueding/<int:pk>/huizheng/", receipts.slip, name="delivery_slip", roles=READERS),
    page("jueding/<int:pk>/bufu/", appeals.appeal_new, name="appeal_new", roles=DELIVERERS, methods=BOTH),
    page("jueding/<int:pk>/<str:kind>/", receipts.letter, name="decision_letter", roles=READERS),
    page("bufu/", appeals.appeals, name="appeals", roles=READERS),
    page("bufu/<int:pk>/", appeals.appeal, name="appeal", roles=READERS),
    page(
        "bufu/<int:pk>/jieguo/", appeals.appeal_answer, name="appeal_answer", roles=CONFIRMERS, methods=BOTH
    ),
]
