"""Lock: one transaction that verifies the whole, freezes every line and books it."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from doudi.records.audit.services import record
from doudi.records.ledger import accounts
from doudi.records.ledger.services import post
from doudi.records.payments.comparing.difference import difference
from doudi.records.payments.duties import require, require_no_casework
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.periods import in_words, month_start
from doudi.records.payments.refusals import (
    AccountMissing,
    AccountsMoving,
    ContentChanged,
    DifferenceUnexplained,
    ExclusivePairPaid,
    InterceptionOpen,
    LinesDisagree,
    LinesIncomplete,
    MonthNotBegun,
    NothingToPay,
)
from doudi.records.payments.services.allocating import allocate
from doudi.records.payments.services.intercepting import intercept
from doudi.records.payments.services.runs import State, advance, hold, payable, require_state
from doudi.records.payments.settling.dues import Due, Key, covered_sql
from doudi.records.payments.settling.settlement import due_of
from doudi.records.payments.sides import MAKER, require_one_side
from doudi.records.people.models import Account
from doudi.records.policies.queries import pairs_of
from doudi.records.staff.models import User
from doudi.store.arrow import bulk_change
from doudi.store.crypto import seal
from doudi.store.failpoints import step
from doudi.store.fields import index_value
from doudi.store.today import today

_COPIED = ("number", "holder_name", "bank", "account", "account_bi", "account_last4")
_PAID = """
INSERT INTO payments_paid (month, pair, person_id, line_id)
SELECT c.month, k.pair, c.person_id, c.line_id FROM ({covered}) c CROSS JOIN ({pairs}) k
{unless} ORDER BY c.month, c.person_id, k.pair
"""
# Back-pay comes on top of what the household was paid for the month, or takes the month if nothing was.
_NOT_YET_THEIRS = """
 WHERE NOT EXISTS (SELECT 1 FROM payments_paid p JOIN payments_payline o ON o.id = p.line_id
   JOIN payments_payline l ON l.id = c.line_id
  WHERE p.month = c.month AND p.pair = k.pair AND p.person_id = c.person_id AND o.household_id = l.household_id)
"""


def lock(run: PayrollRun, by: User) -> PayrollRun:
    """锁定清册: 再查一遍拦截, 核对每一行, 抄进账户, 占住当月, 记应付账; 全成或全不成。

    已锁定的再锁不起作用; 新查出的拦截会留下, 等人处理, 所以调用时不能在事务里。锁定要到当月: 之前还会有决定。Raises
    DutyNotYours, SamePersonTwice, RunNotAt, MonthNotBegun, InterceptionOpen, LinesIncomplete, LinesDisagree,
    DifferenceUnexplained, AccountMissing, AccountsMoving, ExclusivePairPaid, NothingToPay, FundsShort.
    """
    require("锁定发放清册", by)
    require_no_casework(run.scheme, by)
    still_open = _lock_whole(run, by)
    if still_open:  # raised outside the transaction: what was found is kept, a person must see it
        raise InterceptionOpen(still_open)
    run.refresh_from_db()
    return run


@step("lock")
def _lock_whole(run: PayrollRun, by: User) -> int:
    """Returns how many interceptions stand in the way; with none the run is locked."""
    run = hold(run)
    if run.state not in (State.BUILDING, State.DRAFT):
        return 0
    require_one_side(run, by, MAKER)
    require_state(run, "锁定", State.DRAFT)
    if today() < month_start(run.month):
        raise MonthNotBegun(in_words(run.month))
    cards = _card_keys(run)
    due = due_of(run)
    found = intercept(run, due)
    if found:
        record(by=by, action="payroll.intercept", subject=run, found=found)
    still_open = Interception.objects.filter(line__run=run, outcome=Interception.Outcome.OPEN).count()
    if not still_open:
        _verify(run, due)
        _freeze(run, by, cards)
    return still_open


def _freeze(run: PayrollRun, by: User, cards: dict[int, int]) -> None:
    _copy_accounts(run)
    if _card_keys(run) != cards:  # what was copied is not what was searched for interceptions
        raise AccountsMoving
    _hold_month(run)
    count, total = payable(run)
    digest = content_hash(run)
    _book(run, count, total, today())
    parts = allocate(run, total)
    advance(run, State.LOCKED, lines_count=count, total_fen=total, content_hash=digest, locked_on=today())
    record(
        by=by, action="payroll.lock", subject=run, batch=run.batch_no, lines=count, fen=total, content=digest,
        round=run.round, sources=parts,
    )  # fmt: skip


def _verify(run: PayrollRun, due: dict[Key, Due]) -> None:
    _verify_lines(run, due)
    if not PayLine.objects.filter(run=run, state=PayLine.State.PENDING).exists():
        raise NothingToPay
    found = difference(run)
    if found.unexplained:
        raise DifferenceUnexplained(
            found.unexplained, next(row.household_no for row in found.rows if row.unexplained)
        )


def _verify_lines(run: PayrollRun, due: dict[Key, Due]) -> None:
    """Line by line against what the law says is due now: none missing, none other, none twice."""
    dropped = set(
        PayLine.objects.filter(run=run, interceptions__outcome=Interception.Outcome.DROPPED).values_list(
            "pk", flat=True
        )
    )
    missing, wrong = dict(due), []
    for pk, award, month, state, *values in _as_written(run):
        missing.pop((award, month), None)
        wanted = due.get((award, month))
        is_right = wanted is not None and values == [
            wanted.household_id, wanted.payee_id, wanted.village_id, wanted.persons, wanted.amount_fen,
            wanted.repays_id, run.kind, run.correction_no,
        ]  # fmt: skip
        is_settled = state == (PayLine.State.HELD if pk in dropped else PayLine.State.PENDING)
        if not is_settled or not (is_right or pk in dropped):
            wrong.append(pk)
    if missing:
        raise LinesIncomplete(len(missing))
    if wrong:
        raise LinesDisagree(len(wrong), f"发放行 {wrong[0]}")


def _as_written(run: PayrollRun) -> Iterator[tuple[Any, ...]]:
    rows = PayLine.objects.filter(run=run).order_by("pk")
    return rows.values_list(
        "pk", "award_id", "month", "state", "household_id", "payee_id", "village_id", "persons", "amount_fen",
        "repays_id", "kind", "correction_no",
    ).iterator(chunk_size=20_000)  # fmt: skip


def _copy_accounts(run: PayrollRun) -> None:
    """Numbers and accounts are fixed here, in the order of the printed register; one number an award."""
    lines = PayLine.objects.filter(run=run, state=PayLine.State.PENDING)
    rows = lines.order_by("village_id", "household__no", "award_id", "month")
    ordered = list(rows.values_list("pk", "payee_id", "award_id").iterator(chunk_size=20_000))
    cards = _cards_of(lines)
    in_cash = set(
        lines.filter(interceptions__outcome=Interception.Outcome.BY_HAND).values_list("pk", flat=True)
    )
    absent = sum(payee not in cards and pk not in in_cash for pk, payee, _ in ordered)
    if absent:
        raise AccountMissing(absent)
    numbers: dict[int, int] = {}
    for _, _, award in ordered:
        numbers.setdefault(award, len(numbers) + 1)
    copied = [_copied(numbers[award], pk, *cards.get(payee, NO_CARD)) for pk, payee, award in ordered]
    bulk_change(PayLine, _COPIED, copied)


def _card_keys(run: PayrollRun) -> dict[int, int]:
    """Payee → the key of the card in use. A card is written once, so the same key is the same card.

    Two plain reads, matched here: amid a lock's own writes PostgreSQL joins them by looping.
    """
    payees = set(PayLine.objects.filter(run=run).order_by().values_list("payee_id", flat=True))
    current = Account.objects.filter(until_on=None).order_by("pk").values_list("person_id", "pk")
    return {person: key for person, key in current.iterator(chunk_size=20_000) if person in payees}


def _cards_of(lines: QuerySet[PayLine]) -> dict[int, tuple[str, str, str, str]]:
    """Payee → holder's name, bank, number and last four of the card in use."""
    current = Account.objects.filter(until_on=None, person__in=lines.values("payee")).order_by("pk")
    rows: Any = current.values_list("person_id", "holder_name", "bank", "number", "last4")
    return {person: tuple(card) for person, *card in rows.iterator(chunk_size=20_000)}


NO_CARD = ("", "", "", "")  # a locked line without an account is paid by hand


def _copied(place: int, line: int, holder: str, bank: str, number: str, last4: str) -> tuple[Any, ...]:
    sealed = seal(number, "payments_payline.account") if number else None
    return place, holder, bank, sealed, index_value(PayLine, "account_bi", number), last4, line


def _hold_month(run: PayrollRun) -> None:
    """One row a person and exclusive pair: the database refuses a second payment of the month.

    In one order for everybody, so that two schemes locked at once wait for each other and never in a circle.
    """
    pairs = pairs_of(run.scheme)
    names = {f"pair{place}": pair for place, pair in enumerate(pairs)}
    chosen = " UNION ALL ".join(f"SELECT CAST(%({name})s AS varchar(60)) AS pair" for name in names)
    if run.kind == PayrollRun.Kind.CORRECTION:  # the line that failed holds the month still
        return
    unless = _NOT_YET_THEIRS if run.kind == PayrollRun.Kind.BACKPAY else ""
    statement = _PAID.format(covered=covered_sql(only_pending=True), pairs=chosen, unless=unless)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"run": run.pk, **names})
    except IntegrityError:
        raise ExclusivePairPaid from None


def _book(run: PayrollRun, count: int, total: int, on: dt.date) -> None:
    """What is locked is owed; a correction is owed already, since the line that failed was locked."""
    lines = PayLine.objects.filter(run=run, state=PayLine.State.PENDING).order_by("number", "month")
    rows = list(lines.values_list("number", "amount_fen", "pk").iterator(chunk_size=20_000))
    if (len({number for number, _, _ in rows}), sum(fen for _, fen, _ in rows)) != (count, total):
        raise LinesDisagree(abs(len(rows) - count), run.batch_no)
    if run.kind == PayrollRun.Kind.CORRECTION:
        return
    owed = [(accounts.PAYABLE, "C", fen, pk) for _, fen, pk in rows]
    debit = (accounts.expense_of(run.scheme), "D", total, None)
    memo = f"{in_words(run.month)}发放清册锁定, {run.batch_no}"
    post(key=lock_key(run), kind="payroll.lock", on=on, memo=memo, entries=[debit, *owed])


def lock_key(run: PayrollRun) -> str:
    """锁定这一次的业务键: 退回重做的另起一个。"""
    return f"lock:{run.batch_no}" + (f":{run.round}" if run.round else "")


def content_hash(run: PayrollRun) -> str:
    """清册的指纹: 编了序号的每一行的序号、待遇、领款人、人数、金额、户名、开户行和账号索引, 不是当月的加上月份。

    SHA-256, 第 1 版。
    """
    digest = hashlib.sha256(b"doudi payroll 1\n")
    rows = PayLine.objects.filter(run=run, number__isnull=False).order_by("number", "month")
    for *values, index, month in rows.values_list(
        "number",
        "award_id",
        "payee_id",
        "persons",
        "amount_fen",
        "holder_name",
        "bank",
        "account_bi",
        "month",
    ).iterator(chunk_size=20_000):
        told = [*values, bytes(index or b"").hex(), *([month] if month != run.month else [])]
        row = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        digest.update(row.encode() + b"\n")
    return digest.hexdigest()


def require_unchanged(run: PayrollRun) -> None:
    """锁定后的清册还是锁定时的样子才放行。Raises ContentChanged."""
    if content_hash(run) != run.content_hash:
        raise ContentChanged
