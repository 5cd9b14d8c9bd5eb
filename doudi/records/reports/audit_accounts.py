"""The auditor's own arithmetic over the special accounts: every fen of the cash account stands on one, or on none.

Nothing here calls the code that tells the balances: what was paid is read from the pay lines an entry names, not from
the key of its transaction.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Sum

from doudi.records.decisions.models import ListTransfer
from doudi.records.ledger.models import (
    AccountMove,
    AccountScheme,
    Entry,
    FundReceipt,
    SchemeChange,
    SpecialAccount,
    Txn,
)
from doudi.records.payments.models import RecoveryReceipt

Found = Iterable[tuple[str, int, int]]
# What was settled line by line: the liability's side is the cash account's other side.
_LINES = """
SELECT t."on", r.scheme, SUM(CASE WHEN e.side = 'D' THEN -e.fen ELSE e.fen END)
  FROM ledger_entry e
  JOIN ledger_txn t ON t.id = e.txn_id
  JOIN payments_payline l ON l.id = e.subject
  JOIN payments_payrollrun r ON r.id = l.run_id
 WHERE t.sealed AND t.kind IN ('payroll.paid', 'payroll.bounced', 'payroll.hand')
 GROUP BY t."on", r.scheme
"""


def special_accounts() -> Found:
    """各专户 (和没有指定专户的) 由单据推出的余额加起来等于总账 1001; 到账进对专户; 销户的余额为零。"""
    left: Counter[int | None] = Counter()
    for account, fen in FundReceipt.objects.filter(state="booked").order_by().values_list("account", "fen"):
        left[account] += fen
    moves = AccountMove.objects.filter(state="booked").order_by("pk")
    for source, target, fen in moves.values_list("source", "target", "fen"):
        left[source] -= fen
        left[target] += fen
    spans = _spans()
    for scheme, on, fen in _moved():
        left[_payer(spans, scheme, on)] += fen
    cash = Entry.objects.filter(account="1001", txn__sealed=True).order_by().values_list("side")
    sums = {side: int(fen) for side, fen in cash.annotate(total=Sum("fen"))}
    booked = sums.get("D", 0) - sums.get("C", 0)
    if sum(left.values()) != booked:
        yield "各专户之和与科目 1001", booked, sum(left.values())
    for one in SpecialAccount.objects.filter(state="closed").defer("number").order_by("pk"):
        if left[one.pk]:
            yield f"专户尾号 {one.last4} 已销户的余额", 0, left[one.pk]
    yield from _receipts(spans)
    yield from _moves()
    yield from _changes()


def _changes() -> Found:
    """What two persons put on an account or took off it is what the account pays, from that day."""
    spans = set(AccountScheme.objects.values_list("account", "scheme", "from_on"))
    ends = set(AccountScheme.objects.values_list("account", "scheme", "until_on"))
    for one in SchemeChange.objects.filter(state="applied").order_by("pk"):
        wanted = (one.account_id, one.scheme, one.from_on)
        if wanted not in (spans if one.adds else ends) or one.registered_by_id == one.checked_by_id:
            yield f"专户增减项目 {one.pk}", 1, 0


def _moves() -> Found:
    """Each is one transaction of its day with two legs on the cash account, between two accounts in use, by two."""
    told: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    rows = Entry.objects.filter(txn__key__startswith="accountmove:", txn__sealed=True).order_by("line")
    for key, account, side, fen in rows.values_list("txn__key", "account", "side", "fen"):
        told[key].append((account, side, fen))
    days = dict(Txn.objects.filter(key__startswith="accountmove:").values_list("key", "on"))
    known = AccountMove.objects.filter(state="booked").select_related("source", "target").order_by("pk")
    for one in known.defer("source__number", "target__number"):
        key = f"accountmove:{one.pk}"
        legs = [("1001", "D", one.fen), ("1001", "C", one.fen)]
        if told.pop(key, []) != legs or days.get(key) != one.on or one.registered_by_id == one.checked_by_id:
            yield f"专户划转 {one.document_no} 与账", one.fen, 0
        for held in (one.source, one.target):
            is_in = held.opened_on <= one.on and (held.closed_on is None or one.on <= held.closed_on)
            if held.state not in ("open", "closed") or not is_in or one.source_id == one.target_id:
                yield f"专户划转 {one.document_no} 用了不在用的专户尾号 {held.last4}", one.fen, 0
    for key in told:
        yield f"账 {key} 没有划转单据", 1, 0


Spans = dict[str, list[tuple[dt.date, dt.date | None, int]]]


def _spans() -> Spans:
    found: Spans = {}
    for one in AccountScheme.objects.filter(account__state__in=("open", "closed")).order_by("from_on", "pk"):
        found.setdefault(one.scheme, []).append((one.from_on, one.until_on, one.account_id))
    return found


def _payer(spans: Spans, scheme: str, on: dt.date) -> int | None:
    for from_on, until_on, account in [*spans.get(scheme, []), *spans.get("", [])]:
        if from_on <= on and (until_on is None or on < until_on):
            return account
    return None


def _moved() -> Iterator[tuple[str, dt.date, int]]:
    """Scheme, day, 分 into the account (negative: out of it)."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES)
        rows = cursor.fetchall()
    for on, scheme, fen in rows:
        yield scheme, on if isinstance(on, dt.date) else dt.date.fromisoformat(on), int(fen)
    days = dict(Txn.objects.filter(kind="recovery.receipt", sealed=True).values_list("key", "on"))
    for one in RecoveryReceipt.objects.select_related("recovery").order_by("pk"):
        on = days.get(f"recovery:{one.recovery.no}:receipt:{one.pk}", one.on)
        yield one.recovery.scheme, on, one.fen
    for paid in ListTransfer.objects.filter(state="paid").select_related("batch").order_by("pk"):
        yield paid.batch.scheme, paid.approved_on or paid.registered_on, -paid.fen


def _receipts(spans: Spans) -> Found:
    """A receipt lies within its account's days, and what is for one scheme on the account that pays it."""
    rows = FundReceipt.objects.filter(state="booked", account__isnull=False).order_by("pk")
    for one in rows.select_related("account").defer("account__number"):
        held = one.account
        assert held is not None
        is_in = held.opened_on <= one.on and (held.closed_on is None or one.on <= held.closed_on)
        if held.state not in ("open", "closed") or not is_in:
            yield f"到账 {one.document_no} 进了不在用的专户尾号 {held.last4}", one.fen, 0
        elif one.scheme and one.on != held.closed_on and _payer(spans, one.scheme, one.on) != held.pk:
            yield f"到账 {one.document_no} 进错了专户尾号 {held.last4}", one.fen, 0
