"""Lists on their pages: an index that is too low, one that starts it, signing, goods signed for, files with errors."""

import io
import uuid
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from doudi.records.awards.models import Award
from doudi.records.decisions.models import ListBatch
from doudi.records.jobs import services as jobs
from doudi.records.staff.models import Role, User
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of
from tests.services import factories
from tests.services import test_listing as listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def awards(staff: dict[str, User]) -> list[Award]:
    """Two families of two on the roll; it is the twelfth of November, and there is a second approver."""
    factories.office(listed.DAY)
    staff["shenpi2"] = factories.staff("shenpi2")
    return listed.families(2, 1)


@pytest.mark.parametrize("role", list(Role))
def test_only_county_and_finance_read_lists_and_only_approvers_make_them(
    role: str, staff: dict[str, User], sign_in: SignIn
) -> None:
    reading = (Role.APPROVER, Role.DIRECTOR, Role.AUDITOR, Role.PAYER, Role.PAY_REVIEWER, Role.PAY_APPROVER)
    assert sign_in(role).get(reverse("listings")).status_code == (200 if role in reading else 403)
    assert sign_in(role).get(reverse("listing_pick")).status_code == (200 if role == Role.APPROVER else 403)


def test_without_a_list_the_page_says_what_lists_are_for(staff: dict[str, User], sign_in: SignIn) -> None:
    page = sign_in("shenpi").get(reverse("listings")).content.decode()
    assert "还没有名单" in page
    assert "价格补贴" in page


def index(browser: Any, **typed: Any) -> Any:
    page = browser.get(reverse("listing_subsidy")).content.decode()
    given = {"month": "202610", "cpi": "3.6", "food": "1", "document": listed.PAPER} | typed
    return browser.post(reverse("listing_subsidy"), fields(page, "*", **given))


def test_an_index_too_low_says_so_and_a_high_one_is_signed_by_the_other_approver(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    maker = sign_in("shenpi")
    assert "没有达到启动线" in index(maker, cpi="3.4").content.decode()
    assert "请填百分数" in index(maker, cpi="三点六").content.decode()
    assert "请填写" in index(maker, cpi="").content.decode()
    here = index(maker)["Location"]
    assert "72.00" in text_of(maker.get(reverse("listings")).content.decode()), (
        "a list that waits says how much"
    )
    page = text_of(maker.get(here).content.decode())
    for said in (
        "4 人",
        "72.00 元",
        "等另一名县级审批签发",
        awards[0].household.no,
        "每人多少是怎么算的",
        "18.00 元",
    ):
        assert said in page, said
    staff["shenpi2"].set_password("ruzhou-demo-2026")
    staff["shenpi2"].save()
    signer = sign_in("shenpi2")
    sign = reverse("listing_sign", args=[ListBatch.objects.get().pk])
    wrong = signer.post(sign, fields(signer.get(sign).content.decode(), "*", password="wrong"))
    assert "口令不对" in wrong.content.decode()
    signer.post(sign, fields(signer.get(sign).content.decode(), "*", password="ruzhou-demo-2026"))
    assert "写入各户的决定和待遇" in signer.get(here).content.decode()
    jobs.run_queued()
    page = text_of(signer.get(here).content.decode())
    assert "由 2026年10月的价格临时补贴清册发放" in page
    assert signer.get(sign).status_code == 404
    assert Award.objects.filter(scheme="price_subsidy").count() == 2


def test_a_row_is_left_out_with_a_reason_and_taken_in(awards: list[Award], sign_in: SignIn) -> None:
    maker = sign_in("shenpi")
    here = index(maker)["Location"]
    batch = ListBatch.objects.get()
    row = batch.rows.order_by("pk").first()
    out = reverse("listing_leave_out", args=[batch.pk, row.pk])
    assert (
        "请填写" in maker.post(out, fields(maker.get(out).content.decode(), "*", reason="")).content.decode()
    )
    maker.post(out, fields(maker.get(out).content.decode(), "*", reason="正在核实外出"))
    assert "正在核实外出" in maker.get(f"{here}?view=out").content.decode()
    back = reverse("listing_take_in", args=[batch.pk, row.pk])
    maker.post(back, fields(maker.get(back).content.decode(), "*", reason="核实在家"))
    assert "没有不列入的" in maker.get(f"{here}?view=out").content.decode()
    undo = reverse("listing_withdraw", args=[batch.pk])
    maker.post(undo, fields(maker.get(undo).content.decode(), "*"))
    assert "已撤回" in maker.get(here).content.decode()
    assert maker.get(undo).status_code == 404


def test_goods_are_picked_signed_printed_and_signed_for(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    maker = sign_in("shenpi")
    page = maker.get(reverse("listing_pick")).content.decode()
    typed = {
        "scheme": "goods",
        "title": "冬令物资",
        "document": "汝民〔2026〕9号",
        "schemes": ["dibao_rural"],
    }
    assert "实物写发什么" in maker.post(reverse("listing_pick"), fields(page, "*", **typed)).content.decode()
    answer = maker.post(reverse("listing_pick"), fields(page, "*", item="棉被 1 床", **typed))
    batch = ListBatch.objects.get()
    assert answer["Location"] == reverse("listing", args=[batch.pk])
    listed.listing.sign(batch=batch, by=staff["shenpi2"], on=listed.DAY)
    row = batch.rows.filter(left_out="").order_by("pk").first()
    url = reverse("listing_sign_for", args=[batch.pk, row.pk])
    maker.post(url, fields(maker.get(url).content.decode(), "*", received_by="本人"))
    assert "本人 2026-11-12 签收" in maker.get(answer["Location"]).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(maker.get(reverse("listing_xlsx", args=[batch.pk])).content))
    assert book.sheetnames == ["名单", "不列入"]
    cells = [cell for line in book["名单"].values for cell in line if cell]
    assert "本人签字" in cells
    assert awards[0].payee.id_number not in cells


def test_goods_are_signed_for_by_the_ticked_or_by_all_at_once(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    picked = {"scheme_id": "goods", "amount_fen": 0, "item": "棉被 1 床", "title": "冬令物资"}
    batch = listed.condolence(staff, **picked)
    here, url = reverse("listing", args=[batch.pk]), reverse("listing_sign_for_all", args=[batch.pk])
    maker = sign_in("shenpi")
    assert url not in maker.get(here).content.decode()
    listed.signed(batch, staff)
    page = maker.get(here).content.decode()
    count = batch.rows.filter(left_out="").count()
    assert f"选中全部 {count} 人" in text_of(page)
    assert url not in sign_in("caiwu").get(here).content.decode()
    assert "一个也没有登记" in maker.post(url, {"key": str(uuid.uuid4())}, follow=True).content.decode()
    first = batch.rows.filter(left_out="").order_by("village_id", "household_id", "pk")[0]
    once = {"key": str(uuid.uuid4()), "row": [first.pk]}
    for _ in range(2):  # the same form again does nothing more
        assert "已登记 1 人签收" in maker.post(url, once, follow=True).content.decode()
    page = maker.get(here).content.decode()
    assert f"{first.payee.name} 2026-11-12 签收" in page
    assert page.count('title="不等签收"') == 1
    again = maker.post(url, {"key": str(uuid.uuid4()), "row": [first.pk]}, follow=True)
    assert f"{first.payee.name}的那一份不能再登记" in again.content.decode()
    rest = maker.post(url, {"key": str(uuid.uuid4()), "all_matching": "1"}, follow=True).content.decode()
    assert f"已登记 {count - 1} 人签收" in rest
    assert url not in rest


def test_a_file_with_errors_shows_each_line(awards: list[Award], sign_in: SignIn) -> None:
    maker = sign_in("shenpi")
    page = maker.get(reverse("listing_upload")).content.decode()
    name, number = listed.fresh(0)
    file = SimpleUploadedFile("慰问.csv", listed.file_of(f"{name},{number},没有村,100"), "text/csv")
    typed = {"scheme": "condolence", "title": "春节慰问", "document": "汝民〔2026〕8号", "file": file}
    page = text_of(maker.post(reverse("listing_upload"), fields(page, "*", **typed)).content.decode())
    assert "文件里的错误 1 处" in page
    assert "没有“没有村”" in page
    assert not ListBatch.objects.exists()


def test_an_auditor_reads_names_masked(awards: list[Award], sign_in: SignIn) -> None:
    here = index(sign_in("shenpi"))["Location"]
    page = sign_in("shenji").get(here).content.decode()
    assert awards[0].payee.name not in page
    assert awards[0].household.no in page


def test_a_premium_goes_to_the_insurer_through_three_hands(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    batch = listed.condolence(
        staff, scheme_id="insurance_batch", amount_fen=3_000, item="人保财险汝州支公司", title="困难老人意外险"
    )  # fmt: skip
    listed.signed(batch, staff)
    here = reverse("listing", args=[batch.pk])
    payer, checker, sender = (sign_in(login) for login in ("caiwu", "fuhe", "pizhun"))
    assert "去登记保费转账" in payer.get(here).content.decode()
    assert "等发放经办登记保费转账" in checker.get(here).content.decode()
    new, review, pay, back = (
        reverse(name, args=[batch.pk])
        for name in ("listing_transfer", "listing_review", "listing_pay", "listing_decline")
    )
    assert checker.get(review).status_code == 404
    typed = {
        "bank": factories.BANK,
        "account": "6217000012345678",
        "document_no": "PICC-1",
        "level": "county",
    }
    page = payer.get(new).content.decode()
    wrong = payer.post(new, fields(page, "*", **typed | {"account": "六二一七"}))
    assert "8 到 32 位数字" in wrong.content.decode()
    assert wrong.context["form"].errors.keys() == {"account"}, (
        "the words stand beside the field they are about"
    )
    payer.post(new, fields(page, "*", **typed))
    assert payer.get(new).status_code == 404
    assert "退回" in sender.get(here).content.decode()
    assert "保费待复核" in payer.get(reverse("listings")).content.decode()
    checker.post(back, fields(checker.get(back).content.decode(), "*", reason="发票抬头不对"))
    told = text_of(payer.get(here).content.decode())
    assert "退回了保费转账 (单据 PICC-1): 发票抬头不对" in told
    assert "保费转账退回" in told
    page = payer.get(new).content.decode()
    payer.post(new, fields(page, "*", **typed))
    checker.post(review, fields(checker.get(review).content.decode(), "*"))
    staff["pizhun"].set_password("ruzhou-demo-2026")
    staff["pizhun"].save()
    sender = sign_in("pizhun")
    sender.post(pay, fields(sender.get(pay).content.decode(), "*", password="ruzhou-demo-2026"))
    page = text_of(sender.get(here).content.decode())
    for said in ("保费转账", "人保财险汝州支公司", "尾号 5678", "120.00 元", "审批付款"):
        assert said in page, said
    register = openpyxl.load_workbook(io.BytesIO(payer.get(reverse("listing_xlsx", args=[batch.pk])).content))
    assert awards[0].payee.id_number in [cell for line in register["名单"].values for cell in line]
