"""Money that was not due: who was paid it and when, what was ordered back, what came in. Nothing here writes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from doudi.law.paying import OPEN_ENDED, month_number
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.payments.models import (
    Instalment,
    PayLine,
    PayrollRun,
    Recovery,
    RecoveryMonth,
    RecoveryReceipt,
    WriteOff,
)
from doudi.records.payments.settling.settlement import LIVING, Settled, Unit, settled, units_of
from doudi.records.people.models import Household, Person
from doudi.records.staff.models import User

Cause, State = Recovery.Cause, Recovery.State


@dataclass(frozen=True, slots=True)
class Excess:
    """多发的一笔: 哪一行发放、哪个月、其中多发多少 (分); 银行还没有答复的在途, 到账之后才追得回。"""

    line_id: int
    award_id: int
    month: int
    fen: int
    payee_id: int
    is_in_transit: bool


@dataclass(frozen=True, slots=True)
class Overpaid:
    """一户 (按人的项目是一人) 多发的各月, 照现在的决定算出, 已经列入追缴的不算。"""

    scheme: str
    household_id: int
    person_id: int
    cause: str
    months: tuple[Excess, ...]

    @property
    def payable(self) -> list[Excess]:
        """已经发到卡上、可以追的各笔。"""
        return [one for one in self.months if not one.is_in_transit]

    @property
    def fen(self) -> int:
        """可以追的合计。"""
        return sum(one.fen for one in self.payable)

    @property
    def in_transit_fen(self) -> int:
        """在途的合计。"""
        return sum(one.fen for one in self.months if one.is_in_transit)


@dataclass(frozen=True, slots=True)
class PaidAfterDeath:
    """死亡之后还发了钱、待遇还没有停: 先办变动决定, 多发多少由决定算出。"""

    person: Person
    award: Award
    months: tuple[int, ...]
    fen: int


@dataclass(frozen=True, slots=True)
class Standing:
    """一件追缴现在的账 (分): 已到账、还差多少, 按约定到今天该交而没交的, 下一期哪天交多少。"""

    recovery: Recovery
    received_fen: int
    outstanding_fen: int
    overdue_fen: int
    next_due: Instalment | None


def overpaid(household: Household | None = None) -> list[Overpaid]:
    """全部项目 (或一户) 里多发而没有列入追缴的, 金额大的在前。"""
    runs = PayrollRun.objects.filter(kind=PayrollRun.Kind.REGULAR)
    schemes = runs.order_by("scheme").values_list("scheme", flat=True).distinct()
    found = [one for scheme in schemes for one in _overpaid_in(scheme, household)]
    return sorted(found, key=lambda one: (-one.fen, one.household_id, one.scheme))


def _overpaid_in(scheme: str, household: Household | None) -> Iterator[Overpaid]:
    home = household.pk if household else 0
    rows = [row for row in settled(scheme, OPEN_ENDED, household=home) if row.overpaid_fen]
    if not rows:
        return
    lines = _lines_of(scheme, rows)
    known: dict[Unit, list[Settled]] = defaultdict(list)
    for row in rows:
        known[row.unit].append(row)
    dead = _deaths({line["award_id"] for some in lines.values() for line in some})
    for unit, mine in known.items():
        months = [part for row in mine for part in _allocated(row, lines[unit, row.month])]
        if months:
            cause = _cause(mine, [dead[one.award_id] for one in months if one.award_id in dead])
            yield Overpaid(scheme, *unit, cause, tuple(months))


def _lines_of(scheme: str, rows: Iterable[Settled]) -> dict[tuple[Unit, int], list[Any]]:
    """The living lines of each unit and month, the latest first, with what of each is ordered back already."""
    homes = sorted({row.unit[0] for row in rows})
    found: list[Any] = []
    for start in range(0, len(homes), 500):
        mine = PayLine.objects.filter(
            run__scheme=scheme, household__in=homes[start : start + 500], state__in=LIVING
        )
        columns = ("pk", "award_id", "household_id", "month", "amount_fen", "payee_id", "state")
        found += mine.order_by("-run_id", "-pk").annotate(taken=Sum("recovered_in__stands_fen")).values(
            *columns, "taken"
        )  # fmt: skip
    units = units_of(scheme, [_Pair(line["award_id"], line["household_id"]) for line in found])
    told: dict[tuple[Unit, int], list[Any]] = defaultdict(list)
    for line in found:
        told[units[line["award_id"]], line["month"]].append(line)
    return told


@dataclass(frozen=True, slots=True)
class _Pair:
    pk: int
    household_id: int


def _allocated(row: Settled, lines: list[Any]) -> Iterator[Excess]:
    """What reached a card first, the latest line first; what is left lies in lines the bank has not answered for."""
    left = row.overpaid_fen
    ordered = sorted(lines, key=lambda line: line["state"] != PayLine.State.PAID)
    for line in ordered:
        fen = min(left, line["amount_fen"] - (line["taken"] or 0))
        if fen > 0:
            left -= fen
            in_transit = line["state"] != PayLine.State.PAID
            yield Excess(line["pk"], line["award_id"], row.month, fen, line["payee_id"], in_transit)


def _deaths(awards: set[int]) -> dict[int, int]:
    """Award → the month in which somebody covered by it, or its payee, died."""
    dead = Person.objects.filter(died_on__isnull=False)
    found: dict[int, int] = {}
    for part in _parts(sorted(awards)):
        rows = [
            *Holding.objects.filter(award__in=part, person__in=dead).values_list(
                "award_id", "person__died_on"
            ),
            *AwardPart.objects.filter(award__in=part, person__in=dead).values_list(
                "award_id", "person__died_on"
            ),
            *Award.objects.filter(pk__in=part, payee__in=dead).values_list("pk", "payee__died_on"),
        ]
        for award, died_on in rows:
            assert died_on is not None  # only the dead are asked for
            found[award] = min(found.get(award, OPEN_ENDED), month_number(died_on))
    return found


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), 500):
        yield numbers[start : start + 500]


def _cause(rows: list[Settled], died_in: list[int]) -> str:
    """What the records say; whoever orders it may know better and say so."""
    if died_in and min(died_in) < max(row.month for row in rows):
        return Cause.DEATH
    if all(row.already_fen == row.overpaid_fen for row in rows):
        return Cause.STOPPED
    return Cause.REDUCED


def paid_after_death() -> list[PaidAfterDeath]:
    """知道已经死亡、死亡次月以后还发到卡上、待遇还没有停的, 死得早的在前。"""
    dead = Person.objects.filter(died_on__isnull=False)
    held = Holding.objects.filter(person__in=dead, award__closing=None).values_list("person_id", "award_id")
    named = Award.objects.filter(payee__in=dead, closing=None).values_list("payee_id", "pk")
    pairs = sorted({*held, *named})
    paid = _paid_months({award for _, award in pairs})
    people = Person.objects.in_bulk({person for person, _ in pairs})
    awards = Award.objects.select_related("household__head", "village").in_bulk(set(paid))
    found = []
    for person, award in pairs:
        died_in = month_number(people[person].died_on or dt.date.max)
        after = {month: fen for month, fen in paid.get(award, {}).items() if month > died_in}
        if after:
            row = PaidAfterDeath(people[person], awards[award], tuple(sorted(after)), sum(after.values()))
            found.append(row)
    return sorted(found, key=lambda one: (one.person.died_on or dt.date.max, one.award.pk))


def _paid_months(awards: set[int]) -> dict[int, dict[int, int]]:
    paid: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for part in _parts(sorted(awards)):
        lines = PayLine.objects.filter(award__in=part, state=PayLine.State.PAID)
        for award, month, fen in lines.values_list("award_id", "month", "amount_fen"):
            paid[award][month] += fen
    return paid


def recoveries() -> QuerySet[Recovery]:
    """全部追缴, 新的在前。"""
    related = ("household__head", "payee", "village", "ordered_by", "confirmed_by")
    return Recovery.objects.select_related(*related).order_by("-pk")


def recoveries_of(household: Household) -> list[Standing]:
    """一户的追缴, 新的在前; 逾期不在这里算。"""
    return standings(recoveries().filter(household=household), dt.date.min)


def standings(rows: Iterable[Recovery], on: dt.date) -> list[Standing]:
    """这些追缴到某日的账, 次序不变。"""
    found = list(rows)
    wanted = [one.pk for one in found]
    received = received_of(wanted)
    plans: dict[int, list[Instalment]] = defaultdict(list)
    for part in _parts(wanted):
        for one in Instalment.objects.filter(recovery__in=part).order_by("recovery_id", "plan", "number"):
            if plans[one.recovery_id] and plans[one.recovery_id][0].plan != one.plan:
                plans[one.recovery_id].clear()
            plans[one.recovery_id].append(one)
    return [_standing(one, received.get(one.pk, 0), plans[one.pk], on) for one in found]


def received_of(recoveries: list[int]) -> dict[int, int]:
    """追缴 → 已到账 (分)。"""
    told: dict[int, int] = {}
    for part in _parts(recoveries):
        rows = RecoveryReceipt.objects.filter(recovery__in=part).order_by().values_list("recovery_id")
        told.update({pk: int(fen) for pk, fen in rows.annotate(sum=Sum("fen"))})
    return told


def outstanding_of(recovery: Recovery) -> int:
    """还差多少 (分)。"""
    return recovery.amount_fen - received_of([recovery.pk]).get(recovery.pk, 0)


def _standing(recovery: Recovery, received: int, plan: list[Instalment], on: dt.date) -> Standing:
    """A plan stands for what was outstanding when it was agreed: what came in before counts before it."""
    is_open = recovery.state == State.ORDERED
    before = recovery.amount_fen - sum(one.fen for one in plan)
    expected, overdue, coming = before, 0, None
    for one in plan:
        expected += one.fen
        if received < expected:
            overdue = expected - received if one.due_on < on else overdue
            coming = coming or one
    outstanding = recovery.amount_fen - received if is_open else 0
    return Standing(recovery, received, outstanding, overdue if is_open else 0, coming if is_open else None)


def plan_of(recovery: Recovery) -> list[Instalment]:
    """现在算数的分期; 没有约定为空。"""
    rows = Instalment.objects.filter(recovery=recovery).order_by("-plan", "number")
    found = list(rows)
    return [one for one in found if one.plan == found[0].plan]


def months_of(recovery: Recovery) -> QuerySet[RecoveryMonth]:
    """追缴的各月。"""
    rows = RecoveryMonth.objects.filter(recovery=recovery).select_related("line__run")
    return rows.defer("line__account").order_by("month", "pk")


def receipts_of(recovery: Recovery) -> QuerySet[RecoveryReceipt]:
    """到账, 先后为序。"""
    return RecoveryReceipt.objects.filter(recovery=recovery).select_related("by").order_by("on", "pk")


def write_offs_of(recovery: Recovery) -> QuerySet[WriteOff]:
    """核销的提出和答复。"""
    rows = WriteOff.objects.filter(recovery=recovery)
    return rows.select_related("proposed_by", "approved_by", "declined_by").order_by("pk")


def open_write_off(recovery: Recovery) -> WriteOff | None:
    """等批准的核销。"""
    return write_offs_of(recovery).filter(approved_on=None, declined_on=None).first()


def waiting_for(user: User) -> int:
    """等这个人批准的追缴和核销件数。"""
    proposed = Recovery.objects.filter(state=State.PROPOSED).exclude(ordered_by=user).count()
    asked = WriteOff.objects.filter(approved_on=None, declined_on=None).exclude(proposed_by=user)
    return proposed + asked.count()
