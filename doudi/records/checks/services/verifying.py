"""Verify: what departments found."""

import datetime as dt

from django.db import transaction

from doudi.law.duties import ROLES
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import Finding
from doudi.records.staff.models import User


@transaction.atomic
def note_finding(*, case: Case, by: User, source: str, outcome: str, on: dt.date, note: str = "") -> Finding:
    """记一条核对结果。依据: 民发〔2021〕57号 第十七条"""
    case = cases.locked(case)
    cases.require_station(case, "survey")
    duty = "verify" if "verify" in ROLES[by.role].duties else "survey"
    title = f"信息核对: {Finding.Outcome(outcome).label}"
    cases.do(case=case, by=by, duty=duty, title=title, on=on, note=note)
    return Finding.objects.create(case=case, source=source, outcome=outcome, note=note, on=on, by=by.username)
