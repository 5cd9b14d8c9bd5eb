"""The auditor's own reading of the runs: the line each decision makes, what was frozen, whose money, what was answered.

Nothing here calls the code that writes these tables. Facts are judged as they were known before the lock.
"""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Sum

from doudi.records.audit.models import Event
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Suspension
from doudi.records.ledger.models import Entry
from doudi.records.payments.models import Allocation, HandReceipt, PayLine, PayrollRun, ReturnFile, ReturnLine

Found = Iterable[tuple[str, int, int]]
UNLOCKED = ("building", "draft")


def _locked() -> list[PayrollRun]:
    return list(PayrollRun.objects.exclude(state__in=UNLOCKED).order_by("pk"))


def _named(run: PayrollRun) -> str:
    return f"批次 {run.batch_no}"


def _months(run: PayrollRun) -> Iterator[int]:
    month = run.from_month or run.month
    while month <= run.month:
        yield month
        month += 1 if month % 100 < 12 else 89


def lines_from_decisions() -> Found:
    """每一行都有当时有效的决定, 每一个有效的决定都有一行。"""
    awards, stops = _awards(), _suspensions()
    for award, rows in stops.items():
        for from_on, _, resumed_on, *_ in rows:
            if resumed_on is not None and resumed_on <= from_on:
                yield f"待遇 {award} 恢复早于暂停", 1, 0
    written = _written()
    for run in _locked():
        yield from _told_by_decisions(run, awards, stops)
        if run.kind == "regular":
            yield from _left_out(run, awards, stops, written)


def _written() -> dict[tuple[int, int], dt.date]:
    """(award, month) → when its first line was locked; what is not locked yet counts as written long ago."""
    found: dict[tuple[int, int], dt.date] = {}
    rows: Any = PayLine.objects.order_by().values_list("award_id", "month", "run__locked_on")
    for award, month, locked in rows.iterator(chunk_size=20_000):
        found[award, month] = min(found.get((award, month), dt.date.max), locked or dt.date.min)
    return found


_Award = tuple[str, int, dt.date, dt.date | None, dt.date | None, dt.date | None]


def _awards() -> dict[int, _Award]:
    """Award → scheme, 分, from, opened by a decision of, ends, closed by a decision of."""
    rows: Any = Award.objects.order_by("pk").values_list(
        "pk", "scheme", "amount_fen", "from_on", "opening__decision__decided_on", "closing__ends_on",
        "closing__decision__decided_on",
    )  # fmt: skip
    return {row[0]: row[1:] for row in rows.iterator(chunk_size=20_000)}


def _suspensions() -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for award, *row in Suspension.objects.values_list(
        "award_id", "from_on", "decision__decided_on", "resumption__from_on", "resumption__decision__decided_on",
        "resumption__pays_back",
    ):  # fmt: skip
        found[award].append(tuple(row))
    return found


def _stands(award: _Award, start: dt.date, known: dt.date, stops: list[tuple[Any, ...]]) -> bool:
    from_on, ends, closed = award[2], award[4], award[5]
    ended = ends is not None and ends <= start and (closed is None or closed < known)
    return from_on <= start and not ended and not any(_still(one, start, known) for one in stops)


def _still(stop: tuple[Any, ...], start: dt.date, known: dt.date) -> bool:
    from_on, decided, resumed_on, resumed, pays_back = stop
    if from_on > start or decided >= known:
        return False
    back = resumed is not None and resumed < known
    return not (back and (pays_back or resumed_on <= start))


def _told_by_decisions(run: PayrollRun, awards: dict[int, _Award], stops: dict[int, Any]) -> Found:
    lines: Any = PayLine.objects.filter(run=run).exclude(state="held").order_by("pk")
    months = set(_months(run))
    for pk, award, month, fen, kind, repays, was in lines.values_list(
        "pk", "award_id", "month", "amount_fen", "kind", "repays_id", "repays__amount_fen"
    ).iterator(chunk_size=20_000):
        scheme, whole = awards[award][:2]
        start = dt.date(month // 100, month % 100, 1) if 1 <= month % 100 <= 12 else dt.date.min
        right = {"regular": fen == whole and month in months, "backpay": fen <= whole and month < run.month,
                 "correction": repays is not None and fen == was}  # fmt: skip
        stood = kind == "correction" or _stands(
            awards[award], start, run.locked_on or start, stops.get(award, [])
        )
        if kind != run.kind or scheme != run.scheme or not right.get(kind, False) or not stood:
            yield f"发放行 {pk} 与决定", fen, whole if stood else 0


def _left_out(
    run: PayrollRun, awards: dict[int, _Award], stops: dict[int, Any], written: dict[tuple[int, int], dt.date]
) -> Found:
    known = run.locked_on or dt.date.min
    for month in _months(run):
        start = dt.date(month // 100, month % 100, 1)
        for pk, award in awards.items():
            if award[0] != run.scheme or not award[3] or award[3] >= known:
                continue
            if written.get((pk, month), dt.date.max) <= known:
                continue
            if _stands(award, start, known, stops.get(pk, [])) and not (award[4] and award[4] <= start):
                yield f"{_named(run)} {month} 缺待遇 {pk}", 0, award[1]


def frozen() -> Found:
    """清册的指纹, 由编了序号的各行重算。"""
    for run in _locked():
        digest = hashlib.sha256(b"doudi payroll 1\n")
        rows: Any = PayLine.objects.filter(run=run, number__isnull=False).order_by("number", "month")
        for *told, index, month in rows.values_list(
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
            row = [*told, bytes(index or b"").hex()] + ([month] if month != run.month else [])
            digest.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        if digest.hexdigest() != run.content_hash:
            yield f"{_named(run)} 指纹", 1, 0


def allocations() -> Found:
    """每一轮锁定的资金分摊: 合计等于那一轮的应付, 各级与锁定时审计链记下的一致。"""
    booked: dict[str, Any] = dict(
        Entry.objects.filter(txn__kind="payroll.lock", side="C").order_by().values_list("txn__key")
        .annotate(fen=Sum("fen")))  # fmt: skip
    shares: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for pk, round_no, level, fen in Allocation.objects.values_list("run", "round", "level", "fen"):
        shares[pk, round_no][level] = fen
    told = _told_sources()
    for run in PayrollRun.objects.exclude(kind="correction").order_by("pk"):
        rounds = range(run.round + (run.state not in UNLOCKED))
        for number in rounds:
            ours = shares.pop((run.pk, number), {})
            due = int(booked.get(f"lock:{run.batch_no}" + (f":{number}" if number else ""), 0))
            if sum(ours.values()) != due:
                yield f"{_named(run)} 第 {number} 轮分摊", sum(ours.values()), due
            if told.get((run.pk, number), ours) != ours:
                yield f"{_named(run)} 第 {number} 轮各级", sum(ours.values()), due
    for (run_pk, number), rest in shares.items():
        yield f"批次 {run_pk} 第 {number} 轮多出的分摊", sum(rest.values()), 0


def _told_sources() -> dict[tuple[int, int], dict[str, int]]:
    """(run, round) → level → 分, as the chain of events has it."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for subject, body in Event.objects.filter(action="payroll.lock").values_list("subject", "body"):
        facts = json.loads(body)
        if "sources" in facts:
            found[int(subject.rpartition(":")[2]), facts["round"]] = facts["sources"]
    return found


def answers() -> Found:
    """每一行的状态: 有银行的回答或领款签收; 回盘的笔数和金额与各行相符。"""
    states: dict[tuple[int, int], set[str]] = defaultdict(set)
    sums: Counter[tuple[int, int]] = Counter()
    lines: Any = PayLine.objects.filter(number__isnull=False).order_by()
    for run, number, state, fen in lines.values_list("run_id", "number", "state", "amount_fen").iterator(
        chunk_size=20_000
    ):
        states[run, number].add(state)
        sums[run, number] += fen
    by_hand = {
        (run, number) for run, number in HandReceipt.objects.values_list("line__run_id", "line__number")
    }
    told: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows: Any = ReturnLine.objects.filter(is_queried=False).order_by("file", "number")
    for run, number, result, fen in rows.values_list(
        "file__run_id", "number", "result", "amount_fen"
    ).iterator(chunk_size=20_000):
        told[run, number].add(result)
        if fen != sums[run, number]:
            yield f"回盘行 批次 {run} 序号 {number}", fen, sums[run, number]
    for place, found in states.items():
        if not _agree(found, told[place], place in by_hand):
            yield f"发放行 批次 {place[0]} 序号 {place[1]} 状态与回盘", sums[place], 0
    yield from _files()


def _agree(states: set[str], told: set[str], by_hand: bool) -> bool:
    if len(states) != 1:
        return False
    (state,) = states
    if by_hand:
        return state == "paid" and not told
    wanted = {"paid": {"成功"}, "failed": {"失败"}, "returned": {"退票"}}.get(state)
    if wanted is None:
        return not told
    return wanted <= told and not (state == "paid" and told & {"失败", "退票"})


def _files() -> Found:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for file, word, _ in told_first():
        counts[file][word] += 1
    names = (
        ("成功", "paid_count"),
        ("失败", "failed_count"),
        ("退票", "returned_count"),
        ("待查", "queried_count"),
    )
    for one in ReturnFile.objects.order_by("pk"):
        for result, name in names:
            if getattr(one, name) != counts[one.pk][result]:
                yield f"回盘文件 {one.pk} {result}笔数", getattr(one, name), counts[one.pk][result]


def told_first() -> Iterator[tuple[int, str, int]]:
    """(File, word, 分) of what no file before it had said; a line that bounced had been paid, said or not."""
    known: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows: Any = ReturnLine.objects.order_by("file", "number").values_list(
        "file", "file__run_id", "number", "result", "is_queried", "amount_fen"
    )
    for file, run, number, result, queried, fen in rows.iterator(chunk_size=20_000):
        if queried:
            yield file, "待查", fen
            continue
        for word in ("成功", "退票") if result == "退票" else (result,):
            if word not in known[run, number]:
                known[run, number].add(word)
                yield file, word, fen


def hand_receipts() -> Found:
    """领款签收的日期是那一行的入账日期。"""
    for one in HandReceipt.objects.select_related("line").defer("line__account").order_by("pk"):
        if one.line.paid_on != one.signed_on:
            yield f"领款签收 {one.pk} 日期", 1, 0
