"""A year of three hundred households at random: in the end each was paid, month by month, what a plain loop says."""

import contextlib
import datetime as dt
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Suspension
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.refusals import NothingOwed, NothingToPay
from doudi.records.payments.release_refusals import NothingToRelease
from doudi.records.payments.settling.settlement import not_due_any_more, settled
from doudi.records.people.models import Household, Person
from doudi.store.today import move_to
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
HOUSEHOLDS = int(os.environ.get("DOUDI_HOUSEHOLDS", "300"))
SEED = int(os.environ.get("DOUDI_SEED", "20261107"))
YEAR = range(202601, 202613)


@dataclass
class Home:
    """What the oracle knows of one household: nothing but numbers in a dict."""

    family: Household
    award: Award | None = None
    due: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    was_cut: set[int] = field(default_factory=set)
    suspension: Suspension | None = None
    still_from: int = 0
    ended: int = 0  # an award begins no earlier than the one before it ended, as granting sees to


def set_due(home: Home, first: int, fen: int) -> None:
    """From `first` on the household is due this much a month, whatever was said before."""
    for month in YEAR:
        if month >= first:
            if fen < home.due[month]:
                home.was_cut.add(month)
            home.due[month] = fen


def decide(home: Home, month: int, chance: random.Random) -> None:
    """One decision of the month, or none: it may reach back up to three months."""
    back = max(202601, month - chance.choice([0, 0, 0, 1, 3]))
    start = months.day_in(back, 1)
    draw = chance.random()
    if home.suspension:
        if draw < 0.4:
            resume(home, month, pays_back=chance.random() < 0.5)
    elif home.award is None:
        if draw < 0.3 and back >= home.ended:
            fen = chance.randrange(10_000, 90_000)
            home.award = factories.grant(home.family, fen, from_on=start, decided_on=months.day_in(month, 2))
            set_due(home, back, fen)
    elif draw < 0.06 and home.award.from_on < start:
        factories.stop(home.award, start)
        home.award, home.ended = None, back
        set_due(home, back, 0)
    elif draw < 0.2 and home.award.from_on < start:
        fen = chance.randrange(10_000, 90_000)
        home.award = months.replaced(home.award, fen, start, months.day_in(month, 2))
        set_due(home, back, fen)
    elif draw < 0.26 and month < 202612:
        home.suspension = months.suspended(home.award, months.day_in(month + 1, 1))
        home.still_from = month + 1
        set_due(home, month + 1, 0)


def resume(home: Home, month: int, *, pays_back: bool) -> None:
    if month + 1 > 202612 or month + 1 <= home.still_from:
        return
    months.resumed(home.suspension, months.day_in(month + 1, 1), pays_back=pays_back)
    set_due(home, home.still_from if pays_back else month + 1, home.award.amount_fen)
    home.suspension = None


def bank(run: PayrollRun, chance: random.Random) -> dict[int, str]:
    numbers = PayLine.objects.filter(run=run, number__isnull=False).values_list("number", flat=True)
    return {
        number: word
        for number in sorted(set(numbers))
        if (word := chance.choices(["成功", "失败", "退票"], [92, 5, 3])[0]) != "成功"
    }


@pytest.mark.slow
@pytest.mark.once
def test_in_the_end_everybody_was_paid_what_was_due(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    with capsys.disabled():
        print(f"\nseed {SEED}, {HOUSEHOLDS} households")
    office = factories.office(dt.date(2026, 1, 5))
    homes = families(chance)
    for month in YEAR:
        move_to(months.day_in(month, 2))
        for home in homes:
            decide(home, month, chance)
        walk(months.built(office, month), office, chance)
        if chance.random() < 0.7:
            beside(office, month, chance)
    # The deaths were reported of others: what failed and waited for the decisions about them is due after all.
    Person.objects.filter(death_reported_on__isnull=False).update(death_reported_on=None)
    catch_up(office)
    compare(homes)


def families(chance: random.Random) -> list[Home]:
    """Two of three are in receipt when the year begins; of one in thirty a death was reported, rightly or not."""
    heads = factories.persons(HOUSEHOLDS)
    factories.cards(heads)
    homes = [Home(family) for family in factories.households(heads)]
    for home in homes:
        if chance.random() < 0.67:
            fen = chance.randrange(10_000, 90_000)
            home.award = factories.grant(home.family, fen, from_on=dt.date(2026, 1, 1))
            set_due(home, 202601, fen)
        if chance.random() < 0.03:
            home.family.head.death_reported_on = dt.date(2026, 1, 1)
            home.family.head.save(update_fields=["death_reported_on"])
    return homes


def walk(run: PayrollRun, office: factories.Office, chance: random.Random) -> None:
    """To the bank and back; some lines are left out, some fail, some bounce."""
    months.settle_held(run, office, chance.choice(["released", "dropped"]))
    try:
        months.sent(run, office)
    except NothingToPay:
        return
    months.answered(run, office, bank(run, chance))
    services.close(run, office.caiwu)


def beside(office: factories.Office, month: int, chance: random.Random) -> None:
    """What failed is paid again or given up, what was missed is paid late: in any month, in any order."""
    give_up(office, chance.random() < 0.5)
    for build in chance.sample([months.correction, months.backpay], k=2):
        with contextlib.suppress(NothingOwed):
            walk(build(office, month), office, chance)


def give_up(office: factories.Office, is_wanted: bool) -> int:
    over = sorted(not_due_any_more(months.SCHEME)) if is_wanted else []
    given = 0
    for pk in over:
        with contextlib.suppress(NothingToRelease):  # its award-month was given up a line ago
            proposed = services.propose_release(PayLine.objects.get(pk=pk), "追溯停发", office.caiwu)
            services.approve_release(proposed, office.fuhe)
            given += 1
    return given


def catch_up(office: factories.Office) -> None:
    """Until nothing is owed: every run is paid in full now."""
    for _ in range(6):
        done = give_up(office, True)
        for build in (months.correction, months.backpay):
            with contextlib.suppress(NothingOwed):
                months.paid_out(build(office, 202701), office)
                done += 1
        if not done:
            return
    pytest.fail("after six rounds something is still owed")


def compare(homes: list[Home]) -> None:
    paid: dict[tuple[int, int], int] = defaultdict(int)
    for line in PayLine.objects.filter(state="paid").order_by("pk"):
        paid[line.household_id, line.month] += line.amount_fen
    over = {(row.unit[0], row.month): row.overpaid_fen for row in settled(months.SCHEME, 202612)}
    for home in homes:
        for month in YEAR:
            key = (home.family.pk, month)
            assert paid[key] - home.due[month] == over.get(key, 0), (home.family.no, month)
            assert month in home.was_cut or paid[key] == home.due[month], (home.family.no, month)
    assert all(fen > 0 for fen in over.values())
    total = sum(paid.values())
    assert (months.balance("2001"), months.balance("2101")) == (0, 0)
    assert (months.balance("1001"), months.balance("5002")) == (-total, total)
    states = set(PayLine.objects.values_list("state", flat=True))
    assert {"paid", "failed", "returned", "held"} <= states  # the year had everything in it
    assert over
