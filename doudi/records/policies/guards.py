"""A signed value is never edited: a change is a new dated value."""

from doudi.records.policies.models import PolicyValue
from doudi.store.triggers import append_only

GUARDS = append_only(PolicyValue)
