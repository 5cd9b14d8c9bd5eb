"""The rows a checked roster becomes: people, households, carried-over decisions and awards, in one transaction."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simple_history.utils import bulk_create_with_history

from doudi.exchange.sheets.households import RosterHousehold, RosterMember
from doudi.law import clocks
from doudi.law.catalogue import Scheme
from doudi.law.identity import Identity, canonical_name, parse
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.decisions.models import Decision, Opening
from doudi.records.decisions.roster_amounts import STATED_INCOME
from doudi.records.decisions.roster_checks import Family
from doudi.records.people.models import Account, Fact, Household, Membership, Person
from doudi.records.people.services import household_number, initials
from doudi.records.policies.queries import pairs_of, parameters
from doudi.records.staff.models import User
from doudi.store.arrow import chunk_size
from doudi.store.numbers import next_number

DISABILITIES = {
    "视力": "visual", "听力": "hearing", "言语": "speech", "肢体": "physical", "智力": "intellectual",
    "精神": "mental", "多重": "multiple",
}  # fmt: skip
PART = "名册所载"


@dataclass(frozen=True)
class Grant:
    """要带入的一份待遇: 领款人、保障的人、金额(分)、各人多少。"""

    family: Family
    household: Household
    payee: Person
    persons: tuple[tuple[Person, int | None], ...]
    count: int
    amount_fen: int


@dataclass(frozen=True)
class _Batch:
    """一次入库共用的东西。"""

    scheme: Scheme
    basis: str
    filename: str
    by: User
    on: dt.date

    @property
    def first(self) -> dt.date:
        """带入的待遇自入库当月一日起: 以前的月份由原来的办法发过。"""
        return clocks.first_of_month(self.on)

    def evidence(self, row: RosterHousehold) -> str:
        return f"名册 {self.basis[:12]} {row.source.sheet} 第 {row.source.row} 行"


def write(
    families: Sequence[Family], scheme: Scheme, *, basis: str, filename: str, by: User, on: dt.date
) -> dict[str, int]:
    """写入全部户、人、决定、待遇。Returns how many of each. Runs in the caller's transaction; raises IntegrityError."""
    batch = _Batch(scheme, basis, filename, by, on)
    people, households = _registered(families, batch)
    facts = Fact.objects.bulk_create(_facts(families, households, people, batch), batch_size=chunk_size())
    grants = [
        one
        for place, family in enumerate(families)
        for one in _grants(family, households[place], people, scheme)
    ]
    _awards(grants, batch)
    return {"people": len(people), "households": len(families), "awards": len(grants), "facts": len(facts)}


def register(
    families: Sequence[Family], scheme: Scheme, *, basis: str, filename: str, by: User, on: dt.date
) -> list[Household]:
    """只登记户、人、领款账户, 不带入待遇: 名单上没有登记过的人。Runs in the caller's transaction."""
    return _registered(families, _Batch(scheme, basis, filename, by, on))[1]


def _registered(families: Sequence[Family], batch: _Batch) -> tuple[dict[str, Person], list[Household]]:
    people = _people(families, batch)
    households = _households(families, people, batch)
    _memberships(families, households, people, batch)
    _accounts(families, people, batch)
    return people, households


def _people(families: Sequence[Family], batch: _Batch) -> dict[str, Person]:
    """Number → the person, registered already or now."""
    wanted: dict[str, tuple[str, Identity, str]] = {}
    for one in families:
        row = one.row
        if one.head is None:  # a head who does not receive, named beside the members
            wanted[row.head_identity] = (row.head_name, parse(row.head_identity, on=batch.on), "")
        for member in row.members:
            wanted[member.identity.number] = (member.name, member.identity, member.ethnicity)
    known = {number: person.pk for one in families for number, person in one.known.items()}
    fresh = [_person(*told) for number, told in wanted.items() if number not in known]
    made = bulk_create_with_history(fresh, Person, batch_size=chunk_size(), default_user=batch.by)
    found = {person.id_number: person for person in made}
    return found | {number: Person(pk=known[number]) for number in wanted if number in known}


def _person(name: str, identity: Identity, ethnic: str) -> Person:
    name = canonical_name(name)
    return Person(
        name=name, initials=initials(name), id_number=identity.number, sex=identity.sex,
        birth_on=identity.born_on, ethnic=ethnic[:20],
    )  # fmt: skip


def _households(families: Sequence[Family], people: Mapping[str, Person], batch: _Batch) -> list[Household]:
    """One household for each family, in their order; a registered one is used as it is."""
    fresh = [one for one in families if one.household_id is None]
    first = next_number(f"household-{families[0].village[:6]}", len(fresh)) if fresh else 0
    rows = [
        Household(
            no=household_number(one.village, first + place), village_id=one.village, kind=batch.scheme.locality,
            head=people[one.row.head_identity], address=_address(one.row), phone=one.row.phone, opened_on=batch.first,
        )
        for place, one in enumerate(fresh)
    ]  # fmt: skip
    made = iter(bulk_create_with_history(rows, Household, batch_size=chunk_size(), default_user=batch.by))
    return [Household(pk=one.household_id) if one.household_id else next(made) for one in families]


def _address(row: RosterHousehold) -> str:
    return row.address or row.group


def _memberships(
    families: Sequence[Family], households: Sequence[Household], people: Mapping[str, Person], batch: _Batch
) -> None:
    rows = []
    for one, household in zip(families, households, strict=True):
        if one.household_id is not None:
            continue
        told = dict(zip((m.identity.number for m in one.row.members), one.relations, strict=True))
        told |= {one.row.head_identity: Membership.Relation.HEAD}
        rows += [
            Membership(household=household, person=people[number], relation=relation, from_on=batch.first)
            for number, relation in told.items()
        ]
    Membership.objects.bulk_create(rows, batch_size=chunk_size())


def _accounts(families: Sequence[Family], people: Mapping[str, Person], batch: _Batch) -> None:
    """The household's account goes to its head, unless the office already knows one."""
    has = set(
        Account.objects.filter(until_on=None, person__in=_known_heads(families)).values_list(
            "person", flat=True
        )
    )
    rows = []
    for one in families:
        head = people[one.row.head_identity]
        if one.row.account and head.pk not in has:
            rows.append(
                Account(
                    person=head, bank=one.row.bank[:60], number=one.row.account, last4=one.row.account[-4:],
                    holder_name=canonical_name(one.row.account_name or one.row.head_name)[:60], from_on=batch.first,
                    recorded_by=batch.by.username,
                )
            )  # fmt: skip
    Account.objects.bulk_create(rows, batch_size=chunk_size())


def _known_heads(families: Sequence[Family]) -> list[int]:
    return [one.known[one.row.head_identity].pk for one in families if one.row.head_identity in one.known]


def _facts(
    families: Sequence[Family], households: Sequence[Household], people: Mapping[str, Person], batch: _Batch
) -> Iterator[Fact]:
    for one, household in zip(families, households, strict=True):
        common = {
            "household": household, "from_on": batch.first, "source": Fact.Source.DECLARED,
            "evidence": batch.evidence(one.row), "recorded_by": batch.by.username, "recorded_on": batch.on,
        }  # fmt: skip
        if one.row.income_fen is not None:
            head = people[one.row.head_identity]
            yield Fact(
                kind="income", code=STATED_INCOME, person=head, amount_fen=one.row.income_fen, **common
            )
        for member in one.row.members:
            person = people[member.identity.number]
            if member.disability_grade:
                yield Fact(kind="disability", code=_disability(member), person=person, **common)
                yield Fact(kind="disability_grade", person=person, number=member.disability_grade, **common)


def _disability(member: RosterMember) -> str:
    """多重 stands for a grade whose kind the roster does not say: nothing is paid by the kind."""
    text = member.disability_kind + member.disability
    return next((code for word, code in DISABILITIES.items() if word in text), "multiple")


def _grants(
    one: Family, household: Household, people: Mapping[str, Person], scheme: Scheme
) -> Iterator[Grant]:
    members = [(people[m.identity.number], m.amount_fen) for m in one.row.members]
    if scheme.unit != "person":
        head = people[one.row.head_identity]
        yield Grant(one, household, head, tuple(members), one.row.size, one.row.amount_fen)
        return
    for person, fen in members:
        amount = one.row.amount_fen if fen is None else fen
        yield Grant(one, household, person, ((person, amount),), 1, amount)


def _awards(grants: Sequence[Grant], batch: _Batch) -> None:
    if not grants:
        return
    first = next_number(f"decision-{batch.on:%Y}", len(grants))
    decisions = Decision.objects.bulk_create(
        (_decision(grant, first + place, batch) for place, grant in enumerate(grants)),
        batch_size=chunk_size(),
    )
    awards = Award.objects.bulk_create(
        (_award(grant, decision, batch) for grant, decision in zip(grants, decisions, strict=True)),
        batch_size=chunk_size(),
    )
    pairs = list(zip(decisions, awards, strict=True))
    Opening.objects.bulk_create((Opening(decision=d, award=a) for d, a in pairs), batch_size=chunk_size())
    told = list(zip(grants, awards, strict=True))
    AwardPart.objects.bulk_create((p for g, a in told for p in _parts(g, a)), batch_size=chunk_size())
    keys = pairs_of(batch.scheme.id)
    holdings = (
        Holding(award=a, person=who, pair=key) for g, a in told for who, _ in g.persons for key in keys
    )
    Holding.objects.bulk_create(holdings, batch_size=chunk_size())


def _decision(grant: Grant, number: int, batch: _Batch) -> Decision:
    row, start = grant.family.row, grant.family.row.start_on
    since = f", 原起始时间 {start:%Y-%m}" if start else ""
    return Decision(
        no=f"{grant.family.village[:6]}-{batch.on:%Y}-D{number:06}",
        kind=Decision.Kind.CARRIED_OVER,
        scheme=batch.scheme.id,
        household=grant.household,
        decided_on=batch.on,
        amount_fen=grant.amount_fen,
        reason=f"原名册 {batch.filename} {row.source.sheet} 第 {row.source.row} 行{since}"[:400],
        basis=f"名册 sha256:{batch.basis}",
        next_review_on=next_review(batch.scheme, grant.family.village, batch.on),
        by=batch.by.username,
    )


def next_review(scheme: Scheme, village: str, on: dt.date) -> dt.date | None:
    """下次复核: 政策包规定的间隔 (收入稳定的一档); 项目没有规定间隔的为空。"""
    rules = parameters(village, on)
    path = f"{scheme.rulebook}.review.stable_months"
    return clocks.review_due(on, rules.value(path)) if path in rules.declared else None


def _award(grant: Grant, decision: Decision, batch: _Batch) -> Award:
    return Award(
        no=f"{decision.no}-A", scheme=batch.scheme.id, household=grant.household, payee=grant.payee,
        village_id=grant.family.village, persons=grant.count, amount_fen=grant.amount_fen,
        klass=grant.family.row.category[:10], from_on=batch.first,
    )  # fmt: skip


def _parts(grant: Grant, award: Award) -> Iterator[AwardPart]:
    stated = [(person, fen) for person, fen in grant.persons if fen]
    for person, fen in stated if len(stated) == len(grant.persons) else ():
        yield AwardPart(award=award, name=PART, person=person, amount_fen=fen)
    if len(stated) < len(grant.persons):
        yield AwardPart(award=award, name=PART, person=None, amount_fen=grant.amount_fen)
