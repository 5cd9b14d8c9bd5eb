"""P09: deaths and stops that become known at every state of a month's money: known at the lock, nothing is paid;
known later, every 分 of it stands in what was overpaid.

DOUDI_DEATHS says how many (100 unless told; the long run is 1,000), DOUDI_SEED where to begin.
"""

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction

from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.refusals import InterceptionOpen, NotDueSinceLock
from doudi.records.payments.settling import settlement
from doudi.records.people import services as people
from tests.services import factories
from tests.services.bank_answers import answer, taken_in
from tests.services.undone import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]
DAY = dt.date(2026, 11, 5)
DEATHS = int(os.environ.get("DOUDI_DEATHS", "100"))
SEED = int(os.environ.get("DOUDI_SEED", "20261105"))
SCHEME, MONTH, LINES = "dibao_rural", 202611, 6
# Where a month's money may be when somebody learns of it: before each of these steps, and after the last.
STEPS = ("build", "lock", "review", "approve", "export", "hand", "return", "close", "closed")
BEFORE_THE_FILE = STEPS.index("export")


class Month:
    """A month walked step by step by three people, who do what the refusals tell them to do."""

    def __init__(self, office: factories.Office) -> None:
        self.office = office
        self.run: PayrollRun | None = None
        self.refusals = 0

    def walk(self, learn: dict[int, list[Callable[[], None]]]) -> PayrollRun:
        """`learn` by step: what becomes known just before it."""
        for place, name in enumerate(STEPS):
            for told in learn.get(place, ()):
                told()
            if name != "closed":
                self.step(name)
        assert self.run is not None
        return self.run

    def step(self, name: str) -> None:
        if name == "build":
            self.run = services.build(scheme=SCHEME, month=MONTH, by=self.office.caiwu)
            return
        assert self.run is not None
        if name == "lock":
            self.lock()
            return
        try:
            with transaction.atomic():
                self.act(name)
        except NotDueSinceLock:
            self.refusals += 1
            services.reopen(self.run, "锁定之后知道的", self.office.fuhe)
            self.lock()
            for again in STEPS[STEPS.index("review") : STEPS.index(name) + 1]:
                self.act(again)

    def act(self, name: str) -> None:
        run, office = self.run, self.office
        assert run is not None
        acts: dict[str, Callable[[], object]] = {
            "review": lambda: services.approve(run, 1, office.fuhe),
            "approve": lambda: services.approve(run, 2, office.pizhun),
            "export": lambda: services.export(run, "csv", office.pizhun),
            "hand": lambda: services.hand_over(run, office.pizhun),
            "return": lambda: taken_in(run, answer(run)),
            "close": lambda: services.close(run, office.caiwu),
        }
        acts[name]()

    def lock(self) -> None:
        """Whatever is held is looked at; of the dead and the stopped nothing is paid this month."""
        assert self.run is not None
        self.drop()
        try:
            services.lock(self.run, self.office.caiwu)
        except InterceptionOpen:
            self.refusals += 1
            self.drop()
            services.lock(self.run, self.office.caiwu)

    def drop(self) -> None:
        for found in Interception.objects.filter(line__run=self.run, outcome="").order_by("pk"):
            services.resolve(found, "dropped", "已核实", self.office.fuhe)


def death(award: Award) -> Callable[[], None]:
    """Reported today; the benefit is ended from the month, as the decision on a death of one living alone does."""

    def learn() -> None:
        people.report_death(
            by=factories.staff("jingban"), person=award.payee, died_on=dt.date(2026, 10, 20), on=DAY
        )
        factories.stop(award, dt.date(2026, 11, 1))

    return learn


def stop(award: Award) -> Callable[[], None]:
    """Ended from the month by a decision that comes too late for it."""

    def learn() -> None:
        factories.stop(award, dt.date(2026, 11, 1))

    return learn


def test_nothing_known_at_the_lock_is_paid_and_the_rest_is_all_overpaid() -> None:
    office = factories.office(DAY)
    awards = factories.receiving(LINES, fen=10_000, step=111)
    chance = random.Random(SEED)
    learned, refusals, rounds = Counter[str](), 0, 0
    paid_after = total_after = 0
    while sum(learned.values()) < DEATHS:
        with undone():
            victims = chance.sample(awards, chance.randint(1, 3))
            places = {award.pk: chance.randrange(len(STEPS)) for award in victims}
            kinds = {award.pk: chance.choice((death, stop)) for award in victims}
            learn: dict[int, list[Callable[[], None]]] = {}
            for award in victims:
                learn.setdefault(places[award.pk], []).append(kinds[award.pk](award))
                learned[STEPS[places[award.pk]]] += 1
            month = Month(office)
            run = month.walk(learn)
            paid = set(PayLine.objects.filter(run=run, state="paid").values_list("award_id", flat=True))
            known = {pk for pk, place in places.items() if place <= BEFORE_THE_FILE}
            late = {award.household_id: award.amount_fen for award in victims if award.pk not in known}
            assert not paid & known, "paid although it was known before the file was made"
            assert paid == {award.pk for award in awards} - known
            found = {
                row.unit[0]: row.overpaid_fen for row in settlement.settled(SCHEME, MONTH) if row.overpaid_fen
            }
            assert found == late
            paid_after, total_after = paid_after + len(late), total_after + sum(late.values())
            refusals, rounds = refusals + month.refusals, rounds + run.round
    assert refusals
    assert paid_after
    told = ", ".join(f"{name} {learned[name]}" for name in STEPS)
    print(
        f"\n死亡和停发 {sum(learned.values())} 例 ({told}), 种子 {SEED}: 文件做出以前知道的发出 0 笔, "
        f"退回重做 {rounds} 次, 之后知道的 {paid_after} 笔 {total_after} 分全部在多发里"
    )
