"""A county that receives, and nothing else: so many awards with a head of household, a card and a decision each."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction

from doudi.demo.bench.payments.month import AMOUNTS_FEN, FROM_ON, SCHEME
from doudi.demo.numbers import IdentityNumbers, account_number
from doudi.demo.people_rows import BANK
from doudi.demo.staff import make_staff
from doudi.demo.writing import ACTOR
from doudi.records.areas import queries as areas
from doudi.records.areas.services import load_county
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.decisions.models import Decision, Opening
from doudi.records.people.models import Account, Household, Membership, Person
from doudi.records.people.services import household_number
from doudi.records.policies.queries import pairs_of
from doudi.store.arrow import bulk_append
from doudi.store.crypto import blind, seal
from doudi.store.today import move_to

_BORN, _A_DAY = dt.date(1931, 1, 1), 900  # births of one day; a prefix has numbers for 1,000
_DECIDED_ON = dt.date(2025, 12, 10)
_PEOPLE_FILE = ("code", "name", "id_number", "account", "amount_fen")

Rows = Iterator[tuple[Any, ...]]


def furnish() -> None:
    """建表、区划、人员: 还没有人领款的县。"""
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        move_to(FROM_ON)
        make_staff(load_county(settings.COUNTY))


def fill(awards: int) -> None:
    """写下这么多份待遇, 一户一人一张卡; 三种金额轮着来。"""
    villages = [str(one.code) for one in areas.villages(areas.county().code)]
    with transaction.atomic():
        for model, columns, rows in _tables(awards, villages):
            bulk_append(model, columns, rows)
        _set_sequences([Person, Household, Account, Decision, Award])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write_people(path: Path, awards: int) -> None:
    """同样的人、卡和金额, 写给同行。"""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_PEOPLE_FILE)
        for key, number in _numbers(awards):
            writer.writerow((f"P{key:07}", _name(key), number, account_number(key), fen_of(key)))


def fen_of(key: int) -> int:
    """第 `key` 份待遇每月多少分。"""
    return AMOUNTS_FEN[key % len(AMOUNTS_FEN)]


def _name(key: int) -> str:
    return f"领款人{key}"


def _numbers(awards: int) -> Iterator[tuple[int, str]]:
    numbers = IdentityNumbers()
    for key in range(1, awards + 1):
        yield key, numbers.next(_born(key), male=bool(key % 2))


def _born(key: int) -> dt.date:
    return _BORN + dt.timedelta(days=key // _A_DAY)


def _tables(awards: int, villages: list[str]) -> Iterator[tuple[type[models.Model], tuple[str, ...], Rows]]:
    """One key for all that belongs together, so nothing has to be looked up."""
    keys, pairs = range(1, awards + 1), pairs_of(SCHEME)
    column, card = "people_person.id_number", "people_account.number"
    yield Person, ("id", "name", "initials", "id_number", "id_number_bi", "id_last4_bi", "sex", "birth_on",
                  "ethnic"), (
        (key, _name(key), "lkr", seal(number, column), blind(number, column), blind(number[-4:], column),
         "male" if key % 2 else "female", _born(key), "")
        for key, number in _numbers(awards)
    )  # fmt: skip
    yield Household, ("id", "version", "no", "village", "kind", "head", "opened_on"), (
        (key, 1, household_number(str(settings.COUNTY), key), _village(villages, key, awards), "rural", key, FROM_ON)
        for key in keys
    )  # fmt: skip
    yield (
        Membership,
        ("household", "person", "relation", "from_on"),
        ((key, key, "head", FROM_ON) for key in keys),
    )
    yield (
        Account,
        ("id", "person", "bank", "number", "number_bi", "last4", "holder_name", "from_on", "recorded_by"),
        (
            (key, key, BANK, seal(number, card), blind(number, card), number[-4:], _name(key), FROM_ON, ACTOR)
            for key, number in ((key, account_number(key)) for key in keys)
        ),
    )
    yield Decision, ("id", "no", "kind", "scheme", "household", "decided_on", "amount_fen", "reason_code", "reason",
                     "basis", "by"), (
        (key, f"B{key:09}", "carried_over", SCHEME, key, _DECIDED_ON, fen_of(key), "", "名册带入", "名册", ACTOR)
        for key in keys
    )  # fmt: skip
    yield Award, ("id", "no", "scheme", "household", "payee", "village", "persons", "amount_fen", "klass",
                  "from_on"), (
        (key, f"B{key:09}-A", SCHEME, key, key, _village(villages, key, awards), 1, fen_of(key), "", FROM_ON)
        for key in keys
    )  # fmt: skip
    yield AwardPart, ("award", "name", "amount_fen"), ((key, "补差", fen_of(key)) for key in keys)
    yield Opening, ("decision", "award"), ((key, key) for key in keys)
    yield Holding, ("person", "award", "pair"), ((key, key, pair) for key in keys for pair in pairs)


def _village(villages: list[str], key: int, awards: int) -> str:
    """Neighbours have neighbouring numbers, as in a register that was copied village by village."""
    return villages[(key - 1) * len(villages) // awards]


def _set_sequences(touched: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), touched):
            cursor.execute(statement)
