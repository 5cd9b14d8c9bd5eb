"""Every role has a desk: what needs doing, at most six figures, the next cases by the time left."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from doudi.records.cases.models import Case
from doudi.records.desk.queues import WAITS
from doudi.records.staff.models import Role
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of

pytestmark = pytest.mark.django_db


def tiles(html: str) -> list[str]:
    return re.findall(r'class="tile[" ]', html)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_desk_of_at_most_six_figures(
    role: str, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in(role)
    with django_assert_max_num_queries(17):
        page = browser.get(reverse("home"))
    assert page.status_code == 200
    assert 1 <= len(tiles(page.content.decode())) <= 6


@pytest.mark.parametrize("role", sorted(WAITS))
def test_an_empty_desk_says_so(role: str, sign_in: SignIn) -> None:
    assert "待办已清空" in sign_in(role).get(reverse("home")).content.decode()


def test_a_case_waits_for_whoever_must_do_something_and_for_nobody_else(filed: Case, sign_in: SignIn) -> None:
    seen = {role: "赵甲" in sign_in(role).get(reverse("home")).content.decode() for role in WAITS}
    assert {role for role, is_there in seen.items() if is_there} == {"cun", "jingban"}


def test_what_is_overdue_is_counted_and_named(accepted: Case, sign_in: SignIn) -> None:
    move_to(accepted.station_due_on.replace(day=21))  # type: ignore[union-attr]
    words = text_of(sign_in("jingban").get(reverse("home")).content.decode())
    assert "已超期 1 件 最早 2026-09-17 到期" in words
    assert "已超 4 日" in words


def test_finance_starts_at_the_payroll(sign_in: SignIn) -> None:
    assert reverse("payroll") in sign_in("caiwu").get(reverse("home")).content.decode()


def test_without_signing_in_there_is_no_desk() -> None:
    assert Client().get(reverse("home")).headers["Location"].startswith(reverse("account_login"))
