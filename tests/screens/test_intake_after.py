"""After the application is in: signatures with pictures, look-alikes, inquiries, referrals, the relatives register."""

import base64
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.intake import referring
from doudi.records.intake import services as intake
from doudi.records.intake.models import HukouInquiry, Referral, Signature
from doudi.records.people.models import Obligor, Relative
from doudi.records.people.services import Member
from doudi.records.staff.models import User
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
STRANGER = golden.number("19600101", 71)


@pytest.fixture
def unsigned(staff: dict[str, User], on: Any) -> Case:
    """Filed with nobody's signature."""
    draft = golden.draft(authorised=False, promised=False)
    return intake.submit(by=staff["cun"], draft=draft, channel="village", on=on)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "JPEG")
    return out.getvalue()


def post(browser: Client, case: Case, page: str, act: str, /, **typed: Any) -> Any:
    url = reverse(act, args=[case.pk])
    shown = browser.get(reverse(page, args=[case.pk])).content.decode()
    return browser.post(url, {**fields(shown, url), **typed}, follow=True)


def note(browser: Client, case: Case, **typed: Any) -> Any:
    return post(browser, case, "case_signatures", "signature_note", **typed)


def key_of(case: Case, name: str) -> str:
    from doudi.records.intake.queries import signers

    return next(one.key for one in signers(case) if one.name == name and one.what == "authorise")


def test_who_must_sign_is_listed_and_signed_on_paper(unsigned: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    words = text_of(browser.get(reverse("case_signatures", args=[unsigned.pk])).content.decode())
    assert words.count("还没有签") == 4
    done = note(browser, unsigned, who=key_of(unsigned, "钱乙"), way="hand")
    assert "已登记签字" in text_of(done.content.decode())
    assert post(browser, unsigned, "case_signatures", "signatures_all").status_code == 200
    assert Signature.objects.count() == 4


def test_a_drawn_and_a_photographed_signature_can_be_looked_at(unsigned: Case, sign_in: SignIn) -> None:
    browser = sign_in("cun")
    drawn = "data:image/png;base64," + base64.b64encode(_png()).decode()
    note(browser, unsigned, who=key_of(unsigned, "赵甲"), way="drawn", drawn=drawn)
    picture = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    note(browser, unsigned, who=key_of(unsigned, "钱乙"), way="photo", photo=picture)
    kept = list(Signature.objects.values_list("image", flat=True))
    seen = browser.get(reverse("case_picture", args=[unsigned.pk, kept[0]]))
    assert (len(kept), seen.headers["Content-Type"], seen.headers["Cache-Control"]) == (
        2,
        "image/jpeg",
        "no-store",
    )
    assert Look.objects.filter(action="picture").count() == 1
    assert sign_in("shenji").get(reverse("case_picture", args=[unsigned.pk, kept[0]])).status_code == 403


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (64, 48)).save(out, "PNG")
    return out.getvalue()


def test_what_is_wrong_with_a_signature_is_said(unsigned: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    empty = note(browser, unsigned, who="", way="hand")
    assert (empty.status_code, "请选择" in empty.content.decode()) == (409, True)
    minor = note(browser, unsigned, who=key_of(unsigned, "赵丙"), way="hand")
    assert "由监护人代签" in text_of(minor.content.decode())
    later = note(browser, unsigned, who=key_of(unsigned, "钱乙"), way="hand", signed_on="2026-12-01")
    assert "不能晚于今天" in later.content.decode()
    assert not Signature.objects.exists()


def test_an_obligor_is_added_signs_or_is_taken_off(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    post(browser, filed, "case_signatures", "obligor_add", name="赵大", relation="child")
    obligor = Obligor.objects.get()
    page = browser.get(reverse("case_papers", args=[filed.pk])).content.decode()
    assert "赵大（义务人）" in page
    url = reverse("obligor_end", args=[filed.pk, obligor.pk])
    shown = browser.get(reverse("case_signatures", args=[filed.pk])).content.decode()
    assert browser.post(url, {**fields(shown, url), "reason": ""}).status_code == 409
    browser.post(url, {**fields(shown, url), "reason": "登记有误"})
    obligor.refresh_from_db()
    assert obligor.ended_reason == "登记有误"


def test_papers_keep_what_was_seen_and_their_pictures(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    post(browser, filed, "case_papers", "papers_note", have=["application"], seen=["application"])
    note_url = reverse("papers_note", args=[filed.pk])
    shown = fields(browser.get(reverse("case_papers", args=[filed.pk])).content.decode(), note_url)
    assert (shown["have"], shown["seen"], shown.get("copied")) == (["application"], ["application"], None)
    picture = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    post(browser, filed, "case_papers", "paper_photo", kind="declaration", photo=picture)
    paper = filed.papers.get(kind="declaration")
    assert (paper.status, paper.photo_id is not None) == ("have", True)
    refused = post(
        browser,
        filed,
        "case_papers",
        "paper_photo",
        kind="disability",
        photo=SimpleUploadedFile("a", photo()),
    )
    assert (refused.status_code, "不得向申请人要" in refused.content.decode()) == (409, True)


def test_a_look_alike_is_shown_where_it_blocks_and_settled(
    filed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    members = (Member(name="孙甲", id_number=golden.number("19700101", 41), relation="head"),)
    draft = golden.draft(
        members=members, facts=(), account="6299000000000000077", phone="10000000000", address="别处"
    )
    case = intake.submit(by=staff["cun"], draft=draft, channel="village", on=filed.accepted_on)
    browser = sign_in("jingban")
    likeness = reverse("case_likeness", args=[case.pk])
    assert likeness in browser.get(reverse("case_papers", args=[case.pk])).content.decode()
    page = browser.get(likeness).content.decode()
    assert f"户 {filed.household.no}" in text_of(page)
    assert "电话相同" in text_of(page)
    url = reverse("suspicion_settle", args=[case.pk, case.suspicions.get().pk])
    key = fields(page, url)
    assert browser.post(url, {**key, "outcome": "dismissed", "note": ""}).status_code == 409
    done = browser.post(url, {**key, "outcome": "dismissed", "note": "共用邻居电话"}, follow=True)
    assert "共用邻居电话" in done.content.decode()
    assert sign_in("cun").post(url, key).status_code == 403


def test_a_member_registered_elsewhere_gets_a_letter_and_an_answer(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    person = filed.household.memberships.get(relation="spouse").person_id
    post(browser, filed, "case_likeness", "hukou_ask", person=str(person), county="湖北省枣阳市")
    inquiry = HukouInquiry.objects.get()
    letter = browser.get(reverse("hukou_letter_pdf", args=[filed.pk, inquiry.pk]))
    assert letter.content.startswith(b"%PDF")
    url = reverse("hukou_answer", args=[filed.pk, inquiry.pk])
    shown = browser.get(reverse("case_likeness", args=[filed.pk])).content.decode()
    done = browser.post(url, {**fields(shown, url), "answer": "未享受救助"}, follow=True)
    assert "未享受救助" in done.content.decode()


def test_a_referral_is_sent_listed_late_and_answered(filed: Case, sign_in: SignIn) -> None:
    from doudi.store.today import move_to, today

    browser = sign_in("jingban")
    post(
        browser,
        filed,
        "case_likeness",
        "case_refer",
        department="medical",
        matter="大病报销",
        due_on="2026-09-20",
    )
    sent = Referral.objects.get()
    assert "没有已过期限的转介" in text_of(
        browser.get(reverse("referrals"), {"view": "late"}).content.decode()
    )
    move_to(today().replace(day=22))
    late = text_of(browser.get(reverse("referrals"), {"view": "late"}).content.decode())
    assert "已超 2 日" in late
    assert sent.no in late
    url = reverse("referral", args=[sent.pk])
    shown = browser.get(url).content.decode()
    assert browser.post(url, {**fields(shown, "*"), "answer": ""}).status_code == 409
    browser.post(url, {**fields(shown, "*"), "state": "done", "answer": "已报销三千元"})
    sent.refresh_from_db()
    filed.refresh_from_db()
    assert (sent.state, filed.closed_on) == ("done", None)
    assert sign_in("caiwu").get(url).status_code == 403


def test_a_referral_without_a_case_has_its_page(
    staff: dict[str, User], filed: Case, sign_in: SignIn, on: Any
) -> None:
    sent = referring.refer(
        by=staff["jingban"],
        household=filed.household,
        department="medical",
        matter="慢性病门诊",
        due_on=on,
        on=on,
    )
    browser, url = sign_in("jingban"), reverse("referral", args=[sent.pk])
    assert url in browser.get(reverse("referrals")).content.decode()
    shown = browser.get(url).content.decode()
    assert ("慢性病门诊" in shown, reverse("case", args=[filed.pk]) in shown) == (True, False)
    browser.post(url, {**fields(shown, "*"), "state": "declined", "answer": "不在目录内"})
    assert "不在目录内" in text_of(browser.get(url).content.decode())
    assert browser.get(reverse("referral", args=[sent.pk + 1])).status_code == 404
    staff["there"] = factories.staff("jingban-there", "jingban", str(factories.elsewhere().parent_id))
    assert sign_in("there").get(url).status_code == 404


def test_relatives_are_filed_found_and_revoked(filed: Case, staff: dict[str, User], sign_in: SignIn) -> None:
    browser, head = sign_in("jingban"), filed.household.head
    url = reverse("relative_file")
    assert "还没有备案" in text_of(browser.get(reverse("relatives")).content.decode())
    shown = browser.get(reverse("relatives")).content.decode()
    missing = browser.post(
        url, {**fields(shown, url), "name": head.name, "id_number": head.id_number, "relation": "兄弟"}
    )
    assert (missing.status_code, "请选工作人员" in missing.content.decode()) == (409, True)
    cadre = {"cadre_name": "李某", "position": "村主任", "relation": "兄弟"}
    browser.post(url, {**fields(shown, url), **cadre, "name": head.name, "id_number": head.id_number})
    filed.refresh_from_db()
    listed = browser.get(reverse("relatives"), {"text": "李某"}).content.decode()
    assert (filed.is_relative_filed, "村主任" in listed, head.id_number in listed) == (True, True, False)
    masked = sign_in("shenji").get(reverse("relatives")).content.decode()
    assert head.name not in masked
    revoke = reverse("relative_revoke", args=[Relative.objects.get().pk])
    again = {**fields(browser.get(reverse("relatives")).content.decode(), revoke), "reason": "登记有误"}
    assert "撤销" in text_of(browser.post(revoke, again, follow=True).content.decode())
    filed.refresh_from_db()
    assert filed.is_relative_filed  # the county visits all the same


def test_an_exclusive_award_is_told_before_anything_is_typed(filed: Case, sign_in: SignIn) -> None:
    factories.grant(filed.household)
    assert Award.objects.exists()
    words = text_of(_search(sign_in("jingban"), id_number=golden.number("19830505", 22)))
    assert "正在享受农村最低生活保障, 不能再申请" in words
    assert "每月 819.00 元" in words


def test_elsewhere_only_scheme_and_township_are_said(
    filed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    factories.grant(filed.household)
    staff["jingban2"].area_id = _other_township().code
    staff["jingban2"].save()
    page = _search(sign_in("jingban2"), phone="10000000000")
    assert "寄料镇 已登记这一家" in text_of(page)
    assert "农村最低生活保障" in page
    for secret in ("819.00", filed.household.no, filed.no, "钱乙", "赵甲"):
        assert secret not in page
    assert "没有查到 赵甲" in text_of(_search(sign_in("jingban2"), name="赵甲"))


def _other_township() -> Any:
    from doudi.records.areas.models import Area

    return Area.objects.create(
        code="410482102000", name="温泉镇", level="township", parent=Area.objects.get(code=golden.COUNTY)
    )


def _search(browser: Client, **asked: str) -> str:
    return browser.post(reverse("intake_window"), asked).content.decode()


def test_a_name_finds_the_family_and_another_one_may_begin(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("cun")
    found = browser.post(reverse("village_apply"), {"name": "钱乙"}).content.decode()
    assert "赵甲户已经登记" in found
    begun = browser.post(reverse("village_apply"), {"start": "1", "name": "钱乙"}).content.decode()
    assert 'value="钱乙"' in begun
    assert "交到乡镇" in begun
    nothing = browser.post(reverse("village_apply"), {"name": "", "id_number": "", "phone": ""})
    assert "至少填一样" in nothing.content.decode()


def test_the_papers_to_sign_print_for_a_family_and_blank(filed: Case, sign_in: SignIn) -> None:
    browser = sign_in("cun")
    for url in (reverse("authorisation_pdf", args=[filed.pk]), reverse("authorisation_blank")):
        assert browser.get(url).content.startswith(b"%PDF")
    assert STRANGER not in browser.get(reverse("case_filed", args=[filed.pk])).content.decode()
