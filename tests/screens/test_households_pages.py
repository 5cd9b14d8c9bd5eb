"""Families: who is on the roll, one family's page with its numbers covered, and finding anybody in one's area."""

import datetime as dt

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from doudi.records.audit.models import Event, Look
from doudi.records.cases.models import Case
from doudi.records.staff.models import User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db


def test_an_empty_roll_says_where_families_come_from(sign_in: SignIn) -> None:
    assert "案件确认以后" in sign_in("jingban").get(reverse("households")).content.decode()


def test_the_roll_lists_families_in_receipt_with_few_questions(
    sign_in: SignIn, on: dt.date, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.receiving(20)
    browser = sign_in("jingban")
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("households"))
    assert page.content.decode().count("data-row") == 20
    none = browser.get(f"{reverse('households')}?scheme=tekun_rural")
    assert "没有符合条件的家庭" in none.content.decode()


def test_a_family_page_covers_every_number_and_leaves_a_look(filed: Case, sign_in: SignIn) -> None:
    page = sign_in("jingban").get(reverse("household", args=[filed.household_id])).content.decode()
    for person in filed.household.memberships.select_related("person"):
        assert person.person.id_number not in page
    assert "6299000000000000001" not in page
    assert Look.objects.filter(action="view", subject=f"household:{filed.household_id}").count() == 1


def test_a_full_number_needs_a_purpose_and_is_chained(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    url = reverse("household_unmask", args=[filed.household_id, filed.household.head_id])
    refused = browser.post(url, {"purpose": " "})
    assert (refused.status_code, "要先写明用途" in refused.content.decode()) == (409, True)
    shown = browser.post(url, {"purpose": "核对证件原件"})
    assert filed.household.head.id_number in shown.content.decode()
    assert Event.objects.filter(action="unmask").count() == 1


@pytest.mark.parametrize("role", ["cun", "shegong", "juzhang", "caiwu"])
def test_who_may_not_uncover_numbers(role: str, filed: Case, sign_in: SignIn) -> None:
    url = reverse("household_unmask", args=[filed.household_id, filed.household.head_id])
    assert sign_in(role).post(url, {"purpose": "看看"}).status_code == 403


@pytest.mark.parametrize("how", ["赵甲", "zj", "no", "last4", "household"])
def test_anybody_is_found_by_what_a_clerk_has_at_hand(how: str, filed: Case, sign_in: SignIn) -> None:
    said = {
        "no": filed.no, "last4": golden.number("19810301", 11)[-4:], "household": filed.household.no,
    }.get(how, how)  # fmt: skip
    page = text_of(sign_in("jingban").get(reverse("search"), {"q": said}).content.decode())
    assert "赵甲" in page.split("搜索", 1)[1]
    assert "没有找到" not in page


def test_a_full_number_searched_for_is_not_printed_back(
    filed: Case, sign_in: SignIn, staff: dict[str, User]
) -> None:
    number = golden.number("19810301", 11)
    page = sign_in("jingban").get(reverse("search"), {"q": number}).content.decode()
    assert number not in page
    assert "赵甲" in page


def test_search_finds_the_person_the_family_and_the_case(filed: Case, sign_in: SignIn) -> None:
    page = sign_in("jingban").get(reverse("search"), {"q": "钱乙"})
    tables = {
        name: [row.cells for row in page.context[name].rows] for name in ("cases", "households", "people")
    }
    assert [len(rows) for rows in tables.values()] == [1, 1, 1]
    person = tables["people"][0]
    assert (person[0].text, person[3]) == ("钱乙", "赵甲")
    assert golden.number("19830505", 22) not in page.content.decode()


def test_what_a_search_shows_is_looked_at(filed: Case, sign_in: SignIn) -> None:
    sign_in("jingban").get(reverse("search"), {"q": "赵甲"})
    looks = Look.objects.filter(action="search").order_by("id").values_list("subject", "purpose")
    assert set(looks) == {(f"case:{filed.pk}", "赵甲"), (f"household:{filed.household_id}", "赵甲")}


def test_a_search_asks_few_questions(
    filed: Case, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in("jingban")
    with django_assert_max_num_queries(17):
        browser.get(reverse("search"), {"q": "赵甲"})
