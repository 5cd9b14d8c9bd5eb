"""Who stood in for whom stays as it was arranged; only an early return is added."""

from doudi.records.staff.models import Absence
from doudi.store.triggers import write_once

GUARDS = [*write_once(Absence, may_change=("back_on",))]
