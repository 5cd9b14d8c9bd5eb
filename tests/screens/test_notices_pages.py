"""Messages, the bell, one's own password, who stands in for whom, and who goes on a visit."""

import datetime as dt

import pytest
from django.urls import reverse

from doudi.records.cases.models import Assignment, Case
from doudi.records.staff import services
from doudi.records.staff.models import Absence, Notice, Role, User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db


def words(browser: object, url: str) -> str:
    return text_of(browser.get(url).content.decode())  # type: ignore[attr-defined]


def tell(on: dt.date, role: str = "jingban") -> Notice:
    return services.notify(
        to_role=role,
        area_code=golden.VILLAGE,
        kind="returned",
        title="赵甲家退回补正",
        link="/anjian/",
        on=on,
    )


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_messages(role: str, sign_in: SignIn) -> None:
    assert "没有未读的消息" in words(sign_in(role), reverse("notices"))


def test_the_bell_counts_until_it_is_read(staff: dict[str, User], on: dt.date, sign_in: SignIn) -> None:
    told, browser = tell(on), sign_in("jingban")
    assert 'class="badge-count">1<' in browser.get("/").content.decode()
    assert "赵甲家退回补正" in words(browser, reverse("notices"))
    opened = browser.get(reverse("notice", args=[told.pk]))
    assert (opened.status_code, opened["Location"]) == (302, "/anjian/")
    assert 'class="badge-count">1<' not in browser.get("/").content.decode()
    assert "赵甲家退回补正" in words(browser, f"{reverse('notices')}?view=all")


def test_all_are_read_at_once(staff: dict[str, User], on: dt.date, sign_in: SignIn) -> None:
    tell(on)
    browser = sign_in("jingban")
    browser.post(reverse("notices_read"))
    assert "没有未读的消息" in words(browser, reverse("notices"))


def test_a_notice_of_another_role_is_not_there(staff: dict[str, User], on: dt.date, sign_in: SignIn) -> None:
    told = tell(on, "shenpi")
    assert sign_in("jingban").get(reverse("notice", args=[told.pk])).status_code == 404


def test_late_work_is_counted_when_asked(accepted: Case, sign_in: SignIn) -> None:
    from doudi.store.today import move_to

    move_to(dt.date(2026, 11, 5))
    assert "1 件已经超期" in words(sign_in("jingban"), reverse("notices"))


def test_a_password_is_changed_in_our_own_page(staff: dict[str, User], sign_in: SignIn) -> None:
    staff["jingban"].set_password("old-words-of-office-1")
    staff["jingban"].save()
    browser = sign_in("jingban")
    url = reverse("account_change_password")
    assert url in browser.get("/").content.decode()
    assert "修改口令" in words(browser, url)
    short = browser.post(
        url, {"oldpassword": "old-words-of-office-1", "password1": "short", "password2": "short"}
    )
    assert "处需要修改" in text_of(short.content.decode())
    new = "quite-other-words-88"
    assert (
        browser.post(
            url, {"oldpassword": "old-words-of-office-1", "password1": new, "password2": new}
        ).status_code
        == 302
    )
    assert User.objects.get(username="jingban").check_password(new)


def arrange(sign_in: SignIn, person: User, **changes: str) -> object:
    page = reverse("user_absence", args=[person.pk])
    browser = sign_in("anquan")
    key = browser.get(page).context["form"]["key"].value()
    given = {"key": key, "from_on": "2026-09-14", "until_on": "2026-09-16", "deputy": "", "reason": "年休假"}
    return browser.post(page, given | changes)


def test_an_absence_is_arranged_and_ended(staff: dict[str, User], sign_in: SignIn) -> None:
    assert "没有人不在岗" in words(sign_in("anquan"), reverse("absences"))
    assert "请选择" in text_of(arrange(sign_in, staff["jingban"]).content.decode())  # type: ignore[attr-defined]
    answer = arrange(sign_in, staff["jingban"], deputy=str(staff["jingban2"].pk))
    assert answer.status_code == 302  # type: ignore[attr-defined]
    absence = Absence.objects.get()
    assert "测试jingban2" in words(sign_in("anquan"), reverse("absences"))
    assert "由您代理测试jingban的工作" in words(sign_in("jingban2"), reverse("notices"))
    sign_in("anquan").post(reverse("absence_back", args=[absence.pk]))
    assert "已回岗" in words(sign_in("anquan"), reverse("absences"))


def test_what_does_not_fit_stays_on_the_form(staff: dict[str, User], sign_in: SignIn) -> None:
    answer = arrange(sign_in, staff["jingban"], deputy=str(staff["jingban2"].pk), until_on="2026-09-01")
    assert "不能早于第一天" in text_of(answer.content.decode())  # type: ignore[attr-defined]
    assert "测试fuze" not in text_of(answer.content.decode())  # type: ignore[attr-defined]


def test_a_visit_is_given_to_a_social_worker(accepted: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    browser, worker = sign_in("jingban"), staff["shegong"]
    assert "赵甲" in words(browser, reverse("assignments"))
    browser.post(reverse("assign"), {"row": accepted.pk})
    assert not Assignment.objects.exists()  # nobody chosen
    browser.post(reverse("assign"), {"row": accepted.pk, "worker": worker.pk})
    assert Assignment.objects.get().user == worker
    assert worker.name in words(browser, reverse("assignments"))
    assert f"请入户: 赵甲 ({accepted.no})" in words(sign_in("shegong"), reverse("notices"))
    assert sign_in("shegong").get(reverse("case", args=[accepted.pk])).status_code == 200


def test_nobody_from_elsewhere_is_sent(accepted: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    User.objects.filter(username="shegong").update(area=golden.COUNTY)
    sign_in("jingban").post(reverse("assign"), {"row": accepted.pk, "worker": staff["shegong"].pk})
    assert not Assignment.objects.exists()


def test_nothing_to_visit_is_said(staff: dict[str, User], sign_in: SignIn) -> None:
    assert "没有等着入户的案件" in words(sign_in("jingban"), reverse("assignments"))


def test_all_that_wait_for_a_visit_are_handed_over_at_once(
    accepted: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    sign_in("jingban").post(reverse("assign"), {"all_matching": "1", "worker": staff["shegong"].pk})
    assert list(Assignment.objects.values_list("case", flat=True)) == [accepted.pk]


def test_who_else_has_a_case_open_is_said(accepted: Case, sign_in: SignIn) -> None:
    url = reverse("case", args=[accepted.pk])
    assert "打开" not in words(sign_in("jingban"), url).split("概览")[0]
    assert "测试jingban 刚刚打开" in words(sign_in("jingban2"), url)


def test_a_returned_case_tells_the_township(staff: dict[str, User], accepted: Case, on: dt.date) -> None:
    from doudi.records.cases.telling import tell as tell_of
    from doudi.records.staff.queries import notices_for

    tell_of(accepted, to_role=Role.CLERK, kind="returned", what="退回补正, 少一份合同", on=on)
    told = notices_for(staff["jingban"]).get()
    assert (told.title, told.link) == (
        f"赵甲 ({accepted.no}): 退回补正, 少一份合同",
        reverse("case", args=[accepted.pk]),
    )
