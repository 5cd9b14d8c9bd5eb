"""The survey on screen: corrections that never overwrite, a visit by two, every figure opened."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment, Finding, Opinion, VisitRecord
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of

pytestmark = pytest.mark.django_db


def entry(browser: Client, case: Case, **changes: Any) -> dict[str, Any]:
    """The entry page as it stands, with changes."""
    html = browser.get(reverse("case_entry", args=[case.pk])).content.decode()
    return {
        **fields(html, "entry-form"),
        **{name.replace("__", "-"): value for name, value in changes.items()},
    }


def declared(case: Case, kind: str, code: str) -> Fact:
    return facts_of(case.household).get(source="declared", kind=kind, code=code)


def test_saving_the_entry_unchanged_changes_no_figure(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    before = sorted(
        facts_of(filed.household).values_list("kind", "code", "amount_fen", "number", "person_id"), key=str
    )
    saved = browser.post(reverse("case_entry", args=[filed.pk]), entry(browser, filed), follow=True)
    assert "家庭情况已更正" in saved.content.decode()
    after = sorted(
        facts_of(filed.household).values_list("kind", "code", "amount_fen", "number", "person_id"), key=str
    )
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert [row[2] or 0 for row in after] == [row[2] or 0 for row in before]


def test_the_later_of_two_savers_sees_both_versions_and_loses_nothing(filed: Case, sign_in: SignIn) -> None:
    first, second = sign_in("jingban"), sign_in("jingban2")
    url = reverse("case_entry", args=[filed.pk])
    one = entry(first, filed, shouru__0__gross="9,900")
    other = entry(second, filed, shouru__0__gross="8,800")
    assert first.post(url, one).status_code == 302
    conflict = second.post(url, other)
    said = text_of(conflict.content.decode())
    assert conflict.status_code == 409
    assert "9,900.00" in said
    assert "8,800.00" in said
    assert 'value="8,800"' in conflict.content.decode()
    assert declared(filed, "income", "wage").amount_fen == 990_000
    resolved = {**fields(conflict.content.decode(), "entry-form")}
    assert second.post(url, resolved).status_code == 302
    assert declared(filed, "income", "wage").amount_fen == 880_000


def test_those_who_may_not_change_the_entry_read_it(filed: Case, sign_in: SignIn) -> None:
    page = sign_in("fuze").get(reverse("case_entry", args=[filed.pk])).content.decode()
    assert "申报、核对与入户所见" in page
    assert "entry-form" not in page


def visit_form(browser: Client, case: Case, second: User, **changes: Any) -> dict[str, Any]:
    html = browser.get(reverse("case_visit", args=[case.pk])).content.decode()
    said = {
        "second": str(second.pk), "member_present": "赵甲", "is_consistent": "1", "observed": "砖房三间",
        "investigators_signed": "on", "member_signed": "on", **changes,
    }  # fmt: skip
    return {**fields(html, "*"), **said}


@pytest.fixture
def visiting(accepted: Case) -> Case:
    move_to(dt.date(2026, 9, 16))
    return accepted


def page_form(browser: Client, url: str) -> dict[str, Any]:
    found = fields(browser.get(url).content.decode(), "*")
    return {"key": found["key"][-1] if isinstance(found["key"], list) else found["key"]}


def test_a_visit_by_two_is_recorded(visiting: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = {**visit_form(browser, visiting, staff["jingban2"]), **page_form(browser, url)}
    assert browser.post(url, form).status_code == 302
    visit = VisitRecord.objects.get()
    assert {visit.first, visit.second} == {staff["jingban"], staff["jingban2"]}


def test_a_visit_without_signatures_is_refused(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = {**visit_form(browser, visiting, staff["jingban2"], member_signed=""), **page_form(browser, url)}
    refused = browser.post(url, form)
    assert (refused.status_code, VisitRecord.objects.count()) == (409, 0)
    assert "签字后才能登记" in refused.content.decode()
    assert "砖房三间" in refused.content.decode()


def test_what_was_seen_stands_beside_what_was_declared(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = {**visit_form(browser, visiting, staff["jingban2"], is_consistent="0"), **page_form(browser, url)}
    seen = next(name for name, _ in sorted(form.items()) if name.startswith("seen-"))
    assert browser.post(url, {**form, seen: "12,300"}).status_code == 302
    fact = Fact.objects.get(source="seen")
    assert fact.amount_fen == 1_230_000
    assert "12,300.00" in text_of(browser.get(url).content.decode())


def test_a_different_figure_cannot_be_called_consistent(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = {**visit_form(browser, visiting, staff["jingban2"]), **page_form(browser, url)}
    seen = next(name for name in form if name.startswith("seen-"))
    page = browser.post(url, {**form, seen: "1"})
    assert "请选“有不同”" in page.content.decode()
    assert not VisitRecord.objects.exists()


def test_verification_not_connected_is_said_and_noted(accepted: Case, sign_in: SignIn) -> None:
    browser, url = sign_in("hedui"), reverse("case_findings", args=[accepted.pk])
    assert "未接入" in browser.get(url).content.decode()
    note = {**page_form(browser, url), "source": "民政核对平台", "outcome": "not_connected", "note": ""}
    assert browser.post(url, note).status_code == 302
    assert Finding.objects.get().outcome == "not_connected"


def test_a_difference_must_be_explained(accepted: Case, sign_in: SignIn) -> None:
    browser, url = sign_in("hedui"), reverse("case_findings", args=[accepted.pk])
    note = {**page_form(browser, url), "source": "银行存款", "outcome": "different", "note": ""}
    assert "不符的要写明差在哪里" in browser.post(url, note).content.decode()
    assert not Finding.objects.exists()


def test_no_sum_before_the_visit(accepted: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    page, act = (reverse(name, args=[accepted.pk]) for name in ("case_assessment", "case_assess"))
    html = browser.get(page).content.decode()
    assert "还没有测算" in html
    refused = browser.post(act, fields(html, act))
    assert (refused.status_code, Assessment.objects.count()) == (409, 0)


def test_every_figure_opens_to_arithmetic_parameter_and_article(assessed: Case, sign_in: SignIn) -> None:
    html = sign_in("jingban").get(reverse("case_assessment", args=[assessed.pk])).content.decode()
    said = text_of(html)
    for shown in (
        "10,760.00 元/年",
        "298.89 元/月",
        "574.00 元/月",
        "147.00 元/月",
        "98.00 元/月",
        "819.00 元/月",
    ):
        assert shown in said
    assert "÷ 12，见角进元 = 574.00 元/月" in said
    assert "农村低保年标准 5,880.00 元/年 (演示值, 2026-01-01 起)" in said
    assert "649号令 第十二条" in said
    opened = {part.split('"')[0] for part in html.split('data-opens="')[1:]}
    assert all(f'id="{name}"' in html for name in opened)


def test_the_opinion_agrees_with_the_sum_and_sends_the_case_on(assessed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    page, act = (reverse(name, args=[assessed.pk]) for name in ("case_opinion", "case_opinion_give"))
    html = browser.get(page).content.decode()
    assert "819.00 元/月" in html
    done = browser.post(act, {**fields(html, act), "phrase": "0", "more": "已当面说明。"})
    assert done.headers["Location"] == reverse("case", args=[assessed.pk])
    opinion = Opinion.objects.get()
    assert (opinion.amount_fen, opinion.recommends) == (81_900, True)
    assert opinion.text.endswith("已当面说明。")


def test_a_changed_family_must_be_summed_again_before_an_opinion(assessed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    browser.post(
        reverse("case_entry", args=[assessed.pk]), entry(browser, assessed, shouru__0__gross="9,900")
    )
    page = reverse("case_opinion", args=[assessed.pk])
    assert "请重新测算" in browser.get(page).content.decode()
    assert "请重新测算" in browser.get(reverse("case_assessment", args=[assessed.pk])).content.decode()


@pytest.mark.parametrize("name", ["case_assess", "case_opinion_give"])
def test_only_the_township_clerk_sums_and_recommends(name: str, assessed: Case, sign_in: SignIn) -> None:
    assert sign_in("fuze").post(reverse(name, args=[assessed.pk])).status_code == 403
