"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import EVERYBODY, page
from doudi.web.office.policies import procedure, rules, simulation, views
from doudi.web.office.policies import simulation_kept as kept
from doudi.web.office.policies import simulation_proposals as changes

WEIGHERS = {Role.APPROVER, Role.DIRECTOR}
READERS = WEIGHERS | {Role.AUDITOR}
PROPOSER, SIGNER = {Role.APPROVER}, {Role.DIRECTOR}
BOTH, POST = ("GET", "POST"), ("POST",)

urlpatterns: list[URLPattern] = [
    page("canshu/", views.parameters, name="parameters", roles=EVERYBODY),
    page("canshu/chengxu/", procedure.procedure, name="procedure", roles=EVERYBODY),
    page("canshu/guize/", rules.rulebook, name="rulebook", roles=EVERYBODY),
    page("cesuan/", simulation.simulation, name="simulation", roles=READERS, methods=BOTH),
    page("cesuan/hebiao.xlsx", simulation.workbook, name="simulation_xlsx", roles=READERS),
    page("cesuan/baocun/", simulation.save, name="simulation_keep", roles=WEIGHERS, methods=POST),
    page("cesuan/fangan/", kept.listed, name="scenarios", roles=READERS),
    page("cesuan/fangan/bingpai/", kept.compared, name="scenarios_compare", roles=READERS),
    page("cesuan/fangan/<int:pk>/", kept.scenario, name="scenario", roles=READERS),
    page("cesuan/gaidong/", changes.listed, name="proposals", roles=READERS),
    page("cesuan/gaidong/tichu/", changes.propose, name="proposal_new", roles=PROPOSER, methods=BOTH),
    page("cesuan/gaidong/<int:pk>/", changes.proposal, name="proposal", roles=READERS),
    page("cesuan/gaidong/<int:pk>/qianfa/", changes.sign, name="proposal_sign", roles=SIGNER, methods=POST),
    page(
        "cesuan/gaidong/<int:pk>/tuihui/",
        changes.send_back,
        name="proposal_send_back",
        roles=SIGNER,
        methods=POST,
    ),
    page(
        "cesuan/gaidong/<int:pk>/chehui/",
        changes.withdraw,
        name="proposal_withdraw",
        roles=PROPOSER,
        methods=POST,
    ),
    page("canshu/<str:path>/", views.parameter, name="parameter", roles=EVERYBODY),
]
