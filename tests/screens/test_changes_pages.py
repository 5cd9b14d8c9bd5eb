"""Changes on the screen: report on the phone, look through, verify, decide; what is paid before and after."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision
from doudi.records.people.models import Account, Household
from doudi.records.reviews.models import ChangeEvent
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import changed_family as changed
from tests.services import factories
from tests.services.changed_family import TODAY, member

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
KEY = "11111111-1111-4111-8111-111111111111"
NEXT = "22222222-2222-4222-8222-222222222222"
CARD = "6299000000000000777"


@pytest.fixture
def home(staff: dict[str, User]) -> Household:
    return changed.receiving(staff)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("证明.jpg", changed.photo(), "image/jpeg")


def page_of(browser: "Client", name: str, *args: int) -> str:
    return browser.get(reverse(name, args=args)).content.decode()


def test_an_empty_list_says_who_reports(sign_in: SignIn, on: dt.date) -> None:
    told = text_of(page_of(sign_in("jingban"), "changes"))
    assert "没有待核实的变动" in told
    assert "报告变动" in told


def test_the_village_finds_the_family_and_reports_on_the_phone(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    browser = sign_in("cun")
    found = browser.get(reverse("change_pick"), {"q": "赵甲"}).content.decode()
    report = reverse("change_report", args=[home.pk])
    assert report in found
    assert "没有找到" in browser.get(reverse("change_pick"), {"q": "查无此人"}).content.decode()
    assert "死亡" in browser.get(report).content.decode()
    url = f"{report}?kind=death"
    wrong = browser.post(url, {"key": KEY, "happened_on": "2026-12-24"})
    told = text_of(wrong.content.decode())
    assert "发生日期还没有到" in told
    assert "至少一张" in told
    person = member("钱乙").pk
    sent = {"key": NEXT, "person": person, "happened_on": "2026-11-03", "photos": [picture(), picture()]}
    done = browser.post(url, sent)
    event = ChangeEvent.objects.get()
    assert (done.status_code, done["Location"]) == (302, reverse("change", args=[event.pk]))
    assert (event.proofs.count(), event.state) == (2, "reported")
    browser.post(url, {**sent, "photos": [picture(), picture()]})
    assert ChangeEvent.objects.count() == 1, "同一张表单交两次只生效一次"


def test_another_household_s_card_is_told_at_once_and_the_reason_reaches_who_verifies(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    (award,) = factories.receiving(1)
    card, browser = Account.objects.get(person=award.payee), sign_in("cun")
    url = f"{reverse('change_report', args=[home.pk])}?kind=account"
    typed = {
        "person": member("赵甲").pk,
        "happened_on": "2026-11-03",
        "bank": "农商银行",
        "number": card.number,
    }
    told = text_of(browser.post(url, {"key": KEY, **typed, "photos": [picture()]}).content.decode())
    assert f"尾号 {card.last4} 的账户现在是寄料村" in told
    assert award.payee.name not in told
    assert not ChangeEvent.objects.exists()
    browser.post(url, {"key": NEXT, **typed, "shared": "监护人代领", "photos": [picture()]})
    event = ChangeEvent.objects.get()
    told = text_of(page_of(sign_in("jingban"), "change", event.pk))
    assert "与另一户用同一张卡的理由 监护人代领" in told


def test_numbers_are_covered_and_the_photo_leaves_a_look(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    event = changed.reported(staff, "account", member("赵甲"), bank="汝州农商银行", number=CARD)
    for role in ("jingban", "shenpi", "shenji", "juzhang"):
        assert CARD not in page_of(sign_in(role), "change", event.pk)
    proof = reverse("change_proof", args=[event.pk, event.proofs.get().pk])
    shown = sign_in("jingban").get(proof)
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store")
    assert Look.objects.filter(subject=f"changeproof:{event.proofs.get().pk}").count() == 1
    assert sign_in("shenji").get(proof).status_code == 403


def test_the_township_verifies_and_the_case_shows_before_and_after(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    event = changed.reported(staff, "death", member("钱乙"), dt.date(2026, 11, 3))
    browser = sign_in("jingban")
    empty = browser.post(reverse("change_verify", args=[event.pk]), {"key": KEY})
    assert "请填写" in empty.content.decode()
    browser.post(reverse("change_verify", args=[event.pk]), {"key": NEXT, "note": "看了死亡证明"})
    event.refresh_from_db()
    assert event.case is not None
    assert "测算以后" in text_of(page_of(browser, "case_change", event.case.pk))
    case = changed.assessed(event.case, staff)
    told = text_of(page_of(browser, "case_change", case.pk))
    assert "变动前与变动后" in told
    assert "相平" in told
    assert "不再保障 钱乙" in told
    leader = changed.signed(case, staff)
    sheet = text_of(page_of(sign_in("shenpi"), "case_confirm", leader.pk))
    assert "变动以后" in sheet
    assert "182.00" in sheet


def test_reasons_that_do_not_add_are_refused_beside_the_form(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "means", text="工资减少")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=500_000)
    case = changed.assessed(event.case, staff)
    browser = sign_in("jingban")
    assert 'value="313.00"' in page_of(browser, "case_change", case.pk), "按两次测算算出的先填好"
    url = reverse("case_change_reasons", args=[case.pk])
    refused = browser.post(url, {"key": KEY, "U01": "312.99"})
    assert (refused.status_code, "还差 +0.01 元" in refused.content.decode()) == (409, True)
    done = browser.post(url, {"key": NEXT, "U01": "400", "D03": "87"})
    assert done.status_code == 302
    assert "现在是乡镇写的" in text_of(page_of(browser, "case_change", case.pk))


def test_the_county_decides_a_move_and_the_file_goes_along(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    village = factories.elsewhere()
    event = changed.verified(staff, "move", None, TODAY, village=village.pk, address="温泉村 1 组")
    browser = sign_in("shenpi")
    assert "温泉镇 · 温泉村" in text_of(page_of(browser, "change", event.pk))
    browser.post(reverse("change_decide", args=[event.pk]), {"key": KEY})
    assert Award.objects.latest("pk").village_id == village.pk
    assert sign_in("jingban").get(reverse("change", args=[event.pk])).status_code == 404
    queue = text_of(page_of(browser, "deliver_queue"))
    assert "转移" in queue


def test_leaving_the_county_prints_a_letter_and_a_notice(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "move_out", None, TODAY, to="郑州市金水区")
    browser = sign_in("shenpi")
    missing = browser.post(reverse("change_decide", args=[event.pk]), {"key": KEY})
    assert "请选择" in missing.content.decode()
    browser.post(reverse("change_decide", args=[event.pk]), {"key": NEXT, "stop_code": "S04"})
    letter = browser.get(reverse("change_letter", args=[event.pk]))
    assert letter.content[:5] == b"%PDF-"
    decision = Award.objects.get().closing.decision
    assert "告知书" in page_of(browser, "decision", decision.pk)
    assert browser.get(reverse("decision_letter", args=[decision.pk, "gaozhi"])).content[:5] == b"%PDF-"


def test_every_kind_of_notice_is_printed(home: Household, sign_in: SignIn, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "means", text="工资减少")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=500_000)
    decision = changed.decided(event.case, staff)
    browser = sign_in("jingban")
    told = text_of(page_of(browser, "decision", decision.pk))
    assert "告知书" in told
    assert "每月增加313.00元" in told
    assert browser.get(reverse("decision_letter", args=[decision.pk, "gaozhi"])).content[:5] == b"%PDF-"


def test_reviews_are_opened_in_batch_and_end_in_short_form(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    on = dt.date(2027, 4, 12)
    browser = sign_in("jingban")
    assert "没有到期的复核" in text_of(page_of(browser, "reviews_due"))
    move_to(on)
    assert "赵甲" in page_of(browser, "reviews_due")
    none = browser.post(reverse("reviews_open"), {}, follow=True)
    assert "还没有勾选" in none.content.decode()
    opened = browser.post(reverse("reviews_open"), {"row": [str(Award.objects.get().pk)]}, follow=True)
    assert "已立复核案 1 件" in opened.content.decode()
    case = home.cases.get(kind="review")
    early = browser.post(reverse("case_unchanged", args=[case.pk]), {"key": KEY})
    assert (early.status_code, "入户" in early.content.decode()) == (409, True)
    changed.visited(case, staff, on)
    done = browser.post(reverse("case_unchanged", args=[case.pk]), {"key": NEXT}, follow=True)
    assert "待遇不变" in done.content.decode()
    case.refresh_from_db()
    assert case.station == "sign"


def test_the_family_page_tells_what_happened(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "address", None, TODAY, address="寄料村 3 组")
    told = page_of(sign_in("cun"), "household", home.pk)
    assert "变更住址: 已办" in text_of(told)
    assert reverse("change", args=[event.pk]) in told
    assert reverse("change_report", args=[home.pk]) in told


def test_an_ordinary_case_has_no_before_and_after(home: Household, sign_in: SignIn) -> None:
    case = home.cases.get()
    browser = sign_in("jingban")
    assert browser.get(reverse("case_change", args=[case.pk])).status_code == 404
    assert "变动前后" not in page_of(browser, "case", case.pk)


def test_the_list_asks_few_questions(
    home: Household,
    sign_in: SignIn,
    staff: dict[str, User],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for kind, told in (
        ("means", {"text": "工资减少"}),
        ("address", {"address": "1 组"}),
        ("withdraw", {"text": "自愿"}),
    ):
        changed.reported(staff, kind, None, TODAY, **told)
    browser = sign_in("jingban")
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("changes"))
    assert page.content.decode().count("data-row") == 3


def test_the_county_confirms_a_stop_on_the_case_itself(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "means", text="工资增加")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=9_000_000)
    case = changed.signed(changed.assessed(event.case, staff), staff)
    browser, url = sign_in("shenpi"), reverse("case_confirm", args=[case.pk])
    told = text_of(page_of(browser, "case_confirm", case.pk))
    assert "确认停发" in told
    assert "不予确认" not in told
    done = browser.post(url, {"key": KEY, "act": "confirm"})
    assert done.status_code == 302
    assert Award.objects.get().closing.decision.reason_code == "S01"


def test_a_suspension_is_asked_decided_shown_and_told(
    home: Household, sign_in: SignIn, staff: dict[str, User]
) -> None:
    village = sign_in("cun")
    kinds = page_of(village, "change_report", home.pk)
    assert "暂停发放" in kinds
    assert "恢复发放" not in kinds  # nothing stands still yet
    url = f"{reverse('change_report', args=[home.pk])}?kind=suspend"
    assert "自次月起暂不发放" in text_of(village.get(url).content.decode())
    event = changed.verified(staff, "suspend", text="全家外出, 情况要查清")
    county = sign_in("shenpi")
    told = page_of(county, "change", event.pk)
    key = county.get(reverse("change", args=[event.pk])).context["forms"]["decide"]["key"].value()
    county.post(reverse("change_decide", args=[event.pk]), {"key": str(key)})
    decision = Decision.objects.get(kind="suspend")
    assert "全家外出" in told
    browser = sign_in("jingban")
    assert f"2026-12-01 起暂停 {decision.no}" in text_of(page_of(browser, "household", home.pk))
    assert "恢复发放" in page_of(village, "change_report", home.pk)
    assert "暂停" in text_of(page_of(browser, "decision", decision.pk))
    assert browser.get(reverse("decision_letter", args=[decision.pk, "gaozhi"])).content[:5] == b"%PDF-"
