"""The county's books after the month, asked in plain SQL and compared with sums made by hand."""

from typing import Any

from django.db import connection

from doudi.demo.bench.payments.month import FAILED_EVERY
from doudi.demo.bench.payments.office import Office
from doudi.demo.bench.payments.register import fen_of

_LINES = """SELECT COUNT(*), COUNT(DISTINCT award_id), COUNT(DISTINCT number), COALESCE(SUM(amount_fen), 0)
 FROM payments_payline WHERE run_id = %s"""
_STATES = "SELECT state, COUNT(*), SUM(amount_fen) FROM payments_payline WHERE run_id = %s GROUP BY state"
_LEDGER = """SELECT e.account, SUM(CASE WHEN e.side = 'D' THEN e.fen ELSE -e.fen END) FROM ledger_entry e
 JOIN ledger_txn t ON t.id = e.txn_id WHERE t.sealed AND t.kind LIKE 'payroll.%%' GROUP BY e.account"""
_ALL = "SELECT (SELECT COUNT(*) FROM payments_payrollrun), (SELECT COUNT(*) FROM payments_payline)"
_HELD = "SELECT COUNT(*) FROM payments_paid"


def faults(awards: int, office: Office) -> list[str]:
    """与手算对不上的; 没有就是空的。"""
    keys = range(1, awards + 1)
    total = sum(map(fen_of, keys))
    failed = awards // FAILED_EVERY
    lines = _ask(_LINES, office.run.pk)[0]
    states = {state: (count, int(fen)) for state, count, fen in _ask(_STATES, office.run.pk)}
    balance = {account: int(fen) for account, fen in _ask(_LEDGER)}
    paid_fen, owed_fen = states.get("paid", (0, 0))[1], states.get("failed", (0, 0))[1]
    # Spent in two months, out of the bank, still owed: the month before is locked and no further.
    moved = [fen for fen in (2 * total, -paid_fen, -owed_fen - total) if fen]
    wanted: dict[str, tuple[Any, Any]] = {
        "lines": (tuple(map(int, lines)), (awards, awards, awards, total)),
        "states": (
            {state: count for state, (count, _) in states.items()},
            {"paid": awards - failed, "failed": failed} if failed else {"paid": awards},
        ),
        "conserved": (paid_fen + owed_fen, total),
        "ledger": (sorted(fen for fen in balance.values() if fen), sorted(moved)),
        "runs": (_ask(_ALL)[0], (2, 2 * awards)),
        "month_held": (_ask(_HELD)[0][0] % awards, 0),
        "seen": (office.seen, {"refused_for": 1, "after_refusal": awards, "same_run": True, "replay": True,
                               "same_file": True}),
    }  # fmt: skip
    return [f"{name}: {found} ≠ {right}" for name, (found, right) in wanted.items() if found != right]


def _ask(question: str, *parameters: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return [tuple(row) for row in cursor.fetchall()]
