"""The verbs of deciding, by what they do: sign and confirm, open what was granted, stop it, tell the family."""

from doudi.records.decisions.services.deciding import (
    ReasonMissing,
    confirm,
    county_visit,
    intend,
    refuse,
    send_back,
    sign,
)
from doudi.records.decisions.services.delivering import deliver
from doudi.records.decisions.services.granting import AlreadyReceives
from doudi.records.decisions.services.stopping import AlreadyClosed, stop

__all__ = [
    "AlreadyClosed",
    "AlreadyReceives",
    "ReasonMissing",
    "confirm",
    "county_visit",
    "deliver",
    "intend",
    "refuse",
    "send_back",
    "sign",
    "stop",
]
