"""Random changes of a few families: nobody is paid twice, every month is as awarded, every change explained."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable

import pytest

from doudi.law.clocks import first_of_month
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Closing, Decision
from doudi.records.payments import services as payments
from doudi.records.people.models import Household
from doudi.records.people.services import Member
from doudi.records.reports.queries import statistics
from doudi.records.reviews import services as reviews
from doudi.records.reviews.models import ChangeEvent
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import move_to
from tests.services import changed_family as changed
from tests.services import factories
from tests.services import golden_family as golden
from tests.services import test_road as road

SEED = 20261122
MONTHS = 9
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Staff = dict[str, User]


def families(staff: Staff, count: int) -> list[Household]:
    """So many golden families under other names, each paid from November."""
    for place in range(count):
        draft = golden.draft(
            members=(
                Member(
                    name=f"周甲{place}", id_number=golden.number("19800101", 100 + place), relation="head"
                ),
                Member(
                    name=f"周乙{place}", id_number=golden.number("19820101", 200 + place), relation="spouse"
                ),
                Member(
                    name=f"周丙{place}", id_number=golden.number("20150101", 300 + place), relation="child"
                ),
            ),
            address=f"寄料村 {place + 2} 组 {place + 11} 号",
            phone=f"1000000001{place}",
            account=f"62990000000000{place:05}",
        )
        filed = road.intake.submit(by=staff["cun"], draft=draft, channel="village", on=road.day("09-14"))
        decisions.confirm(case=road.signed(filed, staff), by=staff["shenpi"], on=changed.DECIDED)
    return list(Household.objects.order_by("pk"))


class Life:
    """One family and what may happen to it on a day."""

    def __init__(self, home: Household, staff: Staff, dice: random.Random) -> None:
        self.home, self.staff, self.dice = home, staff, dice

    def report(self, kind: str, on: dt.date, person: object = None, **told: str) -> ChangeEvent:
        clerk = self.staff["cun"] if self.home.village_id == golden.VILLAGE else self.staff["cun-x"]
        event = reviews.report(
            by=clerk, household=self.home, kind=kind, happened_on=on, details=told, photos=[changed.photo()], on=on,
            person=person,  # type: ignore[arg-type]
        )  # fmt: skip
        heirs = self.home.memberships.filter(until_on=None).exclude(person=self.home.head_id)
        heir = heirs.order_by("pk").first()
        return reviews.verify(
            event=event,
            by=self.office()["jingban"],
            note="属实",
            on=on,
            new_head=heir.person if heir else None,
        )

    def office(self) -> Staff:
        """The staff of wherever the family lives now."""
        if self.home.village_id == golden.VILLAGE:
            return self.staff
        moved = {login: self.staff[f"{login}-x"] for login in ("jingban", "jingban2", "fuze")}
        return {**self.staff, **moved}

    def income(self, on: dt.date) -> None:
        event = self.report("means", on, text="收入变化")
        changed.declared(
            self.office(), self.home, on, wage=self.dice.choice((300_000, 700_000, 970_000, 4_000_000))
        )
        self.finish(event.case, on)

    def job(self, on: dt.date) -> None:
        event = self.report("job", on, self.home.head, text="进厂", exit_cause="employment")
        changed.declared(self.office(), self.home, on, wage=5_000_000)
        self.finish(event.case, on)

    def death(self, on: dt.date) -> None:
        rows = self.home.memberships.filter(until_on=None).order_by("pk")
        event = self.report("death", on, self.dice.choice([row.person for row in rows]))
        if event.state == "verified":
            reviews.decide(event=event, by=self.staff["shenpi"], on=on)
        self.finish(event.case, on)

    def head(self, on: dt.date) -> None:
        others = self.home.memberships.filter(until_on=None).exclude(person=self.home.head_id).order_by("pk")
        if others:
            event = self.report("head", on, self.dice.choice(list(others)).person, former="other")
            reviews.decide(event=event, by=self.staff["shenpi"], on=on)

    def move(self, on: dt.date) -> None:
        village = "410482102201" if self.home.village_id == golden.VILLAGE else golden.VILLAGE
        event = self.report("move", on, village=village, address="新址")
        reviews.decide(event=event, by=self.staff["shenpi"], on=on)

    def withdraw(self, on: dt.date) -> None:
        reviews.decide(event=self.report("withdraw", on, text="自愿"), by=self.staff["shenpi"], on=on)

    def review(self, on: dt.date) -> None:
        awards = list(Award.objects.filter(household=self.home, closing=None).values_list("pk", flat=True))
        for case in reviews.open_reviews(by=self.office()["jingban"], awards=awards, on=on).cases:
            self.finish(case, on)

    def finish(self, case: Case | None, on: dt.date) -> None:
        if case is None:
            return
        signed = changed.signed(changed.assessed(case, self.office(), on), self.office(), on)
        if not signed.closed_on:
            decisions.confirm(case=signed, by=self.staff["shenpi"], on=on)


def elsewhere(staff: Staff) -> None:
    """The other township with its own staff."""
    village = factories.elsewhere()
    places = {
        "cun-x": village.pk,
        "jingban-x": village.parent_id,
        "jingban2-x": village.parent_id,
        "fuze-x": village.parent_id,
    }
    for login, area in places.items():
        role = login.removesuffix("-x").rstrip("2")
        staff[login] = User.objects.create(username=login, name=f"测试{login}", role=role, area_id=area)


@pytest.mark.parametrize("trial", range(2))
def test_a_year_of_changes_pays_each_month_once_and_says_why(trial: int) -> None:
    dice = random.Random(SEED + trial)
    print(f"seed {SEED + trial}")
    staff = golden.county()
    elsewhere(staff)
    lives = [Life(home, staff, dice) for home in families(staff, 3)]
    names = (
        "income",
        "income",
        "income",
        "job",
        "death",
        "head",
        "move",
        "withdraw",
        "review",
        "review",
        "review",
    )
    done: Counter[str] = Counter()
    for later in range(MONTHS):
        month_first = first_of_month(dt.date(2026, 11, 1), later)
        for life in lives:
            on = month_first + dt.timedelta(days=dice.randrange(3, 26))
            move_to(on)
            life.home = Household.objects.get(pk=life.home.pk)
            name = dice.choice(names)
            act: Callable[[dt.date], None] = getattr(life, name)
            try:
                act(on)
                done[name] += 1
            except Refusal as refusal:
                done[f"{name}: {type(refusal).__name__}"] += 1
        check_month(first_of_month(month_first, 1), staff)
    print(dict(done))
    assert sum(count for name, count in done.items() if ":" not in name) >= 8, done
    check_reasons()


def check_month(first: dt.date, staff: Staff) -> None:
    """What is due is what is awarded; nobody is in two awards of one pair; the roll follows from the month before."""
    move_to(first)
    awards = [
        award
        for award in Award.objects.filter(from_on__lte=first).select_related("closing")
        if not hasattr(award, "closing") or award.closing.ends_on > first
    ]
    held = Counter(Holding.objects.filter(award__in=awards).order_by().values_list("person_id", "pair"))
    assert not [key for key, count in held.items() if count > 1], f"{first}: 一人两份"
    per_home = Counter(award.household_id for award in awards)
    assert max(per_home.values(), default=0) <= 1
    month = first.year * 100 + first.month
    if awards:
        run = payments.build(scheme="dibao_rural", month=month, by=staff["caiwu"])
        lines = {line.award_id: line.amount_fen for line in run.lines.all()}
        assert lines == {award.pk: award.amount_fen for award in awards}, first
    check_roll(month, awards)


def check_roll(month: int, awards: list[Award]) -> None:
    before = month - 1 if month % 100 > 1 else month - 89
    for area in (golden.COUNTY, golden.TOWNSHIP, "410482102000"):
        now, was = (
            {row.id: row for row in statistics(one, area).schemes}.get("dibao_rural")
            for one in (month, before)
        )
        if now is None:
            continue
        homes, persons = (was.households, was.persons) if was else (0, 0)
        assert now.households == (
            homes + now.entered.households - now.left.households
            + now.moved_in.households - now.moved_out.households
        ), (month, area)  # fmt: skip
        assert now.persons == (
            persons + now.entered.persons - now.left.persons + now.moved_in.persons - now.moved_out.persons
        ), (month, area)
        assert sum(now.left.by_reason.values()) == now.left.households
        assert "" not in now.left.by_reason, "每户退出都有理由"


def check_reasons() -> None:
    """Every change of an amount is explained by reasons that make it, every other decision changes none."""
    for decision in Decision.objects.exclude(kind__in=("grant", "carried_over")).prefetch_related("reasons"):
        closed = sum(link.award.amount_fen for link in Closing.objects.filter(decision=decision))
        opened = sum(Award.objects.filter(opening__decision=decision).values_list("amount_fen", flat=True))
        told = sum(one.amount_fen for one in decision.reasons.all())
        if decision.kind == "unchanged":
            assert (closed, opened, told) == (0, 0, 0)
        else:
            assert told == opened - closed, decision.no
            assert decision.amount_fen == opened
