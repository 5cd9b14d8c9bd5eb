"""Must show: what cases do that do not go straight, in the browser: relatives, objections, three boards, many at once,
a refusal that is appealed, a move, two people on one case. What leads up to a story is walked by the services."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from doudi.records.areas.models import Area
from doudi.records.awards.models import Award
from doudi.records.cases.models import Act, Case
from doudi.records.decisions.models import Decision
from doudi.records.intake import services as intake
from doudi.records.people.models import Household
from doudi.records.people.services import FactDraft, Member
from doudi.records.postings.models import Objection, Posting
from doudi.records.staff.models import User
from tests.journeys.story import PHONE, People, Picture, public_site, the_day
from tests.procedure import walking
from tests.procedure.county_with import county_with
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db(transaction=True)
OTHER_TOWNSHIP, OTHER_VILLAGE = "410482102000", "410482102201"
RICH = (
    (0, FactDraft(kind="able_to_work", number=1)),
    (0, FactDraft(kind="income", code="wage", amount_fen=9_000_000)),
    (None, FactDraft(kind="asset", code="house")),
)


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    """The golden county, with enough clerks that one may stand aside."""
    found = golden.county()
    for login in ("jingban3", "jingban4"):
        found[login] = factories.staff(login, "jingban", golden.TOWNSHIP)
    found["shegong"] = factories.staff("shegong", area=golden.TOWNSHIP)
    return found


@pytest.fixture
def people(staff: dict[str, User], browser: Browser, live_server: LiveServer) -> Iterator[People]:
    story = People(browser, live_server.url)
    yield story
    story.close()
    refused = ("403", "404", "409")  # what a story is refused on purpose
    troubles = [one for one in story.troubles if not any(f"status of {code}" in one for code in refused)]
    assert not troubles, "浏览器报告:\n" + "\n".join(troubles)


def brought_to(station: str, staff: dict[str, User], case: Case | None = None) -> tuple[Case, dt.date]:
    """A case walked by the services until it stands at a station, and the day it does."""
    for here, moved, on in walking.walk(case or walking.file(staff), staff):
        if here == station:
            the_day(f"{on:%m-%d}")
            return moved, on
    raise AssertionError(f"never came to {station}")


def _named(page: Page, name: str) -> Locator:
    """The field of a name on the page's own part (the header has a search box)."""
    return page.locator(f".content [name='{name}']").first


def told(page: Page) -> str:
    return page.locator(".content").inner_text()


def test_a_relative_of_a_cadre(people: People, staff: dict[str, User], picture: Picture) -> None:
    """H-13, T-10: filed at the window; the clerk stands aside; two of the county go there before it confirms."""
    case = walking.file(staff)
    the_day("09-14")
    clerk = people.as_("jingban3")
    clerk.goto(f"{people.base}/qinshu/")
    _named(clerk, "staff").select_option(str(staff["jingban4"].pk))
    _named(clerk, "name").fill("赵甲")
    _named(clerk, "id_number").fill(golden.draft().members[0].id_number)
    _named(clerk, "relation").fill("兄弟")
    clerk.get_by_role("button", name="备案", exact=True).click()
    expect(clerk.locator("table")).to_contain_text("兄弟")
    picture(clerk, "relative-filed", full=True)
    assert Case.objects.get(pk=case.pk).is_relative_filed
    relative = people.as_("jingban4")
    relative.goto(f"{people.base}/anjian/{case.pk}/cailiao/")
    for box in relative.locator("input[name=have]").all():
        box.check()
    relative.get_by_role("button", name="登记收到的材料").click()
    expect(relative.locator("main, .content").first).to_contain_text("回避")
    picture(relative, "relative-recused")
    case, _ = brought_to("confirm", staff, Case.objects.get(pk=case.pk))
    county = people.as_("shenpi")
    county.goto(f"{people.base}/anjian/{case.pk}/queren/")
    expect(county.locator(".next")).to_contain_text("近亲属备案")
    assert county.get_by_role("button", name="确认", exact=True).is_disabled()
    picture(county, "relative-confirm-blocked", full=True)
    _named(county, "second").select_option(str(staff["shenpi2"].pk))
    county.locator("[name=agrees][value=yes]").check()
    _named(county, "note").fill("两人入户, 房屋三间, 与上报一致")
    county.locator("form:has([name=agrees]) button").click()
    confirm = county.get_by_role("button", name="确认", exact=True)
    expect(confirm).to_be_enabled()
    confirm.click()
    assert Case.objects.get(pk=case.pk).outcome == "granted"
    assert Act.objects.filter(case=case, duty="sample").count() == 2


def test_an_objection_on_the_sixth_day_is_upheld(
    people: People, staff: dict[str, User], picture: Picture
) -> None:
    """19条: said on a phone without a name, looked into by two others, upheld: visited, judged and posted again."""
    case, _ = brought_to("post", staff)
    clerk = people.as_("jingban")
    clerk.goto(f"{people.base}/gongshi/")
    clerk.locator(f"input[name=row][value='{case.pk}']").check()
    clerk.get_by_role("button", name="张贴公示").first.click()
    posting = Posting.objects.get(case=case)
    the_day(f"{posting.posted_on + dt.timedelta(days=6):%m-%d}")
    phone = people.citizen()
    with public_site():
        phone.goto(f"{people.base}/gongshi/{case.village_id}/")
        phone.get_by_role("link", name="提意见").first.click()
        phone.locator("textarea").fill("他家去年在县城买了房, 请去看看")
        picture(phone, "objection-on-a-phone", full=True)
        phone.get_by_role("button", name="提交").click()
        expect(phone.locator("main")).to_contain_text("收")
    objection = Objection.objects.get()
    village = people.as_("cun", PHONE)
    assert village.goto(f"{people.base}/gongshi/yiyi/{objection.pk}/").status in (403, 404)  # type: ignore[union-attr]
    clerk.goto(f"{people.base}/gongshi/yiyi/{objection.pk}/")
    picture(clerk, "objection-arrived", full=True)
    for name, login in (("first", "jingban3"), ("second", "jingban4")):
        _named(clerk, name).select_option(str(staff[login].pk))
    clerk.get_by_role("button", name="交办").click()
    handler = people.as_("jingban3")
    handler.goto(f"{people.base}/gongshi/yiyi/{objection.pk}/")
    handler.locator("[name=outcome][value^=upheld]").first.check()
    _named(handler, "text").fill("县城确有住房一套, 未申报")
    picture(handler, "objection-upheld", full=True)
    handler.get_by_role("button", name="交另一人会签").click()
    signer = people.as_("jingban4")
    signer.goto(f"{people.base}/gongshi/yiyi/{objection.pk}/")
    signer.locator("[name=decision][value=agree]").check()
    picture(signer, "objection-countersigned", full=True)
    signer.get_by_role("button", name="签字").click()
    case.refresh_from_db()
    posting.refresh_from_db()
    assert (case.station, bool(posting.withdrawn_on)) == ("survey", True)
    clerk.goto(f"{people.base}/anjian/{case.pk}/")
    picture(clerk, "objection-back-to-survey", full=True)
    again, _ = brought_to("post", staff, case)
    assert not Posting.objects.filter(case=again, withdrawn_on=None).exists()
    with public_site():
        phone.goto(f"{people.base}/gongshi/{case.village_id}/")
        expect(phone.locator("main")).to_contain_text("没有正在公示")


def test_a_county_with_three_postings(people: People, staff: dict[str, User], picture: Picture) -> None:
    """S1-125…127: three boards, each seven days, the first without an amount."""
    boards = []
    with county_with("procedure-three-postings"):
        case = walking.file(staff)
        for station, moved, on in walking.walk(case, staff):
            if station not in ("post_intake", "post", "post_final"):
                continue
            the_day(f"{on:%m-%d}")
            clerk = people.as_("jingban")
            clerk.goto(f"{people.base}/gongshi/")
            expect(clerk.locator("table")).to_contain_text("赵甲")
            picture(clerk, f"three-postings-{station}")
            clerk.goto(f"{people.base}/anjian/{moved.pk}/")
            picture(clerk, f"three-postings-case-{station}", full=True)
            boards.append(station)
        rounds = {one.station: one.row["amount_fen"] for one in Posting.objects.filter(case=case)}
        clerk.goto(f"{people.base}/anjian/{case.pk}/jieguo/")
        picture(clerk, "three-postings-outcome", full=True)
    assert boards == ["post_intake", "post", "post_final"]
    assert rounds == {"post_intake": None, "post": 81_900, "post_final": 81_900}


DIGITS = "零一二三四五六七八九"


def family(place: int) -> Any:
    """The place-th family of two who have little, each with numbers, card, phone and door of its own."""
    members = tuple(
        Member(
            name=f"{surname}{DIGITS[place // 10]}{DIGITS[place % 10]}", id_number=number, relation=relation
        )
        for surname, number, relation in (
            ("王", _number(place), "head"),
            ("李", _number(place + 400), "spouse"),
        )
    )
    able = [(who, FactDraft(kind="able_to_work", number=1)) for who in (0, 1)]
    crops = (0, FactDraft(kind="income", code="crops", amount_fen=100_000))
    return golden.draft(
        members=members,
        address=f"寄料村 {place} 号院",
        phone=f"100000{place:05}",
        account=f"62990000000001{place:05}",
        facts=(*able, crops, (None, FactDraft(kind="asset", code="house"))),
    )


def _number(place: int) -> str:
    return golden.number(f"19{75 + place % 20:02}0{place % 9 + 1}1{place % 10}", place + 1)


def test_fifty_at_once_with_three_left_out(people: People, staff: dict[str, User], picture: Picture) -> None:
    """C3: what will happen is read first; three are left out with a reason, forty-seven confirmed one by one."""
    for place in range(50):
        filed = intake.submit(by=staff["cun"], draft=family(place), channel="village", on=walking.RECEIVED)
        brought_to("confirm", staff, filed)
    county = people.as_("shenpi")
    county.goto(f"{people.base}/queren/")
    picture(county, "batch-queue")
    for box in county.locator("input[name=row]").all():
        box.check()
    county.get_by_role("button", name="批量确认").first.click()
    expect(county.locator(".content h2").first).to_contain_text("批量确认")
    for box in county.locator("input[name^=without-]").all()[:3]:
        box.check()
        county.locator(f"input[name='{(box.get_attribute('name') or '').replace('without', 'why')}']").fill(
            "先去看看"
        )
    picture(county, "batch-sure", full=True)
    county.get_by_role("button", name="确认没有排除的").click()
    if county.get_by_text("先打开看一眼").count():
        looks = county.locator("tr", has_text="请先看一眼").locator("a")
        for address in [one.get_attribute("href") for one in looks.all()]:
            other = county.context.new_page()
            other.goto(f"{people.base}{address}")
            other.close()
        picture(county, "batch-look-first")
        county.get_by_role("button", name="确认没有排除的").click()
    county.wait_for_load_state()
    picture(county, "batch-done", full=True)
    outcomes = list(Case.objects.values_list("outcome", flat=True))
    assert (outcomes.count("granted"), outcomes.count("")) == (47, 3), told(county)[:800]
    assert Award.objects.count() == 47


def test_a_refusal_that_is_appealed(people: People, staff: dict[str, User], picture: Picture) -> None:
    """C4, T-12, T-17: refused with the numbers, told in three working days; the appeal opens a case for others."""
    filed = intake.submit(
        by=staff["cun"], draft=golden.draft(facts=RICH), channel="village", on=walking.RECEIVED
    )
    case, on = brought_to("review", staff, filed)
    clerk = people.as_("jingban")
    clerk.goto(f"{people.base}/anjian/{case.pk}/chushen/")
    picture(clerk, "refusal-opinion", full=True)
    clerk.get_by_role("button", name="建议不予确认").click()
    leader = people.as_("fuze")
    leader.goto(f"{people.base}/anjian/{case.pk}/qianpi/")
    leader.get_by_role("button", name="签批, 报县级").click()
    county = people.as_("shenpi")
    county.goto(f"{people.base}/anjian/{case.pk}/queren/")
    county.get_by_text("不予确认", exact=True).first.click()
    county.locator("[name=reasons][value=R01]").check()
    picture(county, "refusal-reasons", full=True)
    county.locator("form:has([name=reasons]) button").click()
    decision = Decision.objects.get(case=case)
    assert decision.kind == "refuse"
    clerk.goto(f"{people.base}/songda/")
    picture(clerk, "refusal-to-deliver")
    clerk.goto(f"{people.base}/jueding/{decision.pk}/")
    _named(clerk, "received_by").fill("赵甲")
    clerk.get_by_role("button", name="登记送达").click()
    the_day(f"{on + dt.timedelta(days=9):%m-%d}")
    clerk.goto(f"{people.base}/jueding/{decision.pk}/bufu/")
    _named(clerk, "ground").fill("工资是去年的, 今年三月已经失业")
    clerk.get_by_role("button", name="登记", exact=True).click()
    other = people.as_("shenpi2")
    other.goto(f"{people.base}/bufu/")
    picture(other, "appeals")
    other.locator("table a, .ledger a").first.click()
    other.locator("[name=outcome][value=revoked]").check()
    _named(other, "decided_on").fill(f"{on + dt.timedelta(days=9)}")
    _named(other, "text").fill("收入发生变化, 重新调查")
    picture(other, "appeal-answer", full=True)
    other.get_by_role("button", name="登记结果").click()
    other.wait_for_load_state()
    again = Case.objects.get(kind="correct")
    assert (again.household_id, again.closed_on) == (case.household_id, None)
    assert Decision.objects.get(case=case).kind == "refuse"
    picture(other, "appeal-answered", full=True)


def test_a_move_to_another_township(people: People, staff: dict[str, User], picture: Picture) -> None:
    """S1-78: reported with a photograph on a phone, seen by a second person, decided; transferred, not stopped."""
    county = Area.objects.get(code=golden.COUNTY)
    town = Area.objects.create(code=OTHER_TOWNSHIP, name="温泉镇", level="township", parent=county)
    Area.objects.create(code=OTHER_VILLAGE, name="温泉村", level="village", parent=town)
    staff["there"] = factories.staff("jingban-there", "jingban", OTHER_TOWNSHIP)
    case = walking.file(staff)
    assert [station for station, _, _ in walking.walk(case, staff)][-1] == "confirm"
    the_day("11-05")
    case.refresh_from_db()
    village = people.as_("cun", PHONE)
    village.goto(f"{people.base}/jiating/{case.household_id}/biandong/")
    picture(village, "change-kinds", full=True)
    village.get_by_role("link", name="迁移", exact=False).first.click()
    _named(village, "village").select_option(OTHER_VILLAGE)
    _named(village, "address").fill("温泉村 3 组")
    _named(village, "photos").set_input_files(
        {"name": "hukou.jpg", "mimeType": "image/jpeg", "buffer": golden.photo()}
    )
    picture(village, "change-report", full=True)
    village.get_by_role("button", name="报告", exact=True).click()
    village.wait_for_load_state()
    clerk = people.as_("jingban")
    clerk.goto(f"{people.base}/biandong/")
    picture(clerk, "changes")
    clerk.locator("table a").first.click()
    _named(clerk, "note").fill("看了新户口页, 问了温泉村")
    picture(clerk, "change-verify", full=True)
    clerk.get_by_role("button", name="属实, 办理").click()
    clerk.wait_for_load_state()
    approver = people.as_("shenpi")
    approver.goto(clerk.url)
    picture(approver, "change-decide", full=True)
    approver.get_by_role("button", name="决定", exact=True).click()
    approver.wait_for_load_state()
    home = Household.objects.get(pk=case.household_id)
    assert home.village_id == OTHER_VILLAGE, told(approver)[:500]
    held = Award.objects.filter(household=home).order_by("pk")
    assert [(one.village_id, one.amount_fen) for one in held] == [
        (golden.VILLAGE, 81_900), (OTHER_VILLAGE, 81_900)
    ]  # fmt: skip
    assert Decision.objects.latest("pk").kind == "transfer"
    there = people.as_("jingban-there")
    answer = there.goto(f"{people.base}/jiating/{home.pk}/")
    assert answer is not None
    assert answer.status == 200
    picture(there, "moved-household", full=True)
    gone = clerk.goto(f"{people.base}/jiating/{home.pk}/")
    assert gone is not None
    assert gone.status == 404


def test_two_operators_at_once(people: People, staff: dict[str, User], picture: Picture) -> None:
    """P20: both opened the entry; the second sees what the first saved beside what he typed, and nothing is lost."""
    case, _ = brought_to("survey", staff)
    first, second = people.as_("jingban"), people.as_("jingban2")
    address = f"{people.base}/anjian/{case.pk}/jiating/"
    for page in (first, second):
        page.goto(address)
    first.locator("[name='shouru-0-gross']").fill("9800")
    first.locator("#entry-form button[type=submit]").first.click()
    first.wait_for_load_state()
    second.locator("[name='shouru-0-gross']").fill("9600")
    second.locator("#entry-form button[type=submit]").first.click()
    expect(second.locator(".conflict")).to_contain_text("9,800")
    expect(second.locator(".conflict")).to_contain_text("9,600")
    expect(second.locator("[name='shouru-0-gross']")).to_have_value("9600")
    picture(second, "two-operators", full=True)
