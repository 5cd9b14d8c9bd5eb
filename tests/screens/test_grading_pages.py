"""The pages of the grading: lines side by side, the ability of each applicant, what obligors can give."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.checks.models import AbilityAssessment, ObligorMeans, SupportPlan
from doudi.records.decisions.models import Decision
from doudi.records.people import services as people
from doudi.records.people.services import ObligorDraft
from doudi.records.staff.models import User
from doudi.store.today import move_to
from doudi.web.office.decisions import letters
from tests.services import golden_family as golden
from tests.services import test_grading_road as road

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 17)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def staff() -> dict[str, User]:
    move_to(DAY)
    return golden.county()


@pytest.fixture
def clerk(staff: dict[str, User]) -> Client:
    client = Client()
    client.force_login(staff["jingban"], backend=BACKEND)
    return client


def body(client: Client, name: str, case: Case) -> str:
    answer = client.get(reverse(name, args=[case.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, name: str, case: Case, **said: Any) -> Any:
    return client.post(reverse(name, args=[case.pk]), {"key": uuid.uuid4(), **said}, follow=True)


def test_a_case_found_destitute_is_sent_to_the_ability_page_and_back(
    clerk: Client, staff: dict[str, User]
) -> None:
    case = road.surveyed(staff, road.HEAD)
    assert "自理能力" not in body(clerk, "case", case)
    assert "不用作自理能力评估" in body(clerk, "case_ability", case)
    assert sent(clerk, "ability_assess", case).status_code == 404
    answer = sent(clerk, "case_assess", case)
    assert answer.redirect_chain[-1][0] == reverse("case_ability", args=[case.pk])
    assert "农村特困人员救助供养" in answer.content.decode()
    head = case.household.head
    asked = {"person": head.pk, "second": staff["jingban2"].pk}
    some = sent(clerk, "ability_assess", case, **asked, cannot_eat="1").content.decode()
    assert "有没有填好的格" in some
    assert not AbilityAssessment.objects.exists()
    items = dict.fromkeys(road.NOTHING_FAILED, "0") | {"cannot_walk": "1"}
    found = sent(clerk, "ability_assess", case, **asked, **items).content.decode()
    assert "半护理" in found
    assert "室内自主行走" in found
    refused = sent(clerk, "support_plan", case, person=head.pk, form="centralised").content.decode()
    assert "集中供养的, 请写明机构的名称" in refused
    sent(clerk, "support_plan", case, person=head.pk, form="centralised", institution="寄料镇敬老院")
    assert SupportPlan.objects.get().institution == "寄料镇敬老院"
    done = sent(clerk, "case_assess", case).content.decode()
    assert "每月合计" in done
    # 5880 × 1.5 ÷ 12 = 735; care of 30 % of 2000 in an institution.
    assert "1,335.00" in done


def test_the_lines_stand_side_by_side_and_the_family_may_stay(clerk: Client, staff: dict[str, User]) -> None:
    case = road.surveyed(staff, road.YOUNG, facts=[road.income(0, 700_000)])
    page = sent(clerk, "case_assess", case).content.decode()
    for line in ("特困人员救助供养", "最低生活保障", "低保边缘家庭", "刚性支出困难家庭"):
        assert f">{line}<br>" in page
    assert "登记的法定义务人 0 人" in page
    assert "12 个月" in page
    incomplete = sent(clerk, "case_assess", case, keep_as="dibao_rural")
    assert "要一起填" in incomplete.content.decode()
    sent(clerk, "case_assess", case, keep_as="dibao_rural", keep="家庭只申请低保")
    case.refresh_from_db()
    assert case.scheme == "dibao_rural"
    assert not case.assessments.latest("pk").is_eligible


def test_what_an_obligor_can_give_is_told_and_shown(clerk: Client, staff: dict[str, User]) -> None:
    case = road.surveyed(staff, road.YOUNG)
    assert "没有登记法定义务人" in body(clerk, "case_obligors", case)
    draft = ObligorDraft(name="周戊", relation="child", id_number=golden.number("20000101", 15))
    son = people.add_obligor(by=staff["jingban"], household=case.household, on=DAY, draft=draft)
    page = body(clerk, "case_obligors", case)
    assert "周戊" in page
    assert "实际给付的年赡养费" in page
    told = {
        "obligor": son.pk,
        "duty_age": "26",
        "support_paid": "2400",
        "obligor_income": "36,000",
        "others": "2",
    }
    wrong = sent(clerk, "obligor_means", case, **told, others_fen="三万")
    assert not ObligorMeans.objects.exists()
    assert "金额" in wrong.content.decode() or "数字" in wrong.content.decode()
    shown = sent(clerk, "obligor_means", case, **told, others_fen="30000").content.decode()
    assert "2,400.00" in shown
    means = ObligorMeans.objects.get()
    assert (means.family, means.others, means.others_fen) == ({"support_paid": 240_000}, 2, 3_000_000)
    assert sent(clerk, "obligor_means", case, obligor=son.pk + 1).status_code == 404


def test_a_recognition_prints_its_notice_and_the_form(staff: dict[str, User]) -> None:
    case = road.surveyed(staff, road.YOUNG, facts=[road.income(0, 700_000)])
    road.assessed(case, staff)
    decision = road.confirmed(case, staff)
    for kind in ("gaozhi", "shenpi"):
        assert letters.render(Decision.objects.get(pk=decision.pk), kind, DAY).startswith(b"%PDF")


def test_the_letter_and_the_form_of_destitute_support_print(staff: dict[str, User]) -> None:
    case = road.surveyed(staff, road.HEAD)
    road.assessed(case, staff)
    road.managing(case, staff, case.household.head)
    road.assessed(case, staff)
    decision = road.confirmed(case, staff)
    for kind in ("gaozhi", "shenpi"):
        assert letters.render(Decision.objects.get(pk=decision.pk), kind, DAY).startswith(b"%PDF")
