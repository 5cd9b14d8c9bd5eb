"""A recognition on pages: from when to when, by which decision, why it ended; what a change does to it in words."""

import pytest
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision, Recognition
from doudi.records.staff.models import User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import changed_family as changed
from tests.services.test_recognition_ends import NOVEMBER, changing, given

pytestmark = pytest.mark.django_db
__all__ = ["given"]  # the fixture


def page(sign_in: SignIn, name: str, pk: int, login: str = "jingban") -> str:
    return text_of(sign_in(login).get(reverse(name, args=[pk])).content.decode())


def test_the_familys_page_says_from_when_to_when_and_why(
    given: Recognition, staff: dict[str, User], sign_in: SignIn
) -> None:
    before = page(sign_in, "household", given.household_id)
    assert f"低保边缘家庭认定 2 2026-10-12 2027-10-12 确认 {given.decision.no} 有效" in before
    ended = decisions.end_recognition(
        recognition=given, by=staff["shenpi"], reason_code="S05", on=NOVEMBER, text="自愿退出, 写了申请"
    )
    html = sign_in("jingban").get(reverse("household", args=[given.household_id])).content.decode()
    assert f"2026-10-12 2026-11-05 确认 {given.decision.no} 已终止 自愿退出, 写了申请 {ended.no}" in text_of(
        html
    )
    assert reverse("decision", args=[ended.pk]) in html


def test_a_family_without_one_sees_no_such_part(filed: Case, sign_in: SignIn) -> None:
    assert "只认定不发钱" not in page(sign_in, "household", filed.household_id)


def test_a_change_that_ends_it_is_told_without_money(
    given: Recognition, staff: dict[str, User], sign_in: SignIn
) -> None:
    case = changing(staff, 9_000_000)
    assert "有效期到 2027-10-12 (不含), 不发钱" in page(sign_in, "case_change", case.pk)
    changed.assessed(case, staff)
    said = page(sign_in, "case_change", case.pk)
    assert ("现在认定" in said, "终止认定以后" in said, "收入或者财产不再符合规定" in said) == (
        True,
        True,
        True,
    )
    changed.signed(Case.objects.get(pk=case.pk), staff)
    county = sign_in("shenpi")
    html = county.get(reverse("case_confirm", args=[case.pk])).content.decode()
    assert ("确认终止认定" in html, "停发" in text_of(html).split("变动前后")[1][:200]) == (True, False)
    decision = decisions.confirm(case=Case.objects.get(pk=case.pk), by=staff["shenpi"], on=NOVEMBER)
    letter = county.get(reverse("decision_letter", args=[decision.pk, "gaozhi"]))
    assert letter.content.startswith(b"%PDF")
    assert "已决定 收入或者财产不再符合规定。" in page(sign_in, "case_change", case.pk)


def test_a_change_that_keeps_it_prints_until_when(
    given: Recognition, staff: dict[str, User], sign_in: SignIn
) -> None:
    decision = changed.decided(changing(staff, 1_450_000), staff)
    assert decision.kind == Decision.Kind.UNCHANGED
    letter = sign_in("shenpi").get(reverse("decision_letter", args=[decision.pk, "gaozhi"]))
    assert letter.content.startswith(b"%PDF")
