"""Post a balanced transaction once; the only code that writes these tables."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from doudi.records.audit.services import hold_chain
from doudi.records.ledger.accounts import ACCOUNTS
from doudi.records.ledger.fund_refusals import MonthClosed
from doudi.records.ledger.models import Entry, MonthClose, Txn
from doudi.store.arrow import bulk_append
from doudi.store.refusal import Refusal

Posting = tuple[str, str, int, int | None]
SIDES = frozenset(Entry.Side.values)


class LedgerKeyReused(Refusal):
    """同一个业务键配了不同的账。"""

    def __init__(self, key: str) -> None:
        super().__init__(f"业务 {key} 已经记过账, 这次的内容不同, 没有再记。请核对后用新的业务另记一笔。")


class LedgerNotBalanced(Refusal):
    """借贷不相等。"""

    def __init__(self, key: str, debit_fen: int, credit_fen: int) -> None:
        super().__init__(f"业务 {key} 借方 {debit_fen} 分、贷方 {credit_fen} 分, 借贷不平, 没有记账。")


class EntryRefused(Refusal):
    """一条分录不合规矩: 科目、方向或金额。"""

    def __init__(self, key: str, line: int, why: str) -> None:
        super().__init__(f"业务 {key} 第 {line} 条分录{why}, 没有记账。")


def post(*, key: str, kind: str, on: date, memo: str, entries: Iterable[Posting]) -> Txn:
    """记一笔账并封存; 同一个键同样的内容再来, 得到原来那笔。

    `entries` are (account code, "D" or "C", 分 > 0, pay line id or None). Raises EntryRefused, LedgerNotBalanced,
    LedgerKeyReused, MonthClosed. The caller writes the audit event in the same transaction.
    """
    rows = [(account, side, fen, subject) for account, side, fen, subject in entries]
    _check(key, rows)
    with transaction.atomic():
        # Numbers are taken in the order of commit, so an anchor's totals reach up to a number and nothing comes late.
        hold_chain()
        known = Txn.objects.filter(key=key).first()
        if known is not None:
            return _same(known, kind, on, memo, rows)
        require_open(on)
        txn = Txn.objects.create(key=key, kind=kind, on=on, memo=memo)
        lines = ((txn.pk, line, *row) for line, row in enumerate(rows, 1))
        bulk_append(Entry, ["txn", "line", "account", "side", "fen", "subject"], lines)
        txn.sealed = True
        txn.save(update_fields=["sealed"])
    return txn


def require_open(on: date) -> None:
    """这一天所在的月份没有结账才放行。Raises MonthClosed."""
    closed = MonthClose.objects.filter(confirmed_by__isnull=False, last_on__gte=on).order_by("month").first()
    if closed:
        raise MonthClosed(f"{closed.month // 100}年{closed.month % 100}月", on)


def _check(key: str, rows: list[Posting]) -> None:
    sums = {"D": 0, "C": 0}
    for line, (account, side, fen, _) in enumerate(rows, 1):
        if account not in ACCOUNTS:
            raise EntryRefused(key, line, f"的科目 {account} 不在科目表里")
        if side not in SIDES:
            raise EntryRefused(key, line, f"的方向应为 D 或 C, 收到 {side}")
        if type(fen) is not int or fen <= 0:
            raise EntryRefused(key, line, "的金额应为大于零的整数分")
        sums[side] += fen
    if not rows or sums["D"] != sums["C"]:
        raise LedgerNotBalanced(key, sums["D"], sums["C"])


def _same(known: Txn, kind: str, on: date, memo: str, rows: list[Posting]) -> Txn:
    kept = Entry.objects.filter(txn=known).order_by("line").values_list("account", "side", "fen", "subject")
    if (known.kind, known.on, known.memo) != (kind, on, memo) or list(kept) != rows:
        raise LedgerKeyReused(known.key)
    return known
