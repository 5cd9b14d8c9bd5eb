"""Families as rows of people: persons, households, memberships, facts, accounts."""

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any

from doudi.demo.numbers import HOME_PREFIX, OTHER_PREFIXES, IdentityNumbers, account_number, phone_number
from doudi.demo.plan import LOCALITY, Family
from doudi.demo.writing import ACTOR, Writer
from doudi.records.people.models import Account, Fact, Household, Membership, Person, plain_address
from doudi.records.people.services import household_number, initials
from doudi.store.crypto import blind, seal

BANK = "汝州市农村商业银行"
GROUPS = 12  # village groups in an address

_PERSON = (
    "id", "name", "initials", "id_number", "id_number_bi", "id_last4_bi", "sex", "birth_on", "ethnic",
)  # fmt: skip
_HOUSEHOLD = (
    "id", "version", "no", "village", "kind", "head", "address", "address_bi", "phone", "phone_bi",
    "opened_on",
)  # fmt: skip
_FACT = (
    "household", "person", "kind", "code", "amount_fen", "cost_fen", "number", "from_on", "source", "evidence",
    "void", "recorded_by", "recorded_on",
)  # fmt: skip
_ACCOUNT = (
    "id", "person", "bank", "number", "number_bi", "last4", "holder_name", "from_on", "recorded_by",
)  # fmt: skip


class Cards:
    """领款账户: 每户一张, 户主的卡。发放行要抄的也从这里来。"""

    def __init__(self, families: list[Family]) -> None:
        self.numbers = {family.head_id: account_number(family.household_id) for family in families}

    def rows(self, families: list[Family]) -> Iterator[tuple[Any, ...]]:
        """账户表的行。"""
        column = "people_account.number"
        for family in families:
            head, number = family.head_id, self.numbers[family.head_id]
            yield (
                family.household_id, head, BANK, seal(number, column), blind(number, column), number[-4:],
                family.members[0].name, family.opened_on, ACTOR,
            )  # fmt: skip


def write_people(
    writer: Writer, families: list[Family], places: dict[str, str], county: str, seed: int
) -> Cards:
    """写下全部家庭和成员。`places` maps a village code to its full name."""
    cards = Cards(families)
    writer.write(Person, _PERSON, _person_rows(families, Random(seed)))
    writer.write(Household, _HOUSEHOLD, _household_rows(families, places, county))
    columns = ("household", "person", "relation", "from_on")
    writer.write(Membership, columns, _membership_rows(families))
    writer.write(Fact, _FACT, _fact_rows(families))
    writer.write(Account, _ACCOUNT, cards.rows(families))
    return cards


def phone_of(family: Family) -> str:
    """这一户的电话。"""
    return phone_number(family.household_id * 37)


def _person_rows(families: list[Family], rng: Random) -> Iterator[tuple[Any, ...]]:
    numbers, column = IdentityNumbers(), "people_person.id_number"
    for family in families:
        for key, member in zip(family.person_ids, family.members, strict=True):
            away = member.relation == "spouse" and rng.random() < 0.3
            prefix = rng.choice(OTHER_PREFIXES) if away else HOME_PREFIX
            number = numbers.next(member.born_on, male=member.male, prefix=prefix)
            yield (
                key, member.name, _initials(member.name), seal(number, column), blind(number, column),
                _last_four(number[-4:]), "male" if member.male else "female", member.born_on, member.ethnic,
            )  # fmt: skip


@lru_cache(maxsize=16_384)
def _last_four(digits: str) -> bytes:
    return blind(digits, "people_person.id_number")


@lru_cache(maxsize=16_384)
def _address_index(address: str) -> bytes:
    return blind(plain_address(address), "people_household.address")


def _initials(name: str) -> str:
    """As people.services writes them, a character at a time: reading 50,000 whole names takes seconds."""
    return (_first_initial(name[:1]) + "".join(map(_initial, name[1:])))[:30]


@lru_cache(maxsize=4_096)
def _first_initial(char: str) -> str:
    return initials(char)


@lru_cache(maxsize=4_096)
def _initial(char: str) -> str:
    return initials("王" + char)[1:]


def _household_rows(families: list[Family], places: dict[str, str], county: str) -> Iterator[tuple[Any, ...]]:
    for family in families:
        address = f"{places[family.village]}{family.household_id % GROUPS + 1}组"
        phone = phone_of(family)
        yield (
            family.household_id, 1, household_number(county, family.household_id), family.village,
            LOCALITY[family.scheme], family.head_id, seal(address, "people_household.address"),
            _address_index(address), seal(phone, "people_household.phone"), blind(phone, "people_household.phone"),
            family.opened_on,
        )  # fmt: skip


def _membership_rows(families: list[Family]) -> Iterator[tuple[Any, ...]]:
    for family in families:
        for key, member in zip(family.person_ids, family.members, strict=True):
            yield family.household_id, key, member.relation, family.opened_on


def _fact_rows(families: list[Family]) -> Iterator[tuple[Any, ...]]:
    for family in families:
        since = family.opened_on
        for person, kind, code, amount, cost, number, evidence in facts_of(family):
            yield (
                family.household_id, person, kind, code, amount, cost, number, since, Fact.Source.DECLARED.value,
                evidence, False, ACTOR, since,
            )  # fmt: skip


Stated = tuple[int | None, str, str, int | None, int | None, int | None, str]


def facts_of(family: Family) -> Iterator[Stated]:
    """(人, 种类, 代码, 分, 成本分, 数, 依据): 规则书认得的种类和代码。"""
    for key, member in zip(family.person_ids, family.members, strict=True):
        for income in member.incomes:
            yield key, "income", income.code, income.gross_fen, income.cost_fen, None, "申报与邻里走访"
        if member.disability:
            yield key, "disability", member.disability, None, None, None, "残疾人证"
            yield key, "disability_grade", "", None, None, member.grade, "残疾人证"
        if member.illness:
            yield key, "illness", member.illness, None, None, None, "诊断证明"
        if member.student:
            yield key, "student", member.student, None, None, None, "在校证明"
        if member.able:
            yield key, "able_to_work", "", None, None, 1, "入户调查"
    for asset in family.assets:
        yield None, "asset", asset.code, asset.amount_fen, None, None, "申报"
