"""Write what happened and who looked; the only code that writes these tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, models, transaction

from doudi.records.audit import anchor_files
from doudi.records.audit.chain import (
    SEAL,
    SEAL_SUBJECT,
    START,
    canonical,
    digest_of,
    event_hash,
    look_hash,
    numbers_in,
    ranges_of,
)
from doudi.records.audit.models import Anchor, Event, Look
from doudi.records.audit.queries import epoch, last_seal
from doudi.records.audit.totals import current_totals, register_totals
from doudi.store.failpoints import step
from doudi.store.refusal import Refusal
from doudi.store.today import now

CHAIN_LOCK = 0x646F756469  # "doudi" as a number: PostgreSQL's advisory locks are numbers
CHAINED_AT_ONCE = frozenset({"unmask", "export"})
# How many look numbers back a transaction may still commit after its neighbours were sealed.
LATE_WINDOW = 10_000


__all__ = [
    "OutsideTransaction",
    "PurposeMissing",
    "anchor",
    "hold_chain",
    "look",
    "look_at_all",
    "name_of",
    "record",
    "register_totals",
    "seal_looks",
    "subject_of",
]


class OutsideTransaction(RuntimeError):
    """审计必须和它所记的改动在同一个事务里。"""


class PurposeMissing(Refusal):
    """查看明文或导出而没有写用途。"""

    def __init__(self, action: str) -> None:
        what = {"unmask": "查看完整号码", "export": "导出名单"}[action]
        super().__init__(f"{what}要先写明用途, 请填写后再试。")


def record(*, by: Any, action: str, subject: Any, **facts: Any) -> Event:
    """记一件事, 接在审计链末尾; 与它所记的改动同时生效、同时作废。

    `by` is a user or a login; `subject` a record (kept as `model:pk`) or a text of that form; `facts` hold text, whole
    numbers, dates and lists or dicts of them, never a full identity or account number. Raises OutsideTransaction
    outside transaction.atomic(), TypeError for a float.
    """
    hold_chain()
    last = Event.objects.order_by("-seq").values_list("seq", "hash").first()
    seq, prev = (last[0] + 1, last[1]) if last else (1, START)
    at, actor, about, body = now(), name_of(by), subject_of(subject), canonical(facts)
    return Event.objects.create(
        seq=seq,
        at=at,
        actor=actor,
        action=action,
        subject=about,
        body=body,
        prev=prev,
        hash=event_hash(seq, prev, at, actor, action, about, body),
    )


def hold_chain() -> None:
    """占住链尾直到事务结束: 此后本事务写的号码与提交的先后一致。Raises OutsideTransaction."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("审计记录要写在 transaction.atomic() 之内, 与所记的改动同一个事务")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def look(*, by: Any, action: str, subject: Any, purpose: str = "") -> Look:
    """记一次查看; 查看完整号码 (unmask) 和导出 (export) 必须写用途, 并立即上链。Raises PurposeMissing."""
    if action in CHAINED_AT_ONCE and not purpose.strip():
        raise PurposeMissing(action)
    with transaction.atomic():
        row = Look.objects.create(
            at=now(), actor=name_of(by), action=action, subject=subject_of(subject), purpose=purpose.strip()
        )
        if action in CHAINED_AT_ONCE:
            record(by=by, action=action, subject=subject, look=row.pk, purpose=row.purpose)
    return row


def look_at_all(*, by: Any, action: str, subjects: Sequence[Any], purpose: str = "") -> None:
    """一次看到许多 (名单、搜索) 时各记一次查看, 一次写入。"""
    at, actor = now(), name_of(by)
    Look.objects.bulk_create(
        Look(at=at, actor=actor, action=action, subject=subject_of(one), purpose=purpose[:200])
        for one in subjects
    )


def seal_looks() -> Event | None:
    """把上次封存以来的查看封成链上的一件事; 没有新的查看就什么也不写。

    Late numbers (a transaction that took its number early and committed late) are sealed by the next seal: each seal
    names the numbers it holds and the gaps it left open.
    """
    with transaction.atomic():
        hold_chain()
        before = last_seal()
        rows = list(_unsealed(before))
        if not rows:
            return None
        ids = [row[0] for row in rows]
        upto = max(before.get("upto", 0), ids[-1])
        return record(
            by="system",
            action=SEAL,
            subject=SEAL_SUBJECT,
            ranges=ranges_of(ids),
            count=len(ids),
            upto=upto,
            gaps=ranges_of(_gaps(before, ids, upto)),
            digest=digest_of(look_hash(*row) for row in rows),
        )


def _unsealed(before: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    upto, gaps = before.get("upto", 0), set(numbers_in(before.get("gaps", [])))
    rows = Look.objects.filter(id__gte=min(gaps, default=upto + 1)).order_by("id")
    for row in rows.values_list("id", "at", "actor", "action", "subject", "purpose"):
        if row[0] > upto or row[0] in gaps:
            yield row


def _gaps(before: Mapping[str, Any], ids: list[int], upto: int) -> list[int]:
    """Numbers nobody has used yet, recent enough for a slow transaction still to bring them."""
    oldest = max(upto - LATE_WINDOW, 0)
    seen = set(ids)
    open_before = [number for number in numbers_in(before.get("gaps", [])) if number > oldest]
    fresh = range(max(before.get("upto", 0), oldest) + 1, upto + 1)
    return [number for number in (*open_before, *fresh) if number not in seen]


def anchor(*, by: Any, on: date) -> Anchor:
    """落一个锚: 封存查看, 记一件事, 写锚行; 提交后写出锚文件, 供抄送到系统之外。

    The file is written when the transaction commits (inside a caller's transaction: when that one does). A file that an
    interrupted run left out is written by the next anchor.
    """
    with step("anchor"):
        hold_chain()
        seal_looks()
        totals = current_totals()
        event = record(by=by, action="anchor", subject=f"anchor:{on.isoformat()}", totals=totals)
        row = Anchor.objects.create(day=on, last_seq=event.seq, head=event.hash, totals=totals, epoch=epoch())
        transaction.on_commit(anchor_files.write_missing)
    return row


def name_of(by: Any) -> str:
    """登录名: 用户对象或文字。"""
    return by if isinstance(by, str) else str(by.username)


def subject_of(thing: Any) -> str:
    """对象的写法: 记录写成 `模型:主键`, 文字原样。"""
    return f"{thing._meta.model_name}:{thing.pk}" if isinstance(thing, models.Model) else str(thing)
