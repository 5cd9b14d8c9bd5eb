"""The guards of tests/conftest.py do stop what they are there to stop."""

import time
from pathlib import Path

import psycopg
import pytest
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.template import Context, Template

from doudi.demo.private_postgres import PrivateCluster
from tests.undefined import UndefinedVariables, is_ours


def drawn(text: str, **given: object) -> str:
    return Template(text).render(Context(given))


def test_an_undefined_variable_is_noticed(undefined_variables: UndefinedVariables) -> None:
    drawn("{{ household.nmae }}", household={"name": "甲"})
    assert len(undefined_variables.seen) == 1
    assert "household.nmae" in undefined_variables.seen[0]
    undefined_variables.seen.clear()


def test_an_undefined_variable_behind_a_filter_is_noticed(undefined_variables: UndefinedVariables) -> None:
    drawn("{{ amount|default:'--' }}")
    assert undefined_variables.seen
    undefined_variables.seen.clear()


def test_asking_whether_something_is_there_is_allowed(undefined_variables: UndefinedVariables) -> None:
    assert drawn("{% if note %}{{ note }}{% endif %}{% for row in rows %}{{ row }}{% endfor %}") == ""
    assert undefined_variables.seen == []


def test_an_empty_value_is_not_an_undefined_one(undefined_variables: UndefinedVariables) -> None:
    assert drawn("{{ note }}{{ count }}", note="", count=0) == "0"
    assert undefined_variables.seen == []


def test_only_our_templates_are_watched() -> None:
    root = Path(__file__).resolve().parents[2]
    assert is_ours("<unknown source>")
    assert is_ours(str(root / "doudi/web/office/templates/case.html"))
    assert not is_ours(str(root / ".venv/lib/allauth/templates/login.html"))


class Unordered(list[int]):
    """What a queryset without order_by tells a paginator."""

    ordered = False


def test_pages_of_an_unordered_list_are_an_error() -> None:
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(Unordered([1, 2, 3]), 2).page(1)


def test_a_private_postgres_starts_stops_and_survives_a_kill() -> None:
    began = time.monotonic()
    with PrivateCluster() as cluster:
        address = cluster.create("kept")
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE award (amount_fen bigint)")
            connection.execute("INSERT INTO award VALUES (81900)")
        cluster.kill()
        cluster.start()
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT amount_fen FROM award").fetchall() == [(81900,)]
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        home = cluster.home
    assert not home.exists()
    assert time.monotonic() - began < 15
