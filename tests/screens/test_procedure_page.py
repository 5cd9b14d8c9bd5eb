"""The procedure on a page: the picture, the table with the same content, the procedures side by side."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from doudi.records.staff.models import Role
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_read_the_procedure(role: str, sign_in: SignIn) -> None:
    assert sign_in(role).get(reverse("procedure")).status_code == 200


def test_the_picture_and_the_table_say_the_same(sign_in: SignIn) -> None:
    page = sign_in("jingban").get(reverse("procedure")).content.decode()
    picture = page[page.index("<svg xmlns") : page.index("</svg>", page.index("<svg xmlns"))]
    drawn = re.findall(r"<g><title>([^ <]+)", picture)
    table = page[page.index("各站") : page.index("几种程序并排")]
    rows = [label.removesuffix("（未接入）") for label in re.findall(r'<th scope="row">([^<]+)</th>', table)]
    assert drawn == rows
    assert drawn == ["受理", "调查", "核对", "初审", "公示", "乡镇签批", "县级确认", "告知", "在册"]
    assert "姓名、人数、金额" in table
    assert "不得再要" in table


def test_an_example_is_looked_at_and_stays_an_example(sign_in: SignIn) -> None:
    browser = sign_in("shenpi")
    page = text_of(browser.get(reverse("procedure"), {"pack": "procedure-delegated"}).content.decode())
    assert "乡镇确认" in page
    assert "乡镇负责人" in page
    current = text_of(browser.get(reverse("procedure")).content.decode())
    assert "受理 → 调查 → 核对 → 初审 → 公示 → 乡镇签批 → 县级确认 → 告知 → 在册" in current


def test_what_opens_no_case_says_so(sign_in: SignIn) -> None:
    page = text_of(
        sign_in("jingban").get(reverse("procedure"), {"scheme": "medical_direct"}).content.decode()
    )
    assert "不立案" in page


def test_a_day_without_a_procedure_says_which_value_is_missing(sign_in: SignIn) -> None:
    page = text_of(sign_in("jingban").get(reverse("procedure"), {"on": "1998-01-01"}).content.decode())
    assert "这一天还没有程序" in page
    assert "缺少政策参数" in page


def test_nonsense_in_the_address_is_the_usual_page(sign_in: SignIn, on: dt.date) -> None:
    said = {"scheme": "<b>", "pack": "nothing", "on": "yesterday"}
    response = sign_in("jingban").get(reverse("procedure"), said)
    assert response.status_code == 200
    assert "农村低保的程序" in text_of(response.content.decode()) or f"{on:%Y-%m-%d} 受理的" in text_of(
        response.content.decode()
    )
