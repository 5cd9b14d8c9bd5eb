"""One trace: the sheet, the citizen's self-test and the letter say the same steps of the golden household."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.law.library import BOOKS
from doudi.law.telling import Proof, failed_tests, main_steps, proof
from doudi.records.checks import services as checks
from doudi.records.checks.assessing import explain
from doudi.records.checks.models import Assessment
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.intake import services as intake
from doudi.records.people.services import FactDraft
from doudi.web.office.decisions import letters
from doudi.web.public.plain import LED_THROUGH
from tests.screens.conftest import SignIn
from tests.screens.public_site import Staff, as_public_site, day, granted
from tests.screens.test_public_self_test import GOLDEN
from tests.screens.test_ui_print import joined
from tests.services import golden_family as golden
from tests.services.test_road import accept

pytestmark = pytest.mark.django_db


def plain(text: str) -> str:
    """Words alone: no tags, no spaces."""
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


def said(one: Proof) -> tuple[str, ...]:
    return tuple(re.sub(r"\s", "", words) for words in (one.label, one.arithmetic, one.cite, *one.parameters))


@pytest.fixture
def decision(staff: Staff) -> Decision:
    case = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))
    return granted(accept(case, staff), staff)


def test_three_places_say_the_same_steps(
    decision: Decision, staff: Staff, sign_in: SignIn, client: Client, settings: Any
) -> None:
    assert decision.assessment is not None
    outcome = explain(decision.assessment)
    steps = main_steps(BOOKS["dibao"], outcome)
    page = reverse("case_assessment", args=[decision.case_id])
    sheet = plain(sign_in("shenpi").get(page).content.decode())
    letter = plain(joined(letters.render(decision, "gaozhi", day("10-13"))))
    as_public_site(settings)
    self_test = plain(client.post("/suanyisuan/", {**GOLDEN, "step": "7"}).content.decode())
    assert {step.name for step in steps} >= {
        "standard_year", "members", "household_income", "top_up", "base_amount", "supplements", "monthly_total",
    }  # fmt: skip
    for step in steps:
        words = said(proof(step))
        assert [part for part in words if part not in letter] == [], "letter"
        assert [part for part in words if part not in sheet] == [], "sheet"
        if step.name in LED_THROUGH:
            assert [part for part in words if part not in self_test] == [], "self-test"


def test_the_letter_has_the_household_only(decision: Decision) -> None:
    text = joined(letters.render(decision, "gaozhi", day("10-13")))
    assert "— 1 —" in text
    assert "附：保障金怎样算出" in text
    for private in ("残疾", "重病", "钱乙", "赵丙", "9,700.00"):
        assert private not in text


def test_a_refusal_shows_the_test_that_failed_and_its_numbers(staff: Staff) -> None:
    facts = (*golden.draft().facts, (0, FactDraft(kind="income", code="rent", amount_fen=1_900_000)))
    case = intake.submit(by=staff["cun"], draft=golden.draft(facts=facts), channel="village", on=day("09-14"))
    accept(case, staff)
    checks.visit(
        case=case, by=staff["jingban"], others=[staff["jingban2"]], on=day("09-16"), draft=golden.seen()
    )
    checks.assess(case=case, by=staff["jingban"], on=day("09-17"))
    checks.give_opinion(case=case, by=staff["jingban"], recommends=False, text="收入超过", on=day("09-18"))
    refused = decisions.refuse(
        case=decisions.sign(case=case, by=staff["fuze"], on=day("09-28")),
        by=staff["shenpi"], reason_code="R01", text="家庭人均收入不低于当地低保标准", on=day("10-12"),
    )  # fmt: skip
    kept = Assessment.objects.get()
    steps = failed_tests(BOOKS["dibao"], explain(kept))
    assert {"income_below", "household_income", "members"} <= {step.name for step in steps}
    letter = plain(joined(letters.render(refused, "gaozhi", day("10-13"))))
    for step in steps:
        assert [part for part in said(proof(step)) if part not in letter] == []


def test_a_letter_printed_after_the_rules_changed_prints_no_steps(decision: Decision) -> None:
    """The frozen amounts stay; steps that may not be the ones taken then are left out."""
    assert decision.assessment is not None
    decision.assessment.parameters_hash = "0" * 64
    text = joined(letters.render(decision, "gaozhi", day("10-13")))
    assert "819.00元" in text
    assert "怎样算出" not in text
