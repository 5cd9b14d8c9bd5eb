"""Households in receipt, quickly: areas, staff, people, cards and awards with the decision that opened them.

Every number belongs to nobody. `receiving` makes as many households as asked for with a few inserts; what it makes is
small on purpose: each household one head, and members where asked.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from doudi.records.areas.models import Area
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.decisions.models import Closing, Decision, Opening
from doudi.records.people.models import Account, Household, Membership, Person
from doudi.records.policies.queries import pairs_of
from doudi.records.reviews.models import ChangeEvent
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.services.golden_family import COUNTY, TOWNSHIP, VILLAGE, number

OPENED = dt.date(2026, 1, 1)
PAYROLL_STAFF = ("caiwu", "fuhe", "pizhun")
BANK = "汝州农商银行"
_sequence = count(1)


@dataclass(frozen=True)
class Office:
    """发放三岗。"""

    caiwu: User
    fuhe: User
    pizhun: User


def office(today: dt.date = dt.date(2026, 11, 5)) -> Office:
    """One village of one county, the three who handle money, and the office's day."""
    parent = None
    for code, name, level in (
        (COUNTY, "汝州市", "county"),
        (TOWNSHIP, "寄料镇", "township"),
        (VILLAGE, "寄料村", "village"),
    ):
        parent, _ = Area.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "parent": parent}
        )
    move_to(today)
    return Office(**{login: staff(login) for login in PAYROLL_STAFF})


def elsewhere() -> Area:
    """A village of another township of the same county."""
    county = Area.objects.get(code=COUNTY)
    town = Area.objects.create(code="410482102000", name="温泉镇", level="township", parent=county)
    return Area.objects.create(code="410482102201", name="温泉村", level="village", parent=town)


def staff(login: str, role: str = "", area: str = COUNTY) -> User:
    """Somebody who works here."""
    made, _ = User.objects.get_or_create(
        username=login,
        defaults={"name": f"测试{login}", "role": role or login.rstrip("0123456789"), "area_id": area},
    )
    return made


def identity(place: int) -> str:
    """The place-th identity number of nobody."""
    day = dt.date(1950, 1, 1) + dt.timedelta(days=place // 999)
    return number(f"{day:%Y%m%d}", place % 999 + 1)


def persons(amount: int, name: str = "测试") -> list[Person]:
    """Persons in bulk."""
    rows = []
    for _ in range(amount):
        place = next(_sequence)
        born = dt.date(1950, 1, 1) + dt.timedelta(days=place // 999)
        rows.append(Person(name=f"{name}{place}", id_number=identity(place), sex="male", birth_on=born))
    return Person.objects.bulk_create(rows, batch_size=2_000)


def cards(holders: Sequence[Person], bank: str = BANK) -> list[Account]:
    """One card in use each."""
    rows = []
    for person in holders:
        card = f"62{person.pk:017}"
        rows.append(
            Account(
                person=person, bank=bank, number=card, last4=card[-4:], holder_name=person.name, from_on=OPENED,
                recorded_by="test",
            )
        )  # fmt: skip
    return Account.objects.bulk_create(rows, batch_size=2_000)


def card_reported(person: Person, by: str = "cun") -> None:
    """Somebody has reported another card for this person, who is paid now; nobody has verified it yet."""
    ChangeEvent.objects.create(
        household=Household.objects.get(head=person), person=person, kind="account", on=OPENED, content="{}",
        reported_on=OPENED, reported_by=staff(by),
    )  # fmt: skip


def households(heads: Sequence[Person], village: str = VILLAGE) -> list[Household]:
    """One household around each head."""
    rows = [
        Household(no=f"T{head.pk:08}", village_id=village, kind="rural", head=head, opened_on=OPENED)
        for head in heads
    ]
    made = Household.objects.bulk_create(rows, batch_size=2_000)
    Membership.objects.bulk_create(
        (
            Membership(household=home, person=head, relation=Membership.Relation.HEAD, from_on=OPENED)
            for home, head in zip(made, heads, strict=True)
        ),
        batch_size=2_000,
    )
    return made


def grant(
    home: Household,
    amount_fen: int = 81_900,
    *,
    scheme: str = "dibao_rural",
    from_on: dt.date = OPENED,
    members: Sequence[Person] = (),
    decided_on: dt.date | None = None,
) -> Award:
    """One award with the decision that opened it."""
    return grants(
        [home], [amount_fen], scheme=scheme, from_on=from_on, members=members, decided_on=decided_on
    )[0]


def grants(
    homes: Sequence[Household],
    amounts_fen: Sequence[int],
    *,
    scheme: str = "dibao_rural",
    from_on: dt.date = OPENED,
    members: Sequence[Person] = (),
    decided_on: dt.date | None = None,
) -> list[Award]:
    """Awards in bulk, one a household; `members` are covered by each beside the head (so give them to one award)."""
    pairs = list(zip(homes, amounts_fen, strict=True))
    awards = Award.objects.bulk_create(
        (
            Award(
                no=f"A{next(_sequence):09}", scheme=scheme, household=home, payee_id=home.head_id,
                village_id=home.village_id, persons=1 + len(members), amount_fen=fen, from_on=from_on,
            )
            for home, fen in pairs
        ),
        batch_size=2_000,
    )  # fmt: skip
    AwardPart.objects.bulk_create(
        (AwardPart(award=a, name="补差", amount_fen=a.amount_fen) for a in awards), 2_000
    )
    Holding.objects.bulk_create(_holdings(awards, members), batch_size=2_000)
    _decided(awards, decided_on or from_on - dt.timedelta(days=20))
    return awards


def _holdings(awards: Sequence[Award], members: Sequence[Person]) -> Iterator[Holding]:
    for award in awards:
        for person in (award.payee_id, *(member.pk for member in members)):
            for pair in pairs_of(award.scheme):
                yield Holding(award=award, person_id=person, pair=pair)


def _decided(awards: Sequence[Award], on: dt.date) -> None:
    decisions = Decision.objects.bulk_create(
        (
            Decision(
                no=f"D-{award.no}", kind="carried_over", scheme=award.scheme, household_id=award.household_id,
                decided_on=on, amount_fen=award.amount_fen, reason="名册带入", basis="测试名册", by="test",
            )
            for award in awards
        ),
        batch_size=2_000,
    )  # fmt: skip
    Opening.objects.bulk_create(
        (Opening(decision=decision, award=award) for decision, award in zip(decisions, awards, strict=True)),
        2_000,
    )


def stop(award: Award, ends_on: dt.date) -> Closing:
    """The decision that ends an award."""
    decision = Decision.objects.create(
        no=f"S-{award.no}", kind="stop", scheme=award.scheme, household=award.household, decided_on=ends_on,
        reason_code="income", reason="收入超过标准", basis="测试", by="test",
    )  # fmt: skip
    award.holdings.filter(released_on=None).update(released_on=ends_on)
    return Closing.objects.create(decision=decision, award=award, ends_on=ends_on)


def receiving(amount: int = 1, fen: int = 81_900, step: int = 0, **changes: Any) -> list[Award]:
    """Households in receipt with a card each; the place-th gets `fen + place × step` 分."""
    heads = persons(amount)
    cards(heads)
    return grants(households(heads), [fen + place * step for place in range(amount)], **changes)
