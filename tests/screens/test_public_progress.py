"""查进度: number and code open the own case; a stranger learns nothing, and may not guess for long."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.decisions import services as decisions
from doudi.records.desk.paid import MONEY_WORDS
from doudi.records.intake import services as intake
from doudi.records.payments import services as payments
from doudi.records.payments.models import PayLine
from doudi.store.models import Counter
from doudi.store.today import move_to
from tests.screens.public_site import Staff, as_public_site, day, granted, posted, refused, sent_up
from tests.services import bank_answers
from tests.services.bank_answers import answer

if TYPE_CHECKING:
    from django.test import Client

    from doudi.records.cases.models import Case

pytestmark = pytest.mark.django_db

URL = "/jindu/"
MINE = "/jindu/wode/"
WRONG = "受理号或查询码不对"


@pytest.fixture(autouse=True)
def public_site(settings: Any, on: Any) -> None:
    as_public_site(settings)


def asked(client: Client, case: Case) -> str:
    """The page of one's own case."""
    return client.post(URL, {"no": case.no, "code": case.query_code}, follow=True).content.decode()


def november(staff: Staff, upto: str) -> None:
    """The November list, built and brought along its road; `upto` a bank's result means the bank has answered."""
    move_to(day("11-05"))
    run = payments.build(scheme="dibao_rural", month=202611, by=staff["caiwu"])
    if upto == "草稿":
        return
    payments.lock(run, staff["caiwu"])
    if upto == "锁定":
        return
    payments.approve(run, 1, staff["fuhe"])
    payments.approve(run, 2, staff["pizhun"])
    payments.export(run, "csv", staff["pizhun"])
    run = payments.hand_over(run, staff["pizhun"])
    if upto != "交银行":
        bank_answers.taken_in(run, answer(run, results={1: upto}), "huipan.csv")


def test_number_and_code_open_the_own_case_however_they_are_typed(client: Client, filed: Case) -> None:
    typed = {"no": f" {filed.no} ", "code": filed.query_code.lower().replace("", " ")}
    page = client.post(URL, typed, follow=True)
    assert page.redirect_chain == [(MINE, 302)]
    assert filed.no in page.content.decode()


def test_wrong_code_and_unknown_number_are_answered_alike(client: Client, filed: Case) -> None:
    wrong = client.post(URL, {"no": filed.no, "code": "ZZZZZZ"})
    unknown = client.post(URL, {"no": "410482-2026-99999", "code": "ZZZZZZ"})
    assert wrong.status_code == unknown.status_code == 422
    assert WRONG in wrong.content.decode()
    same = wrong.content.decode().replace(filed.no, "410482-2026-99999")
    token = 'name="csrfmiddlewaretoken" value="'
    assert _without(same, token) == _without(unknown.content.decode(), token)


def _without(html: str, start: str) -> str:
    head, _, tail = html.partition(start)
    return head + tail.partition('"')[2]


def test_the_code_of_another_case_opens_nothing(client: Client, filed: Case, staff: Staff) -> None:
    page = client.post(URL, {"no": "410482-2026-00002", "code": filed.query_code})
    assert WRONG in page.content.decode()
    assert client.get(MINE).status_code == 302


def test_guessing_is_stopped_and_right_tries_cost_nothing(client: Client, filed: Case) -> None:
    right = {"no": filed.no, "code": filed.query_code}
    for _ in range(25):
        assert client.post(URL, right).status_code == 302
    for _ in range(20):
        assert client.post(URL, {**right, "code": "ZZZZZZ"}).status_code == 422
    stopped = client.post(URL, right)
    assert stopped.status_code == 429
    assert "过一小时再来" in stopped.content.decode()
    assert client.post(URL, right, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_the_limit_forgets_the_address_and_the_hours_before(client: Client, filed: Case) -> None:
    wrong = {"no": filed.no, "code": "ZZZZZZ"}
    client.post(URL, wrong, REMOTE_ADDR="198.51.100.7")
    move_to(day("09-15"))
    client.post(URL, wrong, REMOTE_ADDR="198.51.100.8")
    names = list(Counter.objects.filter(name__startswith="limit-").values_list("name", flat=True))
    assert len(names) == 1
    assert "198.51.100" not in names[0]


def test_behind_our_proxy_each_visitor_counts_for_himself(client: Client, filed: Case, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    wrong = {"no": filed.no, "code": "ZZZZZZ"}
    for number in range(21):
        invented = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}, 198.51.100.7"}
        page = client.post(URL, wrong, **invented)
    assert page.status_code == 429
    assert client.post(URL, wrong, HTTP_X_FORWARDED_FOR="198.51.100.8").status_code == 422


def test_an_empty_form_says_what_to_fill(client: Client) -> None:
    html = client.post(URL, {}).content.decode()
    assert "请填受理号" in html
    assert "请填查询码" in html


def test_the_receipt_link_fills_in_the_number(client: Client) -> None:
    assert 'value="410482-2026-00123"' in client.get(f"{URL}?no=410482-2026-00123").content.decode()


def test_looking_leaves_a_trace_and_leaving_closes_the_page(client: Client, filed: Case) -> None:
    asked(client, filed)
    assert list(Look.objects.values_list("actor", "action", "subject")) == [
        ("群众", "view", f"case:{filed.pk}")
    ]
    client.post("/jindu/likai/")
    assert client.get(MINE).status_code == 302


def test_own_page_is_never_indexed_or_kept(client: Client, filed: Case) -> None:
    asked(client, filed)
    page = client.get(MINE)
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]


def test_missing_papers_are_listed_once_they_were_told(client: Client, filed: Case, staff: Staff) -> None:
    assert "还缺这些材料" not in asked(client, filed)
    intake.tell_gaps(case=filed, by=staff["jingban"], on=day("09-14"))
    html = asked(client, filed)
    assert "还缺这些材料" in html
    assert "家庭经济状况核对授权书" in html


def test_on_the_board_the_family_reads_until_when(client: Client, accepted: Case, staff: Staff) -> None:
    posted(accepted, staff)
    move_to(day("09-20"))
    html = asked(client, accepted)
    for said in (
        "正在办: 在村里公示",
        "2026-09-18 到这一步",
        "公示到 2026-09-25",
        "最迟 2026-10-30 有结果",
        "寄料镇",
    ):
        assert said in html, said


def test_a_late_case_says_so(client: Client, accepted: Case) -> None:
    move_to(day("11-05"))
    assert "2026-10-30 前该有结果, 已经过了" in asked(client, accepted)


def test_at_the_county_the_steps_behind_are_ticked(client: Client, accepted: Case, staff: Staff) -> None:
    sent_up(accepted, staff)
    move_to(day("10-09"))
    html = asked(client, accepted)
    assert html.count("办好") == 5
    assert "正在办, 2026-09-28 开始" in html


def test_a_grant_says_how_much_from_when_and_why(client: Client, accepted: Case, staff: Staff) -> None:
    granted(accepted, staff)
    move_to(day("10-13"))
    html = asked(client, accepted)
    for said in (
        "批准了",
        "819.00",
        "2026 年 11 月起",
        "收入比低保线少 6,880 元",
        "钱*另外照顾, 每月加",
        "还没有发过",
    ):
        assert said in html, said
    assert "钱乙" not in html


def test_payments_say_what_when_and_which_card(client: Client, accepted: Case, staff: Staff) -> None:
    granted(accepted, staff)
    november(staff, "成功")
    html = asked(client, accepted)
    for said in ("2026 年 11 月", "819.00 元", "2026-11-05</span> 到账", "尾号 0001", "农村低保"):
        assert said in html, said
    assert "6299000000000000001" not in html


@pytest.mark.parametrize(
    ("upto", "said"),
    [
        ("草稿", "最迟 2026-11-10 交银行"),
        ("锁定", "名单已定, 等着交银行"),
        ("交银行", "已交银行, 等着到账"),
        ("失败", "没打进卡里, 请打电话核对银行卡"),
    ],
)
def test_money_on_its_way_says_where_and_what_to_do(
    client: Client, accepted: Case, staff: Staff, upto: str, said: str
) -> None:
    granted(accepted, staff)
    november(staff, upto)
    html = asked(client, accepted)
    assert said in html
    assert "</span> 到账" not in html


def test_every_state_of_a_payment_has_words() -> None:
    assert set(MONEY_WORDS) == set(PayLine.State)


def test_a_refusal_names_the_listed_reason_and_the_ways_to_object(
    client: Client, accepted: Case, staff: Staff
) -> None:
    refused(accepted, staff)
    html = asked(client, accepted)
    for said in ("没有批准", "家庭人均收入不低于当地低保标准", "649号令 第九条", "行政复议", "重新申请"):
        assert said in html, said
    assert "邻居" not in html
    assert "按月领钱" not in html


def test_an_ended_award_says_until_when(client: Client, accepted: Case, staff: Staff) -> None:
    granted(accepted, staff)
    award = Award.objects.get()
    decisions.stop(award=award, by=staff["shenpi"], reason_code="S01", text="", on=dt.date(2026, 12, 20))
    move_to(dt.date(2027, 1, 5))
    html = asked(client, accepted)
    assert "批准过, 现在已停发" in html
    assert "发到 2026 年 12 月为止" in html


def test_own_page_costs_few_queries(
    client: Client, accepted: Case, staff: Staff, django_assert_max_num_queries: Any
) -> None:
    granted(accepted, staff)
    november(staff, "成功")
    asked(client, accepted)
    with django_assert_max_num_queries(20):
        client.get(MINE)
