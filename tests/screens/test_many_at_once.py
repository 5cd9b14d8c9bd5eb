"""Many at once: all over pages, each in its own transaction, told in one place; the boards of many villages as one."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.areas.models import Area
from doudi.records.audit.models import Look
from doudi.records.decisions.models import Delivery
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.people.services import file_relative
from doudi.store.today import move_to
from doudi.web.office import batches
from doudi.web.office.cases import lists
from tests.screens.conftest import SignIn
from tests.screens.public_site import Staff, day, posted
from tests.screens.test_ui_print import joined
from tests.screens.typed import fields, text_of
from tests.services import golden_family as golden
from tests.services import test_road as road
from tests.services.waiting import draft, granted

pytestmark = pytest.mark.django_db
OTHER_VILLAGE = "410482101202"


def words(browser: Client, url: str) -> str:
    answer = browser.get(url, follow=True)
    assert answer.status_code == 200, url
    return text_of(answer.content.decode())


@pytest.fixture
def three(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Three letters to bring, one a page; the clerk is a relative of the third family."""
    monkeypatch.setattr(lists, "PAGE_SIZE", 1)
    found = [granted(place, staff) for place in (1, 2, 3)]
    file_relative(
        by=staff["jingban2"], user=staff["jingban"], person=found[2].household.head, relation="兄弟",
        on=day("10-12"),
    )  # fmt: skip
    move_to(day("10-13"))
    return found


def test_all_over_pages_are_done_once_and_what_was_not_done_says_why(
    three: list[Any], sign_in: SignIn
) -> None:
    browser = sign_in("jingban")
    page = browser.get(reverse("deliver_queue")).content.decode()
    assert "选中全部 3 份" in page
    form = {**fields(page, "deliver_batch"), "all_matching": "1", "how": "post", "on": "2026-10-13"}
    url = re.findall(r'formaction="([^"]+)"', page)[0]
    told = text_of(browser.post(url, form, follow=True).content.decode())
    assert "已登记送达 2 份" in told
    assert "没有登记送达 1 份 1 份因为: 您与" in told
    assert sorted(Delivery.objects.values_list("received_by", "how")) == [
        ("户主001", "post"),
        ("户主002", "post"),
    ]
    again = text_of(browser.post(url, form, follow=True).content.decode())
    assert "已登记送达 2 份" in again
    assert (Job.objects.count(), Delivery.objects.count()) == (1, 2)


def test_one_page_is_not_offered_what_it_has_not(staff: Staff, sign_in: SignIn) -> None:
    granted(1, staff)
    move_to(day("10-13"))
    assert "选中全部" not in words(sign_in("jingban"), reverse("deliver_queue"))
    none = sign_in("jingban").post(reverse("deliver_batch"), {"how": "post", "on": "2026-10-13"}, follow=True)
    assert "还没有勾选" in none.content.decode()


def test_what_goes_with_all_is_asked_first(three: list[Any], sign_in: SignIn) -> None:
    late = {"row": [1], "how": "post", "on": "2026-10-14"}
    answer = sign_in("jingban").post(reverse("deliver_batch"), late, follow=True)
    assert "送达日期不能晚于今天" in answer.content.decode()
    left = {"row": [1], "how": "left", "on": "2026-10-13"}
    assert "送达方式" in sign_in("jingban").post(reverse("deliver_batch"), left, follow=True).content.decode()
    assert not Job.objects.exists()


def test_many_are_done_behind_the_page_which_says_how_far(
    three: list[Any], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    browser = sign_in("jingban")
    form = {"all_matching": "1", "how": "by_hand", "on": "2026-10-13", "key": str(uuid.uuid4())}
    waiting = browser.post(reverse("deliver_batch"), form, follow=True).content.decode()
    assert "排队中" in waiting
    assert "0/3" in waiting
    job = Job.objects.get()
    part = browser.get(reverse("job_progress", args=[job.pk]))
    assert "HX-Redirect" not in part.headers
    jobs.run(job.pk)
    assert browser.get(reverse("job_progress", args=[job.pk])).headers["HX-Redirect"] == reverse(
        "job", args=[job.pk]
    )
    assert "已登记送达 2 份" in words(browser, reverse("job", args=[job.pk]))
    assert sign_in("jingban2").get(reverse("job", args=[job.pk])).status_code == 404


def test_broken_off_it_goes_on_with_the_rest(three: list[Any], sign_in: SignIn, staff: Staff) -> None:
    """What was done before the crash is not done again, and is told as done."""
    rows = [case.decisions.get().pk for case in three[:2]]
    job = jobs.start(
        kind=batches.KIND, key="batch:x", by=staff["jingban"],
        arguments={"errand": "deliver_batch", "rows": rows, "said": {"how": "post", "on": "2026-10-13"},
                   "on": "2026-10-13", "by": "jingban"},
    )  # fmt: skip
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempt=1)
    job.refresh_from_db()
    first = batches.carry_out(job)
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    done = jobs.run(job.pk)
    assert (done.state, done.result) == (Job.State.DONE, {"done": rows, "skipped": []})
    assert first["done"] == rows
    assert Delivery.objects.count() == 2


def test_confirming_all_goes_through_the_page_before(
    staff: Staff, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_SIZE", 1)
    for place in (1, 2):
        case = road.intake.submit(by=staff["cun"], draft=draft(place), channel="village", on=day("09-14"))
        road.signed(case, staff)
    move_to(day("10-12"))
    browser = sign_in("shenpi")
    assert "选中全部 2 户" in words(browser, reverse("confirm_queue"))
    page = text_of(browser.post(reverse("confirm_batch"), {"all_matching": "1"}).content.decode())
    assert "户数 2 户" in page
    assert "户主001" in page
    assert "户主002" in page


# ---- the boards of many villages ------------------------------------------------------------------------


def two_villages(accepted: Any, staff: Staff) -> None:
    posted(accepted, staff)
    town = Area.objects.get(code=golden.TOWNSHIP)
    Area.objects.create(code=OTHER_VILLAGE, name="雷湾村", level="village", parent=town)
    one = draft(7)
    elsewhere = type(one)(**{**vars(one), "village_id": OTHER_VILLAGE})
    filed = road.intake.submit(by=staff["jingban"], draft=elsewhere, channel="window", on=day("09-14"))
    posted(road.accept(filed, staff), staff)
    move_to(day("09-20"))


def test_the_boards_of_many_villages_come_as_one_file_each_with_pages_of_its_own(
    accepted: Any, staff: Staff, sign_in: SignIn
) -> None:
    two_villages(accepted, staff)
    browser = sign_in("jingban")
    page = browser.get(reverse("postings") + "?view=hanging").content.decode()
    assert "打印全部 2 个村的" in page
    url = reverse("boards_print")
    form = fields(page, url)
    waiting = browser.post(url, form, follow=True).content.decode()
    assert "打印 2 个村的公示榜" in waiting
    assert "排队中" in waiting
    browser.post(url, form)
    job = Job.objects.get()
    assert browser.get(reverse("job_file", args=[job.pk])).status_code == 404
    done = jobs.run(job.pk)
    assert (done.done, done.total) == (2, 2)
    told = words(browser, reverse("job", args=[job.pk]))
    assert "2 张榜, 2 户" in told
    answer = browser.get(reverse("job_file", args=[job.pk]))
    text = joined(answer.content)
    for told in ("赵甲", "户主007", "寄料镇寄料村", "寄料镇雷湾村", "819.00"):
        assert told in text, told
    assert text.count("第 1 页 共 1 页") == 2
    assert (
        Look.objects.filter(actor="jingban", action="print", subject=f"file:{done.result['file']}").count()
        == 1
    )
    assert sign_in("fuze").get(reverse("job_file", args=[job.pk])).status_code == 404


def test_the_village_prints_its_own_only_and_nothing_where_nothing_hangs(
    accepted: Any, staff: Staff, sign_in: SignIn
) -> None:
    nothing = sign_in("jingban").post(reverse("boards_print"))
    assert (nothing.status_code, "还没有选村" in nothing.content.decode()) == (409, True)
    two_villages(accepted, staff)
    sign_in("cun").post(reverse("boards_print"))
    job = Job.objects.get()
    assert job.arguments["villages"] == [golden.VILLAGE]
    move_to(day("09-29"))
    Job.objects.filter(pk=job.pk).update(arguments={**job.arguments, "on": "2026-09-29"})
    failed = jobs.run(job.pk)
    assert (failed.state, "不用打印" in failed.message) == (Job.State.FAILED, True)
    assert "不用打印" in words(sign_in("cun"), reverse("job", args=[job.pk]))
