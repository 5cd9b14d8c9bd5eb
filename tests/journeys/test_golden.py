"""Must show: one family from the village's phone to money on the card, in the browser, to the fen and the day."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from doudi.records.cases.models import Case
from doudi.records.payments import services as payments
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.reports.queries import statistics
from tests.journeys.story import PASSWORD, PHONE, People, Picture, fill_rows, public_site, sign, the_day
from tests.services import bank_answers, factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Any:
    """The golden county with ten families on the roll, October paid."""
    golden.county()
    factories.staff("shegong", area=golden.TOWNSHIP)
    for login in ("juzhang", "shenji", "anquan", "shenjiyuan"):
        factories.staff(login)
    heads = factories.persons(10)
    factories.cards(heads)
    factories.grants(factories.households(heads), [30_000 + 100 * n for n in range(10)])
    _october_paid()
    story = People(browser, live_server.url)
    yield story
    story.close()
    assert not story.troubles, "浏览器报告:\n" + "\n".join(story.troubles)


def _october_paid() -> None:
    who = {login: get_user_model().objects.get(username=login) for login in ("caiwu", "fuhe", "pizhun")}
    the_day("10-02")
    run = payments.build(scheme="dibao_rural", month=202610, by=who["caiwu"])
    payments.lock(run, by=who["caiwu"])
    payments.approve(run, 1, by=who["fuhe"])
    payments.approve(run, 2, by=who["pizhun"])
    _, content = payments.export(run, "csv", by=who["pizhun"])
    payments.hand_over(run, by=who["pizhun"])
    the_day("10-09")
    bank_answers.taken_in(run, answer(content.decode("utf-8-sig"), "2026-10-09"), "huipan.csv")
    payments.close(run, by=who["caiwu"])


def answer(exported: str, on: str) -> bytes:
    """A bank that pays every line it was given."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["批次号", "序号", "账号", "金额", "结果", "失败原因", "入账日期"])
    for row in csv.DictReader(io.StringIO(exported)):
        if row["批次号"] != "合计":
            sheet.writerow([row["批次号"], row["序号"], row["账号"], row["金额"], "成功", "", on])
    return out.getvalue().encode("utf-8-sig")


def test_golden_family_from_the_village_to_the_card(people: People, picture: Picture) -> None:
    october = _rural(202610)
    case = file_at_the_village(people, picture)
    check_papers(people, picture, case)
    survey(people, picture, case)
    post(people, picture, case)
    sign_and_confirm(people, picture, case)
    pay(people, picture)
    november = _rural(202611)
    grown = [november[part] - october[part] for part in ("households", "persons", "amount_fen")]
    assert grown == [1, 3, 81_900]
    citizen_sees(people, picture, case, "2026-11-09 到账")
    watch_over(people, picture)
    drop_in(people, picture)


def _rural(month: int) -> dict[str, int]:
    row = next(one for one in statistics(month, golden.COUNTY).schemes if one.id == "dibao_rural")
    return {"households": row.households, "persons": row.persons, "amount_fen": row.amount_fen}


def file_at_the_village(people: People, picture: Picture) -> Case:
    """V2: Monday 2026-09-14, the village helper files for the family, on a phone."""
    the_day("09-14")
    page = people.as_("cun", PHONE)
    page.goto(f"{people.base}/")
    picture(page, "village-home")
    page.goto(f"{people.base}/daiban/")
    page.get_by_label("身份证号").fill(golden.number("19810301", 11))
    page.get_by_label("姓名").fill("赵甲")
    page.get_by_role("button", name="查这个人").click()
    fill_application(page)
    for part, name in (("#ren", "village-apply"), ("#live", "village-live")):
        page.locator(part).evaluate("part => part.scrollIntoView()")
        picture(page, name)
    page.get_by_role("button", name="交到乡镇").click()
    expect(page.get_by_text("已收下 赵甲 的申请").first).to_be_visible()
    picture(page, "village-filed", full=True)
    case = Case.objects.get(household__head__name="赵甲")
    assert (str(case.accepted_on), str(case.due_on)) == ("2026-09-14", "2026-10-30")
    citizen_sees(people, picture, case, "看材料齐不齐")
    return case


def fill_application(page: Page) -> None:
    page.get_by_label("申请理由").fill("妻子重残, 收入不足")
    mandate = page.get_by_label("委托书已签, 随申请一并交来")
    mandate.check()
    first, second, third = (member.id_number for member in golden.draft().members)
    fill_rows(page, "ren", [
        {"name": "赵甲", "id_number": first, "relation": "head", "able_to_work": True},
        {"name": "钱乙", "id_number": second, "relation": "spouse", "disability": "physical", "disability_grade": "2"},
        {"name": "赵丙", "id_number": third, "relation": "child", "student": "school"},
    ])  # fmt: skip
    fill_rows(page, "shouru", [
        {"who": "赵甲", "income_kind": "wage", "gross": "9,700"},
        {"who": "赵甲", "income_kind": "crops", "gross": "2400"},
        {"who": "赵甲", "income_kind": "land_lease", "gross": "600"},
        {"who": "钱乙", "income_kind": "disability_subsidy", "gross": "840.00"},
    ])  # fmt: skip
    fill_rows(page, "caichan", [{"asset_kind": "deposit", "amount": "12000"}, {"asset_kind": "house"}])
    page.get_by_label("收入基本稳定").set_checked(False)
    page.get_by_label("住址").fill("寄料村 1 组")
    page.get_by_label("联系电话").fill("10000000000")
    page.get_by_label("开户行").fill("汝州农商银行")
    page.get_by_label("户主的卡号或存折账号").fill("6299 0000 0000 0000 001")
    page.get_by_label("核对授权书: 全体成年成员已当场签字, 未成年人由户主代签").check()
    page.get_by_label("诚信承诺书: 申请人已签字").check()
    expect(page.locator("#live")).to_contain_text("819.00")


def check_papers(people: People, picture: Picture, case: Case) -> None:
    """T3: papers are checked once; every gap is told in one notice; what is complete is accepted."""
    page = people.as_("jingban")
    page.goto(f"{people.base}/")
    picture(page, "township-home")
    page.goto(f"{people.base}/anjian/{case.pk}/cailiao/")
    page.get_by_role("button", name="出告知书").click()
    expect(page.get_by_text("已告知 1 次")).to_be_visible()
    picture(page, "papers")
    for box in page.locator("input[name=have]").all():
        box.check()
    page.get_by_role("button", name="登记收到的材料").click()
    page.get_by_role("button", name="受理, 转调查核对").click()
    page.goto(f"{people.base}/anjian/{case.pk}/")
    expect(page.get_by_text("2026-09-17").first).to_be_visible()
    picture(page, "case", full=True)
    citizen_sees(people, picture, case, "上门了解, 核对情况")


def survey(people: People, picture: Picture, case: Case) -> None:
    """F2, T7, T8: two investigators, the sum with every why, the opinion."""
    the_day("09-16")
    page = people.as_("jingban")
    page.goto(f"{people.base}/anjian/{case.pk}/ruhu/")
    page.get_by_label("测试jingban2 (乡镇经办)").check()
    for told in ("听取陈述", "观看", "走访邻居", "询问成员"):
        page.get_by_label(told, exact=True).check()
        page.get_by_label(f"{told}的情况").fill("砖瓦房三间, 妻子卧床, 与申报相符")
    page.get_by_text("全部相符").click()
    page.get_by_label("综合所见").fill("砖瓦房三间, 无车辆, 妻子卧床, 与申报相符")
    for pad in page.locator("[data-pad]:visible canvas").all():
        sign(page, pad)
    picture(page, "visit", full=True)
    page.get_by_role("button", name="登记调查表").click()
    the_day("09-17")
    page.goto(f"{people.base}/anjian/{case.pk}/cesuan/")
    page.get_by_role("button", name="测算").first.click()
    expect(page.get_by_text("819.00").first).to_be_visible()
    picture(page, "assessment", full=True)
    page.get_by_role("button", name="574.00").click()
    expect(page.locator("dialog[open]")).to_contain_text("5,880.00")
    picture(page, "why")
    page.keyboard.press("Escape")
    the_day("09-18")
    page.goto(f"{people.base}/anjian/{case.pk}/chushen/")
    picture(page, "opinion")
    page.get_by_role("button", name="建议确认, 转公示").click()
    assert Case.objects.get(pk=case.pk).station == "post"


def post(people: People, picture: Picture, case: Case) -> None:
    """T9: seven days on the board, with the lawful fields only; then sent up."""
    page = people.as_("jingban")
    page.goto(f"{people.base}/gongshi/")
    page.locator(f"input[name=row][value='{case.pk}']").check()
    page.get_by_role("button", name="张贴公示").click()
    page.get_by_role("link", name="看公示中的").click()
    expect(page.get_by_text("第 0 天, 共 7 天")).to_be_visible()
    the_day("09-21")
    page.reload()
    picture(page, "postings")
    phone = people.citizen()
    with public_site():
        phone.goto(f"{people.base}/gongshi/{golden.VILLAGE}/")
        expect(phone.get_by_text("819.00").first).to_be_visible()
        assert golden.number("19810301", 11) not in phone.content()
        picture(phone, "public-board", full=True)
    citizen_sees(people, picture, case, "公示")
    the_day("09-28")
    page.goto(f"{people.base}/gongshi/?view=ended")
    page.locator(f"input[name=row][value='{case.pk}']").check()
    page.get_by_role("button", name="报签批").click()
    assert Case.objects.get(pk=case.pk).station == "sign"


def sign_and_confirm(people: People, picture: Picture, case: Case) -> None:
    """L1, C1: the leader signs, the county confirms; benefit from November."""
    leader = people.as_("fuze")
    leader.goto(f"{people.base}/qianpi/")
    picture(leader, "sign-queue")
    leader.goto(f"{people.base}/anjian/{case.pk}/qianpi/")
    picture(leader, "sign", full=True)
    leader.get_by_role("button", name="签批, 报县级").click()
    moved = Case.objects.get(pk=case.pk)
    assert (moved.station, str(moved.station_due_on)) == ("confirm", "2026-10-16")
    the_day("10-12")
    county = people.as_("shenpi")
    county.goto(f"{people.base}/queren/")
    picture(county, "confirm-queue")
    county.goto(f"{people.base}/anjian/{case.pk}/queren/")
    picture(county, "confirm", full=True)
    county.get_by_role("button", name="确认", exact=True).click()
    decided = Case.objects.get(pk=case.pk)
    assert (decided.outcome, str(decided.closed_on)) == ("granted", "2026-10-12")
    county.goto(f"{people.base}/jueding/{decided.decisions.get().pk}/")
    county.get_by_label("签收人").fill("赵甲")
    county.get_by_role("button", name="登记送达").click()
    citizen_sees(people, picture, case, "819.00")


def pay(people: People, picture: Picture) -> None:
    """M1, M2, M4: November is built by one, approved by two others, exported, answered, closed."""
    the_day("11-05")
    maker = people.as_("caiwu")
    maker.goto(f"{people.base}/fafang/")
    maker.get_by_label("项目").select_option("dibao_rural")
    maker.get_by_label("月份").select_option("202611")
    maker.get_by_role("button", name="生成", exact=True).click()
    run = PayrollRun.objects.get(month=202611)
    maker.goto(f"{people.base}/fafang/{run.pk}/")
    expect(maker.get_by_text("819.00").first).to_be_visible()
    picture(maker, "payroll-run", full=True)
    maker.goto(f"{people.base}/")
    picture(maker, "finance-home")
    _sure(maker, f"{people.base}/fafang/{run.pk}/suoding/", "locked")
    _sure(people.as_("fuhe"), f"{people.base}/fafang/{run.pk}/fuhe/", "reviewed")
    sender = people.as_("pizhun")
    _sure(sender, f"{people.base}/fafang/{run.pk}/shenpi/", "approved")
    sender.goto(f"{people.base}/fafang/{run.pk}/daochu/")
    with sender.expect_download() as download:
        sender.get_by_role("button", name="下载代发文件").click()
    exported = download.value.path().read_text("utf-8-sig")
    sender.reload()
    picture(sender, "bank-file", full=True)
    _sure(sender, f"{people.base}/fafang/{run.pk}/jiaohang/", "handed")
    the_day("11-09")
    maker.goto(f"{people.base}/fafang/{run.pk}/huipan/")
    content = answer(exported, "2026-11-09")
    maker.get_by_label("回盘文件").set_input_files(
        {"name": "huipan.csv", "mimeType": "text/csv", "buffer": content}
    )
    maker.get_by_role("button", name="上传, 看核对结果").click()
    maker.wait_for_load_state()
    _sure(people.as_("fuhe"), maker.url, "handed")
    line = PayLine.objects.get(run=run, household__head__name="赵甲")
    assert (line.amount_fen, line.state, str(line.paid_on)) == (81_900, "paid", "2026-11-09")
    _sure(maker, f"{people.base}/fafang/{run.pk}/banjie/", "closed")
    maker.goto(f"{people.base}/fafang/{run.pk}/")
    picture(maker, "payroll-closed", full=True)
    maker.goto(f"{people.base}/tongji/")
    picture(maker, "statistics", full=True)


def _sure(page: Page, url: str, state: str) -> None:
    """A step that cannot be undone: its page, the password where it asks, its one button, and where the run is then."""
    page.goto(url)
    password = page.locator("input[type=password]")
    if password.count():
        password.fill(PASSWORD)
    page.locator(".content button[type=submit].btn-primary").click()
    page.wait_for_load_state()
    run = PayrollRun.objects.get(month=202611)
    assert run.state == state, page.locator(".content").inner_text()


def citizen_sees(people: People, picture: Picture, case: Case, words: str) -> None:
    """P4: with the receipt number and its code, on a phone, in plain words."""
    phone = people.citizen()
    with public_site():
        phone.context.clear_cookies()
        phone.goto(f"{people.base}/jindu/")
        phone.get_by_label("受理号").fill(case.no)
        phone.get_by_label("查询码").fill(case.query_code)
        phone.get_by_role("button").filter(has_text="查").first.click()
        expect(phone.locator("main")).to_contain_text(words)
        picture(phone, f"citizen-{Case.objects.get(pk=case.pk).station}", full=True)


def watch_over(people: People, picture: Picture) -> None:
    """S1: who looks after people, days and the trail, and finds it whole."""
    for login, address, name in (
        ("shenji", "/", "auditor-home"),
        ("shenji", "/shenji/", "audit"),
        ("anquan", "/shezhi/yonghu/", "users"),
        ("xitong", "/shezhi/rili/2026/", "workdays"),
    ):
        page = people.as_(login)
        page.goto(f"{people.base}{address}")
        picture(page, name)
    reader = people.as_("shenji")
    reader.goto(f"{people.base}/canshu/guize/")
    reader.locator('a[data-name="household_income"]').click()
    expect(reader.locator("[data-told]")).to_contain_text("家庭年收入")
    picture(reader, "rules")
    keeper = people.as_("shenjiyuan")
    keeper.goto(f"{people.base}/shenji/heyan/")
    keeper.get_by_role("button", name="开始核验").click()
    expect(keeper.get_by_text("没有发现不符")).to_be_visible()
    picture(keeper, "audit-verify")


def drop_in(people: People, picture: Picture) -> None:
    """P1, P2: the public front door and the first question of the self-test."""
    phone = people.citizen()
    with public_site():
        phone.goto(f"{people.base}/")
        picture(phone, "public-home")
        phone.goto(f"{people.base}/suanyisuan/")
        picture(phone, "public-self-test")
