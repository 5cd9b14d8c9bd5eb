"""The monthly figures on a page: everyone within their area, every figure beside its base."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from doudi.records.audit.models import Look
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services.golden_family import COUNTY, TOWNSHIP

pytestmark = pytest.mark.django_db
READERS = {"jingban", "fuze", "shenpi", "juzhang", "shenji", "caiwu", "fuhe", "pizhun"}


@pytest.fixture
def november(staff: dict[str, User]) -> dt.date:
    day = dt.date(2026, 11, 5)
    move_to(day)
    return day


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_the_figures(role: str, november: dt.date, sign_in: SignIn) -> None:
    assert sign_in(role).get(reverse("statistics")).status_code == (200 if role in READERS else 403)


def test_an_empty_month_says_so(november: dt.date, sign_in: SignIn) -> None:
    assert "没有在册对象" in text_of(sign_in("shenpi").get(reverse("statistics")).content.decode())


def test_the_month_names_persons_money_and_base(november: dt.date, sign_in: SignIn) -> None:
    factories.receiving(2, fen=81_900, from_on=dt.date(2026, 11, 1))
    words = text_of(sign_in("shenpi").get(reverse("statistics")).content.decode())
    assert "1,638.00" in words
    assert "780,000" in words
    assert "2 户由原名册带入" in words
    october = text_of(sign_in("shenpi").get(reverse("statistics") + "?month=202610").content.decode())
    assert "没有在册对象" in october


def test_a_township_sees_only_itself(november: dt.date, sign_in: SignIn) -> None:
    page = sign_in("jingban").get(reverse("statistics"), {"area": COUNTY})
    assert page.context["told"].area == TOWNSHIP


def test_the_workbook_is_the_page_and_leaves_a_trace(november: dt.date, sign_in: SignIn) -> None:
    factories.receiving(2)
    answer = sign_in("juzhang").get(reverse("statistics_xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book["分项目"]["A5"].value == "农村最低生活保障"
    assert Look.objects.filter(action="download", actor="juzhang").count() == 1


def test_few_questions(
    november: dt.date, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.receiving(30)
    browser = sign_in("shenpi")
    with django_assert_max_num_queries(24):
        browser.get(reverse("statistics"))
