"""What was reported stays as it was reported; only its way to the end is written later, and an end is an end."""

from doudi.records.reviews.models import WAY, ChangeEvent, ChangeProof
from doudi.store.triggers import append_only, refuse, write_once

GUARDS = [
    *write_once(ChangeEvent, WAY),
    refuse(
        ChangeEvent,
        "UPDATE",
        "OLD.state IN ('applied', 'rejected') AND NEW.state <> OLD.state",
        "已经办结的变动不能再改状态, 请另报一件",
        name="ended",
    ),
    *append_only(ChangeProof),
]
