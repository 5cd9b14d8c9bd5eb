"""A raise over the whole roll: worked out by one, signed by another, then written household by household, once.

Decreases and households that no longer qualify are not touched: they wait for a review case. A raise that begins in
the past needs nothing else: the months between are short of the new award, and back-pay pays what is short.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, QuerySet, Sum

from doudi.law import clocks
from doudi.records.audit.services import record
from doudi.records.decisions.models import (
    RaiseLine,
    StandardRaise,
)
from doudi.records.decisions.reassessing import books_of, lines_of
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.people.models import Relative
from doudi.records.policies.models import PolicyProposal
from doudi.records.staff.models import Role, User
from doudi.store.arrow import chunks
from doudi.store.refusal import Refusal

BUILD, APPLY = "raise.build", "raise.apply"
State, Effect = StandardRaise.State, RaiseLine.Effect


class NotYourRaise(Refusal):
    """调标由县级审批核算, 由局领导签发。"""


class NotARaise(Refusal):
    """这件参数改动不能据以调标。"""


class RaiseTooEarly(Refusal):
    """离调标起月还早。"""


class RaiseOpen(Refusal):
    """同一本规则书已有一批调标没有办完。"""


class RaiseNotThere(Refusal):
    """这批调标不在这一步。"""


class SignedByTheSame(Refusal):
    """核算和签发是两个人的事。"""


class OwnRelative(Refusal):
    """名单里有自己的近亲属。"""


class NothingRaised(Refusal):
    """名单里没有可以随批提高的。"""


class ReasonMissing(Refusal):
    """剔除或恢复要写理由。"""


class RaiseUnfinished(Refusal):
    """调标还没有做完。"""


def open_raise(
    *, proposal: PolicyProposal, book: str, from_on: dt.date, by: User, on: dt.date, here: bool = True
) -> StandardRaise:
    """发起调标: 按签发了的新标准把在册的户逐户重算, 列出提高、不变、降低、不再符合的。

    `from_on` 是新金额的起月, 可以早于生效日 (文件补发的); 同一改动没有做完的接着做。`here=False` 交给后台。
    Raises NotYourRaise, NotARaise, RaiseTooEarly, RaiseOpen, RaiseUnfinished. 依据: 649号令 第十条
    """
    _require(by, Role.APPROVER, "调标由县级审批核算")
    _require_raise(proposal, book, from_on, on)
    found = StandardRaise.objects.filter(book=book, state__in=StandardRaise.OPEN).first()
    if found is None:
        found = _opened(proposal, book, from_on, by, on)
    if (found.proposal_id, found.from_on) != (proposal.pk, from_on):
        raise RaiseOpen(f"依据 {found.proposal.document} 的调标还没有办完, 请先办完或撤回那一批")
    if found.state == State.BUILDING:
        _run(BUILD, f"{BUILD}:{found.pk}", {"raise": found.pk}, by, here)
        found.refresh_from_db()
    return found


def _require(by: User, role: Role, told: str) -> None:
    if by.role != role or not by.is_active:
        raise NotYourRaise(told)


def _require_raise(proposal: PolicyProposal, book: str, from_on: dt.date, on: dt.date) -> None:
    if proposal.state != PolicyProposal.State.SIGNED:
        raise NotARaise("新标准还没有签发, 签发之后才能调标")
    if book not in books_of(proposal.items.values_list("path", flat=True), proposal.since):
        raise NotARaise("这件改动的参数不影响这类待遇的金额, 不用调标")
    if from_on.day != 1 or from_on > clocks.first_of_month(proposal.since):
        raise NotARaise("调标自某月 1 日起, 不能晚于新标准的生效月")
    if proposal.since > clocks.benefit_from(on):
        raise RaiseTooEarly(f"新标准自 {proposal.since} 起, 到前一个月再核算: 这之间在册的人还会变")


@transaction.atomic
def _opened(proposal: PolicyProposal, book: str, from_on: dt.date, by: User, on: dt.date) -> StandardRaise:
    try:
        with transaction.atomic():
            made = StandardRaise.objects.create(
                proposal=proposal, book=book, from_on=from_on, assessed_on=max(on, proposal.since),
                built_by=by, built_on=on,
            )  # fmt: skip
    except IntegrityError:  # somebody else was first
        return StandardRaise.objects.get(book=book, state__in=StandardRaise.OPEN)
    record(by=by, action="raise.open", subject=made, document=proposal.document, book=book, since=from_on)
    return made


def _run(kind: str, key: str, arguments: dict[str, Any], by: User, here: bool) -> None:
    job = jobs.start(kind=kind, key=key, by=by, arguments=arguments)
    if not here:
        return
    if job.state == Job.State.FAILED:
        job = jobs.retry(job.pk)
    job = jobs.run(job.pk)
    if job.state == Job.State.FAILED:
        raise RaiseUnfinished(job.message)


def fill(job: Job) -> dict[str, Any]:
    """把在册各户的核算结果一块一块写上; 已经写上的不重写。"""
    raising = StandardRaise.objects.select_related("proposal").get(pk=job.arguments["raise"])
    written = set(raising.lines.values_list("household_id", flat=True))
    missing = [line for line in lines_of(raising) if line.household_id not in written]
    done, total = len(written), len(written) + len(missing)
    for part in chunks(missing):
        with transaction.atomic():
            if held(raising).state != State.BUILDING:
                return {"households": done}
            RaiseLine.objects.bulk_create(part)
            done += len(part)
            jobs.progress(job, done=done, total=total)
    with transaction.atomic():
        now = held(raising)
        if now.state == State.BUILDING:
            advance(now, State.DRAFT)
            record(by=job.created_by, action="raise.build", subject=now, households=total)
    return {"households": total}


def held(raising: StandardRaise) -> StandardRaise:
    """锁住这一批, 直到事务结束。"""
    return StandardRaise.objects.select_for_update().get(pk=raising.pk)


def advance(raising: StandardRaise, state: StandardRaise.State, **told: Any) -> None:
    """写下到了哪一步。"""
    raising.state = state
    for name, value in told.items():
        setattr(raising, name, value)
    raising.save(update_fields=["state", *told])


@transaction.atomic
def leave_out(*, line: RaiseLine, reason: str, by: User) -> RaiseLine:
    """剔除一户, 写明理由; 由调标以外的办法另行决定。Raises NotYourRaise, RaiseNotThere, ReasonMissing."""
    return _marked(line, reason, by, "raise.leave_out")


@transaction.atomic
def take_in(*, line: RaiseLine, reason: str, by: User) -> RaiseLine:
    """核实之后把剔除的一户放回名单, 写明理由。Raises NotYourRaise, RaiseNotThere, ReasonMissing."""
    return _marked(line, reason, by, "raise.take_in")


def _marked(line: RaiseLine, reason: str, by: User, action: str) -> RaiseLine:
    _require(by, Role.APPROVER, "调标名单由县级审批核定")
    _require_state(held(line.raising), State.DRAFT)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("请写明理由, 签发的人要看")
    found = RaiseLine.objects.get(pk=line.pk)
    if found.effect != Effect.UP:
        raise RaiseNotThere("这一户不在提高的名单里, 由复核案件决定")
    _refuse_relatives(by, [found.household_id])
    found.left_out = reason[:200] if action == "raise.leave_out" else ""
    found.left_out_by = by.username if found.left_out else ""
    found.save(update_fields=["left_out", "left_out_by"])
    record(
        by=by,
        action=action,
        subject=f"household:{found.household_id}",
        raising=found.raising_id,
        reason=reason,
    )
    return found


def _require_state(raising: StandardRaise, *states: StandardRaise.State) -> None:
    if raising.state not in states:
        wanted = "、".join(state.label for state in states)
        raise RaiseNotThere(f"这批调标现在是“{raising.get_state_display()}”, 要“{wanted}”时才能办")


@transaction.atomic
def withdraw(*, raising: StandardRaise, by: User) -> StandardRaise:
    """撤回还没有签发的一批。Raises NotYourRaise, RaiseNotThere."""
    _require(by, Role.APPROVER, "调标由县级审批撤回")
    found = held(raising)
    _require_state(found, State.BUILDING, State.DRAFT)
    advance(found, State.WITHDRAWN)
    record(by=by, action="raise.withdraw", subject=found)
    return found


def to_raise(raising: StandardRaise) -> QuerySet[RaiseLine]:
    """随批提高的各户, 村、户为序。"""
    return raising.lines.filter(effect=Effect.UP, left_out="").order_by("village_id", "household_id")


def sign(*, raising: StandardRaise, by: User, on: dt.date, here: bool = True) -> StandardRaise:
    """签发: 名单里提高的各户逐户写决定, 旧待遇到调标月为止、新待遇接上; 中断了接着写, 不会写两次。

    Raises NotYourRaise, SignedByTheSame, RaiseNotThere, NothingRaised, OwnRelative, RaiseUnfinished.
    依据: 649号令 第十条、民发〔2021〕57号 第二十一条
    """
    _require(by, Role.DIRECTOR, "调标由局领导签发")
    found = _signed(raising, by, on)
    if found.state == State.SIGNED:
        _run(APPLY, f"{APPLY}:{found.pk}", {"raise": found.pk}, by, here)
        found.refresh_from_db()
    return found


@transaction.atomic
def _signed(raising: StandardRaise, by: User, on: dt.date) -> StandardRaise:
    found = held(raising)
    if found.signed_by_id:
        return found
    _require_state(found, State.DRAFT)
    if found.built_by_id == by.pk:
        raise SignedByTheSame("您核算的名单要由另一个人签发")
    told = to_raise(found).aggregate(homes=Count("pk"), fen=Sum(F("now_fen") - F("was_fen")))
    if not told["homes"]:
        raise NothingRaised("名单里没有随批提高的户, 不用签发; 请撤回")
    _refuse_relatives(by, to_raise(found).order_by().values("household"))
    _refuse_relatives(found.built_by, to_raise(found).order_by().values("household"))
    advance(found, State.SIGNED, signed_by=by, signed_on=on, households=told["homes"], added_fen=told["fen"])
    record(by=by, action="raise.sign", subject=found, households=told["homes"], fen=told["fen"])
    return found


def _refuse_relatives(by: User, homes: Any) -> None:
    """依据: 民发〔2021〕57号 第十一条"""
    own = Relative.objects.in_force().filter(
        user=by, person__memberships__household__in=homes, person__memberships__until_on=None
    )
    row = own.order_by("pk").values_list("person__memberships__household__no", flat=True).first()
    if row:
        raise OwnRelative(f"户 {row} 是{by.name}备案的近亲属, 请由别人先把这一户剔除, 另行决定")
