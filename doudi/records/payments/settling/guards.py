"""What the database itself refuses of months and debts: a month in two runs, a debt paid twice, given up by one."""

from doudi.records.payments.models import Paid, PayLine, PayrollRun, Release
from doudi.store.triggers import refuse, write_once

_OTHER_CYCLE = (
    "NEW.kind = 'regular' AND EXISTS (SELECT 1 FROM payments_payrollrun r WHERE r.scheme = NEW.scheme "
    "AND r.kind = 'regular' AND r.month >= CASE WHEN NEW.from_month = 0 THEN NEW.month ELSE NEW.from_month END "
    "AND CASE WHEN r.from_month = 0 THEN r.month ELSE r.from_month END <= NEW.month)"
)
_ANOTHER_LIVES = (
    "EXISTS (SELECT 1 FROM payments_payline o WHERE o.award_id = {row}.award_id AND o.month = {row}.month "
    "AND o.id <> {row}.id AND o.state IN ('pending', 'sent', 'unknown', 'paid'))"
)
_OTHER_SUM = (
    "NEW.repays_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments_payline o "
    "WHERE o.id = NEW.repays_id AND o.amount_fen = NEW.amount_fen)"
)
# The line a debt was locked with: the last one before it that is no correction and was not held back.
_GIVEN_UP = (
    "NEW.repays_id IS NOT NULL AND (SELECT MAX(o.id) FROM payments_payline o WHERE o.award_id = NEW.award_id "
    "AND o.month = NEW.month AND o.kind <> 'correction' AND o.state <> 'held' AND o.id <= NEW.repays_id) "
    "IN (SELECT g.line_id FROM payments_release g WHERE g.approved_by_id IS NOT NULL)"
)
_OWES = (
    "EXISTS (SELECT 1 FROM payments_payline l WHERE l.id = NEW.line_id AND l.kind <> 'correction' "
    "AND l.state IN ('failed', 'returned') AND NOT EXISTS (SELECT 1 FROM payments_payline o "
    "WHERE o.award_id = l.award_id AND o.month = l.month AND o.state IN ('pending', 'sent', 'unknown', 'paid')))"
)
# Back-pay locked on top of a month holds it through the line below: that line does not let the month go.
_STANDS_ON_IT = (
    "EXISTS (SELECT 1 FROM payments_payline l JOIN payments_payrollrun r ON r.id = l.run_id "
    "JOIN payments_payline o ON o.household_id = l.household_id AND o.month = l.month AND o.run_id <> l.run_id "
    "JOIN payments_payrollrun s ON s.id = o.run_id AND s.scheme = r.scheme WHERE l.id = OLD.line_id "
    "AND o.kind = 'backpay' AND o.state <> 'held' AND o.number IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM payments_release g WHERE g.line_id = o.id AND g.approved_by_id IS NOT NULL) "
    "AND (o.payee_id = OLD.person_id "
    "OR EXISTS (SELECT 1 FROM awards_holding h WHERE h.award_id = o.award_id AND h.person_id = OLD.person_id) "
    "OR EXISTS (SELECT 1 FROM awards_awardpart p WHERE p.award_id = o.award_id AND p.person_id = OLD.person_id)))"
)
# A month is given up only where a locked run was sent back to be done again, or its debt was given up by two.
_UNLOCKED = (
    "EXISTS (SELECT 1 FROM payments_payline l JOIN payments_payrollrun r ON r.id = l.run_id "
    "WHERE l.id = OLD.line_id AND r.state = 'draft' AND r.round > 0 AND l.state IN ('pending', 'held'))"
)
_DEBT_GIVEN_UP = (
    "EXISTS (SELECT 1 FROM payments_release g WHERE g.line_id = OLD.line_id AND g.approved_by_id IS NOT NULL)"
)
_STILL_HELD = f"NOT ({_UNLOCKED} OR {_DEBT_GIVEN_UP}) OR {_STANDS_ON_IT}"

SETTLING = [
    refuse(Paid, "UPDATE", "1=1", "当月已发只增不改, 请另记一笔"),
    refuse(Paid, "DELETE", _STILL_HELD, "当月已发不能删除", name="delete"),
    refuse(PayrollRun, "INSERT", _OTHER_CYCLE, "这几个月里有的月份已经有当期发放批次", name="cycle"),
    refuse(
        PayLine,
        "UPDATE",
        f"NEW.state = 'pending' AND OLD.state = 'held' AND {_ANOTHER_LIVES.format(row='NEW')}",
        "这份待遇这个月已经有一行在发或已发, 不能再放行",
        name="released",
    ),
    refuse(PayLine, "INSERT", _OTHER_SUM, "更正的行金额要与没有发成的那一行相同", name="same_sum"),
    refuse(PayLine, "INSERT", _GIVEN_UP, "这一笔应付已经取消, 不能再发", name="given_up"),
    *write_once(Release, may_change=["approved_on", "approved_by"]),
    refuse(Release, "INSERT", "NEW.approved_by_id IS NOT NULL", "取消应付先由一人提出", name="born"),
    refuse(Release, "INSERT", f"NOT {_OWES}", "只有没有发成、也没有重发的应付可以取消", name="owes"),
    refuse(
        Release,
        "UPDATE",
        f"OLD.approved_by_id IS NOT NULL OR NEW.approved_by_id IS NULL OR NOT {_OWES}",
        "取消应付只批准一次, 重发了的不能取消",
        name="approved",
    ),
]
