"""A rulebook on a page: every value drawn and listed, the SQL of a run, versions, and what is missing said."""

import datetime as dt
import re
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse

from doudi.law.library import BOOKS
from doudi.law.rules import Rule
from doudi.records.audit.services import record
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment
from doudi.records.policies.rulebooks import DIALECTS, standing
from doudi.records.staff.models import Role, User
from doudi.web.office.policies.links import rules_url
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 9, 14)


def page(sign_in: SignIn, query: str = "", login: str = "jingban") -> str:
    answer = sign_in(login).get(reverse("rulebook") + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_read_the_rules(role: str, staff: dict[str, User], sign_in: SignIn) -> None:
    assert "哪个值要用哪些值" in page(sign_in, login=role)


@pytest.mark.parametrize("book", BOOKS)
def test_every_value_is_drawn_and_listed(book: str, staff: dict[str, User], sign_in: SignIn) -> None:
    html = page(sign_in, f"?book={book}")
    edition = BOOKS[book].edition(ON)
    needed = {name for item in edition.order for name in item.needs} | set(edition.by_name)
    assert set(re.findall(r'data-name="(\w+)"', html)) == set(edition.by_name)
    assert set(re.findall(r'<tr id="v-(\w+)"', html)) == needed
    drawn = set(re.findall(r'data-need="(\w+)" data-user="(\w+)"', html))
    among_rules = {
        (need, item.name) for item in edition.order for need in item.needs if need in edition.by_name
    }
    assert drawn == among_rules
    paid = {pay.name for pay in BOOKS[book].payable}
    assert len(re.findall(r'class="box [\w -]*box-paid', html)) == len(paid)


@pytest.mark.parametrize("book", BOOKS)
def test_every_parameter_stands_beside_its_rule(book: str, staff: dict[str, User], sign_in: SignIn) -> None:
    html = page(sign_in, f"?book={book}")
    found = standing(book, settings.COUNTY, ON)
    for item in found.edition.order:
        row = html.split(f'<tr id="v-{item.name}"')[1].split("</tr>")[0]
        assert item.cite in row
        for path in item.expr.leaves("parameter") if isinstance(item, Rule) else ():
            assert reverse("parameter", args=[path]) in row


def test_a_value_with_what_it_needs_alone(staff: dict[str, User], sign_in: SignIn) -> None:
    html = page(sign_in, "?value=household_income")
    drawn = set(re.findall(r'data-name="(\w+)"', html))
    assert {"household_income", "gross", "income_below"} <= drawn
    assert "monthly_total" not in drawn
    assert "得出“家庭年收入”要用的值" in html


def test_an_unknown_value_or_book_shows_the_whole_of_the_first(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    html = page(sign_in, "?book=nothing&value=nothing&ye=nothing&on=nothing")
    assert next(iter(BOOKS.values())).title in html
    assert "哪个值要用哪些值" in html


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_rules_are_shown_as_sql(dialect: str, staff: dict[str, User], sign_in: SignIn) -> None:
    text = text_of(page(sign_in, f"?ye=sql&ku={dialect}"))
    assert "WITH" in text
    assert "AS monthly_total" in text


def test_a_day_without_a_parameter_has_no_sql_and_says_which(staff: dict[str, User], sign_in: SignIn) -> None:
    text = text_of(page(sign_in, "?ye=sql&on=2016-01-01"))
    assert "这一天排不出 SQL" in text
    found = standing("dibao", settings.COUNTY, dt.date(2016, 1, 1))
    assert f"缺 {len(found.missing)} 项参数" in text
    assert found.label(min(found.missing)) in text


def test_a_day_before_the_rules(staff: dict[str, User], sign_in: SignIn) -> None:
    for tab in ("tu", "sql", "banben"):
        assert "这一天还没有规则" in page(sign_in, f"?on=2010-01-01&ye={tab}")


def test_the_versions_by_date(staff: dict[str, User], sign_in: SignIn) -> None:
    text = text_of(page(sign_in, "?ye=banben"))
    for start in BOOKS["dibao"].starts:
        assert f"{start.isoformat()} 起" in text
    assert BOOKS["dibao"].edition(ON).version in text


def test_a_stored_assessment_is_told_whether_these_are_its_rules(
    assessed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    kept = Assessment.objects.get()
    found = standing(kept.rulebook, settings.COUNTY, kept.on)
    assert (found.edition.version, found.digest) == (kept.rulebook_version, kept.parameters_hash)
    query = f"?book=dibao&on={kept.on}&banben_cun={kept.rulebook_version}&zhiwen_cun="
    assert "当时算的就是下面的规则和参数" in page(sign_in, query + kept.parameters_hash)
    assert "参数指纹" in page(sign_in, query + "0" * 64)
    assert "补录过" in page(sign_in, query + "0" * 64)
    assert "更新过" in page(sign_in, "?banben_cun=0&zhiwen_cun=0")


def test_the_assessment_and_the_audit_trail_lead_to_the_rules_that_ran(
    assessed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    sheet = sign_in("jingban").get(reverse("case_assessment", args=[assessed.pk])).content.decode()
    trail = sign_in("shenji").get(reverse("audit") + "?action=case.assess").content.decode()
    url = rules_url(Assessment.objects.get())
    for html in (sheet, trail):
        assert url in unescape(html)
        assert "看当时的规则和 SQL" in html
    rules = sign_in("shenji").get(url)
    assert rules.status_code == 200
    assert "当时算的就是下面的规则和参数" in rules.content.decode()


def test_an_event_without_its_assessment_gets_no_link(
    assessed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    """An event more than there are assessments: which is which cannot be told."""
    record(by=staff["jingban"], action="case.assess", subject=f"case:{assessed.pk}", title="测算")
    html = sign_in("shenji").get(reverse("audit") + "?action=case.assess").content.decode()
    assert "看当时的规则和 SQL" not in html
