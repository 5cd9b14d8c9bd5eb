"""The auditor's own look at whose hands each paper of money went through, against the chain of events.

Nothing here calls the code that writes these tables. What was taken over from before has no events: its rows alone
are judged.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from doudi.records.audit.models import Event
from doudi.records.payments.models import (
    Approval,
    BankFile,
    Custody,
    Interception,
    PayrollRun,
    ReturnDraft,
    ReturnFile,
    WriteOff,
)
from doudi.store.fields import index_value

Found = Iterable[tuple[str, int, int]]
MAKING = ("payroll.open", "payroll.build", "payroll.lock")
SENDING = ("payroll.export", "payroll.hand_over")
HANDED = ("handed", "closed")
STEPS_BY = {"building": 0, "draft": 0, "locked": 0, "reviewed": 1}  # any later state has both
ONE_DAY = dt.timedelta(days=1)  # around midnight, or on a machine set to another zone meanwhile


@dataclass(frozen=True)
class Told:
    """One event: who, when, about what, with which facts."""

    actor: str
    action: str
    subject: str
    at: dt.datetime
    facts: dict[str, Any]

    @property
    def pk(self) -> int:
        return int(self.subject.rpartition(":")[2])

    def is_by(self, login: str | None, on: dt.date | None) -> bool:
        return login == self.actor and self.is_on(on)

    def is_on(self, on: dt.date | None) -> bool:
        return on is not None and abs(on - timezone.localdate(self.at)) <= ONE_DAY


def _told(*actions: str) -> Iterator[Told]:
    rows = Event.objects.filter(action__in=actions).order_by("seq")
    for actor, action, subject, at, body in rows.values_list("actor", "action", "subject", "at", "body"):
        yield Told(actor, action, subject, at, json.loads(body))


def approvals() -> Found:
    """每一轮的复核和审批: 到了哪一步就有哪几级, 谁在哪天批的与审计链一致, 经办人就是批次的经办人。"""
    trail, known = _approved()
    steps: dict[tuple[int, int], set[int]] = defaultdict(set)
    for pk, number, step, login, on, maker, run_maker in Approval.objects.order_by("pk").values_list(
        "run", "round", "step", "user__username", "on", "maker", "run__maker"
    ):
        steps[pk, number].add(step)
        event = trail.pop((pk, number, step), None)
        if maker != run_maker or (pk in known and not (event and event.is_by(login, on))):
            yield f"批次 {pk} 第 {number} 轮第 {step} 级审批", 1, 0
    for pk, number, step in trail:
        yield f"批次 {pk} 第 {number} 轮第 {step} 级审批没有了", 0, 1
    for pk, number, state in PayrollRun.objects.order_by("pk").values_list("pk", "round", "state"):
        wanted = STEPS_BY.get(state, 2)
        if steps.pop((pk, number), set()) != set(range(1, wanted + 1)):
            yield f"批次 {pk} 到了 {state} 的审批级数", 0, wanted
        if any(run == pk and later > number for run, later in steps):
            yield f"批次 {pk} 有还没有到的一轮的审批", 1, 0


def _approved() -> tuple[dict[tuple[int, int, int], Told], set[int]]:
    """(run, round, step) → the event of it; and the runs the chain knows. Each sending back begins a round."""
    trail: dict[tuple[int, int, int], Told] = {}
    rounds: dict[int, int] = {}
    for event in _told("payroll.open", "payroll.approve", "payroll.reopen"):
        rounds.setdefault(event.pk, 0)
        if event.action == "payroll.reopen":
            rounds[event.pk] += 1
        elif event.action == "payroll.approve":
            trail[event.pk, rounds[event.pk], event.facts["step"]] = event
    return trail, set(rounds)


def three_sides() -> Found:
    """编制、复核、审批和送银行在一个批次里是三个人, 退回重做过也一样; 没有银行文件的批次也写明谁交出的。"""
    yield from _handed()
    sides: dict[int, tuple[set[str], set[str], set[str]]] = defaultdict(lambda: (set(), set(), set()))
    for run, login in PayrollRun.objects.order_by("pk").values_list("pk", "maker__username"):
        sides[run][0].add(login)
    for run, step, login in Approval.objects.order_by("pk").values_list("run", "step", "user__username"):
        sides[run][min(step, 2)].add(login)
    sent = PayrollRun.objects.filter(handed_by__isnull=False).values_list("pk", "handed_by__username")
    for run, login in (*BankFile.objects.values_list("run", "by"), *sent):
        sides[run][2].add(login)
    looked = Interception.objects.exclude(by="").order_by("pk")
    for run, login in looked.values_list("line__run", "by").distinct():
        sides[run][1].add(login)
    for event in _told(*MAKING, *SENDING):
        sides[event.pk][2 if event.action in SENDING else 0].add(event.actor)
    for run, (making, reviewing, sending) in sides.items():
        both = making & reviewing | making & sending | reviewing & sending
        if both:
            yield f"批次 {run} 一个人办了两道手续", len(both), 0


def _handed() -> Found:
    """Who handed a run over, and when, is what the chain says; of those it knows none was handed over untold."""
    told: dict[int, tuple[str, Told]] = {}
    known: set[int] = set()
    for event in _told("payroll.open", "payroll.hand_over", "payroll.found_handed"):
        if event.action == "payroll.open":
            known.add(event.pk)
        else:
            told[event.pk] = event.facts.get("sender", event.actor), event
    rows = PayrollRun.objects.order_by("pk").values_list("pk", "state", "handed_by__username", "handed_on")
    for pk, state, login, on in rows:
        right = (login is not None) == (pk in told) == (state in HANDED)
        if right and pk in told:
            sender, event = told[pk]
            right = login == sender and event.is_on(on)
        if pk in known and not right:
            yield f"批次 {pk} ({state}) 谁在哪天交银行", 1, 0


def return_drafts() -> Found:
    """送来待核的回盘: 一人上传、另一人核对; 入账的各有一份回盘文件, 原件、人和日期与审计链一致。"""
    files = {(run, sha256): by for run, sha256, by in ReturnFile.objects.values_list("run", "sha256", "by")}
    staged, settled, known = _staged()
    for draft in ReturnDraft.objects.select_related("file", "uploaded_by", "checked_by").order_by("pk"):
        uploader = draft.uploaded_by.username
        checker = draft.checked_by.username if draft.checked_by else None
        brought = staged.pop(draft.pk, None)
        answer = settled.pop(
            (draft.run_id, draft.sha256) if draft.state == "applied" else (draft.pk, "withdrawn"), None
        )
        right = draft.file.sha256 == draft.sha256 and uploader != checker
        if draft.state == "applied":
            right = right and files.pop((draft.run_id, draft.sha256), None) == uploader
        if draft.run_id in known:
            right = right and _as_told(draft, uploader, checker, brought, answer)
        if not right:
            yield f"待核回盘 {draft.pk} ({draft.state})", 1, 0
    for run, sha256 in files:
        yield f"批次 {run} 回盘 {sha256[:12]} 没有核对的单据", 1, 0
    for place in (*staged, *settled):
        yield f"审计链上的回盘 {place} 没有单据", 0, 1


def _staged() -> tuple[dict[int, Told], dict[tuple[int, str], Told], set[int]]:
    """Draft → its bringing; (run, digest) or (draft, "withdrawn") → its answer; the runs the chain knows."""
    staged: dict[int, Told] = {}
    settled: dict[tuple[int, str], Told] = {}
    known: set[int] = set()
    for event in _told("payroll.open", "payroll.return_staged", "payroll.return_withdrawn", "payroll.return"):
        known.add(event.pk)
        if event.action == "payroll.return_staged":
            staged[event.facts["draft"]] = event
        elif event.action == "payroll.return_withdrawn":
            settled[event.facts["draft"], "withdrawn"] = event
        elif event.action == "payroll.return":
            settled[event.pk, event.facts["sha256"]] = event
    return staged, settled, known


def _as_told(
    draft: ReturnDraft, uploader: str, checker: str | None, brought: Told | None, answer: Told | None
) -> bool:
    if brought is None or brought.pk != draft.run_id or brought.facts["sha256"] != draft.sha256:
        return False
    if not brought.is_by(uploader, draft.uploaded_on):
        return False
    if draft.state == "waiting":
        return answer is None and (checker, draft.checked_on, draft.reason) == (None, None, "")
    if answer is None or not answer.is_by(checker, draft.checked_on):
        return False
    return draft.state != "withdrawn" or answer.facts["reason"] == draft.reason


def write_offs() -> Found:
    """核销: 谁提出、批准或退回, 多少、为什么, 与审计链一致; 提出和答复是两个人。"""
    trail: dict[int, list[list[Told]]] = defaultdict(list)
    for event in _told("recovery.ask_write_off", "recovery.write_off", "recovery.decline_write_off"):
        if event.action == "recovery.ask_write_off":
            trail[event.pk].append([event])
        else:
            trail[event.pk][-1].append(event)
    rows = WriteOff.objects.select_related("proposed_by", "approved_by", "declined_by").order_by("pk")
    for row in rows:
        asked = trail[row.recovery_id].pop(0) if trail[row.recovery_id] else []
        if not asked or not _given_up_as_told(row, *asked):
            yield f"核销 {row.pk} (追缴 {row.recovery_id})", row.fen, asked[0].facts["fen"] if asked else 0
    for recovery, rest in trail.items():
        if rest:
            yield f"追缴 {recovery} 的核销没有了", 0, len(rest)


def _given_up_as_told(row: WriteOff, asked: Told, answer: Told | None = None) -> bool:
    if not asked.is_by(row.proposed_by.username, row.proposed_on):
        return False
    if (row.fen, row.reason) != (asked.facts["fen"], asked.facts["reason"]):
        return False
    approver = row.approved_by.username if row.approved_by else None
    decliner = row.declined_by.username if row.declined_by else None
    refused = (decliner, row.declined_on, row.declined_reason)
    if asked.actor in (approver, decliner):
        return False
    if answer is None:
        return (approver, row.approved_on) == (None, None) and refused == (None, None, "")
    if answer.action == "recovery.write_off":
        return answer.is_by(approver, row.approved_on) and refused == (None, None, "")
    given_back = answer.is_by(decliner, row.declined_on) and (approver, row.approved_on) == (None, None)
    return given_back and row.declined_reason == answer.facts["reason"]


def custodies() -> Found:
    """存折代管: 登记、备案、结束的人和日期与审计链一致; 备案的是另一个人; 代管人的索引由身份证号重算。"""
    trail: dict[int, dict[str, Told]] = defaultdict(dict)
    for event in _told("custody.record", "custody.file", "custody.end"):
        trail[event.pk][event.action] = event
    for row in Custody.objects.select_related("recorded_by", "filed_by").order_by("pk"):
        told = trail.pop(row.pk, {})
        if not _kept_as_told(row, told):
            yield f"存折代管 {row.pk}", 1, 0
        if index_value(Custody, "custodian_bi", row.custodian_id) != bytes(row.custodian_bi):
            yield f"存折代管 {row.pk} 代管人索引", 1, 0
    for pk in trail:
        yield f"审计链上的存折代管 {pk} 没有了", 0, 1


def _kept_as_told(row: Custody, told: dict[str, Told]) -> bool:
    made, filed, ended = (told.get(f"custody.{act}") for act in ("record", "file", "end"))
    if made is None or made.actor != row.recorded_by.username:
        return False
    facts = {"custodian": row.custodian, "person": row.person_id, "relation": row.relation,
             "since": row.from_on.isoformat(), "agreement": row.agreement_id}  # fmt: skip
    if any(facts[name] != made.facts[name] for name in facts if name in made.facts):
        return False
    filer = row.filed_by.username if row.filed_by else None
    if filed is None:
        right = (filer, row.filed_on) == (None, None)
    else:
        right = filer != made.actor and filed.is_by(filer, row.filed_on)
    if ended is None:
        return right and row.until_on is None
    return right and ended.is_by(ended.actor, row.until_on)
