"""The survey on screen: corrections that never overwrite, a visit by two, every figure opened."""

import base64
import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from doudi.demo.survey_papers import signed_paper
from doudi.records.audit.models import Look
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment, Finding, Opinion, VisitPhoto, VisitRecord
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


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("biao.png", signed_paper(), "image/png")


def visit_form(browser: Client, case: Case, second: User, **changes: Any) -> dict[str, Any]:
    """The form as the page gives it, every item agreeing, every method told, the signed paper photographed."""
    html = browser.get(reverse("case_visit", args=[case.pk])).content.decode()
    names = set(re.findall(r'name="(agrees-[^"]+)"', html))
    methods = ("statement", "observation", "neighbours", "members")
    return {
        **fields(html, "*"),
        "key": re.findall(r'name="key" value="([^"]+)"', html.split('class="visit"')[1])[0],
        **dict.fromkeys(names, "1"),
        **{f"method-{code}": "on" for code in methods},
        **{f"told-{code}": "问过了" for code in methods},
        "others": str(second.pk),
        "member_present": "赵甲",
        "way": "home",
        "observed": "砖房三间",
        "paper": paper(),
        **changes,
    }


@pytest.fixture
def visiting(accepted: Case) -> Case:
    move_to(dt.date(2026, 9, 16))
    return accepted


def page_form(browser: Client, url: str) -> dict[str, Any]:
    found = fields(browser.get(url).content.decode(), "*")
    return {"key": found["key"][-1] if isinstance(found["key"], list) else found["key"]}


def test_a_visit_by_two_is_recorded(visiting: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    assert browser.post(url, visit_form(browser, visiting, staff["jingban2"])).status_code == 302
    visit = VisitRecord.objects.get()
    assert {one.user for one in visit.investigators.all()} == {staff["jingban"], staff["jingban2"]}
    said = text_of(browser.get(url).content.decode())
    assert "测试jingban、测试jingban2" in said
    assert "走访邻居 问过了" in said


def test_a_form_with_one_name_does_not_close(visiting: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = visit_form(browser, visiting, staff["jingban2"])
    del form["others"]
    page = browser.post(url, form)
    assert "一起去的调查人: 请选择" in text_of(page.content.decode())
    assert not VisitRecord.objects.exists()


def test_a_visit_without_signatures_is_refused(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = visit_form(browser, visiting, staff["jingban2"])
    del form["paper"]
    refused = browser.post(url, form)
    assert (refused.status_code, VisitRecord.objects.count()) == (409, 0)
    assert "还缺测试jingban、测试jingban2、在场家庭成员的签字" in refused.content.decode()
    assert "砖房三间" in refused.content.decode()


def test_signatures_drawn_on_the_screen_are_enough(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = visit_form(browser, visiting, staff["jingban2"])
    del form["paper"]
    drawn = "data:image/png;base64," + base64.b64encode(signed_paper()).decode()
    pads = {f"signature-{staff[login].pk}": drawn for login in ("jingban", "jingban2")}
    spoiled = browser.post(url, {**form, **pads, "member_signature": "data:text/html,x"})
    assert "签名没有传好" in spoiled.content.decode()
    assert browser.post(url, {**form, **pads, "member_signature": drawn}).status_code == 302


def test_what_was_seen_stands_beside_what_was_declared(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = visit_form(browser, visiting, staff["jingban2"])
    wage = next(name for name in form if name.startswith("seen-") and "wage" in name)
    form |= {wage: "12,300", wage.replace("seen-", "agrees-"): "0"}
    assert browser.post(url, form).status_code == 302
    assert Fact.objects.get(source="seen").amount_fen == 1_230_000
    said = text_of(browser.get(url).content.decode())
    assert "有 1 项不符" in said
    assert "所见 12,300.00 元" in said


def test_a_different_figure_cannot_be_called_consistent(
    visiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[visiting.pk])
    form = visit_form(browser, visiting, staff["jingban2"])
    seen = next(name for name in form if name.startswith("seen-"))
    page = browser.post(url, {**form, seen: "1"})
    assert "请选“不符”" in page.content.decode()
    assert not VisitRecord.objects.exists()


def test_a_picture_is_for_those_on_the_case_and_leaves_a_look(
    visited: Case, sign_in: SignIn, staff: dict[str, User]
) -> None:
    kept = VisitPhoto.objects.get()
    url = reverse("case_file", args=[visited.pk, kept.file_id])
    assert url in sign_in("jingban").get(reverse("case_visit", args=[visited.pk])).content.decode()
    answer = sign_in("jingban2").get(url)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, no-store",
    )
    assert Look.objects.filter(actor="jingban2", subject=f"file:{kept.file_id}").exists()
    for login in ("cun", "shenji", "juzhang", "hedui"):
        assert sign_in(login).get(url).status_code == 403
        assert url not in sign_in(login).get(reverse("case_visit", args=[visited.pk])).content.decode()
    assert sign_in("jingban").get(reverse("case_file", args=[visited.pk, 999_999])).status_code == 404


def test_what_a_neighbour_said_is_never_shown_to_the_village(accepted: Case, sign_in: SignIn) -> None:
    browser, url = sign_in("jingban"), reverse("case_visit", args=[accepted.pk])
    talk = reverse("case_talk", args=[accepted.pk])
    html = browser.get(url).content.decode()
    said = {"neighbour": "孙邻居", "relation": "邻居", "said": "他家儿子在外开车"}
    assert browser.post(talk, {**fields(html, talk), **said}).status_code == 302
    assert "他家儿子在外开车" in browser.get(url).content.decode()
    assert "他家儿子在外开车" not in sign_in("cun").get(url).content.decode()
    masked = sign_in("shenji").get(url).content.decode()
    assert "他家儿子在外开车" in masked
    assert "孙邻居" not in masked


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


def test_a_difference_shows_its_gap_until_it_is_dealt_with(accepted: Case, sign_in: SignIn) -> None:
    browser, url = sign_in("hedui"), reverse("case_findings", args=[accepted.pk])
    deposit = {"topic": "0-asset-deposit", "found": "36,000", "note": "另有一张存单"}
    note = {**page_form(browser, url), "source": "银行存款", "outcome": "different", **deposit}
    assert browser.post(url, note).status_code == 302
    said = text_of(browser.get(url).content.decode())
    assert "12,000.00 36,000.00 ▲ 24,000.00" in said
    assert "待处理" in said
    finding = Finding.objects.get()
    deal = reverse("finding_deal", args=[accepted.pk, finding.pk])
    html = browser.get(url).content.decode()
    assert "请填写" in browser.post(deal, {**fields(html, deal), "verdict": "accepted"}).content.decode()
    answered = {**fields(html, deal), "verdict": "accepted", "note": "本人承认"}
    assert browser.post(deal, answered).status_code == 302
    assert Fact.objects.get(source="verified", void=False).amount_fen == 3_600_000
    ask = reverse("recheck_ask", args=[accepted.pk, finding.pk])
    html = browser.get(url).content.decode()
    assert browser.post(ask, {**fields(html, ask), "reason": "已取出看病"}).status_code == 302
    assert "还剩 10 个工作日" in browser.get(url).content.decode()


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
    done = browser.post(act, {**fields(html, act), "more": "已当面说明。"})
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
