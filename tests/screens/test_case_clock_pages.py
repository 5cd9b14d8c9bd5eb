"""The clock page: the clerk pauses and asks for longer, the leader signs, the case page says so."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse

from doudi.records.cases import timing
from doudi.records.cases.models import Case, Pause
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of

pytestmark = pytest.mark.django_db


def words(browser: Any, url: str) -> str:
    return text_of(browser.get(url).content.decode())


def act(browser: Any, case: Case, name: str, **said: str) -> Any:
    url = reverse("case_clock", args=[case.pk])
    return browser.post(url, {"act": name, "key": str(uuid.uuid4()), **said}, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_the_clock(role: str, accepted: Case, sign_in: SignIn) -> None:
    status = sign_in(role).get(reverse("case_clock", args=[accepted.pk])).status_code
    assert status == (200 if role in ("jingban", "fuze", "shenpi") else 403)


def test_the_clerk_stops_the_clock_and_starts_it_again(accepted: Case, sign_in: SignIn) -> None:
    clerk = sign_in("jingban")
    page = act(clerk, accepted, "pause", cause="recheck", reason="等银行回函").content.decode()
    assert "计时已暂停" in page
    case_page = words(clerk, reverse("case", args=[accepted.pk]))
    assert "暂停计时: 等待核对复查结果" in case_page
    assert "请先恢复计时" in case_page
    assert "还剩" not in case_page
    clock = words(clerk, reverse("case_clock", args=[accepted.pk]))
    assert "等银行回函" in clock
    move_to(dt.date(2026, 9, 17))
    act(clerk, accepted, "resume")
    assert Pause.objects.get().until_on == dt.date(2026, 9, 17)
    assert "请先恢复计时" not in words(clerk, reverse("case", args=[accepted.pk]))


def test_an_extension_is_asked_by_the_clerk_and_signed_by_the_leader(accepted: Case, sign_in: SignIn) -> None:
    clerk, leader = sign_in("jingban"), sign_in("fuze")
    url = reverse("case_clock", args=[accepted.pk])
    assert "现在不归您办" in words(leader, url)
    act(clerk, accepted, "ask_longer", reason="成员在外地住院")
    assert "同意以后到 2026-11-20 (45 个工作日)" in words(leader, url)
    act(leader, accepted, "agree")
    assert Case.objects.get(pk=accepted.pk).due_on == dt.date(2026, 11, 20)
    assert "特殊情况全程办结" in words(clerk, reverse("case", args=[accepted.pk]))


def test_what_is_missing_is_said_beside_its_field(accepted: Case, sign_in: SignIn) -> None:
    page = text_of(act(sign_in("jingban"), accepted, "pause", cause="", reason="").content.decode())
    assert "请选择" in page
    assert "请填写" in page
    assert not Pause.objects.exists()


def test_a_refused_act_says_why_on_the_page(
    accepted: Case, staff: dict[str, User], sign_in: SignIn, on: dt.date
) -> None:
    timing.pause(case=accepted, by=staff["jingban2"], cause="recheck", reason="等银行回函", on=on)
    again = act(sign_in("jingban"), accepted, "pause", cause="papers", reason="补材料")
    assert "已经暂停, 不必再办" in text_of(again.content.decode())
    assert Pause.objects.count() == 1


def test_ending_a_case_closes_it_and_leaves_nothing_to_do(accepted: Case, sign_in: SignIn) -> None:
    clerk = sign_in("jingban")
    act(clerk, accepted, "terminate", cause="uncooperative", reason="两次上门均拒绝入户")
    assert Case.objects.get(pk=accepted.pk).outcome == "terminated"
    assert "案件已办结, 时限不再走" in words(clerk, reverse("case_clock", args=[accepted.pk]))
    assert "已终止, 书面告知申请人" in words(clerk, reverse("case", args=[accepted.pk]))


def test_another_township_finds_no_clock(accepted: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    from doudi.records.areas.models import Area

    Area.objects.create(code="410482102000", name="别镇", level="township", parent_id="410482000000")
    User.objects.filter(pk=staff["jingban2"].pk).update(area_id="410482102000")
    browser = sign_in("jingban2")
    url = reverse("case_clock", args=[accepted.pk])
    assert browser.get(url).status_code == 404
    assert act(browser, accepted, "pause", cause="papers", reason="补材料").status_code == 404
    assert not Pause.objects.exists()
