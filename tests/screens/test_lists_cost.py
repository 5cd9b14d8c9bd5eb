"""Every page that shows a list asks the database a bounded number of questions; every audit code has words."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.staff.models import User
from doudi.web.office.settings.actions import ACTIONS, codes_of, words_of
from tests.screens.conftest import SignIn
from tests.services import factories

# name of the page, who opens it
LISTS = (
    ("home", "jingban"), ("notices", "jingban"), ("cases", "jingban"), ("cases", "shenpi"), ("assignments", "jingban"),
    ("postings", "jingban"), ("objections", "jingban"), ("sign_queue", "fuze"), ("confirm_queue", "shenpi"),
    ("households", "jingban"), ("rosters", "shenpi"), ("users", "anquan"), ("absences", "anquan"),
    ("audit", "shenjiyuan"), ("audit_looks", "shenjiyuan"), ("changes", "jingban"),
    ("payroll", "caiwu"), ("payroll", "juzhang"),
)  # fmt: skip
MOST = 12
# The demo asks what day it is each time; a real office reads the clock of the machine.
DEMO_CLOCK = "store_officeday"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "login"), LISTS, ids=[f"{name}-{login}" for name, login in LISTS])
def test_a_list_asks_few_questions(
    name: str,
    login: str,
    accepted: Case,
    staff: dict[str, User],
    sign_in: SignIn,
) -> None:
    factories.receiving(5)
    browser = sign_in(login)
    browser.get(reverse(name))  # parameters and calendars are read once a process
    assert len(asked(browser, reverse(name))) <= MOST


def asked(browser: Client, url: str) -> list[str]:
    """The questions a page asks the database."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return [one["sql"] for one in captured.captured_queries if DEMO_CLOCK not in one["sql"]]


def test_every_code_of_the_trail_has_words() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in Path("doudi").rglob("*.py"))
    codes = set(re.findall(r'(?<!\w)action="([a-z]+(?:\.[a-z_]+)?)"', source)) - {"append"}
    assert len(codes) > 60
    assert not sorted(codes - set(ACTIONS))


def test_a_trail_is_filtered_by_its_words() -> None:
    assert codes_of("派单") == ["case.assign"]
    assert (words_of("case.sign"), words_of("unheard.of")) == ("签批", "unheard.of")
