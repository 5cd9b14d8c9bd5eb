"""Standards on a page: what stands on a day, since when, by which document, whether it was checked."""

import pytest
from django.urls import reverse

from doudi.records.staff.models import Role, User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of

pytestmark = pytest.mark.django_db


def words(sign_in: SignIn, url: str, login: str = "jingban") -> str:
    return text_of(sign_in(login).get(url).content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_read_the_standards(role: str, sign_in: SignIn) -> None:
    assert sign_in(role).get(reverse("parameters")).status_code == 200


def test_a_value_stands_with_document_and_mark(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameters"))
    assert "5,880.00 元/年" in page
    assert "民发〔2021〕57号 第十九条" in page
    assert "演示值" in page
    assert "没有取值" in page


def test_another_day_shows_what_stood_then(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameters") + "?on=2025-06-01&text=低保年标准")
    assert "5,580.00 元/年" in page
    assert "5,880.00" not in page
    assert "没有符合条件的参数" in words(sign_in, reverse("parameters") + "?text=没有这个")


def test_the_history_of_one_value(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameter", args=["dibao.standard.rural"]))
    assert page.index("5,880.00") < page.index("5,580.00")
    assert sign_in("jingban").get(reverse("parameter", args=["no.such.value"])).status_code == 404
