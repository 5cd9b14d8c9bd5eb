"""P28: the machine's clock jumps in the middle of a month: no month paid twice or left out, the trail in order.

A day back, a year ahead, into 29 February, over the end of a month, into another zone; before any step of the run,
and before an interrupted build is taken up again. The product reads its own clock, not the demo's movable day.
DOUDI_CLOCKS says how many months are walked (15 unless told; 45 is every jump at every step).
"""

import datetime as dt
import os
import random
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from doudi.records.audit.models import Event
from doudi.records.audit.verification import verify
from doudi.records.awards.models import Award
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.services import building
from doudi.records.reports.auditor import differences
from doudi.store import arrow
from doudi.store.refusal import Refusal
from tests.services import bank_answers, factories
from tests.services.undone import undone

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HOME, FAR = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
MONTH, AWARDS = 202701, 6
DAY = dt.datetime(2027, 1, 1, 10, tzinfo=HOME)
STEPS = ("build", "lock", "review", "approve", "export", "hand", "bring", "check", "close")
WALKS = int(os.environ.get("DOUDI_CLOCKS", "15"))
SEED = int(os.environ.get("DOUDI_SEED", "20270101"))


class Clock:
    """What the machine says the time is; every look takes a moment."""

    def __init__(self) -> None:
        self.right()

    def __call__(self) -> dt.datetime:
        self.at += dt.timedelta(milliseconds=1)
        return self.at

    def right(self) -> None:
        """Put right again, a while later than it should be."""
        self.at, self.step = DAY.astimezone(dt.UTC), dt.timedelta(minutes=1)
        timezone.activate(HOME)

    def set(
        self, at: dt.datetime, zone: ZoneInfo = HOME, step: dt.timedelta = dt.timedelta(minutes=1)
    ) -> None:
        self.at, self.step = at.astimezone(dt.UTC), step
        timezone.activate(zone)


JUMPS: dict[str, Callable[[Clock], None]] = {
    "一天前": lambda clock: clock.set(DAY - dt.timedelta(days=1)),
    "一年后": lambda clock: clock.set(DAY + dt.timedelta(days=365)),
    "2月29日": lambda clock: clock.set(dt.datetime(2028, 2, 29, 10, tzinfo=HOME)),
    "31日到1日": lambda clock: clock.set(
        dt.datetime(2027, 1, 31, 23, 59, 59, tzinfo=HOME), step=dt.timedelta(seconds=2)
    ),
    "换时区": lambda clock: clock.set(DAY, FAR),
}


@pytest.fixture
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Clock]:
    found = Clock()
    settings.VAR = tmp_path  # not among the anchors of another test's database
    monkeypatch.setattr(timezone, "now", found)
    settings.DEMO = False
    yield found
    timezone.deactivate()


@pytest.fixture
def office(clock: Clock, settings: Any) -> factories.Office:
    """Six households with a card; the three who handle money; December paid."""
    settings.DEMO = True
    made = factories.office(dt.date(2026, 12, 5))
    factories.receiving(AWARDS, fen=30_000, step=1_111)
    settings.DEMO = False
    clock.set(DAY - dt.timedelta(days=20))
    Month(made, clock, 202612).walk()
    clock.right()
    return made


class Month:
    """A month walked step by step; whoever is refused because of the clock puts it right and does the step again."""

    def __init__(self, office: factories.Office, clock: Clock, month: int = MONTH) -> None:
        self.office, self.clock, self.month = office, clock, month
        self.refused: list[str] = []

    @property
    def run(self) -> PayrollRun:
        return PayrollRun.objects.get(month=self.month, kind="regular")

    def walk(self, jump: Callable[[Clock], None] | None = None, before: str = "", until: str = "") -> "Month":
        """The jump comes before one step and stands until another, or until somebody is refused."""
        for name in STEPS:
            if jump and name == before:
                jump(self.clock)
            if until and name == until:
                self.clock.right()
            try:
                with transaction.atomic():
                    self.step(name)
            except Refusal as refusal:
                if jump is None:
                    raise
                self.refused.append(refusal.text)
                self.clock.right()
                self.step(name)
            self.clock.at += self.clock.step
        return self

    def step(self, name: str) -> None:
        office = self.office
        if name == "build":
            services.build(scheme="dibao_rural", month=self.month, by=office.caiwu)
            return
        run = self.run
        if name == "lock":
            self.settle(run)
        acts: dict[str, Callable[[], object]] = {
            "lock": lambda: services.lock(run, office.caiwu),
            "review": lambda: services.approve(run, 1, office.fuhe),
            "approve": lambda: services.approve(run, 2, office.pizhun),
            "export": lambda: services.export(run, "csv", office.pizhun),
            "hand": lambda: services.hand_over(run, office.pizhun),
            "bring": lambda: services.stage_return(run, self.answer(run), "回盘.csv", office.caiwu),
            "check": lambda: services.apply_return(run.drafts.get(), office.fuhe),
            "close": lambda: services.close(run, office.caiwu),
        }
        acts[name]()

    def settle(self, run: PayrollRun) -> None:
        for found in Interception.objects.filter(line__run=run, outcome="").order_by("pk"):
            services.resolve(found, "released", "时钟不准, 已核实", self.office.fuhe)

    def answer(self, run: PayrollRun) -> bytes:
        return bank_answers.answer(run, on=dt.date(self.month // 100, self.month % 100, 1))


def paid_once() -> None:
    """Every award has one line a month, paid; nothing of any other month; the trail is whole and in order."""
    lines = list(PayLine.objects.order_by("award_id", "month").values_list("award_id", "month", "state"))
    awards = Award.objects.order_by("pk").values_list("pk", flat=True)
    assert lines == [(pk, month, "paid") for pk in awards for month in (202612, MONTH)]
    seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert verify().faults == []
    assert list(differences()) == []


def clear(text: str) -> bool:
    """Words of the office, none of a program."""
    return bool(re.search(r"[一-鿿]{4}", text)) and not re.search(r"Error|Traceback|None|datetime", text)


def test_the_clock_jumps_in_the_middle_of_a_run(
    office: factories.Office, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [(jump, step) for jump, step in product(JUMPS, STEPS)]
    chance = random.Random(SEED)
    chosen = [(jump, chance.choice(STEPS)) for jump in list(JUMPS) * (WALKS // len(JUMPS))]
    refused: list[str] = []
    for jump, before in every if len(every) <= WALKS else chosen:
        until = chance.choice(["", *STEPS[STEPS.index(before) + 1 :]])
        with undone():
            clock.right()
            refused += Month(office, clock).walk(JUMPS[jump], before, until).refused
            clock.right()
            paid_once()
            # A month that is closed is not made again.
            assert services.build(scheme="dibao_rural", month=MONTH, by=office.caiwu).state == "closed"
            paid_once()
    told = sorted(set(refused))
    with capsys.disabled():
        walked = min(len(every), WALKS)
        print(f"\nP28 {connection.vendor}: 时钟跳动 {walked} 次, 种子 {SEED}: 每月每份待遇一笔, 审计链有序")
        print(f"拒绝 {len(refused)} 次: {' | '.join(told)}")
    assert all(map(clear, told)), told


@pytest.mark.parametrize("jump", list(JUMPS))
def test_an_interrupted_build_goes_on_after_the_clock_jumped(
    jump: str, office: factories.Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(arrow.CHUNK, connection.vendor, 2)
    told = jobs.progress

    def dying(job: Job, **progress: int) -> None:
        told(job, **progress)
        if progress["done"] == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(building.jobs, "progress", dying)
    with pytest.raises(KeyboardInterrupt):
        services.build(scheme="dibao_rural", month=MONTH, by=office.caiwu)
    monkeypatch.setattr(building.jobs, "progress", told)
    assert PayLine.objects.filter(run__month=MONTH).count() == 2  # the chunk it died in was rolled back
    assert Job.objects.get(state="running")
    clock.at += dt.timedelta(minutes=10)
    JUMPS[jump](clock)
    jobs.sweep(now=clock() + (dt.timedelta(minutes=10) if jump == "换时区" else dt.timedelta()))
    assert jobs.run_queued() == 1
    assert PayLine.objects.filter(run__month=MONTH).count() == AWARDS
    assert not Job.objects.exclude(state="done").exists()
    clock.right()
    Month(office, clock).walk(JUMPS[jump], "lock", "review")
    paid_once()
