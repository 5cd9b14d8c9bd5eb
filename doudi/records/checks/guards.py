"""Findings, visits, assessments and opinions are frozen once written."""

from doudi.records.checks.models import Assessment, Finding, Opinion, VisitRecord
from doudi.store.triggers import append_only

GUARDS = [*append_only(Finding), *append_only(VisitRecord), *append_only(Assessment), *append_only(Opinion)]
