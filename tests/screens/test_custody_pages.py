"""Cards kept by somebody else, on pages: recorded with the agreement, filed by the county, ended; who may see what."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.models import Custody
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
READERS = {"jingban", "fuze", "shenpi", "juzhang", "shenji"}
KEEPER = golden.number("19700101", 77)


@pytest.fixture
def award(staff: dict[str, User]) -> Award:
    move_to(dt.date(2026, 11, 5))
    return factories.receiving()[0]


def words(browser: Client, name: str, *args: Any) -> str:
    return text_of(browser.get(reverse(name, args=args)).content.decode())


def post(browser: Client, name: str, *args: Any, **fields: Any) -> str:
    url = reverse(name, args=args)
    key = browser.get(url).context["form"]["key"].value()
    return text_of(browser.post(url, {"key": str(key), **fields}, follow=True).content.decode())


def recorded(browser: Client, award: Award, **changes: Any) -> str:
    picture = SimpleUploadedFile("xieyi.jpg", golden.photo(), "image/jpeg")
    given = {
        "person": str(award.payee_id), "custodian": "李村医", "custodian_id": KEEPER, "relation": "邻居",
        "from_on": "2026-11-01", "agreement": picture,
    } | changes  # fmt: skip
    return post(browser, "custody_new", award.household_id, **given)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_who_keeps_the_cards(role: str, sign_in: SignIn) -> None:
    answer = sign_in(role).get(reverse("custodies"))
    assert answer.status_code == (200 if role in READERS else 403)
    if answer.status_code == 200:
        assert "没有代管的存折" in text_of(answer.content.decode())


def test_from_the_family_page_to_the_filing_and_the_end(award: Award, sign_in: SignIn) -> None:
    clerk, county = sign_in("jingban"), sign_in("shenpi")
    assert "登记代管" in words(clerk, "household", award.household_id)
    told = recorded(clerk, award)
    assert "已登记代管, 等县级备案" in told
    assert "李村医" in told
    made = Custody.objects.get()
    page = county.get(reverse("custody_file", args=[made.pk])).content.decode()
    assert KEEPER not in page
    photo = county.get(reverse("custody_agreement", args=[made.pk]))
    assert photo["Content-Type"] == "image/jpeg"
    assert "已备案" in post(county, "custody_file", made.pk)
    assert "代管已结束" in post(clerk, "custody_end", made.pk, reason="存折交还本人")
    assert "没有代管的存折" in words(clerk, "custodies")


def test_a_form_that_says_too_little_comes_back_with_words(award: Award, sign_in: SignIn) -> None:
    clerk = sign_in("jingban")
    page = clerk.get(reverse("custody_new", args=[award.household_id])).content.decode()
    assert 'value="2026-11-05"' in page, "the browser's field of a day takes no other writing"
    assert "最后一位校验不符" in recorded(
        clerk, award, custodian_id=KEEPER[:-1] + ("0" if KEEPER[-1] != "0" else "1")
    )
    bad = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    assert "不是照片" in recorded(clerk, award, agreement=bad)
    assert not Custody.objects.exists()


def test_another_township_finds_nothing(award: Award, sign_in: SignIn, staff: dict[str, User]) -> None:
    recorded(sign_in("jingban"), award)
    made = Custody.objects.get()
    staff["jingban2"].area_id = factories.elsewhere().parent_id
    staff["jingban2"].save()
    browser = sign_in("jingban2")
    assert browser.get(reverse("custody_new", args=[award.household_id])).status_code == 404
    assert browser.get(reverse("custody_end", args=[made.pk])).status_code == 404
    assert browser.get(reverse("custody_agreement", args=[made.pk])).status_code == 404
    assert "没有代管的存折" in words(browser, "custodies")


def test_the_register_is_a_workbook_without_formulas_and_leaves_a_look(award: Award, sign_in: SignIn) -> None:
    recorded(sign_in("jingban"), award, relation="=邻居")
    county = sign_in("shenpi")
    answer = county.get(reverse("custodies_xlsx"))
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    told = {
        str(cell.value): cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None
    }
    assert {"李村医", award.household.no} <= set(told)
    assert [kind for text, kind in told.items() if text.endswith("=邻居")] == ["s"]  # a text, never a formula
    assert KEEPER not in " ".join(told)
    told_csv = county.get(reverse("custodies_xlsx"), {"as": "csv"}).content.decode("utf-8-sig")
    assert ",'=邻居," in told_csv
    assert Look.objects.filter(actor="shenpi", action="download", subject="custodies:all").count() == 2
    assert reverse("custodies_xlsx") in county.get(reverse("custodies")).content.decode()


def test_whoever_pays_sees_on_the_run_and_on_the_family_who_keeps_the_card(
    award: Award, sign_in: SignIn
) -> None:
    recorded(sign_in("jingban"), award)
    office = factories.office(dt.date(2026, 11, 5))
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    payer = sign_in("caiwu")
    told = words(payer, "payroll_run", run.pk)
    assert "1 名领款人的存折由别人代管" in told
    assert "其中 1 名还没有县级备案" in told
    assert "李村医" in words(payer, "payroll_household", award.household_id)
