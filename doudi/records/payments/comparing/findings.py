"""What is found about the lines of a run that a person must look at before money moves."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from doudi.law.identity import canonical_name
from doudi.law.money import yuan
from doudi.law.procedure import POSTINGS
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.decisions.models import Decision
from doudi.records.payments.in_person.custody import on_anothers_card
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.settling.dues import Due, Key, covered_persons
from doudi.records.people.models import Account, Person
from doudi.records.policies.queries import pairs_of, parameters, scheme
from doudi.records.postings.models import Posting
from doudi.records.postings.queries import unposted
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


def findings(run: PayrollRun, due: Mapping[Key, Due]) -> Iterator[Finding]:
    """这个批次里现在该拦的全部事实; 已决定本月不发的行不再查。"""
    lines = _open_lines(run)
    yield from _closed(lines, due)
    yield from _about_persons(run, lines)
    yield from _without_account(lines)
    yield from _other_name(lines)
    yield from _changed_account(run, lines)
    yield from _cooling(run, lines)
    yield from _same_card(run, lines)
    yield from _shared(lines)
    yield from _others_card(run, lines)
    yield from _overdue(run, lines)
    yield from _never_posted(run, lines)


def _open_lines(run: PayrollRun) -> QuerySet[PayLine]:
    dropped = Interception.objects.filter(line=OuterRef("pk"), outcome=Outcome.DROPPED)
    return PayLine.objects.filter(run=run, state__in=_OPEN_LINES).exclude(Exists(dropped)).order_by("pk")


def _closed(lines: QuerySet[PayLine], due: Mapping[Key, Due]) -> Iterator[Finding]:
    rows = lines.values_list("pk", "award_id", "month", "award__no", "amount_fen")
    for pk, award, month, no, fen in rows:
        wanted = due.get((award, month))
        if wanted is None:
            yield Finding(
                pk, Cause.CLOSED, f"award:{award}", f"待遇 {no} 生成之后已停或已由别的批次发放, 不再应发"
            )
        elif wanted.amount_fen != fen:
            detail = (
                f"待遇 {no} 生成之后应发的改为 {yuan(wanted.amount_fen)} 元, 这一行不发, 下一次补发按新的数"
            )
            yield Finding(pk, Cause.CLOSED, f"award:{award}:{wanted.amount_fen}", detail)


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
    placed = {
        pk: (month, home) for pk, month, home in _open_lines(run).values_list("pk", "month", "household")
    }
    told = {pk: month for pk, (month, _) in placed.items()}
    paid = _held_by_others(run, set(told.values()))
    beside = run.kind != PayrollRun.Kind.REGULAR  # on top of what the household itself was paid
    once = {(person, told[line], placed[line][1] if beside else line) for line, person in covered}
    here = Counter((person, month) for person, month, _ in once)
    for line, person in covered:
        for pair, other, home in paid.get((person, told[line]), ()):
            if beside and (other, home) == (run.scheme, placed[line][1]):
                continue
            detail = f"家庭成员本月已在 {other} 列入发放, 与本项目互斥"
            yield Finding(line, Cause.EXCLUSIVE, f"person:{person}:{pair}", detail)
        if here[person, told[line]] > 1:
            detail = "同一人在本批次的另一行里也在保, 只能发一份"
            yield Finding(line, Cause.EXCLUSIVE, f"person:{person}:here", detail)


def _held_by_others(
    run: PayrollRun, months: Collection[int]
) -> dict[tuple[int, int], list[tuple[str, str, int]]]:
    """(Person, month) → the pairs already taken, by which scheme for which household."""
    rows = Paid.objects.filter(month__in=sorted(months), pair__in=pairs_of(run.scheme)).exclude(line__run=run)
    paid: dict[tuple[int, int], list[tuple[str, str, int]]] = defaultdict(list)
    held = rows.order_by("pk").values_list(
        "person_id", "month", "pair", "line__run__scheme", "line__household_id"
    )
    for person, month, pair, scheme_id, home in held:
        paid[person, month].append((pair, scheme_id, home))
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


def _others_card(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """One card for a household or a person, as the pack says: nobody draws on another's. 依据: 财办〔2020〕37号"""
    wrong = on_anothers_card(Award.objects.filter(scheme=run.scheme))
    to_head = scheme(run.scheme).payee == "head"
    rows = lines.filter(award__in=wrong.values("pk"))
    for line, payee, name, head in rows.values_list("pk", "payee_id", "payee__name", "household__head__name"):
        whose = f"户主 {head}" if to_head else "保障对象本人"
        yield Finding(line, Cause.OTHERS_CARD, f"person:{payee}", f"应发到{whose}的卡, 领款人却是 {name}")


def _households_paid(persons: set[int]) -> dict[int, set[int]]:
    """Person → the households whose awards that person receives."""
    homes: dict[int, set[int]] = defaultdict(set)
    known = sorted(persons)
    for start in range(0, len(known), 500):
        awards = Award.objects.filter(payee__in=known[start : start + 500], closing=None)
        for payee, household in awards.values_list("payee_id", "household_id"):
            homes[payee].add(household)
    return homes


def cooled_on(account: Account) -> dt.date:
    """换了卡的, 从哪天起可以发到新卡: 换卡之后要等的天数由政策包定。"""
    known = parameters(settings.COUNTY, account.from_on)
    path = "pay.cooling_days"
    return account.from_on + dt.timedelta(days=int(known.value(path)) if path in known.declared else 0)


def _cooling(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """A new card in another's place, never paid to: time for the payee to notice before money goes there."""
    ended = Account.objects.filter(person=OuterRef("person"), until_on__isnull=False)
    fresh = Account.objects.filter(Exists(ended), until_on=None, person__in=lines.values("payee"))
    waiting = {one.person_id: one for one in fresh.order_by("pk") if today() < cooled_on(one)}
    paid = _paid_to(run, waiting)
    for line, payee, name in lines.filter(payee__in=list(waiting)).values_list(
        "pk", "payee_id", "payee__name"
    ):
        card = waiting[payee]
        if index_value(PayLine, "account_bi", card.number) in paid[payee]:
            continue
        detail = f"{name} 在 {card.from_on} 换成尾号 {card.last4}, 满 {cooled_on(card)} 才能发到新卡"
        yield Finding(line, Cause.COOLING, f"account:{card.pk}", detail)


def _same_card(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """A correction to the very card the bank could not pay to."""
    again = lines.filter(repays__isnull=False).values_list(
        "pk", "payee_id", "payee__name", "repays_id", "repays__account_bi", "repays__reason"
    )
    current = Account.objects.filter(until_on=None, person__in=lines.values("payee")).order_by("pk")
    cards = {one.person_id: one for one in current} if run.kind == PayrollRun.Kind.CORRECTION else {}
    for line, payee, name, before, index, why in again:
        card = cards.get(payee)
        if card and index_value(PayLine, "account_bi", card.number) == bytes(index or b""):
            detail = f"{name} 上次没有发成 ({why or '银行没有写明'}), 现在还是尾号 {card.last4} 这张卡"
            yield Finding(line, Cause.SAME_CARD, f"account:{card.pk}:{before}", detail)


def _overdue(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """The review the law asks for is late by as long again as the law allows between two. 依据: 57号 第三十一条"""
    planned = Decision.objects.filter(scheme=run.scheme, next_review_on__isnull=False)
    last = {}
    rows = planned.filter(next_review_on__lt=today()).order_by("decided_on", "pk")
    for home, decision, decided_on, due_on in rows.values_list(
        "household_id", "pk", "decided_on", "next_review_on"
    ):
        if due_on and today() > due_on + (due_on - decided_on):
            last[home] = decision, decided_on, due_on
    late = {home: known for home, known in last.items() if not _planned_since(planned, home, *known[:2])}
    for line, home in lines.filter(household__in=list(late)).values_list("pk", "household_id"):
        decision, _, due_on = late[home]
        detail = f"应在 {due_on} 前核查, 到现在又过了一个核查间隔还没有核查"
        yield Finding(line, Cause.REVIEW_OVERDUE, f"decision:{decision}", detail)


def _planned_since(planned: QuerySet[Decision], household: int, pk: int, decided_on: dt.date) -> bool:
    later = Q(decided_on__gt=decided_on) | Q(decided_on=decided_on, pk__gt=pk)
    return planned.filter(later, household=household).exists()


def _never_posted(run: PayrollRun, lines: QuerySet[PayLine]) -> Iterator[Finding]:
    """Confirmed on a road with a board, and never hung on it: nothing the long publication could stand on."""
    if not scheme(run.scheme).posted_by_name:
        return
    granted = lines.filter(
        award__opening__decision__kind=Decision.Kind.GRANT, award__opening__decision__case__isnull=False
    )
    hung = Posting.objects.filter(case=OuterRef("award__opening__decision__case"), withdrawn_on=None)
    missing = dict(granted.exclude(Exists(hung)).values_list("pk", "award__opening__decision__case"))
    cases = {case.pk: case for case in Case.objects.filter(pk__in=set(missing.values())).order_by("pk")}
    due = {
        pk
        for pk, case in cases.items()
        if set(procedure_of(case).road) & set(POSTINGS) and not unposted(case)
    }
    for line, case in missing.items():
        if case in due:
            detail = f"受理号 {cases[case].no} 的申请没有公示过, 待遇没有长期公布的依据"
            yield Finding(line, Cause.NOT_POSTED, f"case:{case}", detail)
