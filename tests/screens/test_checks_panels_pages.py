"""The village deliberates on screen: rosters, meetings, votes, hearings, and who never sees what."""

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from doudi.demo.survey_papers import signed_paper
from doudi.records.audit.models import Look
from doudi.records.cases.models import Case
from doudi.records.checks.meetings import Hearing, Meeting, Panel, PanelReview
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
NAMES = ("周一", "周二", "周三", "周四", "周五", "赵甲")


def form_panel(browser: Client, names: tuple[str, ...] = NAMES) -> Any:
    url = reverse("panel_form", args=[golden.VILLAGE])
    form = fields(browser.get(url).content.decode(), "*")
    form |= {f"name-{row}": name for row, name in enumerate(names)}
    return browser.post(url, form | {"key": form["key"][-1]}, follow=True)


def hold_meeting(browser: Client, came: int = 6) -> Any:
    url = reverse("meeting_new", args=[golden.VILLAGE])
    html = browser.get(url).content.decode()
    members = [str(member.pk) for member in Panel.objects.get(until_on=None).members.order_by("pk")]
    said = {"place": "村部", "present": members[:came], "chair": members[0], "notes": "逐户评议"}
    form = fields(html, "*") | said
    return browser.post(url, form | {"key": form["key"][-1]}, follow=True)


@pytest.fixture
def met(visited: Case, sign_in: SignIn) -> Meeting:
    browser = sign_in("jingban")
    form_panel(browser)
    hold_meeting(browser)
    return Meeting.objects.get()


def words(pdf: bytes, folder: Path) -> str:
    (folder / "sheet.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-raw", str(folder / "sheet.pdf"), "-"], capture_output=True, check=True
    )
    return "".join(told.stdout.decode().split())


def test_a_village_without_a_panel_says_what_to_do(visited: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    assert "没有小组" in browser.get(reverse("panels")).content.decode()
    page = browser.get(reverse("panel", args=[golden.VILLAGE])).content.decode()
    assert "先成立小组, 至少 5 人" in page
    empty = browser.get(reverse("meeting_new", args=[golden.VILLAGE])).content.decode()
    assert "先成立小组, 再登记评议会" in text_of(empty)
    short = form_panel(browser, NAMES[:3])
    assert short.status_code == 409
    assert "评议小组至少 5 人, 现在只有 3 人" in short.content.decode()
    assert 'value="周三"' in short.content.decode()


def test_a_panel_meets_votes_and_its_minutes_are_kept(
    visited: Case, met: Meeting, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("jingban")
    url = reverse("case_panel", args=[visited.pk])
    html = browser.get(url).content.decode()
    assert "必须回避: 赵甲 (与申请家庭成员同名, 视为本人)" in text_of(html)
    votes = {"votes_for": "5", "votes_against": "1", "abstained": "0", "summary": "困难属实"}
    form = fields(html, "*") | votes | {"meeting": str(met.pk)}
    form["key"] = form["key"][-1]
    wrong = browser.post(url, form)
    assert wrong.status_code == 409
    assert "除去回避的到会 5 人, 票数合计 6" in wrong.content.decode()
    assert browser.post(url, form | {"votes_for": "4"}).status_code == 302
    review = PanelReview.objects.get()
    assert (review.votes_for, review.votes_against, review.present, review.passed) == (4, 1, 5, True)
    page = text_of(browser.get(reverse("meeting", args=[golden.VILLAGE, met.pk])).content.decode())
    assert "打印记录, 到会的人签字, 拍照传上来" in page
    minutes = reverse("meeting_minutes", args=[golden.VILLAGE, met.pk])
    html = browser.get(reverse("meeting", args=[golden.VILLAGE, met.pk])).content.decode()
    picture = SimpleUploadedFile("jilu.png", signed_paper(), "image/png")
    assert browser.post(minutes, fields(html, minutes) | {"picture": picture}).status_code == 302
    photo = browser.get(reverse("meeting_photo", args=[golden.VILLAGE, met.pk]))
    assert (photo["Content-Type"], photo["Cache-Control"]) == ("image/jpeg", "private, no-store")
    told = words(browser.get(reverse("meeting_sheet", args=[golden.VILLAGE, met.pk])).content, tmp_path)
    for part in ("民主评议记录", "应到6人实到6人", "困难属实", "回避：赵甲", "只记票数"):
        assert part in told, part


def test_names_of_those_who_voted_are_not_for_the_village_or_the_inspector(
    visited: Case, met: Meeting, sign_in: SignIn
) -> None:
    for login in ("cun", "shenji", "juzhang"):
        browser = sign_in(login)
        assert browser.get(reverse("meeting", args=[golden.VILLAGE, met.pk])).status_code == 403
        page = browser.get(reverse("case_panel", args=[visited.pk])).content.decode()
        assert "周一" not in page
        assert "登记票数" not in page
    roster = sign_in("cun").get(reverse("panel", args=[golden.VILLAGE])).content.decode()
    assert "周一" in roster
    assert Look.objects.filter(actor="cun", subject=f"panel:{golden.VILLAGE}").exists()


def test_a_missed_meeting_stands_in_red(met: Meeting, sign_in: SignIn) -> None:
    move_to(dt.date(2026, 11, 5))
    page = sign_in("fuze").get(reverse("panels")).content.decode()
    assert "1 次没有开" in text_of(page)
    assert "2026-10-16" in sign_in("fuze").get(reverse("panel", args=[golden.VILLAGE])).content.decode()


def test_another_village_is_not_there(met: Meeting, sign_in: SignIn) -> None:
    for name, args in (("panel", ["410482102201"]), ("meeting", ["410482102201", met.pk])):
        assert sign_in("jingban").get(reverse(name, args=args)).status_code == 404


def test_the_roster_and_the_survey_form_are_printed(
    visited: Case, met: Meeting, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("jingban")
    roster = words(browser.get(reverse("panel_roster", args=[golden.VILLAGE])).content, tmp_path)
    assert "民主评议小组名册" in roster
    assert "周五" in roster
    sheet = browser.get(reverse("survey_sheet", args=[visited.pk, "ruhu"]))
    told = words(sheet.content, tmp_path)
    for part in ("社会救助入户调查表", "赵甲工资", "走访邻居", "邻居说日子紧", "调查人测试jingban2："):
        assert part in told, part
    assert browser.get(reverse("survey_sheet", args=[visited.pk, "qita"])).status_code == 404
    assert browser.get(reverse("survey_sheet", args=[visited.pk, "tingzheng"])).status_code == 404
    assert sign_in("cun").get(reverse("survey_sheet", args=[visited.pk, "linli"])).status_code == 403


def test_a_hearing_goes_from_request_to_record(visited: Case, sign_in: SignIn, tmp_path: Path) -> None:
    browser, page = sign_in("jingban"), reverse("case_hearing", args=[visited.pk])
    assert "没有听证" in browser.get(page).content.decode()
    ask = reverse("hearing_ask", args=[visited.pk])
    html = browser.get(page).content.decode()
    assert "请填写" in browser.post(ask, fields(html, ask) | {"asker": "applicant"}).content.decode()
    said = {"asker": "applicant", "reason": "不认可查到的存款"}
    assert browser.post(ask, fields(html, ask) | said).status_code == 302
    hearing = Hearing.objects.get()
    announce = reverse("hearing_announce", args=[visited.pk, hearing.pk])
    html = browser.get(page).content.decode()
    early = {"hold_on": "2026-09-16", "place": "镇政府"}
    assert browser.post(announce, fields(html, announce) | early).status_code == 409
    assert (
        browser.post(announce, fields(html, announce) | early | {"hold_on": "2026-09-18"}).status_code == 302
    )
    move_to(dt.date(2026, 9, 18))
    hold = reverse("hearing_hold", args=[visited.pk, hearing.pk])
    html = browser.get(page).content.decode()
    host = html.split("测试fuze")[0].rsplit('value="', 1)[1].split('"')[0]
    record = {"host": host, "attendees": "赵甲", "statements": "存款已取出看病", "conclusion": "再核一次"}
    assert browser.post(hold, fields(html, hold) | record).status_code == 302
    assert "再核一次" in browser.get(page).content.decode()
    assert Case.objects.get(pk=visited.pk).station == "survey"
    told = words(browser.get(reverse("survey_sheet", args=[visited.pk, "tingzheng"])).content, tmp_path)
    for part in ("社会救助听证笔录", "存款已取出看病", "主持人测试fuze"):
        assert part in told, part
    assert sign_in("cun").get(page).status_code == 403
