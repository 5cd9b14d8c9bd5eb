"""Events, looks and anchors are written once."""

from doudi.records.audit.models import Anchor, Event, Look
from doudi.store.triggers import append_only

GUARDS = [*append_only(Event), *append_only(Look), *append_only(Anchor)]
