"""Two people on one page of a case: the later sees what the earlier saved beside what he typed; nothing is lost."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from doudi.demo.survey_papers import signed_paper
from doudi.records.cases.models import Case
from doudi.records.checks import services as checks
from doudi.records.checks.models import Opinion, VisitRecord
from doudi.records.intake import entries
from doudi.records.intake.models import Paper
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of
from doudi.records.people.services import FactDraft
from doudi.records.staff.models import User
from doudi.store.today import today
from tests.screens.conftest import SignIn
from tests.screens.test_checks_pages import visit_form
from tests.screens.typed import fields, text_of

pytestmark = pytest.mark.django_db
PAPERS = {"application", "authorisation", "declaration", "relatives", "agent_mandate"}


def noted(case: Case) -> set[str]:
    return set(Paper.objects.filter(case=case, status="have").values_list("kind", flat=True))


def papers_form(browser: Client, case: Case, action: str = "papers_note", **typed: Any) -> dict[str, Any]:
    html = browser.get(reverse("case_papers", args=[case.pk])).content.decode()
    return {**fields(html, reverse(action, args=[case.pk])), **typed}


def test_papers_ticked_by_two(filed: Case, sign_in: SignIn) -> None:
    first, second = sign_in("jingban"), sign_in("jingban2")
    url = reverse("papers_note", args=[filed.pk])
    one = papers_form(first, filed, have=["application", "declaration"])
    other = papers_form(second, filed, have=["relatives"], seen=["relatives"])
    assert first.post(url, one).status_code == 302
    refused = second.post(url, other)
    html = refused.content.decode()
    assert refused.status_code == 409
    assert "最近一次是 测试jingban。" in html
    assert re.search(r"近亲属备案承诺 缺 收到、原件已核对", text_of(html).replace("  ", " "))
    assert noted(filed) == {"application", "declaration"}
    kept = fields(html, url)
    assert (kept["have"], kept["seen"]) == (["relatives"], ["relatives"]), "勾过的还在"
    assert second.post(url, {**kept, "have": ["application", "declaration", "relatives"]}).status_code == 302
    assert noted(filed) == {"application", "declaration", "relatives"}


def test_a_photograph_does_not_replace_one_taken_meanwhile(filed: Case, sign_in: SignIn) -> None:
    first, second = sign_in("jingban"), sign_in("jingban2")
    url = reverse("paper_photo", args=[filed.pk])

    def taken(browser: Client) -> dict[str, Any]:
        return papers_form(browser, filed, "paper_photo", kind="declaration")

    def picture() -> SimpleUploadedFile:
        return SimpleUploadedFile("a.png", signed_paper(), "image/png")

    one, other = taken(first), taken(second)
    assert first.post(url, {**one, "photo": picture()}).status_code == 302
    kept = Paper.objects.get(case=filed, kind="declaration").photo_id
    refused = second.post(url, {**other, "photo": picture()})
    assert (refused.status_code, "有照片" in refused.content.decode()) == (409, True)
    assert Paper.objects.get(case=filed, kind="declaration").photo_id == kept
    assert second.post(url, {**taken(second), "photo": picture()}).status_code == 302
    assert Paper.objects.get(case=filed, kind="declaration").photo_id != kept


def test_a_visit_written_up_by_two(accepted: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    first, second = sign_in("jingban"), sign_in("jingban2")
    url = reverse("case_visit", args=[accepted.pk])
    one = visit_form(first, accepted, staff["jingban2"], observed="砖房三间")
    wage = next(name for name in one if name.startswith("seen-") and "wage" in name)
    one |= {wage: "12,300", wage.replace("seen-", "agrees-"): "0"}
    other = visit_form(second, accepted, staff["jingban"], observed="楼房两层, 有冰箱")
    assert first.post(url, one).status_code == 302
    refused = second.post(url, other)
    said = text_of(refused.content.decode())
    assert refused.status_code == 409
    assert "综合所见 砖房三间 楼房两层, 有冰箱" in said
    assert "不符、12,300.00 元 相符" in said
    assert (VisitRecord.objects.count(), Fact.objects.filter(source="seen").count()) == (1, 1)
    html = refused.content.decode()
    again = {**other, "version": re.findall(r'name="version" value="(\d+)"', html)[0]}
    again["paper"] = SimpleUploadedFile("biao.png", signed_paper(), "image/png")
    assert second.post(url, again).status_code == 302
    assert VisitRecord.objects.count() == 2, "两次都留着"


def opinion_form(browser: Client, case: Case, more: str) -> dict[str, Any]:
    html = browser.get(reverse("case_opinion", args=[case.pk])).content.decode()
    return {**fields(html, reverse("case_opinion_give", args=[case.pk])), "more": more}


def test_an_opinion_written_by_two(assessed: Case, sign_in: SignIn) -> None:
    first, second = sign_in("jingban"), sign_in("jingban2")
    act = reverse("case_opinion_give", args=[assessed.pk])
    one, other = opinion_form(first, assessed, "已当面说明。"), opinion_form(second, assessed, "还要去看看。")
    assert first.post(act, one).status_code == 302
    refused = second.post(act, other)
    said = text_of(refused.content.decode())
    assert refused.status_code == 409
    assert ("已当面说明。" in said, "还要去看看。" in said, "案件已经往下走" in said) == (True, True, True)
    assert "最近一次是 测试jingban (初审意见)" in said
    assert Opinion.objects.get().text.endswith("已当面说明。")


def test_an_opinion_on_a_sum_that_is_gone(assessed: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    """Between opening and sending, somebody corrected the family and summed it again: the old sentence is not taken."""
    second = sign_in("jingban2")
    act = reverse("case_opinion_give", args=[assessed.pk])
    old = opinion_form(second, assessed, "")
    held = Case.objects.get(pk=assessed.pk)
    less = [
        (None, FactDraft(kind=fact.kind, code=fact.code, number=fact.number, person_id=fact.person_id,
                         amount_fen=500_000 if fact.code == "wage" else fact.amount_fen, cost_fen=fact.cost_fen))
        for fact in facts_of(held.household)
        if fact.source == "declared"
    ]  # fmt: skip
    entries.correct(case=held, by=staff["jingban"], expected=held.version, facts=less, on=today())
    corrected = second.post(act, old)
    assert "更正家庭情况" in text_of(corrected.content.decode())
    checks.assess(case=held, by=staff["jingban"], on=today())
    refused = second.post(act, old)
    assert "测算已经更新" in text_of(refused.content.decode())
    assert not Opinion.objects.exists()
