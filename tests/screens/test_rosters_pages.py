"""Rolls on pages: upload, look, take in, receipt; one file once."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from doudi.records.awards.models import Award
from doudi.records.decisions import rosters
from doudi.records.decisions.models import RosterImport
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.staff.models import Role, User
from tests.exchange.rosters import identity_number, sheet_bytes
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services.golden_family import COUNTY, TOWNSHIP

pytestmark = pytest.mark.django_db
KEEPERS = {"jingban", "shenpi"}
HEADER = ["村", "户主姓名", "身份证号码", "保障人口", "月保障金额", "家庭年收入"]


def roll(*places: int, title: str = "", village: str = "寄料村委会", amount: str = "218.50") -> bytes:
    rows = [[village, "张建国", identity_number(place), "1", amount, "2400.00"] for place in places]
    return sheet_bytes([*([[title]] if title else []), HEADER, *rows])


def upload(browser: Client, data: bytes, name: str = "名册.xlsx", area: str = TOWNSHIP) -> Any:
    given = {"scheme": "dibao_rural", "area": area, "file": SimpleUploadedFile(name, data)}
    return browser.post(reverse("rosters"), given, follow=True)


def take_in(browser: Client, row: RosterImport, **fields: str) -> Any:
    url = reverse("roster_commit", args=[row.pk])
    key = browser.get(url).context["form"]["key"].value()
    return browser.post(url, {"key": str(key), **fields}, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_upload(role: str, sign_in: SignIn) -> None:
    assert sign_in(role).get(reverse("rosters")).status_code == (200 if role in KEEPERS else 403)


def test_nothing_yet(staff: dict[str, User], sign_in: SignIn) -> None:
    assert "还没有导入过名册" in text_of(sign_in("jingban").get(reverse("rosters")).content.decode())


def test_upload_look_take_in_receipt(staff: dict[str, User], sign_in: SignIn) -> None:
    browser = sign_in("shenpi")
    data = roll(1, 2)
    looked = text_of(upload(browser, data).content.decode())
    assert "437.00" in looked
    assert Award.objects.count() == 0
    row = RosterImport.objects.get()
    receipt = text_of(take_in(browser, row).content.decode())
    assert f"回执 {row.pk}" in receipt
    assert "测试shenpi ·" in receipt, "入库人写姓名"
    assert row.sha256 in receipt
    assert Award.objects.count() == 2
    again = text_of(upload(browser, data, name="改了名.xlsx").content.decode())
    assert "这次不起作用" in again
    assert Award.objects.count() == 2


def test_errors_are_listed_where_they_are_and_nothing_can_be_taken_in(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    page = upload(sign_in("jingban"), roll(1, 2, amount="-5"))
    words = text_of(page.content.decode())
    assert "行错误 2 处" in words
    assert "amount.negative" in words
    assert "改好再传" in words
    assert identity_number(1) not in page.content.decode()


def test_a_clerk_checks_and_the_county_takes_in(staff: dict[str, User], sign_in: SignIn) -> None:
    words = text_of(upload(sign_in("jingban"), roll(1)).content.decode())
    assert "等县级审批入库" in words
    row = RosterImport.objects.get()
    assert sign_in("jingban").get(reverse("roster_commit", args=[row.pk])).status_code == 403


def test_a_contradiction_must_be_explained(staff: dict[str, User], sign_in: SignIn) -> None:
    browser = sign_in("shenpi")
    upload(browser, roll(1, title="花名册（共2户2人）"))
    row = RosterImport.objects.get()
    assert list(take_in(browser, row, note="").context["form"].errors) == ["note"]
    assert Award.objects.count() == 0
    take_in(browser, row, note="标题是上月的")
    assert Award.objects.count() == 1


def test_a_hostile_file_is_refused_beside_its_field(staff: dict[str, User], sign_in: SignIn) -> None:
    answer = upload(sign_in("shenpi"), b"MZ\x90 not a sheet")
    assert "内容其实是一个可执行程序" in text_of(answer.content.decode())
    assert RosterImport.objects.count() == 0


def test_another_township_does_not_exist(staff: dict[str, User], sign_in: SignIn) -> None:
    upload(sign_in("shenpi"), roll(1), area=COUNTY)
    row = RosterImport.objects.get()
    assert sign_in("jingban").get(reverse("roster", args=[row.pk])).status_code == 404


def test_a_large_roll_shows_its_progress(
    staff: dict[str, User], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "LARGE", 1)
    browser = sign_in("shenpi")
    upload(browser, roll(1, 2, 3))
    row = RosterImport.objects.get()
    assert "已转到后台入库" in text_of(take_in(browser, row).content.decode())
    assert "排队中" in text_of(browser.get(reverse("roster_progress", args=[row.pk])).content.decode())
    jobs.run(Job.objects.get().pk)
    assert "已完成" in text_of(browser.get(reverse("roster_progress", args=[row.pk])).content.decode())
    assert Award.objects.count() == 3
