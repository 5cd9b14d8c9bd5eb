"""The auditor's own arithmetic over the books: every account's balance from the papers behind it, every closed month.

Nothing here calls the code that writes these tables.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from doudi.records.audit.models import Event
from doudi.records.decisions.models import ListTransfer
from doudi.records.ledger.accounts import ACCOUNTS, EXPENSE_SCHEMES
from doudi.records.ledger.models import AccountMove, Budget, Entry, FundReceipt, MonthClose, Txn, WorkVoucher
from doudi.records.payments.models import (
    Instalment,
    PayLine,
    PayrollRun,
    Recovery,
    RecoveryMonth,
    RecoveryReceipt,
    Release,
    ReturnFile,
    WriteOff,
)

Found = Iterable[tuple[str, int, int]]
LEVELS = {"national": "3001", "province": "3002", "city": "3003", "county": "3004"}
EXPENSES = {scheme: str(5001 + place) for place, (scheme, _) in enumerate(EXPENSE_SCHEMES)}
REGISTERED = {
    "fen": "fen",
    "level": "level",
    "scheme": "scheme",
    "year": "year",
    "source": "source_id",
    "target": "target_id",
}
UNLOCKED = ("building", "draft")


def _fen(rows: Any, *keys: str, of: str = "fen") -> dict[Any, int]:
    sums = rows.order_by().values_list(*keys).annotate(total=Sum(of))
    return {row[0] if len(keys) == 1 else row[:-1]: int(row[-1]) for row in sums}


def balances_from_papers() -> Found:
    """每个科目的余额, 由到账单据、发放行、回盘、追缴、核销、取消应付重新推出来。"""
    due: Counter[str] = Counter()
    _funds(due)
    _lines(due)
    _recovered(due)
    ours: Counter[str] = Counter()
    sealed = Entry.objects.filter(txn__sealed=True).order_by().values_list("account", "side")
    for account, side, fen in sealed.annotate(total=Sum("fen")):
        ours[account] += int(fen) if side == "D" else -int(fen)
    for account in sorted({*due, *ours}):
        if due[account] != ours[account]:
            name = ACCOUNTS[account].name if account in ACCOUNTS else ""
            yield f"科目 {account} {name}与单据", ours[account], due[account]


def _funds(due: Counter[str]) -> None:
    booked = FundReceipt.objects.filter(state="booked")
    for (kind, level), fen in _fen(booked, "kind", "level").items():
        due["1001"] += fen
        due["4001" if kind == "opening" else LEVELS.get(level, f"级次 {level}")] -= fen
    for kind, fen in _fen(WorkVoucher.objects.filter(state="booked"), "kind").items():
        due["1002"] += fen if kind == "in" else -fen
        due["3009" if kind == "in" else "6001"] += -fen if kind == "in" else fen
    for scheme, fen in _fen(ListTransfer.objects.filter(state="paid"), "batch__scheme").items():
        due[EXPENSES[scheme]] += fen
        due["1001"] -= fen


def _lines(due: Counter[str]) -> None:
    locked = PayLine.objects.exclude(run__state__in=UNLOCKED).exclude(state="held")
    for scheme, fen in _fen(locked.exclude(run__kind="correction"), "run__scheme", of="amount_fen").items():
        due[EXPENSES[scheme]] += fen
        due["2001"] -= fen
    settled = locked.filter(state__in=("paid", "returned"))
    for state, fen in _fen(settled, "state", of="amount_fen").items():
        due["2001"] += fen
        if state == "paid":
            due["1001"] -= fen
        else:
            due["2101"] -= fen
    again = _paid_from_bounced()
    due["2001"] -= again
    due["2101"] += again
    for scheme, award, month, fen in Release.objects.filter(approved_by__isnull=False).values_list(
        "line__run__scheme", "line__award", "line__month", "line__amount_fen"
    ):
        came_back = PayLine.objects.filter(award=award, month=month, state="returned").exists()
        due["2101" if came_back else "2001"] += fen
        due[EXPENSES[scheme]] -= fen


def _paid_from_bounced() -> int:
    """What was paid a second time out of what had come back."""
    total, rows = 0, PayLine.objects.filter(repays__isnull=False, state__in=("paid", "returned"))
    for line in rows.only("amount_fen", "repays").order_by("pk"):
        before: PayLine | None = line.repays
        while before and before.state != "returned":
            before = before.repays
        total += line.amount_fen if before else 0
    return total


def _recovered(due: Counter[str]) -> None:
    months = RecoveryMonth.objects.filter(recovery__confirmed_by__isnull=False)
    given_up = months.filter(recovery__state="cancelled")
    for sign, sums in (
        (1, _fen(months, "recovery__scheme")),
        (-1, _fen(given_up, "recovery__scheme", of="fen")),
        (1, _fen(given_up, "recovery__scheme", of="stands_fen")),
        (-1, _fen(WriteOff.objects.filter(approved_by__isnull=False), "recovery__scheme")),
    ):
        for scheme, fen in sums.items():
            due["1201"] += sign * fen
            due[EXPENSES[scheme]] -= sign * fen
    received = sum(_fen(RecoveryReceipt.objects.all(), "recovery").values())
    due["1001"] += received
    due["1201"] -= received


def recoveries() -> Found:
    """追缴: 各月之和、到账、核销与状态; 分期不超过应追缴。"""
    months, received = (
        _fen(RecoveryMonth.objects.all(), "recovery"),
        _fen(RecoveryReceipt.objects.all(), "recovery"),
    )
    given = _fen(WriteOff.objects.filter(approved_by__isnull=False), "recovery")
    for one in Recovery.objects.order_by("pk"):
        if months.get(one.pk, 0) != one.amount_fen:
            yield f"追缴 {one.no} 各月之和", one.amount_fen, months.get(one.pk, 0)
        back, lost = received.get(one.pk, 0), given.get(one.pk, 0)
        ended = {"settled": back == one.amount_fen, "written_off": lost > 0 and back + lost == one.amount_fen}
        is_open = one.state in ("proposed", "ordered")
        if (
            not ended.get(one.state, True)
            or (is_open and back + lost >= one.amount_fen)
            or (one.state != "written_off" and lost)
        ):
            yield f"追缴 {one.no} 状态 {one.state} 与到账、核销", back + lost, one.amount_fen
        if (one.confirmed_by_id is None) != (one.state == "proposed") and one.state != "cancelled":
            yield f"追缴 {one.no} 状态 {one.state} 与批准", 1, 0
    yield from _instalments()


def _instalments() -> Found:
    told: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for subject, body in _events("recovery.plan"):
        told[subject].append(tuple(f"{day} {fen}" for day, fen in body["plan"]))
    plans: dict[tuple[int, int], list[str]] = defaultdict(list)
    sums: Counter[tuple[int, int]] = Counter()
    for recovery, plan, day, fen in Instalment.objects.order_by("recovery", "plan", "number").values_list(
        "recovery", "plan", "due_on", "fen"
    ):
        plans[recovery, plan].append(f"{day} {fen}")
        sums[recovery, plan] += fen
    amounts = dict(Recovery.objects.values_list("pk", "amount_fen"))
    for (recovery, plan), rows in plans.items():
        agreed = tuple(rows) in told[f"recovery:{recovery}"]
        if not agreed and sums[recovery, plan] != amounts[recovery]:
            yield f"追缴 {recovery} 第 {plan} 次分期", sums[recovery, plan], amounts[recovery]


def _events(*actions: str) -> Iterable[tuple[str, dict[str, Any]]]:
    rows = Event.objects.filter(action__in=actions).order_by("seq").values_list("subject", "body")
    return ((subject, json.loads(body)) for subject, body in rows)


def vouchers() -> Found:
    """资金单据和预算: 记账的有一笔相同的账, 与登记时审计链记下的一致。"""
    booked = {row[0]: row[1:] for row in Txn.objects.filter(sealed=True).values_list("key", "on", "pk")
              if row[0].startswith(("fundreceipt:", "workvoucher:", "accountmove:"))}  # fmt: skip
    papers: list[Any] = [
        *FundReceipt.objects.order_by("pk"),
        *WorkVoucher.objects.order_by("pk"),
        *AccountMove.objects.order_by("pk"),
    ]
    for one in papers:
        key = f"{one._meta.model_name}:{one.pk}"
        on, pk = booked.get(key, (None, 0))
        debit = Entry.objects.filter(txn=pk, side="D").aggregate(fen=Sum("fen"))["fen"] or 0
        if debit != (one.fen if one.state == "booked" else 0) or (on and on != one.on):
            yield f"单据 {key} {one.document_no} 与账", int(debit), one.fen
    known: dict[str, Any] = {
        f"{one._meta.model_name}:{one.pk}": one for one in [*papers, *Budget.objects.order_by("pk")]
    }
    yield from _transfers()
    for subject, body in _events("fund.register", "work.register", "budget.set", "special.move_register"):
        row = known.get(subject)
        wrong = row is None or any(
            getattr(row, name) != body[fact] for fact, name in REGISTERED.items() if fact in body
        )
        if wrong:
            yield f"单据 {subject} 与登记时", row.fen if row else 0, body["fen"]


def _transfers() -> Found:
    """Each premium paid is its list's rows added up, in one transaction of its day, by three persons."""
    for one in ListTransfer.objects.filter(state="paid").select_related("batch").order_by("pk"):
        rows = one.batch.rows.filter(left_out="").aggregate(fen=Sum("amount_fen"))["fen"] or 0
        if one.fen != rows:
            yield f"保费转账 {one.document_no} 与名单", one.fen, int(rows)
        entries = Entry.objects.filter(
            txn__key=f"listtransfer:{one.pk}", txn__sealed=True, txn__on=one.approved_on or one.registered_on
        )
        booked = entries.filter(account="1001", side="C").aggregate(fen=Sum("fen"))["fen"] or 0
        if one.fen != booked:
            yield f"保费转账 {one.document_no} 与账", one.fen, int(booked)
        hands = len({one.registered_by_id, one.reviewed_by_id, one.approved_by_id} - {None})
        if hands != 3:
            yield f"保费转账 {one.document_no} 经手人数", hands, 3


def closed_months() -> Found:
    """月结: 平衡表由分录重加, 指纹重算, 笔数重数。"""
    for close in MonthClose.objects.order_by("month"):
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        rows = Entry.objects.filter(txn__sealed=True, txn__on__lte=close.last_on).order_by()
        for account, side, fen in rows.values_list("account", "side").annotate(total=Sum("fen")):
            sums[account][side == "C"] += int(fen)
        ours: list[list[Any]] = [[account, *sums[account]] for account in sorted(sums)]
        if ours != close.trial:
            yield (
                f"月结 {close.month} 平衡表",
                sum(row[1] for row in close.trial),
                sum(row[1] for row in ours),
            )
        text = json.dumps(["doudi month 1", close.last_on.isoformat(), close.trial], separators=(",", ":"))
        if hashlib.sha256(text.encode()).hexdigest() != close.sha256:
            yield f"月结 {close.month} 指纹", 1, 0
        count = Txn.objects.filter(sealed=True, on__lte=close.last_on).count()
        if count != close.txns:
            yield f"月结 {close.month} 笔数", close.txns, count


def booking_days() -> Found:
    """账的日期: 锁定账是锁定那天, 回盘账是登记那天。"""
    keys = dict(Txn.objects.filter(kind__in=("payroll.lock", "payroll.paid")).values_list("key", "on"))
    for run in PayrollRun.objects.exclude(state__in=UNLOCKED).exclude(kind="correction").order_by("pk"):
        key = f"lock:{run.batch_no}" + (f":{run.round}" if run.round else "")
        if keys.get(key) != run.locked_on:
            yield f"批次 {run.batch_no} 锁定日", 1, 0
    for file in ReturnFile.objects.filter(paid_count__gt=0).select_related("run").order_by("pk"):
        full, short = f"paid:{file.run.batch_no}:{file.sha256[:32]}", f"paid:{file.run.batch_no}"
        if file.on not in (keys.get(full), keys.get(short)):
            yield f"回盘文件 {file.pk} 记账日", 1, 0
