"""Every locked run says whose money it takes, to the fen, and nothing of it changes afterwards.

What stands on a special account is added up by the database itself when one is closed or money leaves it for another.
"""

from doudi.records.ledger.models import AccountMove, SpecialAccount
from doudi.records.payments.models import Allocation, PayrollRun
from doudi.store.triggers import append_only, refuse

_SHARES = "(SELECT COALESCE(SUM(a.fen), 0) FROM payments_allocation a WHERE a.run_id = NEW.id AND a.round = NEW.round)"
_THEIR_ROUND = (
    "EXISTS (SELECT 1 FROM payments_payrollrun r WHERE r.id = NEW.run_id AND r.round = NEW.round "
    "AND r.state = 'draft' AND r.kind <> 'correction')"
)
# Scheme, day and 分 into the cash account (negative: out of it), whoever's account that is.
_MOVED = (
    "SELECT t.\"on\" AS day, r.scheme AS scheme, CASE WHEN e.side = 'D' THEN -e.fen ELSE e.fen END AS fen "
    "FROM ledger_entry e JOIN ledger_txn t ON t.id = e.txn_id JOIN payments_payline l ON l.id = e.subject "
    "JOIN payments_payrollrun r ON r.id = l.run_id "
    "WHERE t.sealed AND t.kind IN ('payroll.paid', 'payroll.bounced', 'payroll.hand') UNION ALL "
    'SELECT t."on", v.scheme, c.fen FROM payments_recoveryreceipt c JOIN payments_recovery v '
    "ON v.id = c.recovery_id JOIN ledger_txn t ON t.key = 'recovery:' || v.no || ':receipt:' || c.id "
    'WHERE t.sealed UNION ALL SELECT t."on", b.scheme, -p.fen FROM decisions_listtransfer p '
    "JOIN decisions_listbatch b ON b.id = p.batch_id JOIN ledger_txn t ON t.key = 'listtransfer:' || p.id "
    "WHERE t.sealed"
)
_PAYER = (
    "FROM ledger_accountscheme s JOIN ledger_specialaccount a ON a.id = s.account_id "
    "WHERE a.state IN ('open', 'closed') AND s.scheme = {scheme} AND s.from_on <= m.day "
    "AND (s.until_on IS NULL OR m.day < s.until_on)"
)
_LEFT = (
    "(SELECT COALESCE(SUM(m.fen), 0) FROM ({moved}) m WHERE EXISTS (SELECT 1 {own} AND a.id = {account}) "
    "OR (EXISTS (SELECT 1 {rest} AND a.id = {account}) AND NOT EXISTS (SELECT 1 {own}))) "
    "+ (SELECT COALESCE(SUM(f.fen), 0) FROM ledger_fundreceipt f "
    "WHERE f.account_id = {account} AND f.state = 'booked') "
    "+ (SELECT COALESCE(SUM(CASE WHEN g.target_id = {account} THEN g.fen ELSE -g.fen END), 0) "
    "FROM ledger_accountmove g WHERE g.state = 'booked' AND (g.target_id = {account} OR g.source_id = {account}))"
)


def _left(account: str) -> str:
    """What stands on the account, in 分."""
    own, rest = _PAYER.format(scheme="m.scheme"), _PAYER.format(scheme="''")
    return _LEFT.format(moved=_MOVED, own=own, rest=rest, account=account)


FUNDING = [
    *append_only(Allocation),
    refuse(Allocation, "INSERT", f"NOT {_THEIR_ROUND}", "资金分摊在锁定时写定, 不能另加", name="round"),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'locked' AND OLD.state <> 'locked' AND NEW.kind <> 'correction' AND {_SHARES} <> NEW.total_fen",
        "各级资金的分摊之和不等于批次总额, 不能锁定",
        name="with_funds",
    ),
    refuse(
        SpecialAccount,
        "UPDATE",
        f"NEW.state = 'closed' AND OLD.state <> 'closed' AND {_left('NEW.id')} <> 0",
        "专户余额不为零, 不能销户",
        name="empty",
    ),
    refuse(
        AccountMove,
        "UPDATE",
        f"NEW.state = 'booked' AND OLD.state <> 'booked' AND {_left('NEW.source_id')} < NEW.fen",
        "转出的专户余额不够, 不能划转",
        name="enough",
    ),
]
