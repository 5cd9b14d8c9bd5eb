"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import CASEWORK, page
from doudi.web.office.checks import (
    ability,
    assessing,
    hearings,
    obligors,
    panels,
    papers,
    verifying,
    views,
    visiting,
)

CLERK = {Role.CLERK}
DECLARING = {Role.CLERK, Role.VILLAGE}
VISITING = {Role.CLERK, Role.SOCIAL_WORKER}
VERIFYING = {Role.CLERK, Role.VERIFIER}
# Photographs, signatures, what neighbours said: for those who work on the case, and never for the village.
SEES_EVIDENCE = {Role.CLERK, Role.SOCIAL_WORKER, Role.LEADER, Role.APPROVER}
HEARS = {Role.CLERK, Role.LEADER, Role.APPROVER}
DELIBERATES = HEARS | {Role.VILLAGE}
VISITORS = CASEWORK | {Role.SOCIAL_WORKER}
BOTH = ("GET", "POST")
POST = ("POST",)

urlpatterns: list[URLPattern] = [
    page("anjian/<int:pk>/jiating/", views.case_entry, name="case_entry", roles=CASEWORK, methods=BOTH),
    page("anjian/<int:pk>/hedui/", verifying.case_findings, name="case_findings", roles=CASEWORK | {Role.VERIFIER},
         methods=BOTH),
    page("anjian/<int:pk>/hedui/<int:finding>/chuli/", verifying.finding_deal, name="finding_deal",
         roles=VERIFYING, methods=POST),
    page("anjian/<int:pk>/hedui/<int:finding>/fucha/", verifying.recheck_ask, name="recheck_ask",
         roles=VERIFYING, methods=POST),
    page("anjian/<int:pk>/fucha/<int:recheck>/", verifying.recheck_answer, name="recheck_answer",
         roles=VERIFYING, methods=POST),
    page("anjian/<int:pk>/biao/<str:sheet>/", papers.survey_sheet, name="survey_sheet", roles=SEES_EVIDENCE),
    page("anjian/<int:pk>/pingyi/", panels.case_panel, name="case_panel", roles=CASEWORK, methods=BOTH),
    page("anjian/<int:pk>/tingzheng/", hearings.case_hearing, name="case_hearing", roles=HEARS),
    page("anjian/<int:pk>/tingzheng/tichu/", hearings.hearing_ask, name="hearing_ask", roles=CLERK, methods=POST),
    page("anjian/<int:pk>/tingzheng/<int:hearing>/tongzhi/", hearings.hearing_announce,
         name="hearing_announce", roles=CLERK, methods=POST),
    page("anjian/<int:pk>/tingzheng/<int:hearing>/bilu/", hearings.hearing_hold, name="hearing_hold",
         roles=CLERK, methods=POST),
    page("pingyi/", panels.panels, name="panels", roles=DELIBERATES),
    page("pingyi/<str:village>/", panels.panel, name="panel", roles=DELIBERATES),
    page("pingyi/<str:village>/xiaozu/", panels.panel_form, name="panel_form", roles=CLERK, methods=BOTH),
    page("pingyi/<str:village>/mingce/", panels.panel_roster, name="panel_roster", roles=DELIBERATES),
    page("pingyi/<str:village>/huiyi/", panels.meeting_new, name="meeting_new", roles=CLERK, methods=BOTH),
    page("pingyi/<str:village>/jilu/<int:meeting>/", panels.meeting, name="meeting", roles=HEARS),
    page("pingyi/<str:village>/jilu/<int:meeting>/qianzi/", panels.meeting_minutes,
         name="meeting_minutes", roles=CLERK, methods=POST),
    page("pingyi/<str:village>/jilu/<int:meeting>/zhaopian/", panels.meeting_photo,
         name="meeting_photo", roles=HEARS),
    page("pingyi/<str:village>/jilu/<int:meeting>/dayin/", panels.meeting_sheet,
         name="meeting_sheet", roles=HEARS),
    page("anjian/<int:pk>/linli/", visiting.case_talk, name="case_talk", roles=VISITING, methods=POST),
    page("anjian/<int:pk>/wenjian/<int:file>/", visiting.case_file, name="case_file", roles=SEES_EVIDENCE),
    page("anjian/<int:pk>/ruhu/", visiting.case_visit, name="case_visit", roles=VISITORS, methods=BOTH),
    page("anjian/<int:pk>/yiwuren/", obligors.case_obligors, name="case_obligors", roles=CASEWORK),
    page("anjian/<int:pk>/yiwuren/qingkuang/", obligors.obligor_means, name="obligor_means", roles=DECLARING,
         methods=POST),
    page("anjian/<int:pk>/zili/", ability.case_ability, name="case_ability", roles=VISITORS),
    page("anjian/<int:pk>/zili/pinggu/", ability.ability_assess, name="ability_assess", roles=VISITING, methods=POST),
    page("anjian/<int:pk>/zili/gongyang/", ability.support_plan, name="support_plan", roles=CLERK, methods=POST),
    page("anjian/<int:pk>/cesuan/", assessing.case_assessment, name="case_assessment", roles=CASEWORK),
    page("anjian/<int:pk>/cesuan/suan/", assessing.case_assess, name="case_assess", roles=CLERK, methods=POST),
    page("anjian/<int:pk>/chushen/", views.case_opinion, name="case_opinion", roles=CASEWORK),
    page("anjian/<int:pk>/chushen/tichu/", views.case_opinion_give, name="case_opinion_give", roles=CLERK,
         methods=POST),
]  # fmt: skip
