"""算一算: eight questions, the real rulebook, nothing kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps

from doudi.web.public.questions import QUESTIONS
from tests.screens.public_site import Staff, as_public_site

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

URL = "/suanyisuan/"
GOLDEN = {
    "locality": "rural", "size": "3", "age_1": "adult", "age_2": "adult", "age_3": "minor", "health_1": "well",
    "health_2": "disabled", "health_3": "well", "wage_1": "9,700", "wage_2": "", "crops": "2400元", "livestock": "",
    "business": "", "lease": "６００", "pension": "", "support": "", "savings": "1.2万", "houses": "1", "car": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def public_site(settings: Any, staff: Staff) -> None:
    as_public_site(settings)


def answered(client: Client, **changes: str) -> str:
    """The result page of these answers."""
    return client.post(URL, {**GOLDEN, **changes, "step": "7"}).content.decode()


def test_there_are_at_most_eight_questions() -> None:
    assert len(QUESTIONS) <= 8


def test_one_question_a_page_from_first_to_result(client: Client) -> None:
    html = client.get(URL).content.decode()
    for number in range(1, 9):
        assert f"第 {number} 问, 共 8 问" in html
        carried = dict(re.findall(r'<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', html))
        mine = set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', html)) & set(GOLDEN) - set(carried)
        html = client.post(URL, {**carried, **{name: GOLDEN[name] for name in mine}}).content.decode()
    assert "可能符合低保条件" in html
    assert "819.00" in html


def test_golden_household_is_told_in_plain_words_to_the_fen(client: Client) -> None:
    html = answered(client)
    for said in (
        "10,760 元", "您自己打工 9,700 元, 其中 1,940 元算上班的花费, 不计", "17,640 元", "收入比低保线少 6,880 元",
        "574 元", "147 元", "重度残疾", "98 元", "孩子", "819 元", "以上门调查和县里审定为准",
    ):  # fmt: skip
        assert said in html, said
    assert "补差" not in html.split("看算式和依据")[0]
    assert "649号令 第九条" in html.split("看算式和依据")[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"wage_1": "50000"}, ("收入比低保线", "多 ")),
        ({"savings": "9万"}, ("存款和现金", "不能超过 35,280 元")),
        ({"houses": "2"}, ("房子", "不能超过 1 套")),
        ({"car": "60000"}, ("值的钱不能超过 20,000 元",)),
    ],
)
def test_not_eligible_is_a_result_with_its_cause_and_other_ways(
    client: Client, changes: dict[str, str], said: tuple[str, ...]
) -> None:
    html = answered(client, **changes)
    assert "可能不符合低保条件" in html
    assert all(words in html for words in (*said, "不符合", "残疾人两项补贴", "临时救助", "照样可以申请"))


def test_a_pupil_of_a_poor_family_is_sent_to_the_school(client: Client) -> None:
    """W-35: education aid is asked for at the school, not at the civil affairs office."""
    assert "向就读的学校提出" in answered(client)
    assert "向就读的学校提出" not in answered(client, age_3="adult")


def test_townspeople_are_measured_by_the_urban_line(client: Client) -> None:
    assert "城市每人一年 8,160 元" in answered(client, locality="urban")


@pytest.mark.parametrize(
    ("step", "name", "value", "said"),
    [
        ("0", "locality", "", "请选一个"),
        ("1", "size", "0", "至少 1 口人"),
        ("1", "size", "三", "请填数字"),
        ("1", "size", "40", "人再多请打电话问"),
        ("3", "wage_1", "很多", "金额"),
        ("6", "savings", "-5", "金额不能是负数"),
        ("6", "savings", "90000万", "请核对是不是多写了"),
    ],
)
def test_a_wrong_answer_is_asked_again_with_what_was_typed(
    client: Client, step: str, name: str, value: str, said: str
) -> None:
    page = client.post(URL, {**GOLDEN, "step": step, name: value})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert f'href="#id_{name}"' in page.content.decode()
    assert not value or f'value="{value}"' in page.content.decode()


def test_a_skipped_question_is_asked_before_any_result(client: Client) -> None:
    page = client.post(URL, {"step": "7", "houses": "1"})
    assert "第 1 问" in page.content.decode()


def test_going_back_keeps_the_answers(client: Client) -> None:
    html = client.post(URL, {**GOLDEN, "step": "7", "to": "1"}).content.decode()
    assert "第 2 问" in html
    assert 'name="savings" value="1.2万"' in html
    assert 'value="3"' in html


def test_a_child_alone_is_not_asked_for_wages(client: Client) -> None:
    given = {"locality": "rural", "size": "1", "age_1": "minor", "health_1": "well", "step": "2"}
    html = client.post(URL, given).content.decode()
    assert "第 5 问" in html
    assert re.search(r'name="to"\s+value="2"', html)


def test_nothing_is_stored_and_nothing_is_in_the_address(client: Client) -> None:
    def rows() -> dict[str, int]:
        return {model._meta.label: model._default_manager.count() for model in apps.get_models()}

    before = rows()
    answered(client)
    assert rows() == before
    assert 'method="get"' not in client.get(URL).content.decode()
