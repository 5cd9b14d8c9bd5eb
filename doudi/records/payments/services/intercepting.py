"""Hold back what a person must look at first; nothing is stopped or recovered by itself."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from doudi.law.identity import canonical_name
from doudi.records.audit.services import record
from doudi.records.awards.models import Award
from doudi.records.payments.dues import Key, covered_persons
from doudi.records.payments.duties import require
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.refusals import (
    CannotRelease,
    InterceptionSettled,
    OutcomeUnreadable,
    ReasonMissing,
    ResolverIsMaker,
)
from doudi.records.payments.services.runs import State, hold, payable, require_state
from doudi.records.payments.settlement import due_of
from doudi.records.people.models import Account, Person
from doudi.records.policies.queries import pairs_of
from doudi.records.staff.models import User
from doudi.store.fields import index_value
from doudi.store.today import today

Cause, Outcome = Interception.Cause, Interception.Outcome
_OPEN_LINES = (PayLine.State.PENDING, PayLine.State.HELD)


@dataclass(frozen=True, slots=True)
class Finding:
    """一条该拦的事实: 哪一行、什么原因、涉及谁或哪个账户、给人看的说明。"""

    line_id: int
    cause: str
    about: str
    detail: str


def intercept(run: PayrollRun, due: Collection[Key]) -> int:
    """查出还没有记下的拦截事实并记下, 涉及的行标为拦截。

    `due` are the awards due this month. Returns how many are new. Runs in the caller's transaction.
    """
    known = set(
        Interception.objects.filter(line__run=run).values_list("line_id", "cause", "about").iterator()
    )
    fresh = [found for found in findings(run, due) if (found.line_id, found.cause, found.about) not in known]
    Interception.objects.bulk_create(
        (Interception(line_id=f.line_id, cause=f.cause, about=f.about, detail=f.detail) for f in fresh),
        batch_size=500,
    )
    held = sorted({found.line_id for found in fresh})
    for start in range(0, len(held), 500):
        lines = PayLine.objects.filter(pk__in=held[start : start + 500], state=PayLine.State.PENDING)
        lines.update(state=PayLine.State.HELD)
    return len(fresh)


def findings(run: PayrollRun, due: Collection[Key]) -> Iterator[Finding]:
    """这个批次里现在该拦的全部事实; 已决定本月不发的行不再查。"""
    lines = _open_lines(run)
    yield from _closed(lines, due)
    yield from _about_persons(run, lines)
    yield from _without_account(lines)
    yield from _other_name(lines)
    yield from _changed_account(run, lines)
    yield from _shared(lines)


def _open_lines(run: PayrollRun) -> QuerySet[PayLine]:
    dropped = Interception.objects.filter(line=OuterRef("pk"), outcome=Outcome.DROPPED)
    return PayLine.objects.filter(run=run, state__in=_OPEN_LINES).exclude(Exists(dropped)).order_by("pk")


def _closed(lines: QuerySet[PayLine], due: Collection[Key]) -> Iterator[Finding]:
    for pk, award, month, no in lines.values_list("pk", "award_id", "month", "award__no"):
        if (award, month) not in due:
            yield Finding(pk, Cause.CLOSED, f"award:{award}", f"待遇 {no} 生成之后已停, 本月不再应发")


def _about_persons(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    payees = dict(lines.values_list("pk", "payee_id"))
    covered = [(line, person) for line, person in covered_persons(run) if line in payees]
    yield from _deceased({*covered, *payees.items()})
    yield from _exclusive(run, covered)


def _deceased(named: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    known = Person.objects.filter(Q(died_on__isnull=False) | Q(death_reported_on__isnull=False))
    dead = {pk: (name, day or reported) for pk, name, day, reported in
            known.values_list("pk", "name", "died_on", "death_reported_on")}  # fmt: skip
    for line, person in sorted(named):
        if person in dead:
            name, day = dead[person]
            yield Finding(
                line, Cause.DECEASED, f"person:{person}", f"{name} 有死亡报告 ({day}), 请核实后决定"
            )


def _exclusive(run: PayrollRun, covered: list[tuple[int, int]]) -> Iterator[Finding]:
    told = dict(_open_lines(run).values_list("pk", "month"))
    paid = _held_by_others(run, set(told.values()))
    here = Counter((person, told[line]) for line, person in covered)
    for line, person in covered:
        for pair, scheme in paid.get((person, told[line]), ()):
            detail = f"家庭成员本月已在 {scheme} 列入发放, 与本项目互斥"
            yield Finding(line, Cause.EXCLUSIVE, f"person:{person}:{pair}", detail)
        if here[person, told[line]] > 1:
            detail = "同一人在本批次的另一行里也在保, 只能发一份"
            yield Finding(line, Cause.EXCLUSIVE, f"person:{person}:here", detail)


def _held_by_others(run: PayrollRun, months: Collection[int]) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """(Person, month) → the pairs already taken; what the scheme itself paid does not stop the rest of it."""
    rows = Paid.objects.filter(month__in=sorted(months), pair__in=pairs_of(run.scheme)).exclude(line__run=run)
    if run.kind != PayrollRun.Kind.REGULAR:
        rows = rows.exclude(line__run__scheme=run.scheme)
    paid: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for person, month, *held in rows.values_list("person_id", "month", "pair", "line__run__scheme").order_by(
        "pk"
    ):
        paid[person, month].append((held[0], held[1]))
    return paid


def _without_account(lines: QuerySet[PayLine]) -> Iterator[Finding]:
    current = Account.objects.filter(person=OuterRef("payee"), until_on=None)
    for pk, payee, name in lines.exclude(Exists(current)).values_list("pk", "payee_id", "payee__name"):
        yield Finding(pk, Cause.NO_ACCOUNT, f"person:{payee}", f"领款人 {name} 没有在用的账户")


def _other_name(lines: QuerySet[PayLine]) -> Iterator[Finding]:
    other = Account.objects.filter(until_on=None).exclude(holder_name=F("person__name"))
    accounts = {
        person: (pk, holder)
        for pk, person, holder, name in other.values_list("pk", "person_id", "holder_name", "person__name")
        if canonical_name(holder) != canonical_name(name)
    }
    rows = lines.filter(payee__in=other.values("person")).values_list("pk", "payee_id", "payee__name")
    for pk, payee, name in rows:
        if payee in accounts:
            account, holder = accounts[payee]
            detail = f"账户户名是 {holder}, 领款人是 {name}"
            yield Finding(pk, Cause.NAME_MISMATCH, f"account:{account}", detail)


def _changed_account(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """A payee paid before, now on a card never paid to: a second person looks before the money goes there."""
    ended = Account.objects.filter(person=OuterRef("person"), until_on__isnull=False)
    fresh = Account.objects.filter(Exists(ended), until_on=None, person__in=lines.values("payee"))
    cards = {account.person_id: account for account in fresh.order_by("pk")}
    paid = _paid_to(run, cards)
    for line, payee, name in lines.filter(payee__in=fresh.values("person")).values_list(
        "pk", "payee_id", "payee__name"
    ):
        account = cards[payee]
        if paid[payee] and index_value(PayLine, "account_bi", account.number) not in paid[payee]:
            by = f"由 {account.recorded_by} 登记, 还没有发过"
            detail = f"{name} 的账户在 {account.from_on} 换成尾号 {account.last4}, {by}"
            yield Finding(line, Cause.ACCOUNT_CHANGED, f"account:{account.pk}", detail)


def _paid_to(run: PayrollRun, payees: Collection[int]) -> dict[int, set[bytes]]:
    """Payee → the indexes of the cards that other runs were locked with."""
    known: dict[int, set[bytes]] = defaultdict(set)
    ordered = sorted(payees)
    for start in range(0, len(ordered), 500):
        locked = PayLine.objects.filter(payee__in=ordered[start : start + 500], number__isnull=False)
        for payee, index in locked.exclude(run=run).values_list("payee_id", "account_bi"):
            known[payee].add(bytes(index or b""))
    return known


def _shared(lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """One account number registered for payees of different households."""
    current = Account.objects.filter(until_on=None)
    doubled = current.values("number_bi").annotate(holders=Count("person")).filter(holders__gt=1)
    accounts = list(
        current.filter(number_bi__in=doubled.values("number_bi")).values_list(
            "person_id", "number_bi", "pk", "last4"
        )
    )
    homes = _households_paid({person for person, *_ in accounts})
    families: dict[bytes, set[int]] = defaultdict(set)
    for person, number, *_ in accounts:
        families[bytes(number)] |= homes[person]
    shared = {
        p: (pk, last4, len(families[bytes(n)])) for p, n, pk, last4 in accounts if len(families[bytes(n)]) > 1
    }
    if not shared:
        return
    for line, payee in lines.values_list("pk", "payee_id"):
        if payee in shared:
            account, last4, count = shared[payee]
            detail = f"尾号 {last4} 的账户登记给了 {count} 户的领款人"
            yield Finding(line, Cause.SHARED_ACCOUNT, f"account:{account}", detail)


def _households_paid(persons: set[int]) -> dict[int, set[int]]:
    """Person → the households whose awards that person receives."""
    homes: dict[int, set[int]] = defaultdict(set)
    known = sorted(persons)
    for start in range(0, len(known), 500):
        awards = Award.objects.filter(payee__in=known[start : start + 500], closing=None)
        for payee, household in awards.values_list("payee_id", "household_id"):
            homes[payee].add(household)
    return homes


@transaction.atomic
def resolve(interception: Interception, outcome: str, reason: str, by: User) -> Interception:
    """处理一条拦截: 放行 (released) 或本月不发 (dropped), 写明理由。

    由经办人以外的发放复核办; 同样的处理再交一次不起作用。Raises DutyNotYours, ResolverIsMaker, OutcomeUnreadable,
    ReasonMissing, InterceptionSettled, CannotRelease, RunNotAt.
    """
    require("处理拦截", by)
    line = PayLine.objects.defer("account").get(pk=interception.line_id)
    run = hold(line.run)
    found = Interception.objects.get(pk=interception.pk)
    reason = reason.strip()
    if found.outcome:
        return _again(found, outcome, by)
    _require_decidable(run, outcome, reason, by)
    if outcome == Outcome.RELEASED:
        _require_releasable(run, line, found)
    found.outcome, found.reason, found.by, found.on = outcome, reason, by.username, today()
    found.save(update_fields=["outcome", "reason", "by", "on"])
    _settle_line(line)
    run.lines_count, run.total_fen = payable(run)
    run.save(update_fields=["lines_count", "total_fen"])
    record(by=by, action="payroll.resolve", subject=f"payline:{line.pk}", cause=found.cause, outcome=outcome,
           reason=reason)  # fmt: skip
    return found


def _again(found: Interception, outcome: str, by: User) -> Interception:
    if (found.outcome, found.by) != (outcome, by.username):
        raise InterceptionSettled(found.by, found.get_outcome_display())
    return found


def _require_decidable(run: PayrollRun, outcome: str, reason: str, by: User) -> None:
    require_state(run, "处理拦截", State.DRAFT)
    if by.pk == run.maker_id:
        raise ResolverIsMaker
    if outcome not in (Outcome.RELEASED, Outcome.DROPPED):
        raise OutcomeUnreadable
    if not reason:
        raise ReasonMissing


def _require_releasable(run: PayrollRun, line: PayLine, found: Interception) -> None:
    """Three causes are facts no reason can outweigh."""
    key = (found.line_id, found.cause, found.about)
    if found.cause == Cause.CLOSED:
        raise CannotRelease("待遇已经停了, 请选择本月不发")
    if (
        found.cause == Cause.NO_ACCOUNT
        and not Account.objects.filter(person=line.payee_id, until_on=None).exists()
    ):
        raise CannotRelease("领款人还没有在用的账户, 请先登记账户")
    if found.cause == Cause.EXCLUSIVE and key in {
        (f.line_id, f.cause, f.about) for f in findings(run, due_of(run))
    }:
        raise CannotRelease("同一人本月只能在互斥的项目里发一份")


def _settle_line(line: PayLine) -> None:
    settled = Interception.objects.filter(line=line)
    if not settled.filter(outcome__in=[Outcome.OPEN, Outcome.DROPPED]).exists():
        PayLine.objects.filter(pk=line.pk, state=PayLine.State.HELD).update(state=PayLine.State.PENDING)
