"""What stands on each special account, told from the ledger: every movement of the cash account belongs to one.

A receipt names its account. What is paid, comes back or is recovered belongs to the account its scheme is paid from on
the day it was booked. What belongs to none is told as such, so that all rows always add up to the cash account.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, Sum

from doudi.records.decisions.models import ListTransfer
from doudi.records.ledger.accounts import CASH, MOVE
from doudi.records.ledger.models import AccountMove, Entry, FundReceipt, SpecialAccount
from doudi.records.ledger.special_accounts import USED, payers, special_accounts
from doudi.records.payments.models import PayrollRun, Recovery

RECEIVED, PAID, BACK, IN, OUT = "received_fen", "paid_fen", "back_fen", "moved_in_fen", "moved_out_fen"
MOVED = {Entry.Side.DEBIT: IN, Entry.Side.CREDIT: OUT}
KINDS = {
    "payroll.paid": PAID,
    "payroll.hand": PAID,
    "transfer": PAID,
    "payroll.bounced": BACK,
    "recovery.receipt": BACK,
}
SCHEME_IN_BATCH_NO = 2  # county-month-scheme-number


@dataclass(frozen=True)
class Movement:
    """专户存款的一次收付: 哪个专户 (没有的为空)、哪天、哪一栏、多少分 (付出也是正数)。"""

    account: int | None
    on: dt.date
    column: str
    fen: int


@dataclass(frozen=True)
class AccountSum:
    """一个专户的到账、付出、退回和追回、划转、余额, 单位分; `account` 空着为没有指定专户的。"""

    account: SpecialAccount | None
    received_fen: int = 0
    paid_fen: int = 0
    back_fen: int = 0
    moved_in_fen: int = 0
    moved_out_fen: int = 0

    @property
    def moved_fen(self) -> int:
        """划转进来减去划转出去。"""
        return self.moved_in_fen - self.moved_out_fen

    @property
    def left_fen(self) -> int:
        """余额。"""
        return self.received_fen - self.paid_fen + self.back_fen + self.moved_fen


@dataclass(frozen=True)
class Sums:
    """各专户和没有指定专户的, 与总账 1001 对照。"""

    rows: list[AccountSum]
    cash_fen: int

    @property
    def gap_fen(self) -> int:
        """总账减各专户之和: 应当是零。"""
        return self.cash_fen - sum(row.left_fen for row in self.rows)


def _whole() -> Q:
    return Q(subject__isnull=True, account=CASH, txn__sealed=True)


class _Schemes:
    """Which scheme a transaction is of, told by its key."""

    def __init__(self) -> None:
        self.runs = {str(pk): scheme for pk, scheme in PayrollRun.objects.values_list("pk", "scheme")}
        self.transfers = {
            str(pk): scheme for pk, scheme in ListTransfer.objects.values_list("pk", "batch__scheme")
        }
        self.recoveries = dict(Recovery.objects.values_list("no", "scheme"))

    def of(self, key: str) -> str | None:
        what, name, *_ = [*key.split(":"), ""]
        if what in ("paid", "bounced"):
            parts = name.split("-")
            return parts[SCHEME_IN_BATCH_NO] if len(parts) > SCHEME_IN_BATCH_NO else None
        known = {"hand": self.runs, "listtransfer": self.transfers, "recovery": self.recoveries}
        return known.get(what, {}).get(name)


def movements() -> Iterator[Movement]:
    """专户存款的每一次收付, 归到它的专户。"""
    of_scheme, schemes = payers(), _Schemes()
    named = {f"fundreceipt:{pk}": account for pk, account in FundReceipt.objects.values_list("pk", "account")}
    moves = {
        f"accountmove:{pk}": ends for pk, *ends in AccountMove.objects.values_list("pk", "target", "source")
    }
    rows = Entry.objects.filter(_whole()).order_by("txn_id", "line")
    for key, kind, on, side, fen in rows.values_list("txn__key", "txn__kind", "txn__on", "side", "fen"):
        column = KINDS.get(kind)
        if kind == MOVE:
            yield Movement(moves[key][side == Entry.Side.CREDIT], on, MOVED[Entry.Side(side)], fen)
        elif column is None:
            yield Movement(named.get(key), on, RECEIVED if side == Entry.Side.DEBIT else PAID, fen)
        else:
            scheme = schemes.of(key)
            yield Movement(of_scheme.of(scheme, on) if scheme else None, on, column, fen)


def account_sums() -> Sums:
    """各专户的到账、付出、退回和追回、余额; 没有指定专户的有过收付才列。"""
    told: dict[int | None, Counter[str]] = defaultdict(Counter)
    for one in movements():
        told[one.account][one.column] += one.fen
    known = special_accounts().filter(state__in=USED)
    rows = [AccountSum(account, **told[account.pk]) for account in known]
    if None in told:
        rows.append(AccountSum(None, **told[None]))
    return Sums(rows, _cash())


def balance_of(account: SpecialAccount) -> AccountSum:
    """一个专户的到账、付出、退回和追回、余额。"""
    sums: Counter[str] = Counter()
    for one in movements():
        if one.account == account.pk:
            sums[one.column] += one.fen
    return AccountSum(account, **sums)


def moved_on(account: SpecialAccount, on: dt.date) -> bool:
    """这一天或以后专户有没有付出或退回; 到账和划转写明了专户, 不算。"""
    return any(
        one.account == account.pk and one.on >= on and one.column in (PAID, BACK) for one in movements()
    )


def _cash() -> int:
    sums = dict(Entry.objects.filter(_whole()).order_by().values_list("side").annotate(total=Sum("fen")))
    return int(sums.get("D", 0)) - int(sums.get("C", 0))
