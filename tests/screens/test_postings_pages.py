"""The boards in the office: a village at once, its sheets, photographs from a phone, objections, the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.cases.models import Case
from doudi.records.postings import services
from doudi.records.postings.models import BoardPhoto, BoxOpening, Hotline, Objection, Posting
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.public_site import Staff, day, posted
from tests.screens.test_ui_print import joined
from tests.screens.typed import fields, text_of
from tests.services import golden_family as golden

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
SHEET = f"/gongshi/bang/{golden.VILLAGE}/"
WORDS, WHO = "他家有辆红色的车", "13900000777"


@pytest.fixture
def posting(accepted: Case, staff: Staff) -> Posting:
    """On the board since 09-18; it is 09-20."""
    made = posted(accepted, staff)
    move_to(day("09-20"))
    return made


@pytest.fixture
def objection(posting: Posting) -> Objection:
    return services.object_to(posting=posting, channel="网上", text=WORDS, contact=WHO, on=day("09-20"))


def html_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_village_is_put_up_at_once_and_its_sheet_is_ready(
    assessed: Case, sign_in: SignIn, staff: Staff
) -> None:
    from doudi.records.checks import services as checks

    checks.give_opinion(case=assessed, by=staff["jingban"], recommends=True, text="符合条件", on=day("09-17"))
    clerk = sign_in("cun")
    page = html_of(clerk.get("/gongshi/"))
    assert "张贴这 1 户" in page
    done = clerk.post(f"/gongshi/zhangtie/{golden.VILLAGE}/", {"station": "post"}, follow=True)
    assert "已张贴 1 户" in html_of(done)
    text = joined(clerk.get(f"{SHEET}?station=post").content)
    assert all(words in text for words in ("赵甲", "819.00", "初审意见公示", "张贴人传照片", "12345"))
    assert clerk.get(f"{SHEET}?station=post_final").status_code == 409


def test_the_sheet_carries_every_levels_number_and_the_place_of_the_box(
    posting: Posting, sign_in: SignIn, staff: Staff
) -> None:
    admin = sign_in("xitong")
    page = admin.get("/shezhi/jiandu/")
    assert "汝州市" in html_of(page)
    for code, values in (
        (golden.VILLAGE, {"phone": "0375-0000001", "board": "村委会门口", "box": "村委会门口东墙"}),
        (golden.TOWNSHIP, {"phone": "0375-0000002"}),
        (golden.COUNTY, {"phone": "0375-0000003"}),
    ):
        url = f"/shezhi/jiandu/?area={code}"
        form = fields(html_of(admin.get(url)), "", **values)
        assert admin.post(url, form).status_code == 302
    assert Hotline.objects.count() == 5
    text = joined(sign_in("jingban").get(SHEET).content)
    for words in ("0375-0000001", "0375-0000002", "0375-0000003", "12345", "村委会门口东墙"):
        assert words in text, words


def test_a_phone_sends_the_photograph_and_the_office_opens_it_with_a_look(
    posting: Posting, sign_in: SignIn, staff: Staff
) -> None:
    village, url = sign_in("cun"), f"/gongshi/pai/{posting.pk}/"
    assert "今天要拍" in html_of(village.get("/gongshi/zhaopian/"))
    page = html_of(village.get(url))
    assert 'capture="environment"' in page
    bad = village.post(
        url, {**fields(page, ""), "moment": "first", "photo": SimpleUploadedFile("a.jpg", b"no")}
    )
    assert (bad.status_code, "不是照片" in html_of(bad)) == (422, True)
    early = village.post(
        url,
        {**fields(html_of(bad), ""), "moment": "last", "photo": SimpleUploadedFile("a.jpg", golden.photo())},
    )
    assert "2026-09-25" in html_of(early)
    form = {**fields(html_of(early), ""), "moment": "first"}
    sent = village.post(url, {**form, "photo": SimpleUploadedFile("a.jpg", golden.photo())}, follow=True)
    assert "照片已传回" in html_of(sent)
    photo = BoardPhoto.objects.get()
    shown = sign_in("jingban").get(f"/gongshi/zhaopian/{photo.pk}/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store, private")
    assert Look.objects.filter(actor="jingban", subject=f"boardphoto:{photo.pk}").count() == 1


def test_an_objection_is_given_to_two_and_answered_on_the_page(
    objection: Objection, sign_in: SignIn, staff: Staff
) -> None:
    clerk, url = sign_in("jingban"), f"/gongshi/yiyi/{objection.pk}/"
    page = html_of(clerk.get(url))
    assert (WORDS in page, WHO in page, "交另一人会签" in page) == (True, False, False)
    assign = reverse("objection_assign", args=[objection.pk])
    twice = fields(page, assign, first=staff["jingban"].pk, second=staff["jingban"].pk)
    assert "不同的 2 个人" in html_of(clerk.post(assign, twice))
    form = fields(page, assign, first=staff["jingban"].pk, second=staff["jingban2"].pk)
    page = html_of(clerk.post(assign, {**form, "key": "0b7a1c0e-6a3f-4d43-9c55-6f3f8f0a1b99"}, follow=True))
    assert "测试jingban、测试jingban2" in text_of(page)
    seen = clerk.post(reverse("objection_contact", args=[objection.pk]), {"purpose": "约谈"})
    assert WHO in html_of(seen)
    written = clerk.post(url, fields(page, url, outcome="upheld survey", text="车是他的"), follow=True)
    assert "等 测试jingban2 会签" in text_of(html_of(written))
    assert Case.objects.get().station == "post"
    signer, sign = sign_in("jingban2"), reverse("objection_countersign", args=[objection.pk])
    assert objection.no in html_of(signer.get("/gongshi/yiyi/?view=sign"))
    page = html_of(signer.get(url))
    wordless = signer.post(sign, fields(page, sign, decision="return"))
    assert (wordless.status_code, "请写明哪里不对" in html_of(wordless)) == (422, True)
    answered = signer.post(sign, fields(page, sign, decision="agree"), follow=True)
    assert "成立, 重新调查" in " ".join(text_of(html_of(answered)).split())
    assert "没有待我会签的" in html_of(signer.get("/gongshi/yiyi/?view=sign"))
    assert Case.objects.get().station == "survey"
    replied = clerk.post(reverse("objection_reply", args=[objection.pk]), follow=True)
    assert "2026-09-20 已答复" in text_of(html_of(replied))


def test_who_must_not_know_does_not_find_the_objection(objection: Objection, sign_in: SignIn) -> None:
    for login, status in (("cun", 403), ("shegong", 403), ("juzhang", 403), ("fuze", 200), ("shenpi", 200)):
        assert sign_in(login).get(f"/gongshi/yiyi/{objection.pk}/").status_code == status, login
    fields_of_contact = {"purpose": "看看"}
    refused = sign_in("jingban").post(reverse("objection_contact", args=[objection.pk]), fields_of_contact)
    assert (refused.status_code, WHO in html_of(refused)) == (409, False)
    for url in ("/", "/gongshi/?view=hanging", f"/anjian/{objection.case_id}/", "/anjian/"):
        page = html_of(sign_in("cun").get(url))
        assert (WORDS in page, WHO in page, objection.no in page) == (False, False, False), url


def test_a_call_is_taken_down_in_time_and_after_it(posting: Posting, sign_in: SignIn, staff: Staff) -> None:
    clerk, url = sign_in("jingban"), f"/gongshi/{posting.pk}/yiyi/"
    taken = {"channel": "电话", "text": WORDS, "contact": ""}
    assert clerk.post(url, fields(html_of(clerk.get(url)), "", **taken)).status_code == 302
    move_to(day("09-29"))
    page = html_of(clerk.get(url))
    assert "按举报受理" in page
    clerk.post(url, fields(page, "", **taken))
    tip = f"/jiating/{posting.case.household_id}/jubao/"
    clerk.post(tip, fields(html_of(clerk.get(tip)), "", **taken))
    assert list(Objection.objects.order_by("pk").values_list("kind", flat=True)) == [
        "objection",
        "tip",
        "tip",
    ]
    empty = clerk.post(tip, fields(html_of(clerk.get(tip)), "", channel="电话", text=""))
    assert "请填写" in html_of(empty)


def test_a_box_is_registered_with_its_letters(posting: Posting, sign_in: SignIn, staff: Staff) -> None:
    clerk = sign_in("jingban")
    page = html_of(clerk.get("/gongshi/kaixiang/"))
    assert "还没有开箱记录" in page
    form = fields(page, "", village=golden.VILLAGE, second=staff["jingban2"].pk, letters=2)
    assert "测试jingban、测试jingban2" in html_of(clerk.post("/gongshi/kaixiang/", form, follow=True))
    box = BoxOpening.objects.get()
    url = f"/gongshi/{posting.pk}/yiyi/"
    said = {"channel": "意见箱", "text": WORDS, "contact": "", "box": box.pk}
    clerk.post(url, fields(html_of(clerk.get(url)), "", **said))
    assert Objection.objects.get().box == box


def test_a_list_says_what_waits_and_what_is_overdue(objection: Objection, sign_in: SignIn) -> None:
    clerk = sign_in("jingban")
    assert objection.no in html_of(clerk.get("/gongshi/yiyi/"))
    assert "没有已处理的" in html_of(clerk.get("/gongshi/yiyi/?view=done"))
    assert clerk.get("/gongshi/yiyi/?view=x").status_code == 404


def test_another_townships_objection_photo_and_board_are_not_found(
    objection: Objection, sign_in: SignIn
) -> None:
    from doudi.records.areas.models import Area

    town = Area.objects.create(code="410482102000", name="温泉镇", level="township", parent_id=golden.COUNTY)
    User.objects.filter(username="jingban2").update(area=town)
    other = sign_in("jingban2")
    other_user = User.objects.get(username="jingban2")
    other.force_login(other_user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert objection.posting is not None
    for url in (f"/gongshi/yiyi/{objection.pk}/", f"/gongshi/pai/{objection.posting.pk}/", SHEET):
        assert other.get(url).status_code == 404, url
