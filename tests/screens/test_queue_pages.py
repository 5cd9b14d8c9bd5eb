"""From a list through its cases and back: tabs, kept conditions, the next one, the row one came from."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper
from doudi.records.people.services import Member
from doudi.records.staff.models import SavedFilter, User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
MINE = "view=mine"


@pytest.fixture
def three(staff: dict[str, User], on: dt.date) -> list[Case]:
    made = []
    for place, name in enumerate(("张一", "张二", "张三")):
        head = Member(name=name, id_number=golden.number("19700101", 100 + place), relation="head")
        draft = golden.draft(members=(head,), facts=(), account=f"62000000000000001{place:02}")
        made.append(intake.submit(by=staff["cun"], draft=draft, channel="village", on=on))
    return made


def page_of(browser: Client, case: Case, queue: str = MINE) -> str:
    return browser.get(f"{reverse('case', args=[case.pk])}?queue={quote(queue)}").content.decode()


def next_url(body: str) -> str:
    found = re.search(r'href="([^"]+)"\s+data-next-case', body)
    return found[1].replace("&amp;", "&") if found else ""


def names(browser: Client, query: str = "") -> list[str]:
    return [row.cells[0].text for row in browser.get(f"{reverse('cases')}{query}").context["table"].rows]


def test_the_next_one_is_the_next_of_the_same_list(three: list[Case], sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    listed = browser.get(reverse("cases")).context["table"].rows
    assert listed[0].url == f"{reverse('case', args=[three[0].pk])}?queue={quote(MINE, safe='')}"
    body = page_of(browser, three[0])
    assert "1/3" in text_of(body)
    walked = [next_url(body)]
    for _ in range(2):
        walked.append(next_url(browser.get(walked[-1]).content.decode()))
    order = [int(re.search(r"/(\d+)/", url)[1]) for url in walked]  # type: ignore[index]
    assert order == [three[1].pk, three[2].pk, three[0].pk]  # from the last one to the first again


def test_tabs_and_tasks_keep_the_list(three: list[Case], sign_in: SignIn) -> None:
    body = page_of(sign_in("jingban"), three[0])
    papers = reverse("case_papers", args=[three[0].pk])
    assert body.count(f'{papers}?queue=view%3Dmine"') >= 2


def test_a_case_opened_by_itself_has_no_list(three: list[Case], sign_in: SignIn) -> None:
    body = sign_in("jingban").get(reverse("case", args=[three[0].pk])).content.decode()
    assert "data-next-case" not in body
    assert "回名单" not in body


def test_the_way_back_marks_the_row(three: list[Case], sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    back = re.search(r'href="([^"]+)">回名单', page_of(browser, three[1], "view=mine&station=accept"))
    assert back
    url = back[1].replace("&amp;", "&")
    assert "station=accept" in url
    rows = browser.get(url).context["table"].rows
    assert [row.here for row in rows] == [False, True, False]


def test_after_an_act_that_sends_a_case_on_comes_the_next_one(
    three: list[Case], staff: dict[str, User], on: dt.date, sign_in: SignIn
) -> None:
    asked = Paper.objects.filter(case=three[0]).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=three[0], by=staff["jingban"], have=list(asked), on=on)
    browser, queue = sign_in("jingban"), quote("view=mine&station=accept")
    page = f"{reverse('case_papers', args=[three[0].pk])}?queue={queue}"
    key = browser.get(page).context["accept"]["key"].value()
    accept = reverse("case_accept", args=[three[0].pk])
    answer = browser.post(accept, {"key": key}, headers={"referer": f"http://testserver{page}"})
    three[0].refresh_from_db()
    assert three[0].station == "survey"
    assert answer["Location"].startswith(f"{reverse('case', args=[three[1].pk])}?queue=")
    assert "station%3Daccept" in answer["Location"]


def test_an_act_that_leaves_a_case_on_the_desk_stays_with_it(
    three: list[Case], on: dt.date, sign_in: SignIn
) -> None:
    browser = sign_in("jingban")
    page = f"{reverse('case_papers', args=[three[0].pk])}?queue={quote(MINE)}"
    form = browser.get(page).context["form"]
    sent = {name: form[name].value() for name in ("key", "version")}
    note = reverse("papers_note", args=[three[0].pk])
    answer = browser.post(note, sent, headers={"referer": f"http://testserver{page}"})
    assert answer["Location"] == f"{reverse('case_papers', args=[three[0].pk])}?queue=view%3Dmine"


def test_a_changed_list_in_the_address_shows_nothing_more(three: list[Case], sign_in: SignIn) -> None:
    body = page_of(sign_in("jingban"), three[0], "view=everything&area=110000000000&station=x'--")
    assert "1/3" in text_of(body)  # unknown conditions mean no condition, within one's own area


def test_a_filed_relative_comes_first_whatever_time_is_left(three: list[Case], sign_in: SignIn) -> None:
    Case.objects.filter(pk=three[2].pk).update(is_relative_filed=True, due_on=dt.date(2027, 1, 1))
    assert names(sign_in("jingban")) == ["张三", "张一", "张二"]


def test_the_village_does_not_learn_of_an_objection_by_the_order(staff: dict[str, User]) -> None:
    from doudi.records.desk.queues import cases_of

    def asks(login: str) -> bool:
        return "postings_objection" in str(cases_of(staff[login]).query)

    assert asks("jingban")
    assert not asks("cun")
    assert not asks("shegong")


def test_paused_cases_have_a_tab_of_their_own(
    three: list[Case], staff: dict[str, User], sign_in: SignIn
) -> None:
    from doudi.records.cases.models import Pause

    Pause.objects.create(
        case=three[0], cause="other", reason="x", from_on=three[0].accepted_on, by=staff["jingban"]
    )
    browser = sign_in("jingban")
    assert names(browser) == ["张二", "张三"]
    assert names(browser, "?view=paused") == ["张一"]
    tabs = browser.get(reverse("cases")).context["tabs"]
    assert [(tab.label, tab.count) for tab in tabs][:3] == [("待我办", 2), ("挂起", 1), ("已办 (近 7 日)", 0)]


def test_what_one_sent_on_is_under_done(accepted: Case, sign_in: SignIn) -> None:
    assert names(sign_in("cun"), "?view=done") == ["赵甲"]  # filed by the village, now at the township
    assert names(sign_in("jingban"), "?view=done") == []  # still on this desk


def test_conditions_are_kept_under_a_name_for_oneself(three: list[Case], sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    url = reverse("filter_save", args=["cases"])
    assert "没有存下" in text_of(browser.post(url, {"name": "", "query": MINE}, follow=True).content.decode())
    kept = browser.post(url, {"name": "待受理", "query": "view=mine&station=accept"}, follow=True)
    assert "已存下筛选“待受理”" in text_of(kept.content.decode())
    assert "待受理" in browser.get(reverse("cases")).content.decode()
    assert "待受理" not in sign_in("jingban2").get(reverse("cases")).content.decode()
    mine = SavedFilter.objects.get()
    assert sign_in("jingban2").post(reverse("filter_drop", args=[mine.pk])).status_code == 404
    browser.post(reverse("filter_drop", args=[mine.pk]))
    assert not SavedFilter.objects.exists()


def test_a_dozen_kept_conditions_are_enough(three: list[Case], sign_in: SignIn) -> None:
    browser, url = sign_in("jingban"), reverse("filter_save", args=["cases"])
    for place in range(12):
        browser.post(url, {"name": f"第{place}个", "query": MINE})
    more = browser.post(url, {"name": "多一个", "query": MINE}, follow=True)
    assert "最多存 12 个" in text_of(more.content.decode())
    assert SavedFilter.objects.count() == 12


@pytest.mark.parametrize("page", ["users", "nothing"])
def test_conditions_are_kept_only_on_lists_one_may_open(page: str, sign_in: SignIn) -> None:
    answer = sign_in("jingban").post(reverse("filter_save", args=[page]), {"name": "x", "query": "y"})
    assert answer.status_code == 404
