"""Facts are never edited; an account changes only by ending."""

from doudi.records.people.models import Account, Fact
from doudi.store.triggers import append_only, write_once

GUARDS = [*append_only(Fact), *write_once(Account, may_change=["until_on"])]
