"""Decisions and what they open and close are written once."""

from doudi.records.decisions.models import Closing, Decision, Delivery, Opening
from doudi.store.triggers import append_only

GUARDS = [*append_only(Decision), *append_only(Opening), *append_only(Closing), *append_only(Delivery)]
