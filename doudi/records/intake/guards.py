"""A notice once given is not rewritten."""

from doudi.records.intake.models import GapNotice
from doudi.store.triggers import append_only

GUARDS = append_only(GapNotice)
