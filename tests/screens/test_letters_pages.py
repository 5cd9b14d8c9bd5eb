"""Letters on paper that no decision stands behind, and signatures that were drawn on a screen."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from doudi.records.audit.models import Look
from doudi.records.cases.models import Case
from doudi.records.checks import services as checks
from doudi.records.decisions import verifying
from doudi.records.decisions.models import Decision, Recognition
from doudi.records.decisions.services import terminate
from doudi.records.intake import signing
from doudi.records.intake.models import Signature
from doudi.records.people.services import ObligorDraft
from doudi.records.postings import services as postings
from doudi.records.postings.models import Objection
from doudi.store.today import move_to
from doudi.web.office.decisions import letters
from doudi.web.ui.print.pictures import signature_svg
from tests.screens.conftest import SignIn
from tests.screens.public_site import Staff, as_public_site, day, posted
from tests.screens.test_ui_print import NUMBERS, joined
from tests.services import concluding
from tests.services import golden_family as golden
from tests.services.waiting import granted

pytestmark = pytest.mark.django_db
PUBLIC = "doudi.web.public.urls"
SAID, WHO, FOUND = "他家有辆红色的车", "13900000777", "据东邻所说是亲戚的车"


def ink(bend: int = 140) -> bytes:
    """A stroke on an empty pad, as sign.js sends it."""
    pad = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(pad).line([(200, 60), (260, bend), (330, 50)], fill="#1b2426", width=4)
    out = io.BytesIO()
    pad.save(out, "PNG")
    return out.getvalue()


def paper(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), url
    return joined(answer.content)


def shown_on_the_public_site(client: Client, token: str) -> str:
    page = client.get(reverse("public_verify", args=[token], urlconf=PUBLIC))
    assert page.status_code == 200
    return str(page.content.decode())


# ---- an application that was ended ----------------------------------------------------------------------


def test_an_ended_application_is_told_by_letter_and_the_letter_can_be_proved(
    accepted: Case, staff: Staff, sign_in: SignIn, settings: object
) -> None:
    letter = reverse("termination_letter", args=[accepted.pk, "gaozhi"])
    assert sign_in("jingban").get(letter).status_code == 404
    ended = terminate(
        case=accepted, by=staff["jingban"], cause="uncooperative", reason="三次上门都不开门", on=day("09-15")
    )
    move_to(day("09-15"))
    text = paper(sign_in("jingban"), letter)
    for words in (
        "终止农村最低生活保障审核确认程序", "赵甲：", "拒不配合调查核对。三次上门都不开门。", "2026年9月14日",
        "2026年9月15日",
        "重新提出申请", "60日内依法向汝州市人民政府申请行政复议", "寄料镇人民政府", verifying.ending_no(ended),
    ):  # fmt: skip
        assert words in text, words
    assert NUMBERS.search(text) is None
    assert Look.objects.filter(actor="jingban", action="print", subject=f"case:{ended.pk}").count() == 1
    slip = paper(sign_in("fuze"), reverse("termination_letter", args=[accepted.pk, "huizheng"]))
    assert "送达回证" in slip
    assert "终止审核确认程序告知书" in slip
    assert letter in sign_in("jingban").get(reverse("case", args=[accepted.pk])).content.decode()
    as_public_site(settings)
    page = shown_on_the_public_site(Client(), verifying.ending_token(ended))
    assert verifying.ending_no(ended) in page
    assert "赵甲" not in page


def test_what_the_applicant_withdrew_is_not_told_as_his_fault(
    accepted: Case, staff: Staff, sign_in: SignIn
) -> None:
    terminate(case=accepted, by=staff["jingban"], cause="withdrawn", reason="已经找到工作", on=day("09-15"))
    text = paper(sign_in("jingban"), reverse("termination_letter", args=[accepted.pk, "gaozhi"]))
    assert "现按你户的要求" in text
    assert "不配合" not in text


# ---- an answer to whoever reported ----------------------------------------------------------------------


def reported(case: Case, staff: Staff, contact: str = WHO) -> Objection:
    posting = posted(case, staff)
    return postings.object_to(posting=posting, channel="电话", text=SAID, contact=contact, on=day("09-19"))


def concluded(objection: Objection, staff: Staff, outcome: str, remedy: str = "") -> Objection:
    """Looked into by two, written by one, signed by the other."""
    two = [staff["jingban"], staff["jingban2"]]
    postings.assign(objection=objection, by=staff["jingban"], users=two, on=day("09-19"))
    return concluding.concluded(
        objection=objection, by=two[0], outcome=outcome, text=FOUND, on=day("09-21"), remedy=remedy
    )


def test_an_answer_says_what_came_of_it_and_nothing_of_the_home_or_of_who_told(
    accepted: Case, staff: Staff, sign_in: SignIn, settings: object
) -> None:
    objection = reported(accepted, staff)
    url = reverse("answer_letter", args=[objection.pk])
    assert sign_in("jingban").get(url).status_code == 404
    concluded(objection, staff, "upheld", "survey")
    text = paper(sign_in("jingban"), url)
    for words in (
        "社会救助异议答复",
        "2026年9月19日",
        "你反映的问题属实",
        "重新调查",
        "第三十七条",
        objection.no,
    ):
        assert words in text, words
    for kept in (SAID, WHO, FOUND, "赵甲", "819.00", "钱乙"):
        assert kept not in text, kept
    assert Look.objects.filter(action="print", subject=f"objection:{objection.pk}").count() == 1
    as_public_site(settings)
    objection.refresh_from_db()
    page = shown_on_the_public_site(Client(), verifying.answer_token(objection))
    assert objection.no in page
    assert "户主" not in page


def test_who_left_no_name_gets_no_letter_and_the_village_no_hint(
    accepted: Case, staff: Staff, sign_in: SignIn
) -> None:
    objection = reported(accepted, staff, contact="")
    concluded(objection, staff, "dismissed")
    url = reverse("answer_letter", args=[objection.pk])
    assert sign_in("jingban").get(url).status_code == 404
    assert sign_in("cun").get(url).status_code == 403


def test_a_code_of_another_paper_proves_nothing(accepted: Case, staff: Staff, sign_in: SignIn) -> None:
    objection = concluded(reported(accepted, staff), staff, "dismissed")
    assert "没有发现你反映的问题不符合规定" in paper(
        sign_in("fuze"), reverse("answer_letter", args=[objection.pk])
    )
    token = verifying.answer_token(objection)
    assert verifying.paper_of(token) is not None
    mac = token.partition("-")[2]
    for wrong in (f"{objection.pk}-{mac}", f"z{objection.pk}-{mac}", f"j{objection.pk + 1}-{mac}", "j-", "z"):
        assert verifying.paper_of(wrong) is None, wrong
    assert verifying.answer_token(Objection(pk=objection.pk, no=objection.no, outcome="upheld")) != token


# ---- the end of a recognition ---------------------------------------------------------------------------


def test_the_end_of_a_recognition_tells_a_day_and_no_sum(staff: Staff) -> None:
    case = granted(1, staff)
    made = Decision.objects.get(case=case)
    ended = Decision.objects.create(
        no="410482-2026-D000099", kind="stop", scheme="bianyuan", household=case.household,
        decided_on=day("10-20"), reason_code="S02", reason="收入或者财产不再符合规定", basis="民发〔2021〕57号 第八条",
        by="shenpi",
    )  # fmt: skip
    Recognition.objects.create(
        no="R1", decision=made, scheme="bianyuan", household=case.household, village_id=golden.VILLAGE, persons=3,
        from_on=day("10-12"), until_on=dt.date(2027, 10, 12), ended_on=day("11-01"),
    )  # fmt: skip
    found = letters.decisions_of(staff["shenpi"]).get(pk=ended.pk)
    text = joined(letters.render(found, "gaozhi", day("10-21")))
    for words in ("认定告知书", "2026年11月1日", "收入或者财产不再符合规定", "第八条", "60日"):
        assert words in text, words
    assert "0.00" not in text


# ---- drawn signatures -----------------------------------------------------------------------------------


def test_a_drawn_signature_is_printed_in_its_place_and_each_opening_is_a_look(
    accepted: Case, staff: Staff, sign_in: SignIn
) -> None:
    url = reverse("survey_sheet", args=[accepted.pk, "ruhu"])
    empty = sign_in("jingban").get(url).content
    drawn = golden.seen(
        paper=(),
        member_signature=ink(120),
        signatures={staff["jingban"].pk: ink(130), staff["jingban2"].pk: ink()},
    )
    move_to(day("09-16"))
    made = checks.visit(
        case=accepted, by=staff["jingban"], others=[staff["jingban2"]], on=day("09-16"), draft=drawn
    )
    answer = sign_in("jingban").get(url)
    assert "调查人 测试jingban2：" in joined(answer.content)
    assert pictures(answer.content) - pictures(empty) == 3
    files = [made.member_signature_id, *made.investigators.values_list("signature", flat=True)]
    for file in files:
        assert Look.objects.filter(actor="jingban", subject=f"file:{file}").count() == 1


def test_the_authorisation_carries_what_was_drawn_and_lines_for_the_rest(
    filed: Case, staff: Staff, sign_in: SignIn
) -> None:
    url = reverse("authorisation_pdf", args=[filed.pk])
    son = ObligorDraft(name="赵大", relation="child")
    obligor = signing.add_obligor(case=filed, by=staff["jingban"], draft=son, on=day("09-14"))
    before = pictures(sign_in("jingban").get(url).content)
    signed = signing.sign(
        case=filed, by=staff["jingban"], key=f"authorise-o{obligor.pk}", way=Signature.Way.DRAWN,
        image=ink(), on=day("09-14"),
    )  # fmt: skip
    answer = sign_in("jingban").get(url)
    assert pictures(answer.content) - before == 1
    assert (
        Look.objects.filter(
            actor="jingban", action="picture", subject__endswith=f":{signed.image_id}"
        ).count()
        == 1
    )


def pictures(pdf: bytes) -> int:
    return pdf.count(b"/Subtype/Image") + pdf.count(b"/Subtype /Image")


def test_an_empty_pad_is_a_line_to_sign_on() -> None:
    blank = io.BytesIO()
    Image.new("RGB", (600, 200), "white").save(blank, "JPEG")
    assert signature_svg(b"") == signature_svg(blank.getvalue()) == ""
    assert 'width="145"' in signature_svg(ink())  # of 600: only where there is ink
