"""P14: 500 made-up numbers through normal and error paths; none reaches a log, an address, an error page or a table."""

import random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from doudi.law.identity import check_digit
from tests.screens.conftest import BACKEND
from tests.services import golden_family as golden

CANARIES, SEED = 500, 20261105


def numbers() -> list[str]:
    """Half are well-formed, half end in the wrong digit; all belong to nobody."""
    chance = random.Random(SEED)
    made = []
    for place in range(CANARIES):
        born = f"{chance.randrange(1940, 2010)}{chance.randrange(1, 13):02}{chance.randrange(1, 28):02}"
        first = f"{golden.NOBODY}{born}{place:03}"
        last = check_digit(first)
        made.append(first + (last if place % 2 else "0" if last != "0" else "1"))
    return made


@pytest.mark.django_db
def test_no_number_is_left_where_it_should_not_be(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(golden.county()["jingban"], backend=BACKEND)
    canaries = numbers()
    leaks = [where for number in canaries for where in _asked(client, number)]
    monkeypatch.setattr("doudi.records.desk.known.families", _broken)
    assert (
        client.post(reverse("intake_window"), {"id_number": canaries[1], "name": "某人"}).status_code == 500
    )
    leaks += [where for number in canaries[1:40:2] for where in _asked(client, number)]
    leaks += [f"log: {number[:6]}" for number in canaries if number in caplog.text]
    leaks += [f"table {table}" for table in _tables() if _holds(table, canaries)]
    with capsys.disabled():
        print(f"\nP14: {CANARIES} 个号码, 种子 {SEED}, 泄漏 {len(leaks)}")
    assert not leaks


def _broken(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError(f"broken on {args} {kwargs}")


def _asked(client: Client, number: str) -> list[str]:
    """Ask the window for a person; the answer may show the number only in the field it was typed into."""
    answer = client.post(reverse("intake_window"), {"id_number": number, "name": "某人"})
    body = answer.content.decode().replace(f'value="{number}"', "")
    return [
        where for where, text in (("page", body), ("address", answer.get("Location", ""))) if number in text
    ]


def _tables() -> list[str]:
    skipped = ("sqlite_", "django_session")
    return [name for name in connection.introspection.table_names() if not name.startswith(skipped)]


def _holds(table: str, canaries: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        text = "\n".join(str(row) for row in cursor.fetchall())
    return any(number in text for number in canaries)
