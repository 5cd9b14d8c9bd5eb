"""One run on one page, in the order the money moves: what was done by whom, what is next, what holds it up."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.models import PayrollRun
from doudi.records.people import services as people
from doudi.records.staff.models import User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
ORDER = ["build", "change", "hold", "lock", "approve", "export", "hand_over", "answer", "close"]


@pytest.fixture
def office(staff: dict[str, User]) -> factories.Office:
    return factories.office(dt.date(2026, 11, 5))


@pytest.fixture
def run(office: factories.Office) -> PayrollRun:
    factories.receiving(3)
    return months.built(office, 202611)


def body(browser: Client, run: PayrollRun) -> str:
    return browser.get(reverse("payroll_run", args=[run.pk])).content.decode()


def states(html: str) -> dict[str, str]:
    return {key: state for state, key in re.findall(r'<li class="is-(\w+)"\s+id="(\w+)"', html)}


def test_the_sections_stand_in_the_order_the_money_moves(
    run: PayrollRun, office: factories.Office, sign_in: SignIn
) -> None:
    browser = sign_in("juzhang")
    steps = (
        ("lock", lambda: services.lock(run, office.caiwu)),
        ("approve", lambda: services.approve(run, 1, office.fuhe)),
        ("approve", lambda: services.approve(run, 2, office.pizhun)),
        ("export", lambda: services.export(run, "csv", office.pizhun)),
        ("hand_over", lambda: services.hand_over(run, office.pizhun)),
        ("answer", lambda: months.answered(run, office)),
        ("close", lambda: services.close(run, office.caiwu)),
    )
    for key, act in steps:
        told = states(body(browser, run))
        assert list(told) == ORDER
        place = ORDER.index(key)
        assert told[key] == "now", key
        assert {told[one] for one in ORDER[:place]} == {"done"}
        assert {told[one] for one in ORDER[place + 1 :]} <= {"next"}
        act()
        run.refresh_from_db()
    assert set(states(body(browser, run)).values()) == {"done"}


def test_held_lines_are_told_by_cause_and_hold_the_lock(office: factories.Office, sign_in: SignIn) -> None:
    award = factories.receiving(2)[0]
    people.report_death(
        by=office.caiwu, person=award.payee, died_on=dt.date(2026, 11, 3), on=dt.date(2026, 11, 4)
    )
    run = months.built(office, 202611)
    html = body(sign_in("caiwu"), run)
    assert states(html)["hold"] == "now"
    assert "还有 1 条等发放复核决定" in html
    assert "有死亡报告" in html


def test_what_nothing_explains_is_told_in_red_with_what_to_do(
    office: factories.Office, sign_in: SignIn
) -> None:
    factories.receiving(1)
    months.month_paid(office, 202610)
    missed = factories.receiving(1)[
        0
    ]  # due since January by a decision of last year, and not in October's list
    run = months.built(office, 202611)
    html = body(sign_in("caiwu"), run)
    assert states(html)["change"] == "now"
    assert "有 1 户的变化找不到对应的决定, 不能锁定" in text_of(html)
    assert 'class="note note-over"' in html
    assert missed.household.no in text_of(
        sign_in("caiwu").get(reverse("payroll_changes", args=[run.pk])).content.decode()
    )


def test_a_build_that_stopped_is_taken_up_again_from_the_page(
    office: factories.Office, sign_in: SignIn
) -> None:
    factories.receiving(2)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu, here=False)
    assert run.state == "building"
    url = reverse("payroll_resume", args=[run.pk])
    browser = sign_in("caiwu")
    assert url in body(browser, run)
    assert url not in body(sign_in("fuhe"), run)
    assert sign_in("fuhe").post(url).status_code == 403
    for _ in range(2):
        said = text_of(browser.post(url, follow=True).content.decode())
        assert "清册已生成: 2 笔" in said
    run.refresh_from_db()
    assert (run.state, run.lines.count()) == ("draft", 2)


def test_a_run_sent_back_says_by_whom_and_why(
    run: PayrollRun, office: factories.Office, sign_in: SignIn
) -> None:
    services.lock(run, office.caiwu)
    services.reopen(run, "卡号登记错了", office.fuhe)
    assert "测试fuhe 退回重做: 卡号登记错了" in text_of(body(sign_in("caiwu"), run))


@pytest.mark.parametrize("login", ["juzhang", "shenji"])
@pytest.mark.parametrize("locked", [False, True])
def test_director_and_auditor_read_and_do_nothing(
    run: PayrollRun, office: factories.Office, sign_in: SignIn, login: str, locked: bool
) -> None:
    if locked:
        services.lock(run, office.caiwu)
    html = body(sign_in(login), run)
    assert "<button" not in html.partition('class="money-road"')[2].partition("</main>")[0]
    acts = ("lock", "review", "approve", "reopen", "export", "hand_over", "return", "close", "resume")
    assert not [act for act in acts if reverse(f"payroll_{act}", args=[run.pk]) + '"' in html]


def test_the_auditor_reads_masked_names_and_the_director_whole_ones(
    run: PayrollRun, office: factories.Office, sign_in: SignIn
) -> None:
    services.lock(run, office.caiwu)
    award = Award.objects.order_by("pk")[0]
    listed = reverse("payroll_lines", args=[run.pk])
    assert award.payee.name in text_of(sign_in("juzhang").get(listed).content.decode())
    assert award.payee.name not in text_of(sign_in("shenji").get(listed).content.decode())
    for login, name in (("shenji", "household_money"), ("caiwu", "payroll_household")):
        url = reverse(name, args=[award.household_id])
        assert url in sign_in(login).get(listed).content.decode()
