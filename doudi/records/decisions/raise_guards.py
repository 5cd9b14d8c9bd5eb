"""A raise goes one way, and its lines follow the batch.

They are listed while it is built, left out until it is signed, and decided after; what was signed is what is written.
"""

from doudi.records.decisions.raise_models import RaiseLine, StandardRaise
from doudi.store.triggers import refuse, write_once

_STEPS = (
    ("building", "building"), ("building", "draft"), ("draft", "draft"), ("draft", "signed"), ("signed", "signed"),
    ("signed", "done"), ("building", "withdrawn"), ("draft", "withdrawn"),
)  # fmt: skip
_ROAD = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in _STEPS)
_SIGNED = (
    "OLD.signed_by_id IS NOT NULL AND (NEW.signed_by_id IS DISTINCT FROM OLD.signed_by_id "
    "OR NEW.signed_on IS DISTINCT FROM OLD.signed_on OR NEW.households <> OLD.households "
    "OR NEW.added_fen <> OLD.added_fen)"
)


def _while(*states: str) -> str:
    told = ", ".join(f"'{state}'" for state in states)
    return f"EXISTS (SELECT 1 FROM decisions_standardraise r WHERE r.id = NEW.raising_id AND r.state IN ({told}))"  # noqa: S608


_TOO_EARLY = f"NEW.decision_id IS NOT NULL OR NOT {_while('building')}"
_SHUT = f"NOT {_while('draft', 'signed')}"
_UNSIGNED = (
    f"NEW.decision_id IS NOT NULL AND (NEW.left_out <> '' OR NEW.effect <> 'up' OR NOT {_while('signed')})"
)

GUARDS = [
    *write_once(StandardRaise, may_change=["state", "signed_by", "signed_on", "households", "added_fen"]),
    refuse(StandardRaise, "INSERT", "NEW.state <> 'building'", "调标批次从核算开始", name="start"),
    refuse(StandardRaise, "UPDATE", f"NOT ({_ROAD})", "调标批次不能这样走", name="road"),
    refuse(StandardRaise, "UPDATE", _SIGNED, "签发过的调标批次不能改", name="signed"),
    *write_once(RaiseLine, may_change=["left_out", "left_out_by", "decision"]),
    refuse(RaiseLine, "INSERT", _TOO_EARLY, "调标名单只在核算时写", name="insert"),
    refuse(RaiseLine, "UPDATE", "OLD.decision_id IS NOT NULL", "已经调标的一户不能改", name="decided"),
    refuse(RaiseLine, "UPDATE", _SHUT, "这个调标批次的名单不能再改", name="open"),
    refuse(RaiseLine, "UPDATE", _UNSIGNED, "只有签发了的、没有剔除的提高户才能调标", name="decide"),
]
