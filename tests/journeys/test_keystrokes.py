"""Must show 6: next case, sign, next takes a leader and an approver at most three keys."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from doudi.records.cases.models import Case
from doudi.records.intake import services as intake
from tests.journeys.story import People, Picture, the_day
from tests.services import golden_family as golden
from tests.services import test_road as road
from tests.services.waiting import draft

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = 4


class Keys:
    """Presses keys and counts them; a chord counts every key of it."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, chord: str) -> None:
        self.pressed += len(chord.split("+"))
        self.page.keyboard.press(chord)

    def taken(self) -> int:
        """How many since the last time."""
        count, self.pressed = self.pressed, 0
        return count


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Any:
    """Four families waiting for the leader's signature."""
    staff = golden.county()
    for place in range(1, FAMILIES + 1):
        case = intake.submit(by=staff["cun"], draft=draft(place), channel="village", on=road.day("09-14"))
        road.post(road.survey(road.accept(case, staff), staff), staff)
    story = People(browser, live_server.url)
    yield story
    story.close()
    assert not story.troubles, "浏览器报告:\n" + "\n".join(story.troubles)


def test_next_sign_next_takes_at_most_three_keys(
    people: People, picture: Picture, capsys: pytest.CaptureFixture[str]
) -> None:
    the_day("09-28")
    leader = people.as_("fuze")
    taken = _work_through(leader, f"{people.base}/qianpi/", "签批, 报县级")
    assert Case.objects.filter(station="confirm").count() == FAMILIES
    the_day("10-12")
    county = people.as_("shenpi")
    county.goto(f"{people.base}/queren/")
    picture(county, "county-queue")
    taken += _work_through(county, f"{people.base}/queren/", "确认", picture)
    assert Case.objects.filter(outcome="granted").count() == FAMILIES
    assert get_user_model().objects.get(username="shenpi").is_active
    with capsys.disabled():
        print(f"\n下一件·签·下一件: 每件按键 {taken}")
    assert max(taken) <= 3


def _work_through(page: Page, queue: str, label: str, picture: Picture | None = None) -> list[int]:
    """Open the first from the list; look at it, go on, come back; then sign all of them one after another."""
    page.goto(queue)
    page.locator("#deciding tbody a").first.click()
    button = page.get_by_role("button", name=label, exact=True)
    expect(button).to_be_focused()
    page.wait_for_load_state()  # the button has the focus before the page's keys are there
    if picture:
        picture(page, "county-decide", full=True)
    keys, taken = Keys(page), []
    first = page.url
    keys.press("Alt+n")
    page.wait_for_url(lambda url: url != first)
    expect(button).to_be_focused()
    while True:
        here = page.url
        keys.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
        taken.append(keys.taken())
        if page.url.rstrip("/") == queue.rstrip("/"):
            return taken
        expect(button).to_be_focused()


def test_a_key_held_down_signs_one_case_only(people: People) -> None:
    the_day("09-28")
    leader = people.as_("fuze")
    leader.goto(f"{people.base}/qianpi/")
    leader.locator("#deciding tbody a").first.click()
    button = leader.get_by_role("button", name="签批, 报县级", exact=True)
    expect(button).to_be_focused()
    first = leader.url
    leader.keyboard.down("Enter")
    leader.wait_for_url(lambda url: url != first)
    expect(button).to_be_focused()
    for _ in range(3):
        leader.keyboard.down("Enter")  # the same key again without letting go is a repeat
    leader.wait_for_timeout(300)
    leader.keyboard.up("Enter")
    assert Case.objects.filter(station="confirm").count() == 1
