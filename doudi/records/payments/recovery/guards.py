"""The gates of money that comes back: forward only, by two, never more than was paid, never more than was ordered."""

from doudi.records.payments.models import Instalment, Recovery, RecoveryMonth, RecoveryReceipt, WriteOff
from doudi.records.staff.models import Role
from doudi.store.triggers import append_only, refuse, write_once

_STATE = "(SELECT r.state FROM payments_recovery r WHERE r.id = {row}.recovery_id)"
_ROAD = (
    "NEW.state = OLD.state OR (OLD.state = 'proposed' AND NEW.state IN ('ordered', 'cancelled')) "
    "OR (OLD.state = 'ordered' AND NEW.state IN ('settled', 'written_off', 'cancelled'))"
)
_ROLE = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.{user} AND u.role = '{role}')"
_PROPOSER = _ROLE.format(user="ordered_by_id", role=Role.PAY_REVIEWER.value)
_CONFIRMER = _ROLE.format(user="confirmed_by_id", role=Role.PAY_APPROVER.value)
# Who accepted, reviewed or confirmed a household's case has no hand in what is ordered back from it.
_WORKED_ON_IT = (
    "EXISTS (SELECT 1 FROM cases_hand h JOIN cases_case c ON c.id = h.case_id "
    "WHERE c.household_id = NEW.household_id AND h.user_id = NEW.{user})"
)
_MONTHS = "(SELECT COALESCE(SUM(m.fen), 0) FROM payments_recoverymonth m WHERE m.recovery_id = NEW.id)"
_RECEIVED = "(SELECT COALESCE(SUM(p.fen), 0) FROM payments_recoveryreceipt p WHERE p.recovery_id = {row})"
_GIVEN_UP = (
    "(SELECT COALESCE(SUM(w.fen), 0) FROM payments_writeoff w WHERE w.recovery_id = NEW.id "
    "AND w.approved_by_id IS NOT NULL)"
)
_ANOTHER_LINE = (
    "NOT EXISTS (SELECT 1 FROM payments_payline l JOIN payments_recovery r ON r.id = NEW.recovery_id "
    "JOIN payments_payrollrun u ON u.id = l.run_id WHERE l.id = NEW.line_id AND l.award_id = NEW.award_id "
    "AND l.month = NEW.month AND l.household_id = r.household_id AND u.scheme = r.scheme AND l.state = 'paid')"
)
_MORE_THAN_PAID = (
    "(SELECT COALESCE(SUM(m.stands_fen), 0) FROM payments_recoverymonth m WHERE m.line_id = NEW.line_id) + NEW.fen "
    "> (SELECT l.amount_fen FROM payments_payline l WHERE l.id = NEW.line_id)"
)
_AMOUNT = "(SELECT r.amount_fen FROM payments_recovery r WHERE r.id = NEW.recovery_id)"
_PLANNED = (
    "(SELECT COALESCE(SUM(i.fen), 0) FROM payments_instalment i WHERE i.recovery_id = NEW.recovery_id "
    "AND i.plan = NEW.plan)"
)
_OUTSTANDING = f"{_AMOUNT} - {_RECEIVED.format(row='NEW.recovery_id')}"

RECOVERY_GUARDS = [
    refuse(
        Recovery,
        "INSERT",
        f"NEW.state <> 'proposed' OR NEW.confirmed_by_id IS NOT NULL OR NOT {_PROPOSER} "
        f"OR {_WORKED_ON_IT.format(user='ordered_by_id')}",
        "追缴要由没有办过这一户案件的发放复核提出, 再由另一人批准",
        name="born",
    ),
    *write_once(Recovery, may_change=["state", "confirmed_on", "confirmed_by", "ended_on", "ended_reason"]),
    refuse(Recovery, "UPDATE", f"NOT ({_ROAD})", "追缴不能跳步或倒退", name="road"),
    refuse(
        Recovery,
        "UPDATE",
        f"NEW.state = 'ordered' AND OLD.state = 'proposed' AND (NOT {_CONFIRMER} OR {_MONTHS} <> NEW.amount_fen "
        f"OR {_WORKED_ON_IT.format(user='confirmed_by_id')})",
        "追缴要由没有办过这一户案件的发放审批批准, 各月之和要等于应追缴",
        name="confirmed",
    ),
    refuse(
        Recovery,
        "UPDATE",
        "OLD.confirmed_by_id IS NOT NULL AND (NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id "
        "OR NEW.confirmed_on IS DISTINCT FROM OLD.confirmed_on)",
        "追缴的批准人写定后不能改动",
        name="signed",
    ),
    refuse(
        Recovery,
        "UPDATE",
        f"NEW.state = 'settled' AND OLD.state <> 'settled' AND {_RECEIVED.format(row='NEW.id')} <> NEW.amount_fen",
        "没有缴清的追缴不能记为已缴清",
        name="settled",
    ),
    refuse(
        Recovery,
        "UPDATE",
        f"NEW.state = 'written_off' AND OLD.state <> 'written_off' AND ({_GIVEN_UP} = 0 OR "
        f"{_RECEIVED.format(row='NEW.id')} + {_GIVEN_UP} <> NEW.amount_fen)",
        "没有另一人批准、数目对不上的不能记为已核销",
        name="written_off",
    ),
    refuse(
        RecoveryMonth,
        "INSERT",
        f"{_STATE.format(row='NEW')} <> 'proposed' OR NEW.stands_fen <> NEW.fen OR {_ANOTHER_LINE}",
        "追缴的月份要是这一户发到卡上的那一行, 批准之后不能再加",
        name="line",
    ),
    refuse(RecoveryMonth, "INSERT", _MORE_THAN_PAID, "同一行发放追缴的合计不能超过发过的数", name="once"),
    *write_once(RecoveryMonth, may_change=["stands_fen"]),
    refuse(
        RecoveryMonth,
        "UPDATE",
        f"NEW.stands_fen > OLD.stands_fen OR NEW.stands_fen <> OLD.stands_fen AND {_STATE.format(row='NEW')} "
        "<> 'cancelled'",
        "追缴撤销了, 月份才不再算数",
        name="stands",
    ),
    *append_only(Instalment),
    refuse(
        Instalment,
        "INSERT",
        f"{_STATE.format(row='NEW')} NOT IN ('proposed', 'ordered') OR {_PLANNED} + NEW.fen > {_OUTSTANDING}",
        "分期的合计不能超过还差的数",
        name="within",
    ),
    *append_only(RecoveryReceipt),
    refuse(
        RecoveryReceipt,
        "INSERT",
        f"{_STATE.format(row='NEW')} <> 'ordered' OR NEW.fen > {_OUTSTANDING}",
        "到账不能超过还差的数, 没有在追的不能登记到账",
        name="within",
    ),
    refuse(
        WriteOff,
        "INSERT",
        f"{_STATE.format(row='NEW')} <> 'ordered' OR NEW.approved_by_id IS NOT NULL "
        f"OR NEW.declined_by_id IS NOT NULL OR NEW.fen <> {_OUTSTANDING} "
        f"OR NOT {_ROLE.format(user='proposed_by_id', role=Role.PAY_REVIEWER.value)}",
        "核销要先由发放复核提出, 数目等于还差的数",
        name="asked",
    ),
    *write_once(
        WriteOff,
        may_change=["approved_on", "approved_by", "declined_on", "declined_by", "declined_reason"],
    ),
    refuse(
        WriteOff,
        "UPDATE",
        "OLD.approved_on IS NOT NULL OR OLD.declined_on IS NOT NULL",
        "核销已经答复, 不能改动",
        name="answered",
    ),
    refuse(
        WriteOff,
        "UPDATE",
        f"NEW.approved_by_id IS NOT NULL AND NOT "
        f"{_ROLE.format(user='approved_by_id', role=Role.PAY_APPROVER.value)}",
        "核销要由发放审批批准",
        name="approved",
    ),
]
