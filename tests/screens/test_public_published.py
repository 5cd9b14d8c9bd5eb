"""What the public site says of people: three fields a row, nobody's secrets on any page, and gone when it is over."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from doudi.records.desk.published import published
from doudi.records.people.models import Person
from doudi.records.postings.models import Objection, Posting
from doudi.store.today import move_to
from tests.screens.public_site import Staff, as_public_site, day, granted, posted
from tests.services import golden_family as golden

if TYPE_CHECKING:
    from django.test import Client

    from doudi.records.cases.models import Case

pytestmark = pytest.mark.django_db

LIST = f"/gongshi/{golden.VILLAGE}/changqi/"
SAID = {"key": "0b7a1c0e-6a3f-4d43-9c55-6f3f8f0a1b11", "text": "他家在镇上开了一个小卖部", "contact": ""}
# Of the golden family: what no answer to a stranger may hold.
SECRETS = (
    "赵甲", "钱乙", "赵丙", golden.number("19810301", 11), golden.number("19830505", 22), golden.number("20140601", 31),
    "6299000000000000001", "0001", "10000000000", "寄料村 1 组", "妻子重残", "汝州农商银行", "physical",
)  # fmt: skip
# Words of health and hardship that stand in the guide, but never beside a name.
CONDITIONS = ("残", "病", "学校", "打工", "存款")


@pytest.fixture(autouse=True)
def public_site(settings: Any, on: Any) -> None:
    as_public_site(settings)


def walked(client: Client) -> dict[str, str]:
    """Every page that links lead to from the front door, with what it says."""
    pages: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        url = waiting.pop()
        if url in pages or url.startswith(("/static/", "/ui/")):
            continue
        pages[url] = client.get(url).content.decode()
        waiting += re.findall(r'href="(/[^"#?]*)', pages[url])
    return pages


def test_no_public_page_tells_a_secret_of_anybody(client: Client, accepted: Case, staff: Staff) -> None:
    posted(accepted, staff)
    move_to(day("09-20"))
    pages = walked(client)
    assert any(url.endswith("/yijian/") for url in pages)
    assert any("赵*" in html for html in pages.values())
    told = [(url, secret) for url, html in pages.items() for secret in SECRETS if secret in html]
    boards = [
        html for url, html in pages.items() if url.startswith("/gongshi/") and not url.endswith("/yijian/")
    ]
    assert not told
    assert not [word for html in boards for word in CONDITIONS if word in html]


def test_a_confirmed_family_is_published_until_it_is_stopped(
    client: Client, accepted: Case, staff: Staff
) -> None:
    from doudi.records.awards.models import Award
    from doudi.records.decisions.models import Closing, Decision

    assert "现在没有要公布的" in client.get(LIST).content.decode()
    decision = granted(accepted, staff)
    move_to(day("10-13"))
    page = client.get(LIST)
    html = page.content.decode()
    assert all(words in html for words in ("赵*", "3 口", "819.00 元"))
    assert ("noindex" in page["X-Robots-Tag"], page["Cache-Control"]) == (True, "no-store, private")
    assert not [secret for secret in SECRETS if secret in "".join(walked(client).values())]
    stop = Decision.objects.create(
        no="S-1", kind="stop", scheme=decision.scheme, household=decision.household, decided_on=day("11-20"),
        reason="死亡", basis="", by="shenpi",
    )  # fmt: skip
    Closing.objects.create(decision=stop, award=Award.objects.get(), ends_on=day("12-01"))
    assert len(published(golden.VILLAGE, day("11-30"))) == 1
    assert published(golden.VILLAGE, day("12-01")) == []


def test_a_childs_own_money_is_never_published(accepted: Case, staff: Staff) -> None:
    granted(accepted, staff)
    assert len(published(golden.VILLAGE, day("10-13"))) == 1
    Person.objects.update(birth_on=dt.date(2010, 1, 1))
    assert published(golden.VILLAGE, day("10-13")) == []


def test_somebody_says_something_about_a_published_family(
    client: Client, accepted: Case, staff: Staff
) -> None:
    granted(accepted, staff)
    move_to(day("10-13"))
    url = published_url(client)
    receipt = client.post(url, {**SAID, "contact": "13900000000"}, follow=True).content.decode()
    tip = Objection.objects.get()
    assert (tip.kind, tip.household, tip.no in receipt) == ("tip", accepted.household, True)
    assert client.get(f"{LIST}999/fanying/").status_code == 404


def published_url(client: Client) -> str:
    found = re.search(rf'href="({LIST}\d+/fanying/)"', client.get(LIST).content.decode())
    assert found
    return found.group(1)


def test_what_was_being_written_when_the_term_ended_is_taken_as_a_tip(
    client: Client, accepted: Case, staff: Staff
) -> None:
    posting: Posting = posted(accepted, staff)
    url = f"/gongshi/{golden.VILLAGE}/{posting.pk}/yijian/"
    move_to(day("09-26"))
    assert client.get(url).status_code == 404
    short = client.post(url, {**SAID, "text": "短"}).content.decode()
    assert ("期满撤下" in short, "赵*" in short) == (True, False)
    assert "意见已收到" in client.post(url, SAID, follow=True).content.decode()
    assert Objection.objects.get().kind == "tip"
    assert client.post(f"/gongshi/{golden.VILLAGE}/99/yijian/", SAID).status_code == 404
