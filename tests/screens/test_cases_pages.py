"""The list of cases and the page of one: what is left to do, by when, and how it came here."""

import datetime as dt

import pytest
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.cases.models import Case
from doudi.records.intake import services as intake
from doudi.records.people.services import Member, file_relative
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.test_lists_cost import MOST, asked
from tests.screens.typed import text_of
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
MAY_LIST = {"cun", "jingban", "fuze", "shegong", "hedui", "shenpi", "juzhang", "shenji"}


def words(browser: object, url: str) -> str:
    return text_of(browser.get(url).content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_list_cases(role: str, sign_in: SignIn) -> None:
    assert sign_in(role).get(reverse("cases")).status_code == (200 if role in MAY_LIST else 403)


def test_the_list_asks_few_questions_however_long_it_is(
    staff: dict[str, User],
    on: dt.date,
    sign_in: SignIn,
) -> None:
    for place in range(12):
        head = Member(name=f"张{place}", id_number=golden.number("19700101", 100 + place), relation="head")
        draft = golden.draft(members=(head,), facts=(), account=f"62000000000000001{place:02}")
        intake.submit(by=staff["cun"], draft=draft, channel="village", on=on)
    browser = sign_in("jingban")
    assert browser.get(reverse("cases")).content.decode().count("data-row") == 12
    assert len(asked(browser, reverse("cases"))) <= MOST


def test_the_list_narrows_and_says_what_is_chosen(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    assert "赵甲" in words(browser, f"{reverse('cases')}?station=accept&left=&text=赵")
    nobody = words(browser, f"{reverse('cases')}?station=sign")
    assert "没有符合条件的案件" in nobody
    assert "去掉 乡镇签批" in browser.get(f"{reverse('cases')}?station=sign").content.decode()


def test_another_township_sees_nothing_and_finds_nothing(
    filed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    staff["jingban2"].area_id = golden.COUNTY[:6] + "102000"
    from doudi.records.areas.models import Area

    Area.objects.create(code="410482102000", name="别镇", level="township", parent_id=golden.COUNTY)
    staff["jingban2"].save()
    browser = sign_in("jingban2")
    assert browser.get(reverse("case", args=[filed.pk])).status_code == 404
    assert filed.no not in browser.get(f"{reverse('cases')}?view=open").content.decode()
    assert "没有找到" in words(browser, f"{reverse('search')}?q={filed.no}")


def test_the_case_page_says_what_is_left_and_by_when(accepted: Case, sign_in: SignIn) -> None:
    said = words(sign_in("jingban"), reverse("case", args=[accepted.pk]))
    assert "赵甲" in said
    assert "还剩 3 个工作日" in said
    assert "入户调查应有至少 2 人, 现记有 0 人".replace(", ", "，") in said
    assert "收到申请" in said
    assert "未接入" in said


def test_the_next_step_is_for_those_whose_duty_it_is(assessed: Case, sign_in: SignIn) -> None:
    url = reverse("case", args=[assessed.pk])
    assert "写初审意见" in words(sign_in("jingban"), url)
    assert "等待初审" in words(sign_in("fuze"), url)


def test_opening_a_case_leaves_a_look(filed: Case, sign_in: SignIn) -> None:
    sign_in("fuze").get(reverse("case", args=[filed.pk]))
    look = Look.objects.get(actor="fuze")
    assert (look.action, look.subject) == ("view", f"case:{filed.pk}")


def test_a_filed_relative_is_a_flag_nobody_misses(
    staff: dict[str, User], on: dt.date, sign_in: SignIn
) -> None:
    first = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=on)
    file_relative(by=staff["shenpi"], user=staff["fuze"], person=first.household.head, relation="兄弟", on=on)
    Case.objects.filter(pk=first.pk).update(is_relative_filed=True)
    assert "近亲属备案" in words(sign_in("jingban"), reverse("case", args=[first.pk]))


def test_the_auditor_reads_masked_names(filed: Case, sign_in: SignIn) -> None:
    page = sign_in("shenji").get(reverse("case", args=[filed.pk])).content.decode()
    assert "赵甲" not in page
    assert "赵*" in page


def test_late_is_said_in_words(accepted: Case, sign_in: SignIn) -> None:
    move_to(dt.date(2026, 9, 21))
    assert "已超 4 日" in words(sign_in("jingban"), reverse("case", args=[accepted.pk]))


def test_what_came_of_a_case_starts_empty_and_says_so(filed: Case, sign_in: SignIn) -> None:
    said = words(sign_in("jingban"), reverse("case_outcome", args=[filed.pk]))
    assert "还没有公示" in said
    assert "还没有决定" in said
    assert "还没有发放" in said
