"""Settings: people by the security administrator, days by the system administrator, the trail by those who audit."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.audit.models import Event
from doudi.records.audit.services import record
from doudi.records.policies.models import Workday
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services.golden_family import COUNTY, TOWNSHIP

pytestmark = pytest.mark.django_db
OWNERS = {
    "users": {"anquan"},
    "workdays": set(Role),
    "demo_day": set(Role),
    "audit": {"shenji", "shenjiyuan"},
    "audit_looks": {"shenji", "shenjiyuan"},
}


def post(browser: Client, url: str, **fields: Any) -> Any:
    key = browser.get(url).context["form"]["key"].value()
    return browser.post(url, {"key": str(key), **fields})


@pytest.mark.parametrize("name", list(OWNERS))
@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_what(name: str, role: str, sign_in: SignIn) -> None:
    answer = sign_in(role).get(reverse(name), follow=True)
    assert answer.status_code == (200 if role in OWNERS[name] else 403)


class TestPeople:
    def test_a_new_account_shows_its_password_once(self, staff: dict[str, User], sign_in: SignIn) -> None:
        browser, url = sign_in("anquan"), reverse("user_new")
        given = {"name": "新来", "username": "xinlai", "role": "jingban", "area": TOWNSHIP}
        key = str(browser.get(url).context["form"]["key"].value())
        shown = browser.post(url, {"key": key, **given})
        assert User.objects.get(username="xinlai").check_password(shown.context["password"])
        again = browser.post(url, {"key": key, **given}, follow=True)
        assert shown.context["password"] not in again.content.decode()
        assert User.objects.filter(username="xinlai").count() == 1
        assert shown.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"username": "jingban"}, "已经有人用"),
            ({"area": COUNTY}, "辖区应是一个乡镇"),
            ({"role": "xitong"}, "不设辖区"),
            ({"area": "999999"}, "没有区划"),
            ({"username": "X Y"}, "登录名用小写字母"),
            ({"name": "测试caiwu"}, "发放与办案的岗位不能由一个人兼任"),
        ],
    )
    def test_what_is_refused_and_in_which_words(
        self, changes: dict[str, str], said: str, staff: dict[str, User], sign_in: SignIn
    ) -> None:
        given = {"name": "新来", "username": "xinlai", "role": "jingban", "area": TOWNSHIP} | changes
        answer = post(sign_in("anquan"), reverse("user_new"), **given)
        assert said in text_of(answer.content.decode())
        assert not User.objects.filter(username="xinlai").exists()

    def test_a_namesake_is_allowed_once_somebody_checked(
        self, staff: dict[str, User], sign_in: SignIn
    ) -> None:
        given = {
            "name": "测试caiwu",
            "username": "xinlai",
            "role": "jingban",
            "area": TOWNSHIP,
            "namesake": "on",
        }
        assert post(sign_in("anquan"), reverse("user_new"), **given).status_code == 200
        assert User.objects.filter(username="xinlai").exists()

    def test_disabling_needs_a_reason_and_ends_the_session(
        self, staff: dict[str, User], sign_in: SignIn
    ) -> None:
        url, working = reverse("user_disable", args=[staff["jingban"].pk]), sign_in("jingban")
        assert working.get(reverse("parameters")).status_code == 200
        assert post(sign_in("anquan"), url, reason="").status_code == 200
        assert post(sign_in("anquan"), url, reason="调离").status_code == 302
        assert working.get(reverse("parameters")).status_code == 302
        assert Event.objects.filter(action="staff.disable").count() == 1

    def test_nobody_edits_themselves_and_the_last_administrator_stays(
        self, staff: dict[str, User], sign_in: SignIn
    ) -> None:
        browser = sign_in("anquan")
        own = post(browser, reverse("user_disable", args=[staff["anquan"].pk]), reason="试")
        assert "另一名安全管理员" in text_of(own.content.decode())
        last = post(browser, reverse("user_disable", args=[staff["xitong"].pk]), reason="试")
        assert "只有" in text_of(last.content.decode())
        assert User.objects.filter(is_active=False).count() == 0

    def test_a_reset_ends_the_old_password(self, staff: dict[str, User], sign_in: SignIn) -> None:
        answer = post(sign_in("anquan"), reverse("user_reset", args=[staff["fuze"].pk]))
        assert User.objects.get(username="fuze").check_password(answer.context["password"])


class TestDays:
    def test_a_year_without_data_warns(self, staff: dict[str, User], sign_in: SignIn) -> None:
        words = text_of(sign_in("jingban").get(reverse("workdays_year", args=[2028])).content.decode())
        assert "只按周末推算" in words
        assert "还没有录入放假调休" in words

    def test_the_system_administrator_enters_a_holiday(self, staff: dict[str, User], sign_in: SignIn) -> None:
        url = reverse("workdays_year", args=[2027])
        given = {"first": "2027-10-01", "last": "2027-10-07", "kind": "rest", "name": "国庆节"}
        assert post(sign_in("xitong"), url, **given).status_code == 302
        assert Workday.objects.filter(day__year=2027, is_working=False).count() == 7
        assert "只按周末推算" not in text_of(sign_in("jingban").get(url).content.decode())
        wrong = post(sign_in("xitong"), url, **given | {"last": "2027-09-01"})
        assert "止日不早于起日" in text_of(wrong.content.decode())
        cleared = sign_in("xitong").post(reverse("workday_clear", args=[2027]), {"day": "2027-10-07"})
        assert cleared.status_code == 302
        assert Workday.objects.filter(day__year=2027).count() == 6

    def test_published_years_are_loaded_and_unpublished_ones_refused(
        self, staff: dict[str, User], sign_in: SignIn
    ) -> None:
        browser = sign_in("xitong")
        assert browser.post(reverse("workdays_load", args=[2026])).status_code == 302
        assert Workday.objects.get(day="2026-10-10").is_working
        assert not Workday.objects.get(day="2026-10-01").is_working
        assert browser.post(reverse("workdays_load", args=[2044])).status_code == 409

    def test_the_demo_day_moves_and_is_recorded(
        self, staff: dict[str, User], sign_in: SignIn, settings: Any
    ) -> None:
        browser = sign_in("cun")
        assert post(browser, reverse("demo_day"), day="2026-12-01").status_code == 302
        assert today() == dt.date(2026, 12, 1)
        assert Event.objects.filter(action="demo.day").count() == 1
        settings.DEMO = False
        assert browser.get(reverse("demo_day")).status_code == 404


class TestTrail:
    def test_events_are_listed_narrowed_and_masked(self, staff: dict[str, User], sign_in: SignIn) -> None:
        record(by=staff["jingban"], action="people.register", subject="person:1", name="欧阳明月")
        words = text_of(sign_in("shenjiyuan").get(reverse("audit"), {"actor": "jingban"}).content.decode())
        assert "登记人员" in words
        assert "欧***" in words
        assert "欧阳明月" not in words
        nobody = text_of(sign_in("shenji").get(reverse("audit"), {"actor": "nobody"}).content.decode())
        assert "没有符合条件的记录" in nobody

    def test_opening_the_trail_is_a_look_too(self, staff: dict[str, User], sign_in: SignIn) -> None:
        sign_in("shenji").get(reverse("audit"))
        words = text_of(sign_in("shenjiyuan").get(reverse("audit_looks")).content.decode())
        assert "audit:events" in words

    def test_verification_says_what_it_found(self, staff: dict[str, User], sign_in: SignIn) -> None:
        record(by="system", action="test", subject="test:1")
        answer = sign_in("shenjiyuan").post(reverse("audit_verify"))
        assert "没有发现不符" in text_of(answer.content.decode())
