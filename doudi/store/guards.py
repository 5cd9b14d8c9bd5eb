"""Evidence is kept as it came."""

from doudi.store.models import KeptFile
from doudi.store.triggers import append_only

GUARDS = [*append_only(KeptFile)]
