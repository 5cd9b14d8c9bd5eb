"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.records.staff.models import Role
from doudi.web.office.access import EVERYBODY, page
from doudi.web.office.settings import absences, days, people, trail

WRITE = ("GET", "POST")
TRAIL = {Role.AUDITOR, Role.AUDIT_ADMIN}

urlpatterns: list[URLPattern] = [
    page("shezhi/yonghu/", people.users, name="users", roles={Role.SECURITY}),
    page("shezhi/yonghu/xinjian/", people.new_user, name="user_new", roles={Role.SECURITY}, methods=WRITE),
    page("shezhi/yonghu/<int:pk>/", people.user_page, name="user", roles={Role.SECURITY}, methods=WRITE),
    page(
        "shezhi/yonghu/<int:pk>/tingyong/",
        people.switch_off,
        name="user_disable",
        roles={Role.SECURITY},
        methods=WRITE,
    ),
    page(
        "shezhi/yonghu/<int:pk>/qiyong/",
        people.switch_on,
        name="user_enable",
        roles={Role.SECURITY},
        methods=("POST",),
    ),
    page(
        "shezhi/yonghu/<int:pk>/kouling/",
        people.reset,
        name="user_reset",
        roles={Role.SECURITY},
        methods=WRITE,
    ),
    page("shezhi/daili/", absences.absences, name="absences", roles={Role.SECURITY}),
    page(
        "shezhi/daili/<int:pk>/huigang/",
        absences.back,
        name="absence_back",
        roles={Role.SECURITY},
        methods=("POST",),
    ),
    page(
        "shezhi/yonghu/<int:pk>/daili/",
        absences.user_absence,
        name="user_absence",
        roles={Role.SECURITY},
        methods=WRITE,
    ),
    page("shezhi/rili/", days.workdays, name="workdays", roles=EVERYBODY),
    page("shezhi/rili/<int:year>/", days.year_page, name="workdays_year", roles=EVERYBODY, methods=WRITE),
    page(
        "shezhi/rili/<int:year>/zairu/",
        days.load,
        name="workdays_load",
        roles={Role.SYSTEM},
        methods=("POST",),
    ),
    page(
        "shezhi/rili/<int:year>/quxiao/",
        days.clear,
        name="workday_clear",
        roles={Role.SYSTEM},
        methods=("POST",),
    ),
    page("shezhi/yanshi-riqi/", days.demo_day, name="demo_day", roles=EVERYBODY, methods=WRITE),
    page("shenji/", trail.events, name="audit", roles=TRAIL),
    page("shenji/chakan/", trail.looks, name="audit_looks", roles=TRAIL),
    page("shenji/heyan/", trail.verification, name="audit_verify", roles=TRAIL, methods=WRITE),
]
