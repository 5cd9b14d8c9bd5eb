"""The desk of the three who pay: each finds first what waits for it, and how far the pay day is."""

import datetime as dt

import pytest
from django.urls import reverse

from doudi.records.payments import services
from doudi.records.people import services as people
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.test_lists_cost import MOST, asked
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
PAYERS = ("caiwu", "fuhe", "pizhun")


@pytest.fixture
def office(staff: dict[str, User]) -> factories.Office:
    return factories.office(dt.date(2026, 11, 5))


def home(sign_in: SignIn, login: str) -> str:
    return text_of(sign_in(login).get(reverse("home")).content.decode())


@pytest.mark.parametrize("login", PAYERS)
def test_nothing_to_pay_yet_says_so(office: factories.Office, sign_in: SignIn, login: str) -> None:
    words = home(sign_in, login)
    assert "还没有发放批次" in words
    assert "离发放日 5 天" in words


def test_a_run_is_passed_from_desk_to_desk(office: factories.Office, sign_in: SignIn) -> None:
    factories.receiving(2)
    run = months.built(office, 202611)
    steps = (
        ("caiwu", "发放经办: 锁定", lambda: services.lock(run, office.caiwu)),
        ("fuhe", "发放复核: 复核", lambda: services.approve(run, 1, office.fuhe)),
        ("pizhun", "发放审批: 审批", lambda: services.approve(run, 2, office.pizhun)),
        ("pizhun", "发放审批: 导出代发文件", lambda: services.export(run, "csv", office.pizhun)),
        ("pizhun", "发放审批: 登记已交银行", lambda: services.hand_over(run, office.pizhun)),
        ("caiwu", "发放经办: 登记回盘", lambda: months.answered(run, office)),
        ("caiwu", "发放经办: 办结", lambda: services.close(run, office.caiwu)),
    )
    for login, said, act in steps:
        assert said in home(sign_in, login), said
        for other in PAYERS:
            waits = 1 if other == login else 0
            assert f"待我办的批次 {waits} 个" in home(sign_in, other), (said, other)
        act()
    assert "按时交银行 1 批" in home(sign_in, "caiwu")


def test_interceptions_wait_for_the_reviewer(office: factories.Office, sign_in: SignIn) -> None:
    award = factories.receiving(2)[0]
    people.report_death(
        by=office.caiwu, person=award.payee, died_on=dt.date(2026, 11, 3), on=dt.date(2026, 11, 4)
    )
    months.built(office, 202611)
    words = home(sign_in, "fuhe")
    assert "发放复核: 处理 1 条拦截" in words
    assert "未处理的拦截 1 条" in words


def test_a_scheme_nobody_built_this_month_and_a_late_pay_day_are_told(
    office: factories.Office, sign_in: SignIn
) -> None:
    factories.receiving(1)
    months.month_paid(office, 202611, results={1: "失败"})
    move_to(dt.date(2026, 12, 12))
    words = home(sign_in, "caiwu")
    assert "2026年12月农村最低生活保障" in words
    assert "发放经办: 生成清册" in words
    assert "过了发放日 2 天" in words
    assert "没发成, 等重发 1 笔" in words
    assert "近一年到期 1 批" in words


@pytest.mark.parametrize("login", PAYERS)
def test_the_desk_asks_few_questions(office: factories.Office, sign_in: SignIn, login: str) -> None:
    factories.receiving(5)
    for month in (202609, 202610):
        months.month_paid(office, month)
    months.sent(months.built(office, 202611), office)
    browser = sign_in(login)
    browser.get(reverse("home"))
    questions = asked(browser, reverse("home"))
    # The bank, the books and the recoveries are asked beside the runs.
    assert len(questions) <= MOST + 8, "\n".join(questions)
