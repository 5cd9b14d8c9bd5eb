"""A list goes one way: its rows are written and left out before it is signed, decided once after, and never changed."""

from doudi.records.decisions.list_models import ListBatch, ListRow, ListTransfer
from doudi.records.staff.models import Role
from doudi.store.triggers import refuse, write_once

_STEPS = (
    ("draft", "draft"), ("draft", "signed"), ("draft", "done"), ("signed", "done"), ("draft", "withdrawn"),
)  # fmt: skip
_ROAD = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in _STEPS)
_SIGNED = (
    "OLD.signed_by_id IS NOT NULL AND (NEW.signed_by_id IS DISTINCT FROM OLD.signed_by_id "
    "OR NEW.signed_on IS DISTINCT FROM OLD.signed_on OR NEW.persons <> OLD.persons "
    "OR NEW.total_fen <> OLD.total_fen)"
)
_APPROVER = (
    f"EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.signed_by_id AND u.role = '{Role.APPROVER.value}')"  # noqa: S608
)
_NOT_SIGNER = f"NEW.signed_by_id IS NOT NULL AND OLD.signed_by_id IS NULL AND NOT {_APPROVER}"


def _in(*states: str) -> str:
    told = ", ".join(f"'{state}'" for state in states)
    return f"EXISTS (SELECT 1 FROM decisions_listbatch b WHERE b.id = NEW.batch_id AND b.state IN ({told}))"  # noqa: S608


_WRITTEN = "NEW.decision_id IS NOT NULL OR NEW.received_on IS NOT NULL"
_LEFT_LATE = f"(NEW.left_out <> OLD.left_out OR NEW.left_out_by <> OLD.left_out_by) AND NOT {_in('draft')}"
_DECIDED_WRONGLY = (
    "NEW.decision_id IS DISTINCT FROM OLD.decision_id AND (OLD.decision_id IS NOT NULL OR NEW.left_out <> '' "
    f"OR NOT {_in('signed')})"
)
_RECEIVED_WRONGLY = (
    "(NEW.received_on IS DISTINCT FROM OLD.received_on OR NEW.received_by <> OLD.received_by) AND "
    f"(OLD.received_on IS NOT NULL OR NEW.left_out <> '' OR NEW.received_by = '' OR NOT {_in('done')})"
)

_OF_ITS_LIST = (
    "EXISTS (SELECT 1 FROM decisions_listbatch b WHERE b.id = NEW.batch_id AND b.scheme = 'insurance_batch' "
    "AND b.state = 'done' AND b.total_fen = NEW.fen)"
)
_ROLE = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.{user} AND u.role = '{role}')"
_MAKER = _ROLE.format(user="registered_by_id", role=Role.PAYER.value)
_REVIEWER = _ROLE.format(user="reviewed_by_id", role=Role.PAY_REVIEWER.value)
_PAID_BY = _ROLE.format(user="approved_by_id", role=Role.PAY_APPROVER.value)
_TRANSFER_STEPS = (
    "(OLD.state = 'waiting' AND NEW.state IN ('reviewed', 'declined')) OR "
    "(OLD.state = 'reviewed' AND NEW.state IN ('paid', 'declined') "
    "AND NEW.reviewed_by_id = OLD.reviewed_by_id AND NEW.reviewed_on = OLD.reviewed_on)"
)
_STEPS_OF_TRANSFER = [
    "state", "reviewed_by", "reviewed_on", "approved_by", "approved_on", "declined_by", "declined_reason",
]  # fmt: skip

TRANSFERS = [
    *write_once(ListTransfer, may_change=_STEPS_OF_TRANSFER),
    refuse(
        ListTransfer,
        "INSERT",
        f"NEW.state <> 'waiting' OR NOT {_OF_ITS_LIST} OR NOT {_MAKER}",
        "保费转账照签发了的保险名单的合计登记, 由发放经办登记",
        name="born",
    ),
    refuse(ListTransfer, "UPDATE", f"NOT ({_TRANSFER_STEPS})", "保费转账不能这样走", name="road"),
    refuse(
        ListTransfer,
        "UPDATE",
        f"NEW.state = 'reviewed' AND NOT {_REVIEWER} OR NEW.state = 'paid' AND NOT {_PAID_BY}",
        "保费转账由发放复核复核, 由发放审批审批",
        name="hands",
    ),
]

GUARDS = [
    *TRANSFERS,
    *write_once(ListBatch, may_change=["state", "signed_by", "signed_on", "persons", "total_fen"]),
    refuse(ListBatch, "INSERT", "NEW.state <> 'draft'", "名单先拟定, 再由另一人签发", name="start"),
    refuse(ListBatch, "UPDATE", f"NOT ({_ROAD})", "名单不能这样走", name="road"),
    refuse(ListBatch, "UPDATE", _SIGNED, "签发过的名单不能改", name="signed"),
    refuse(ListBatch, "UPDATE", _NOT_SIGNER, "名单由县级审批签发", name="signer"),
    *write_once(ListRow, may_change=["left_out", "left_out_by", "decision", "received_on", "received_by"]),
    refuse(ListRow, "INSERT", f"{_WRITTEN} OR NOT {_in('draft')}", "签发了的名单不能再添人", name="insert"),
    refuse(ListRow, "UPDATE", _LEFT_LATE, "签发了的名单不能再剔除或放回", name="left_out"),
    refuse(ListRow, "UPDATE", _DECIDED_WRONGLY, "名单上的人只在签发之后写一次决定", name="decided"),
    refuse(ListRow, "UPDATE", _RECEIVED_WRONGLY, "签收只在签发之后登记一次", name="received"),
]
