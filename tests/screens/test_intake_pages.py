"""Taking an application: search first, one form for the whole family, figures as it is typed, papers told at once."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.audit.models import Event
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import evaluate_case
from doudi.records.intake.models import GapNotice
from doudi.records.people.models import Account, Fact, Household
from doudi.records.staff.models import User
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db

NUMBERS = [golden.number("19810301", 11), golden.number("19830505", 22), golden.number("20140601", 31)]
GOLDEN: dict[str, Any] = {
    "reason": "妻子重残, 收入不足", "address": "寄料村 1 组", "phone": "100 0000 0000", "bank": "汝州农商银行",
    "account": "6200 0000 0000 0000 001", "agent_name": "杜春来", "agent_mandate": "on",
    "agent_relation": "村级代办", "authorised": "on", "promised": "on", "village": golden.VILLAGE,
    "ren-TOTAL_FORMS": "3",
    "ren-0-name": "赵甲", "ren-0-id_number": NUMBERS[0], "ren-0-relation": "head", "ren-0-able_to_work": "on",
    "ren-1-name": "钱 乙", "ren-1-id_number": NUMBERS[1].lower(), "ren-1-relation": "spouse",
    "ren-1-disability": "physical", "ren-1-disability_grade": "2",
    "ren-2-name": "赵丙", "ren-2-id_number": NUMBERS[2], "ren-2-relation": "child", "ren-2-student": "school",
    "shouru-TOTAL_FORMS": "4",
    "shouru-0-who": "赵甲", "shouru-0-income_kind": "wage", "shouru-0-gross": "9,700",
    "shouru-1-who": "1", "shouru-1-income_kind": "crops", "shouru-1-gross": "2400.00",
    "shouru-2-who": "赵甲", "shouru-2-income_kind": "land_lease", "shouru-2-gross": "600",
    "shouru-3-who": "钱乙", "shouru-3-income_kind": "disability_subsidy", "shouru-3-gross": "840",
    "caichan-TOTAL_FORMS": "2",
    "caichan-0-asset_kind": "deposit", "caichan-0-amount": "12,000", "caichan-1-asset_kind": "house",
}  # fmt: skip
UNUSED = {f"ren-{n}-{name}": value for n in range(3) for name, value in (
    ("disability", "none"), ("disability_grade", "0"), ("illness", "none"), ("student", "none"))}  # fmt: skip


def application(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """The whole form as the village fills it for the golden family."""
    searched = browser.post(url, {"id_number": NUMBERS[0], "name": "赵甲"})
    page = fields(searched.content.decode(), "entry-form")
    page.pop("hu-income_stable", None)
    return {
        **page,
        "scheme": "dibao_rural",
        **UNUSED,
        **GOLDEN,
        **{k.replace("__", "-"): v for k, v in changes.items()},
    }


def test_the_village_files_the_golden_family(sign_in: SignIn) -> None:
    browser = sign_in("cun")
    answer = browser.post(
        reverse("village_apply"), application(browser, reverse("village_apply")), follow=True
    )
    case = Case.objects.get()
    assert answer.redirect_chain == [(reverse("case_filed", args=[case.pk]), 302)]
    assert case.query_code in answer.content.decode()
    assert evaluate_case(case, dt.date(2026, 9, 14))["amount_fen"] == 81_900
    assert case.application.agent_name == "杜春来"


def test_another_household_s_card_is_refused_beside_its_reason_and_taken_with_one(sign_in: SignIn) -> None:
    (award,) = factories.receiving(1)
    card, browser = Account.objects.get(person=award.payee), sign_in("cun")
    typed = application(browser, reverse("village_apply"), account=card.number)
    page = browser.post(reverse("village_apply"), typed)
    assert "现在是寄料村" in "".join(page.context["form"].errors["shared"])
    assert award.payee.name not in text_of(page.content.decode())
    assert not Case.objects.exists()
    again = application(browser, reverse("village_apply"), account=card.number, shared="母女合用")
    assert browser.post(reverse("village_apply"), again).status_code == 302
    told = Event.objects.get(action="people.shared_card")
    assert (told.actor, "母女合用" in told.body) == ("cun", True)


def test_figures_appear_while_typing_and_nothing_is_saved(sign_in: SignIn) -> None:
    browser = sign_in("cun")
    typed = application(browser, reverse("village_apply"))
    words = text_of(browser.post(reverse("entry_live_new"), typed).content.decode())
    assert "月人均收入 298.89 元/月" in words
    assert "月发放金额 819.00 元/月" in words
    assert not Household.objects.exists()


def test_the_live_figures_are_those_the_case_will_have(
    filed: Case, sign_in: SignIn, staff: dict[str, User]
) -> None:
    browser = sign_in("jingban")
    typed = fields(browser.get(reverse("case_entry", args=[filed.pk])).content.decode(), "entry-form")
    words = text_of(browser.post(reverse("entry_live", args=[filed.household_id]), typed).content.decode())
    assert "月发放金额 819.00 元/月" in words


def test_the_same_form_twice_is_one_application(sign_in: SignIn) -> None:
    browser = sign_in("cun")
    typed = application(browser, reverse("village_apply"))
    answers = [browser.post(reverse("village_apply"), typed) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert (Case.objects.count(), Household.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ren__1__id_number": NUMBERS[1][:-1] + "9"}, "第 2 行 身份证号"),
        ({"shouru__0__gross": "九千七"}, "第 1 行 年收入"),
        ({"shouru__2__who": "王五"}, "成员中没有“王五”"),
        ({"agent_mandate": ""}, "写了代办人, 就要有签好的委托书"),
        ({"account": "12345"}, "账号应为 12 到 25 位数字, 现为 5 位"),
        ({"ren__2__relation": "head"}, "一户必须有且只有一名户主"),
        ({"agent_relation": ""}, "请写代办人是申请人的什么人"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_typed_is_lost(
    change: dict[str, str], said: str, sign_in: SignIn
) -> None:
    browser = sign_in("cun")
    page = browser.post(reverse("village_apply"), application(browser, reverse("village_apply"), **change))
    html = page.content.decode()
    assert page.status_code == 200
    assert said in text_of(html)
    assert 'value="汝州农商银行"' in html
    assert 'value="赵甲"' in html
    assert not Case.objects.exists()


def test_a_person_already_known_is_found_before_anything_is_typed(filed: Case, sign_in: SignIn) -> None:
    page = sign_in("jingban").post(reverse("intake_window"), {"id_number": NUMBERS[1], "name": "钱乙"})
    words = text_of(page.content.decode())
    assert "已经登记" in words
    assert filed.no in words
    assert NUMBERS[1] not in page.content.decode()


def test_somebody_new_starts_an_application_with_what_was_typed(sign_in: SignIn) -> None:
    page = sign_in("jingban").post(reverse("intake_window"), {"id_number": NUMBERS[0], "name": "赵甲"})
    assert f'value="{NUMBERS[0]}"' in page.content.decode()
    assert "收下申请" in page.content.decode()


def test_a_wrong_number_is_refused_at_the_search(sign_in: SignIn) -> None:
    page = sign_in("jingban").post(
        reverse("intake_window"), {"id_number": NUMBERS[0][:-1] + "9", "name": "赵甲"}
    )
    assert "最后一位校验不符" in page.content.decode()


def test_all_gaps_are_told_at_once_and_a_second_notice_needs_a_reason(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    url, papers = reverse("gaps_tell", args=[filed.pk]), reverse("case_papers", args=[filed.pk])
    first = browser.post(url, fields(browser.get(papers).content.decode(), url), follow=True)
    assert "已登记一次性告知" in first.content.decode()
    again = browser.post(url, fields(browser.get(papers).content.decode(), url))
    assert (again.status_code, GapNotice.objects.count()) == (409, 1)
    assert "再次告知请写明理由" in again.content.decode()


def test_papers_complete_means_accepted(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    papers, note, accept = (
        reverse(n, args=[filed.pk]) for n in ("case_papers", "papers_note", "case_accept")
    )
    refused = browser.post(accept, fields(browser.get(papers).content.decode(), accept))
    assert (refused.status_code, "材料不齐" in refused.content.decode()) == (409, True)
    have = ["application", "authorisation", "declaration", "relatives", "agent_mandate"]
    browser.post(note, {**fields(browser.get(papers).content.decode(), note), "have": have})
    done = browser.post(accept, fields(browser.get(papers).content.decode(), accept))
    assert done.headers["Location"] == reverse("case", args=[filed.pk])
    filed.refresh_from_db()
    assert filed.station == "survey"


def test_only_the_village_and_the_window_take_applications(sign_in: SignIn) -> None:
    assert sign_in("fuze").get(reverse("intake_window")).status_code == 403
    assert sign_in("jingban").get(reverse("village_apply")).status_code == 403


def test_a_family_already_known_is_not_typed_again(filed: Case, sign_in: SignIn) -> None:
    page = sign_in("jingban").get(reverse("intake_known", args=[filed.household_id]))
    html = page.content.decode()
    assert 'value="9,700.00"' in html
    assert "ren-0-id_number" not in html
    assert Fact.objects.filter(household=filed.household, void=True).count() == 0


def test_a_family_already_known_gives_its_new_address(filed: Case, sign_in: SignIn) -> None:
    browser, url = sign_in("jingban"), reverse("intake_known", args=[filed.household_id])
    shown = {**fields(browser.get(url).content.decode(), "entry-form"), "scheme": "tekun_rural"}
    assert shown["address"] == ["寄料村 1 组"]
    typed = {**shown, "address": "寄料村 9 组", "phone": "100 0000 0009", "account": "6299000000000009999",
             "reason": "老人独居"}  # fmt: skip
    said = text_of(browser.post(url, typed, follow=True).content.decode())
    assert "领款账户没有换" in said
    home = Household.objects.get()
    assert (home.address, home.phone, home.cases.count()) == ("寄料村 9 组", "10000000009", 2)


def test_the_receipt_and_the_notice_of_gaps_print(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    url, papers = reverse("gaps_tell", args=[filed.pk]), reverse("case_papers", args=[filed.pk])
    browser.post(url, fields(browser.get(papers).content.decode(), url))
    for slip in (reverse("receipt_pdf", args=[filed.pk]), reverse("gap_notice_pdf", args=[filed.pk, 1])):
        page = browser.get(slip)
        assert page.headers["Content-Type"] == "application/pdf"
        assert page.content.startswith(b"%PDF")
    assert browser.get(reverse("gap_notice_pdf", args=[filed.pk, 2])).status_code == 404


def test_what_is_left_empty_is_asked_for_politely(sign_in: SignIn) -> None:
    browser = sign_in("cun")
    typed = application(browser, reverse("village_apply"), address="", ren__1__relation="")
    said = text_of(browser.post(reverse("village_apply"), typed).content.decode())
    assert "住址: 请填写" in said
    assert "第 2 行 与户主关系: 请选择" in said
