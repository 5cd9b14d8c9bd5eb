"""The ledger is append-only, takes whole 分 only, and seals a transaction only when it balances."""

from django.db import connection

from doudi.records.ledger.fund_guards import FUND_GUARDS
from doudi.records.ledger.models import Entry, Txn
from doudi.records.ledger.special_account_guards import SPECIAL_ACCOUNT_GUARDS
from doudi.store.triggers import append_only, refuse

_SUM = (
    "SELECT COALESCE(SUM(CASE e.side WHEN 'D' THEN e.fen ELSE -e.fen END), 1) "
    "FROM ledger_entry e WHERE e.txn_id = NEW.id"
)
_CHANGED = " OR ".join(
    f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in ("id", "key", "kind", "on", "memo")
)

GUARDS = [
    *append_only(Entry),
    refuse(
        Entry,
        "INSERT",
        "COALESCE((SELECT CASE WHEN t.sealed THEN 1 ELSE 0 END FROM ledger_txn t WHERE t.id = NEW.txn_id), 1) = 1",
        "这笔账已封存或不存在, 不能再加分录",
    ),
    refuse(Txn, "INSERT", "NEW.sealed", "新账不能一开始就封存", name="unsealed"),
    refuse(Txn, "UPDATE", f"OLD.sealed OR {_CHANGED}", "账务只增不改, 更正请另记一笔"),
    refuse(Txn, "UPDATE", f"NEW.sealed AND ({_SUM}) <> 0", "借贷不平, 不能封存", name="balance"),
    refuse(Txn, "DELETE", "1=1", "账务不能删除"),
    *FUND_GUARDS,
    *SPECIAL_ACCOUNT_GUARDS,
]
if connection.vendor == "sqlite":  # SQLite keeps whatever type it is given; PostgreSQL's bigint cannot
    GUARDS.append(refuse(Entry, "INSERT", "typeof(NEW.fen) <> 'integer'", "金额必须是整数分", name="whole"))
