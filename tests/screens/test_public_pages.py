"""The public site's open pages: the front door, the guide, the telephone, the boards and an objection."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders
from django.core import signing
from django.urls import Resolver404, get_resolver, resolve

from doudi.records.postings import services as postings
from doudi.records.postings.models import Objection, Posting
from doudi.store.today import move_to
from tests.screens.public_site import Staff, as_public_site, day, posted
from tests.services import golden_family as golden
from tests.services.concluding import concluded

if TYPE_CHECKING:
    from django.test import Client

    from doudi.records.cases.models import Case

pytestmark = pytest.mark.django_db

OPEN = ("/", "/zhinan/", "/dianhua/", "/suanyisuan/", "/jindu/", "/gongshi/")
BOARD = f"/gongshi/{golden.VILLAGE}/"
FIRST_LOAD = 150 * 1024
SAID = {"key": "0b7a1c0e-6a3f-4d43-9c55-6f3f8f0a1b11", "text": "他家在镇上开了一个小卖部", "contact": ""}


@pytest.fixture(autouse=True)
def public_site(settings: Any, on: Any) -> None:
    as_public_site(settings)


@pytest.fixture
def posting(accepted: Case, staff: Staff) -> Posting:
    """The golden family on the board, seen on 09-20."""
    made = posted(accepted, staff)
    move_to(day("09-20"))
    return made


@pytest.mark.parametrize("url", OPEN)
def test_every_open_page_needs_no_login_and_no_script(client: Client, staff: Staff, url: str) -> None:
    page = client.get(url)
    assert page.status_code == 200
    assert "<script" not in page.content.decode()


@pytest.mark.parametrize("url", OPEN)
def test_first_load_stays_below_150_kb(client: Client, staff: Staff, url: str) -> None:
    html = client.get(url).content.decode()
    parts = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    assert parts
    whole = len(html.encode()) + sum(Path(str(finders.find(part))).stat().st_size for part in parts)
    assert whole <= FIRST_LOAD, f"{url} 首次打开 {whole:,} 字节"


def test_front_door_has_five_doors_each_leading_somewhere(client: Client, staff: Staff) -> None:
    html = client.get("/").content.decode()
    doors = re.findall(r'<li>\s*<a href="([^"]+)">', html)
    assert len(doors) == 5
    assert all(client.get(url).status_code == 200 for url in doors)
    assert all(label in html for label in ("申请指引", "查进度", "看公示", "算一算", "打电话"))


def test_no_office_page_can_be_reached(client: Client) -> None:
    for url in ("/anjian/", "/accounts/login/", "/gongshi/zhangtie/shangbao/"):
        with pytest.raises(Resolver404):
            resolve(url)
    assert client.get("/anjian/").status_code == 404
    assert all(
        "office" not in str(entry.lookup_str)
        for entry in get_resolver().url_patterns
        if hasattr(entry, "lookup_str")
    )


def test_guide_tells_standards_papers_and_terms_of_the_policy_in_force(client: Client, staff: Staff) -> None:
    text = client.get("/zhinan/").content.decode()
    for said in (
        "5,880.00",
        "490.00",
        "8,160.00",
        "680.00",
        "家庭经济状况核对授权书",
        "公示 7 天",
        "30 个工作日",
    ):
        assert said in text, said


def test_telephone_page_without_a_number_of_ours_still_has_the_hotline(client: Client, settings: Any) -> None:
    settings.HELP_PHONE = ""
    assert 'href="tel:12345"' in client.get("/dianhua/").content.decode()
    settings.HELP_PHONE = "0375-0000000"
    assert 'href="tel:0375-0000000"' in client.get("/dianhua/").content.decode()


def test_larger_letters_are_remembered_on_every_page(client: Client, staff: Staff) -> None:
    client.get("/ui/zihao/24/?next=/zhinan/")
    assert 'data-size="24"' in client.get("/").content.decode()


def test_from_county_to_village_to_row(client: Client, posting: Posting) -> None:
    assert "正在公示 1 户" in client.get("/gongshi/").content.decode()
    assert "正在公示 1 户" in client.get(f"/gongshi/{golden.TOWNSHIP}/").content.decode()
    html = client.get(BOARD).content.decode()
    for said in ("赵*", "3 口", "819.00", "2026-09-18", "2026-09-25", "提意见"):
        assert said in html, said


def test_a_row_shows_the_lawful_fields_and_nothing_else(client: Client, posting: Posting) -> None:
    html = client.get(BOARD).content.decode()
    case = posting.case
    kept = [case.no, case.query_code, case.household.no, case.household.address, "重残", "残疾", "赵甲"]
    kept += [row.person.name for row in case.household.memberships.all()]
    kept += [str(row.person.id_number) for row in case.household.memberships.all()]
    assert [word for word in kept if word and word in html] == []


@pytest.mark.parametrize("url", ["/gongshi/", f"/gongshi/{golden.TOWNSHIP}/", BOARD])
def test_boards_are_never_indexed_or_kept(client: Client, posting: Posting, url: str) -> None:
    page = client.get(url)
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    ("on_day", "shown"), [("09-17", False), ("09-18", True), ("09-25", True), ("09-26", False)]
)
def test_a_row_comes_and_goes_by_itself(client: Client, posting: Posting, on_day: str, shown: bool) -> None:
    move_to(day(on_day))
    assert ("赵*" in client.get(BOARD).content.decode()) is shown
    assert client.get(f"{BOARD}{posting.pk}/yijian/").status_code == (200 if shown else 404)


def test_a_village_without_postings_says_so(client: Client, staff: Staff) -> None:
    assert "现在没有正在公示的人家" in client.get(BOARD).content.decode()


@pytest.mark.parametrize("code", ["410482999999", golden.COUNTY, "nonsense"])
def test_an_unknown_place_is_a_page_in_words(client: Client, staff: Staff, code: str) -> None:
    page = client.get(f"/gongshi/{code}/")
    assert page.status_code == 404
    assert "没有找到这一页" in page.content.decode()


def test_pages_of_the_boards_cost_few_queries(
    client: Client, posting: Posting, django_assert_max_num_queries: Any
) -> None:
    for url in ("/gongshi/", f"/gongshi/{golden.TOWNSHIP}/", BOARD):
        with django_assert_max_num_queries(6):
            client.get(url)


def test_an_objection_gets_a_number_and_stops_the_case(
    client: Client, posting: Posting, staff: Staff
) -> None:
    done = client.post(f"{BOARD}{posting.pk}/yijian/", SAID, follow=True)
    kept = Objection.objects.get()
    assert (kept.text, kept.contact, kept.channel, kept.posting) == (SAID["text"], None, "网上", posting)
    assert kept.no in done.content.decode()
    assert "查清以前, 这家的申请不会往下办" in done.content.decode()
    with pytest.raises(Exception, match="异议没有办结"):
        postings.send_up(case=posting.case, by=staff["jingban"], on=day("09-28"))


def test_the_same_form_sent_twice_is_one_objection(client: Client, posting: Posting) -> None:
    url = f"{BOARD}{posting.pk}/yijian/"
    first, second = client.post(url, SAID), client.post(url, SAID)
    assert Objection.objects.count() == 1
    assert signing.loads(first.url.split("/")[2], salt="objection-receipt") == signing.loads(
        second.url.split("/")[2], salt="objection-receipt"
    )


def test_an_empty_objection_is_asked_for_words_and_keeps_the_contact(
    client: Client, posting: Posting
) -> None:
    page = client.post(f"{BOARD}{posting.pk}/yijian/", {**SAID, "text": "", "contact": "13700000000"})
    assert "请写一写您知道的情况" in page.content.decode()
    assert "13700000000" in page.content.decode()
    assert not Objection.objects.exists()


def test_one_address_cannot_flood_the_boards(client: Client, posting: Posting) -> None:
    url = f"{BOARD}{posting.pk}/yijian/"
    for number in range(12):
        key = f"0b7a1c0e-6a3f-4d43-9c55-6f3f8f0a1b{number:02}"
        page = client.post(url, {**SAID, "key": key})
    assert Objection.objects.count() == 10
    assert "这个网络上一小时内试的次数太多了" in page.content.decode()


def test_a_receipt_follows_what_became_of_the_objection(
    client: Client, posting: Posting, staff: Staff
) -> None:
    url = client.post(f"{BOARD}{posting.pk}/yijian/", SAID).url
    told = Objection.objects.get()
    clerks = [staff["jingban"], staff["jingban2"]]
    postings.assign(objection=told, by=staff["jingban"], users=clerks, on=day("09-20"))
    concluded(
        objection=told, by=staff["jingban"], outcome="dismissed", text="已查实小卖部是他弟弟的",
        on=day("09-21"),
    )  # fmt: skip
    html = client.get(url).content.decode()
    assert "没有发现不符合的地方" in html
    assert "弟弟" not in html
    assert client.get("/yijian/made-up/").status_code == 404
