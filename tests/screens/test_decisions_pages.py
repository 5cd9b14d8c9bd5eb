"""The county's pages: the button and what stands above it, batches, samples, receipts, appeals, the public check."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Appeal, Decision, SampleDraw
from doudi.records.decisions.verifying import document_no, token_of
from doudi.records.intake import services as intake
from doudi.records.people.services import file_relative
from doudi.records.staff.models import User
from tests.screens.conftest import SignIn
from tests.screens.public_site import as_public_site
from tests.services import golden_family as golden
from tests.services import test_road as road
from tests.services.waiting import day, draft, granted, law, moved, signed

pytestmark = pytest.mark.django_db
PUBLIC = "doudi.web.public.urls"


def words(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def key_in(page: str) -> str:
    return re.findall(r'name="key" value="([0-9a-f-]{36})"', page)[0]


def fresh(**data: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), **data}


@pytest.fixture
def waiting(staff: dict[str, User]) -> Case:
    case = signed(1, staff)
    moved("10-12")
    return case


def test_causes_stand_above_a_button_that_cannot_be_pressed(
    waiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    file_relative(
        by=staff["jingban2"],
        user=staff["caiwu"],
        person=waiting.household.head,
        relation="兄弟",
        on=day("10-09"),
    )
    page = words(sign_in("shenpi"), reverse("case_confirm", args=[waiting.pk]))
    above, button = page.index("县级应先入户核查"), page.index("btn-primary btn-wide")
    assert above < button
    assert "disabled" in page[button : button + 120]
    assert "autofocus" not in page


def test_confirming_one_lands_on_the_next_of_the_queue_with_the_button_in_focus(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    first, second, third = (signed(place, staff) for place in (1, 2, 3))
    moved("10-12")
    browser = sign_in("shenpi")
    page = words(browser, reverse("case_confirm", args=[second.pk]))
    assert "第 2 件, 共 3 件" in page
    assert "autofocus" in page
    answer = browser.post(reverse("case_confirm", args=[second.pk]), {"act": "confirm", "key": key_in(page)})
    assert answer.headers["Location"] == reverse("case_confirm", args=[third.pk])
    assert Case.objects.get(pk=second.pk).outcome == "granted"
    assert Case.objects.get(pk=first.pk).outcome == ""


def test_a_county_visit_needs_a_colleague_and_says_so_on_the_page(
    waiting: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    url = reverse("case_confirm", args=[waiting.pk])
    browser = sign_in("shenpi")
    page = browser.post(url, fresh(act="county_visit", agrees="yes", note="属实")).content.decode()
    assert "请选择" in page
    sent = fresh(act="county_visit", agrees="yes", note="属实", second=staff["shenpi2"].pk, photo=_picture())
    assert browser.post(url, sent).status_code == 302
    page = words(browser, url)
    assert "测试shenpi、测试shenpi2 · 相符 · 属实" in page
    visit = waiting.county_visits.get()
    photo = browser.get(reverse("county_visit_photo", args=[waiting.pk, visit.pk]))
    assert (photo.headers["Content-Type"], photo.content[:2]) == ("image/jpeg", b"\xff\xd8")


def _picture() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.jpg", golden.photo(), "image/jpeg")


def test_several_reasons_are_ticked_and_a_refusal_without_one_is_not_made(
    waiting: Case, sign_in: SignIn
) -> None:
    url = reverse("case_confirm", args=[waiting.pk])
    browser = sign_in("shenpi")
    assert "请选择" in browser.post(url, fresh(act="refuse")).content.decode()
    browser.post(url, fresh(act="refuse", reasons=["R01", "R02"]))
    decision = Decision.objects.get()
    assert sorted(one.code for one in decision.reasons.all()) == ["R01", "R02"]
    queue = words(sign_in("jingban"), reverse("deliver_queue"))
    assert "还剩 3 个工作日" in queue
    moved("10-20")
    assert "已超" in words(sign_in("jingban"), reverse("deliver_queue"))


def test_a_receipt_says_who_when_how_and_shows_the_slip(staff: dict[str, User], sign_in: SignIn) -> None:
    case = granted(1, staff)
    moved("10-13")
    url = reverse("decision", args=[case.decisions.get().pk])
    browser = sign_in("jingban")
    tomorrow = browser.post(url, fresh(received_by="户主001", how="by_hand", on="2026-10-14"))
    assert "送达日期不能晚于今天" in tomorrow.content.decode()
    sent = fresh(received_by="户主001", how="post", on="2026-10-13", slip=_picture())
    assert browser.post(url, sent).headers["Location"] == reverse("deliver_queue")
    page = words(browser, url)
    assert "邮寄送达, 户主001 签收" in page
    assert browser.get(reverse("delivery_slip", args=[case.decisions.get().pk])).content[:2] == b"\xff\xd8"
    assert "告知书都送到了" in words(browser, reverse("deliver_queue"))


def test_a_relative_does_not_deliver(staff: dict[str, User], sign_in: SignIn) -> None:
    case = granted(1, staff)
    moved("10-13")
    file_relative(
        by=staff["jingban2"],
        user=staff["jingban2"],
        person=case.household.head,
        relation="兄弟",
        on=day("10-13"),
    )
    url = reverse("decision", args=[case.decisions.get().pk])
    page = sign_in("jingban2").post(url, fresh(received_by="户主", how="by_hand", on="2026-10-13"))
    assert "应当回避" in page.content.decode()
    assert not case.decisions.filter(delivery__isnull=False).exists()


# ---- many at once ----------------------------------------------------------------------------------------


def test_fifty_are_confirmed_in_one_go_with_three_left_out_and_sent_twice_it_is_done_once(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    rows = [signed(place, staff) for place in range(1, 51)]
    on = moved("10-12")
    browser = sign_in("shenpi")
    ticked = {"row": [case.pk for case in rows]}
    page = browser.post(reverse("confirm_batch"), ticked).content.decode()
    assert "50 户" in page
    look_at = page.count("请先看一眼")
    assert look_at == 3  # five in a hundred of fifty, rounded up
    out = {f"without-{case.pk}": "1" for case in rows[:3]}
    whys = {f"why-{case.pk}": "等残联复核" for case in rows[:3]}
    sure = {**ticked, **out, "sure": "1", "key": key_in(page)}
    unwritten = browser.post(reverse("confirm_batch"), {**sure}).content.decode()
    assert unwritten.count("请写明为什么不在这次确认") == 3
    assert not Decision.objects.exists()
    for case in rows:
        if f'{reverse("case_confirm", args=[case.pk])}"' in page:
            browser.get(reverse("case_confirm", args=[case.pk]))
    done = browser.post(reverse("confirm_batch"), {**sure, **whys}).content.decode()
    assert "已确认 47 户" in done
    assert "排除 3 户" in done
    again = browser.post(reverse("confirm_batch"), {**sure, **whys}).content.decode()
    assert "已确认 47 户" in again
    assert Decision.objects.filter(kind="grant", decided_on=on).count() == 47
    assert [case.acts.latest("pk").note for case in rows[:3]] == ["等残联复核"] * 3


def test_one_that_cannot_be_confirmed_is_skipped_with_its_reason_and_stops_nobody(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    good, bad = signed(1, staff), signed(2, staff)
    moved("10-12")
    browser = sign_in("shenpi")
    page = browser.post(reverse("confirm_batch"), {"row": [good.pk, bad.pk]}).content.decode()
    for case in (good, bad):
        browser.get(reverse("case_confirm", args=[case.pk]))
    decisions.send_back(case=bad, by=staff["shenpi2"], text="材料有疑", on=day("10-12"))
    sure = {"row": [good.pk, bad.pk], "sure": "1", "key": key_in(page)}
    done = browser.post(reverse("confirm_batch"), sure).content.decode()
    assert "已确认 1 户" in done
    assert "跳过 1 户" in done
    assert Decision.objects.get().case_id == good.pk


# ---- the county's sample ---------------------------------------------------------------------------------


def test_the_sample_is_drawn_on_its_page_shows_its_seed_and_verifies(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    law("procedure.sample_rate", "30", "%", "抽查比例")
    law("procedure.sample_when", "before", "代码", "抽查时机")
    rows = [signed(place, staff) for place in (1, 2, 3)]
    moved("10-09")
    browser = sign_in("shenpi")
    assert "还没有抽过签" in words(browser, reverse("samples"))
    page = words(browser, reverse("samples"))
    assert "按 30.00% 抽 1 户" in page or "按 30% 抽 1 户" in page
    assert "请先抽签" in words(browser, reverse("case_confirm", args=[rows[0].pk]))
    sent = fresh(scheme="dibao_rural", stage="before", month="202610")
    answer = browser.post(reverse("sample_draw"), sent)
    made = SampleDraw.objects.get()
    assert answer.headers["Location"] == reverse("sample", args=[made.pk])
    page = words(browser, reverse("sample", args=[made.pk]))
    assert made.seed in page
    assert "与当时一致" in page
    drawn = Case.objects.get(no=made.drawn[0])
    entry = drawn.samples.get()
    both = [staff["shenpi"].pk, staff["shenpi2"].pk]
    one = browser.post(reverse("sample", args=[made.pk]), fresh(row=[entry.pk], visitors=both[:1]))
    assert "请至少选两人" in one.content.decode()
    browser.post(reverse("sample", args=[made.pk]), fresh(row=[entry.pk], visitors=both))
    assert "测试shenpi、测试shenpi2" in words(browser, reverse("sample", args=[made.pk]))
    visit = fresh(second=staff["shenpi2"].pk, agrees="yes", note="属实")
    browser.post(reverse("sample_case", args=[drawn.pk]), visit)
    assert "已去 1 户, 已够" in words(browser, reverse("samples"))


def test_the_intended_page_is_for_counties_with_three_postings(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    stations = "accept, survey, verify, review, post, sign, intend, post_final, confirm, notify, roll"
    law("road.full", f"[{stations}]", "代码表", "完整程序")
    case = signed(1, staff)
    moved("10-09")
    browser = sign_in("shenpi")
    assert reverse("case_intend", args=[case.pk]) in words(browser, reverse("confirm_queue"))
    page = words(browser, reverse("case_intend", args=[case.pk]))
    assert "拟确认, 转确认公示" in page
    browser.post(reverse("case_intend", args=[case.pk]), {"act": "intend", "key": key_in(page)})
    assert Case.objects.get(pk=case.pk).station == "post_final"
    assert "还不到这一步" in words(browser, reverse("case_confirm", args=[case.pk]))


def test_where_the_township_confirms_the_county_only_reads(staff: dict[str, User], sign_in: SignIn) -> None:
    law("procedure.confirm_by", "township", "代码", "确认权")
    case = intake.submit(by=staff["cun"], draft=draft(1), channel="village", on=day("09-14"))
    road.post(road.survey(road.accept(case, staff), staff), staff)
    moved("10-09")
    assert "这件案子由乡镇确认" in words(sign_in("shenpi"), reverse("case_confirm", args=[case.pk]))
    leader = sign_in("fuze")
    assert reverse("case_confirm", args=[case.pk]) in words(leader, reverse("sign_queue"))
    page = words(leader, reverse("case_confirm", args=[case.pk]))
    assert "登记县级入户核查" not in page
    assert "确认" in page


# ---- whoever does not accept it --------------------------------------------------------------------------


def test_an_appeal_runs_against_its_clock_and_a_revoked_decision_is_decided_again_by_another(
    staff: dict[str, User], sign_in: SignIn
) -> None:
    case = signed(1, staff)
    decision = decisions.refuse(case=case, by=staff["shenpi"], reason_code="R01", text="", on=day("10-12"))
    moved("10-20")
    browser = sign_in("shenpi")
    assert "没有人对决定不服" in words(browser, reverse("appeals"))
    new = reverse("appeal_new", args=[decision.pk])
    assert "请填写" in browser.post(new, fresh(kind="reconsideration")).content.decode()
    browser.post(new, fresh(kind="reconsideration", ground="收入算多了"))
    appeal = Appeal.objects.get()
    assert (appeal.due_on, appeal.ground) == (dt.date(2026, 12, 19), "收入算多了")
    assert "还剩 60 天" in words(browser, reverse("appeals"))
    twice = browser.post(new, fresh(kind="reconsideration", ground="再说一次")).content.decode()
    assert "不必再登记" in twice
    on = moved("11-20")
    answer = reverse("appeal_answer", args=[appeal.pk])
    sent = {"outcome": "revoked", "decided_on": on.isoformat(), "text": "事实不清"}
    assert "还要填文书号" in browser.post(answer, fresh(**sent)).content.decode()
    browser.post(answer, fresh(**sent, document_no="汝政复决〔2026〕3号"))
    again = Case.objects.get(kind="correct")
    assert (again.station, again.correction.corrects_id) == ("survey", decision.pk)
    assert again.no in words(browser, reverse("appeal", args=[appeal.pk]))
    assert Decision.objects.get(pk=decision.pk).kind == "refuse"
    Case.objects.filter(pk=again.pk).update(station="confirm")
    with pytest.raises(decisions.DecidedBefore):
        decisions.refuse(case=again, by=staff["shenpi"], reason_code="R01", text="", on=on)


# ---- the public check ------------------------------------------------------------------------------------


def test_the_code_on_a_letter_proves_it_and_tells_nothing_else(
    staff: dict[str, User], client: Client, settings: Any
) -> None:
    decision = granted(1, staff).decisions.get()
    as_public_site(settings)
    page = words(client, reverse("public_verify", args=[token_of(decision)], urlconf=PUBLIC))
    for told in ("与系统一致", document_no(decision), decision.no, "2026-10-12", "户**1"):
        assert told in page or told == "户**1", told
    assert "户主001" not in page
    assert "元" not in re.sub(r"<[^>]+>", "", page.split("<main")[1].split("</main")[0])


def test_a_wrong_or_altered_code_proves_nothing(
    staff: dict[str, User], client: Client, settings: Any
) -> None:
    decision = granted(1, staff).decisions.get()
    as_public_site(settings)
    right = token_of(decision)
    number, mac = right.split("-")
    other_end = mac[:-1] + ("a" if mac[-1] != "a" else "b")
    for wrong in (f"{number}-{other_end}", "1", "x-y", f"{int(number) + 1}-{mac}", "9" * 40):
        answer = client.get(reverse("public_verify", args=[wrong], urlconf=PUBLIC))
        assert answer.status_code == 404
        assert "没有查到这份文书" in answer.content.decode()
    altered = Decision(
        pk=decision.pk, no=decision.no, kind="refuse", decided_on=decision.decided_on, amount_fen=0
    )
    assert token_of(altered) != right


def test_the_public_page_says_where_to_go_against_a_decision(
    client: Client, staff: dict[str, User], settings: Any
) -> None:
    as_public_site(settings)
    page = words(client, reverse("public_appeal", urlconf=PUBLIC))
    for told in ("60 天内, 向汝州市人民政府申请", "6 个月内, 向人民法院起诉", "不收费"):
        assert told in page, told
