"""Paid back in part, the rest given up, then found to have been due after all: the fen of a plain model, at random."""

import datetime as dt
import random
from dataclasses import dataclass

import pytest

from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, Recovery
from doudi.store.today import move_to
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
SEED, FAMILIES = 1221, 14
PAID = (202610, 202611)
DAY = dt.date(2026, 11, 27)
ENDS = ("open", "settled", "written_off", "cancelled")


@dataclass
class Family:
    """What happened to one family, and what the plain model says of it, in 分."""

    award: Award
    fen: int
    gone: int  # how many of the last months were not due
    end: str
    receipts: list[int]
    is_reinstated: bool

    @property
    def too_much(self) -> int:
        return self.fen * self.gone

    @property
    def came_in(self) -> int:
        return sum(self.receipts)

    @property
    def outstanding(self) -> int:
        return self.too_much - self.came_in if self.end == "open" else 0

    @property
    def given_back(self) -> int:
        """What came in and turns out to have been due; an order that still runs is cancelled first."""
        return self.came_in if self.is_reinstated and self.end != "open" else 0

    @property
    def spent(self) -> int:
        """Of the scheme's money: what was paid, less what is or was to come back."""
        kept = self.fen * len(PAID) - self.too_much
        return kept + (self.too_much - self.came_in if self.end in ("written_off", "cancelled") else 0)


def families(rng: random.Random) -> list[Family]:
    made = []
    for place, award in enumerate(factories.receiving(FAMILIES, 60_001, 7_919)):
        gone, end = rng.choice((1, 2)), ENDS[place % len(ENDS)]
        whole, parts = award.amount_fen * gone, []
        if end == "settled":
            parts = [first := rng.randrange(1, whole), whole - first]
        else:
            parts = [rng.randrange(1, whole // 4) for _ in range(rng.choice((0, 1, 2, 3)))]
        made.append(Family(award, award.amount_fen, gone, end, parts, rng.random() < 0.7))
    return made


def ended(family: Family, office: factories.Office) -> Recovery:
    """Ordered by two, paid back in parts, and brought to its end."""
    one = services.confirm_recovery(
        services.order_recovery(
            household=family.award.household, scheme=family.award.scheme, cause="stopped", reason="停发前已发",
            basis="测试", by=office.fuhe,
        ),
        office.pizhun,
    )  # fmt: skip
    for place, fen in enumerate(family.receipts):
        services.receive_recovery(
            one, document_no=f"S-{one.no}-{place}", on=DAY, fen=fen, how="cash", by=office.caiwu
        )
    if family.end == "written_off":
        services.propose_write_off(one, "下落不明", office.fuhe)
        services.approve_write_off(one, office.pizhun)
    if family.end == "cancelled":
        services.cancel_recovery(one, "停发有误", office.pizhun)
    one.refresh_from_db()
    return one


@pytest.mark.once
def test_whatever_came_in_is_given_back_once_and_no_fen_more() -> None:
    print(f"seed {SEED}")
    office = factories.office(dt.date(2026, 10, 5))
    all_of_them = families(random.Random(SEED))
    for month in PAID:
        months.month_paid(office, month)
    for one in all_of_them:
        factories.stop(one.award, months.day_in(PAID[-one.gone], 1))
    move_to(DAY)
    for one in all_of_them:
        recovery = ended(one, office)
        assert recovery.amount_fen == one.too_much
        assert recovery.state == {"open": "ordered"}.get(one.end, one.end)
    assert months.balance("1201") == sum(one.outstanding for one in all_of_them)
    assert months.balance("5002") == sum(one.spent for one in all_of_them)
    for one in all_of_them:
        if one.is_reinstated:
            start = months.day_in(PAID[-one.gone], 1)
            factories.grant(one.award.household, one.fen, from_on=start, decided_on=dt.date(2026, 11, 26))
    spent = months.balance("5002")
    again = months.paid_out(months.backpay(office, 202612), office)
    back: dict[int, int] = {}
    for line in PayLine.objects.filter(run=again, state="paid"):
        back[line.household_id] = back.get(line.household_id, 0) + line.amount_fen
    wanted = {one.award.household_id: one.given_back for one in all_of_them if one.given_back}
    assert back == wanted
    assert len(wanted) > 3
    assert months.balance("5002") == spent + sum(wanted.values())
    assert (months.balance("1201"), months.balance("2001")) == (
        sum(one.outstanding for one in all_of_them),
        0,
    )
