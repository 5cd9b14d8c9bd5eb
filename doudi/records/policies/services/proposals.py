"""A change of policy: one person proposes, the director signs, and only then it stands."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from doudi.law.pack_files import Declaration, PackError, PolicyRow
from doudi.records.audit.services import record
from doudi.records.policies.closed_months import open_from
from doudi.records.policies.models import PolicyProposal, PolicyValue, ProposedValue, Scenario
from doudi.records.policies.queries import packs
from doudi.records.policies.written import NAMES, read, write
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal

State = PolicyProposal.State


class MayNotPropose(Refusal):
    """参数改动由县级审批提出。"""


class MayNotSign(Refusal):
    """参数改动由局领导签发。"""


class SamePerson(Refusal):
    """提出和签发是两个人的事。"""


class AlreadyDecided(Refusal):
    """这件改动已经办过。"""


class NothingProposed(Refusal):
    """没有要改的, 或改成的与现行的一样。"""


class BadValue(Refusal):
    """拟改的值不合要求。"""


class MonthClosed(Refusal):
    """生效日落在已锁定的月份。"""


class AlreadyProposed(Refusal):
    """同一项同一天已有一件待签发。"""


class NoAnswer(Refusal):
    """退回要写理由。"""


@dataclass(frozen=True)
class NewValue:
    """拟改的一项: 路径、值的文字 (写法与政策包相同)、条款。"""

    path: str
    text: str
    article: str = ""


@transaction.atomic
def propose(
    *,
    by: User,
    area_code: str,
    values: Sequence[NewValue],
    since: dt.date,
    document: str,
    reason: str,
    on: dt.date,
    scenario: Scenario | None = None,
) -> PolicyProposal:
    """提出改动, 等局领导签发。

    Raises MayNotPropose, NothingProposed, BadValue, MonthClosed, AlreadyProposed.
    """
    if by.role != Role.APPROVER or not by.is_active:
        raise MayNotPropose("参数改动由县级审批提出")
    for label, text in (("文号", document), ("改动理由", reason)):
        if not text.strip():
            raise BadValue(f"请写明{label}")
    items = _checked(area_code, values, since, document)
    proposal = PolicyProposal.objects.create(
        area_code=area_code, since=since, document=document.strip(), reason=reason.strip(), scenario=scenario,
        proposed_by=by.username, proposed_on=on,
    )  # fmt: skip
    ProposedValue.objects.bulk_create(_with(proposal, items))
    facts = {"since": since, "document": document, "values": {item.path: item.value for item in items}}
    record(by=by, action="policy.propose", subject=proposal, **facts)
    return proposal


def _with(proposal: PolicyProposal, items: list[ProposedValue]) -> list[ProposedValue]:
    for item in items:
        item.proposal = proposal
    return items


def _checked(
    area_code: str, values: Sequence[NewValue], since: dt.date, document: str
) -> list[ProposedValue]:
    """Read by the validator of the pack files, against the law as it stands; nothing is kept of a bad one."""
    if not values:
        raise NothingProposed("还没有选要改的参数")
    _require_open(since)
    known = packs()
    rows = [_row(known.declared, area_code, value, since, document) for value in values]
    try:
        after = known.with_values(rows).resolve(area_code, since)
    except PackError as error:
        raise BadValue(error.reason) from None
    before = known.resolve(area_code, since)
    items = []
    for value, row in zip(values, rows, strict=True):
        _require_unproposed(area_code, value.path, known.declared[value.path].label, since)
        leaf, old = after.leaf(value.path), before.leaves.get(value.path)
        if old is not None and old.value == leaf.value:
            raise NothingProposed(f"“{leaf.label}”与那天的现行值相同, 不必改")
        items.append(
            ProposedValue(
                path=value.path, label=leaf.label, unit=row.unit, value=write(leaf.value, leaf.unit),
                before=write(old.value, old.unit) if old else "", article=value.article.strip(),
            )
        )  # fmt: skip
    return items


def _row(
    declared: Mapping[str, Declaration], area_code: str, value: NewValue, since: dt.date, document: str
) -> PolicyRow:
    if value.path not in declared:
        raise BadValue(f"没有“{value.path}”这项参数")
    unit = declared[value.path].unit
    try:
        plain = read(value.text, unit)
    except PackError as error:
        raise BadValue(f"“{declared[value.path].label}”: {error.reason}") from None
    return PolicyRow(value.path, plain, area_code, since, document, value.article, unit=NAMES[unit])


def _require_open(since: dt.date) -> None:
    earliest = open_from()
    if earliest is not None and since < earliest:
        raise MonthClosed(f"{earliest.isoformat()} 以前的月份已经锁定发放, 生效日请写这一天或以后")


def _require_unproposed(area_code: str, path: str, label: str, since: dt.date) -> None:
    waiting = ProposedValue.objects.filter(
        path=path, proposal__area_code=area_code, proposal__since=since, proposal__state=State.PENDING
    )
    if waiting.exists():
        raise AlreadyProposed(f"“{label}”自 {since.isoformat()} 起的改动已有一件待签发, 请先办结那一件")


@transaction.atomic
def sign(*, proposal: PolicyProposal, by: User, on: dt.date) -> PolicyProposal:
    """签发: 各项成为新的参数值, 从生效日起用; 旧值一直都在。

    签发时再校验一遍。Raises MayNotSign, SamePerson, AlreadyDecided, BadValue, MonthClosed.
    """
    held = _signing(proposal, by)
    _require_open(held.since)
    items = list(held.items.order_by("pk"))
    declared = packs().declared
    values = [NewValue(item.path, item.value, item.article) for item in items]
    rows = [_row(declared, held.area_code, value, held.since, held.document) for value in values]
    try:
        packs().with_values(rows)
    except PackError as error:
        raise BadValue(f"{error.reason}。请退回重新提出") from None
    for item in items:
        PolicyValue.objects.create(
            path=item.path, area_code=held.area_code, value=item.value, unit=item.unit, label=item.label,
            document=held.document, article=item.article, since=held.since, set_by=held.proposed_by,
            signed_by=by.username, at=timezone.now(),
        )  # fmt: skip
    facts = {"since": held.since, "document": held.document, "values": {i.path: i.value for i in items}}
    record(by=by, action="policy.sign", subject=held, proposed_by=held.proposed_by, **facts)
    return _decided(held, State.SIGNED, by, on)


@transaction.atomic
def send_back(*, proposal: PolicyProposal, by: User, answer: str, on: dt.date) -> PolicyProposal:
    """退回, 写明理由。Raises MayNotSign, SamePerson, AlreadyDecided, NoAnswer."""
    held = _signing(proposal, by)
    if not answer.strip():
        raise NoAnswer("请写明退回的理由, 好让提出人改")
    record(by=by, action="policy.send_back", subject=held, answer=answer)
    return _decided(held, State.SENT_BACK, by, on, answer.strip())


@transaction.atomic
def withdraw(*, proposal: PolicyProposal, by: User, on: dt.date) -> PolicyProposal:
    """提出人撤回自己还没有签发的改动。Raises MayNotPropose, AlreadyDecided."""
    held = _held(proposal)
    if held.proposed_by != by.username:
        raise MayNotPropose("只有提出人自己能撤回")
    record(by=by, action="policy.withdraw", subject=held)
    return _decided(held, State.WITHDRAWN, by, on)


def _held(proposal: PolicyProposal) -> PolicyProposal:
    held = PolicyProposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != State.PENDING:
        raise AlreadyDecided(f"这件改动{held.get_state_display()}, 不能再办")
    return held


def _signing(proposal: PolicyProposal, by: User) -> PolicyProposal:
    held = _held(proposal)
    if held.proposed_by == by.username:
        raise SamePerson("您提出的改动要由另一个人签发")
    if by.role != Role.DIRECTOR or not by.is_active:
        raise MayNotSign("参数改动由局领导签发")
    return held


def _decided(
    held: PolicyProposal, state: PolicyProposal.State, by: User, on: dt.date, answer: str = ""
) -> PolicyProposal:
    held.state, held.decided_by, held.decided_on, held.answer = state, by.username, on, answer
    held.save(update_fields=["state", "decided_by", "decided_on", "answer"])
    return held
