"""Weighing a change on pages: asked by one form, answered at one address, kept, compared, proposed, signed."""

import io
import json
import random
import re

import openpyxl
import pytest
from django.urls import reverse

from doudi.records.policies.models import PolicyProposal, PolicyValue, Scenario
from doudi.records.staff.models import Role, User
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of
from tests.services.test_simulating import SEED, county

pytestmark = pytest.mark.django_db
RURAL = "dibao.standard.rural"
RAISE = f"?month=202701&step=100&band=500&set={RURAL}=%2B5%25"


@pytest.fixture
def family(staff: dict[str, User], settings: object) -> dict[str, User]:
    """The golden office's staff beside a county of families; the office's day is 2026-11-05."""
    county(random.Random(SEED), 24)
    return staff


def page(sign_in: SignIn, url: str, login: str = "shenpi") -> str:
    answer = sign_in(login).get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_only_approver_director_and_auditor_may_weigh(
    role: str, staff: dict[str, User], sign_in: SignIn
) -> None:
    browser = sign_in(role)
    for name in ("simulation", "scenarios", "scenarios_compare", "proposals"):
        expected = 200 if role in (Role.APPROVER, Role.DIRECTOR, Role.AUDITOR) else 403
        assert browser.get(reverse(name)).status_code == expected, name


def test_the_form_leads_to_an_address_that_says_what_was_changed(
    family: dict[str, User], sign_in: SignIn
) -> None:
    browser = sign_in("shenpi")
    empty = browser.get(reverse("simulation")).content.decode()
    assert "5,880.00 元/年" in empty
    assert "改后每月" not in empty
    answer = browser.post(
        reverse("simulation"),
        fields(empty, "ask", month="202701", **{f"set:{RURAL}": "+5%", "set:dibao.amount.rounding": "fen"}),
    )
    assert answer.status_code == 302
    assert answer["Location"].count("set=") == 2
    words = text_of(browser.get(answer["Location"]).content.decode())
    for said in (
        "改后每月",
        "6,174.00 元/年",
        "四舍五入到分",
        "去向",
        "资金级次",
        "分乡镇",
        "寄料镇",
        "小屯镇",
        "看不见的",
    ):
        assert said in words, said


def test_tables_on_the_page_add_up_and_match_the_workbook(family: dict[str, User], sign_in: SignIn) -> None:
    html = page(sign_in, reverse("simulation") + RAISE)
    foot = re.findall(r"<tfoot>.*?</tfoot>", html[html.index('id="places"') :], re.S)[0]
    book = openpyxl.load_workbook(
        io.BytesIO(sign_in("shenpi").get(reverse("simulation_xlsx") + RAISE).content), data_only=True
    )
    assert book.sheetnames == ["改动", "去向", "分乡镇", "金额分布"]
    rows = [row for row in book["分乡镇"].iter_rows(values_only=True) if row[1] is not None]
    *places, total = rows[1:]
    assert total[1] == "合计"
    for column in range(2, 10):
        assert round(sum(row[column] for row in places) * 100) == round(total[column] * 100)
    assert f"{total[7]:,.2f}" in text_of(foot)
    assert round(total[9] * 100) == 12 * round(total[8] * 100)


def test_a_charts_numbers_stand_in_a_table_beside_it(family: dict[str, User], sign_in: SignIn) -> None:
    html = page(sign_in, reverse("simulation") + RAISE)
    option = json.loads(re.search(r'id="chart-spread"[^>]*>(.*?)</script>', html, re.S)[1])  # type: ignore[index]
    drawn = [sum(series["data"]) for series in option["series"]]
    table = html[html.index('id="table-spread"') :]
    cells = [
        int(text.replace(",", ""))
        for text in re.findall(r'<td class="r">\s*([\d,]+)\s*</td>', table.split("</table>")[0])
    ]
    assert [sum(cells[0::2]), sum(cells[1::2])] == drawn
    assert [series["name"] for series in option["series"]] == ["改前", "改后"]


def test_near_households_are_linked_and_masked_for_the_auditor(
    family: dict[str, User], sign_in: SignIn
) -> None:
    html = page(sign_in, reverse("simulation") + RAISE)
    near = html[html.index('id="near"') :].split("</table>")[0]
    assert re.search(r'href="/[^"]+">测试\d+', near)
    masked = page(sign_in, reverse("simulation") + RAISE, "shenji")
    assert not re.search(r">测试\d+<", masked)
    assert "存为方案" not in masked
    assert "提出这项改动" not in masked


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"?month=202701&step=100&band=500&set={RURAL}=abc", "农村低保年标准"),
        ("?month=202701&step=100&band=500&set=dibao.amount.method=classed", "A类每人月额"),
        ("?month=202701&step=100&band=500&set=nothing.such=1", "没有用到"),
    ],
)
def test_what_cannot_be_weighed_is_said_on_the_page(
    query: str, said: str, family: dict[str, User], sign_in: SignIn
) -> None:
    words = text_of(page(sign_in, reverse("simulation") + query))
    assert "没有测算" in words
    assert said in words
    assert "改后每月" not in words


def test_an_address_typed_by_hand_falls_back_or_asks_again(family: dict[str, User], sign_in: SignIn) -> None:
    words = text_of(page(sign_in, reverse("simulation") + f"?month=190001&step=7&band=x&set={RURAL}=6174"))
    assert "改后每月" in words, "不认识的条件按默认"
    browser = sign_in("shenpi")
    assert browser.post(reverse("simulation"), {"month": "190001"}).status_code == 302
    assert browser.get(reverse("proposal_new")).status_code == 302
    assert browser.get(reverse("proposal_new") + "?path=no.such").status_code == 404
    assert browser.get(reverse("proposal_new") + "?scenario=x").status_code == 404
    assert browser.get(reverse("scenario", args=[99])).status_code == 404


def kept(browser: object, title: str = "2027 年提标 5%") -> Scenario:
    html = browser.get(reverse("simulation") + RAISE).content.decode()  # type: ignore[attr-defined]
    action = re.search(r'action="([^"]*baocun[^"]*)"', html)[1].replace("&amp;", "&")  # type: ignore[index]
    key = re.search(r'name="key" value="([^"]+)"', html[html.index("baocun") :])[1]  # type: ignore[index]
    browser.post(action, {"key": key, "title": title})  # type: ignore[attr-defined]
    return Scenario.objects.get(title=title)


def test_kept_figures_are_the_systems_own_and_stay(family: dict[str, User], sign_in: SignIn) -> None:
    browser = sign_in("shenpi")
    one = kept(browser)
    before = text_of(browser.get(reverse("scenario", args=[one.pk])).content.decode())
    assert "6,174.00 元/年" in before
    again = browser.get(reverse("simulation") + RAISE).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', again[again.index("baocun") :])[1]  # type: ignore[index]
    refused = browser.post(reverse("simulation_keep") + RAISE, {"key": key, "title": one.title}, follow=True)
    assert "请换一个名称" in text_of(refused.content.decode())
    nameless = browser.post(reverse("simulation_keep") + RAISE, {"key": key, "title": ""}, follow=True)
    assert "请写方案名称" in text_of(nameless.content.decode())
    assert Scenario.objects.count() == 1


def test_scenarios_stand_side_by_side(family: dict[str, User], sign_in: SignIn) -> None:
    browser = sign_in("juzhang")
    empty = text_of(browser.get(reverse("scenarios")).content.decode())
    assert "还没有存下的方案" in empty
    first, second = kept(browser, "甲案"), kept(browser, "乙案")
    listed = text_of(browser.get(reverse("scenarios")).content.decode())
    assert "甲案" in listed
    assert "乙案" in listed
    both = text_of(
        browser.get(reverse("scenarios_compare") + f"?row={first.pk}&row={second.pk}").content.decode()
    )
    assert both.index("甲案") < both.index("乙案")
    assert "全年增减" in both
    alone = text_of(browser.get(reverse("scenarios_compare") + f"?row={first.pk}&row=x").content.decode())
    assert "要选两个以上的方案" in alone


def proposed(browser: object, query: str, **typed: str) -> object:
    url = reverse("proposal_new") + query
    html = browser.get(url).content.decode()  # type: ignore[attr-defined]
    given = {"document": "汝民〔2026〕99号", "reason": "年度提标", "article": "第一条"} | typed
    key = re.search(r'name="key" value="([^"]+)"', html)[1]  # type: ignore[index]
    values = dict(re.findall(r'name="(value:[^"]+)" value="([^"]*)"', html))
    since = re.search(r'name="since" value="([^"]+)"', html)[1]  # type: ignore[index]
    return browser.post(url, {"key": key, "since": since, **values, **given}, follow=True)  # type: ignore[attr-defined]


def test_from_a_scenario_to_a_signed_value(family: dict[str, User], sign_in: SignIn) -> None:
    approver, director = sign_in("shenpi"), sign_in("juzhang")
    one = kept(approver)
    done = text_of(proposed(approver, f"?scenario={one.pk}").content.decode())  # type: ignore[attr-defined]
    assert "等局领导签发" in done
    proposal = PolicyProposal.objects.get()
    url = reverse("proposal", args=[proposal.pk])
    assert "签发或退回" not in done, "提出的人不能签"
    html = director.get(url).content.decode()
    assert re.search(r'href="/cesuan/gaidong/">待办 <span class="badge-count">1<', html)
    assert "2027 年提标 5%" in html
    key = re.search(r'name="key" value="([^"]+)"', html)[1]  # type: ignore[index]
    for _ in range(2):  # the button pressed twice
        answer = director.post(reverse("proposal_sign", args=[proposal.pk]), {"key": key}, follow=True)
    assert "已签发" in text_of(answer.content.decode())
    assert PolicyValue.objects.get().value == "6174"
    assert "6,174.00" in page(sign_in, reverse("parameter", args=[RURAL]))
    listed = text_of(page(sign_in, reverse("proposals")))
    assert "5,880.00 元/年 → 6,174.00 元/年" in listed
    assert ("测试shenpi" in listed, "测试juzhang" in listed) == (True, True), "提出人、签发人写姓名"
    assert "由这个方案提出的改动" in text_of(page(sign_in, reverse("scenario", args=[one.pk])))


def test_a_single_value_is_proposed_from_its_parameter(family: dict[str, User], sign_in: SignIn) -> None:
    approver = sign_in("shenpi")
    query = "?path=dibao.income.excluded"
    html = approver.get(reverse("proposal_new") + query).content.decode()
    assert "[preferential_pension, birth_award" in html
    refused = proposed(approver, query, **{"value:dibao.income.excluded": "scholarship"})
    assert "应写成列表" in text_of(refused.content.decode())  # type: ignore[attr-defined]
    proposed(approver, query, **{"value:dibao.income.excluded": "[scholarship]"})
    assert PolicyProposal.objects.get().items.get().value == "[scholarship]"


def test_sent_back_needs_a_reason_and_withdrawn_is_the_proposers(
    family: dict[str, User], sign_in: SignIn
) -> None:
    approver, director = sign_in("shenpi"), sign_in("juzhang")
    proposed(approver, RAISE)
    pk = PolicyProposal.objects.get().pk
    html = director.get(reverse("proposal", args=[pk])).content.decode()
    keys = re.findall(r'name="key" value="([^"]+)"', html)
    back = reverse("proposal_send_back", args=[pk])
    assert "请填写" in text_of(director.post(back, {"key": keys[1], "answer": ""}).content.decode())
    director.post(back, {"key": keys[1], "answer": "文号有误"})
    assert "文号有误" in page(sign_in, reverse("proposal", args=[pk]))
    late = director.post(reverse("proposal_sign", args=[pk]), {"key": keys[0]}, follow=True)
    assert "已退回, 不能再办" in text_of(late.content.decode())
    proposed(approver, RAISE)
    again = PolicyProposal.objects.latest("pk")
    html = approver.get(reverse("proposal", args=[again.pk])).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', html)[1]  # type: ignore[index]
    approver.post(reverse("proposal_withdraw", args=[again.pk]), {"key": key})
    again.refresh_from_db()
    assert again.state == "withdrawn"
    assert not PolicyValue.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_propose_or_sign_is_turned_away(
    role: str, family: dict[str, User], sign_in: SignIn
) -> None:
    proposed(sign_in("shenpi"), RAISE)
    pk = PolicyProposal.objects.get().pk
    browser = sign_in(role)
    if role != Role.APPROVER:
        assert browser.get(reverse("proposal_new") + RAISE).status_code == 403
        assert browser.post(reverse("proposal_withdraw", args=[pk])).status_code == 403
    if role != Role.DIRECTOR:
        assert browser.post(reverse("proposal_sign", args=[pk])).status_code == 403
        assert browser.post(reverse("proposal_send_back", args=[pk])).status_code == 403
    assert PolicyProposal.objects.get().state == "pending"
