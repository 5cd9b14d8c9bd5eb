"""Facts are never edited; an account, an obligor and a relatives filing change only by ending."""

from doudi.records.people.models import Account, Fact, Obligor, Relative
from doudi.store.triggers import append_only, write_once

GUARDS = [
    *append_only(Fact),
    *write_once(Account, may_change=["until_on"]),
    *write_once(Obligor, may_change=["until_on", "ended_reason", "phone", "county"]),
    *write_once(Relative, may_change=["revoked_on", "revoked_reason", "revoked_by"]),
]
