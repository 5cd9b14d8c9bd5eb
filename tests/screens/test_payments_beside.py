"""Back-pay and corrections on pages: built by the payer, every line with its reason, a debt given up by two."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.payments.models import PayLine, PayrollRun, Release
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(staff: dict[str, User]) -> factories.Office:
    """October's second credit failed; a fourth household was decided late."""
    found = factories.Office(**{login: staff[login] for login in factories.PAYROLL_STAFF})
    move_to(dt.date(2026, 10, 5))
    factories.receiving(3)
    months.month_paid(found, 202610, {2: "失败"})
    factories.receiving(1, 60_000, from_on=dt.date(2026, 10, 1), decided_on=dt.date(2026, 10, 28))
    move_to(dt.date(2026, 11, 5))
    return found


def page_of(browser: Client, name: str, *args: object) -> str:
    return text_of(browser.get(reverse(name, args=args)).content.decode())


def build(browser: Client, kind: str, month: int = 202611) -> str:
    key = browser.get(reverse("payroll_beside")).context["form"]["key"].value()
    given = {"key": str(key), "kind": kind, "scheme": "dibao_rural", "month": month}
    return text_of(browser.post(reverse("payroll_beside_build"), given, follow=True).content.decode())


def test_the_payer_builds_back_pay_and_each_line_says_why(office: factories.Office, sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    assert "还没有补发和更正的批次" in page_of(browser, "payroll_beside")
    told = build(browser, "backpay")
    assert "补发清册已生成: 1 笔, 600.00 元" in told
    assert "2026年11月农村最低生活保障补发" in told.replace(" ", "")
    run = PayrollRun.objects.get(kind="backpay")
    why = page_of(browser, "payroll_why", run.pk)
    decision = PayLine.objects.get(run=run).award.opening.decision
    assert f"{decision.no}: 名册带入; 当月应发 600.00 元, 此前已列 0.00 元" in why
    assert (
        reverse("payroll_decision", args=[decision.pk])
        in browser.get(reverse("payroll_why", args=[run.pk])).content.decode()
    )
    assert Look.objects.filter(subject=f"payrollrun:{run.pk}", action="view").exists()
    assert run.batch_no in page_of(browser, "payroll_beside")
    assert "2026年10月" in page_of(browser, "payroll_lines", run.pk).replace(" ", "")
    assert "1 人次" in page_of(browser, "payroll_run", run.pk)


def test_a_correction_says_what_the_bank_said(office: factories.Office, sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    assert "更正发放清册已生成: 1 笔" in build(browser, "correction")
    run = PayrollRun.objects.get(kind="correction")
    assert "批次 410482-202610-dibao_rural-0 失败: 账户已销户" in page_of(browser, "payroll_why", run.pk)
    regular = PayrollRun.objects.get(kind="regular")
    assert browser.get(reverse("payroll_why", args=[regular.pk])).status_code == 404


def test_nothing_owed_is_said_in_words(office: factories.Office, sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    factories.stop(PayLine.objects.get(number=2).award, dt.date(2026, 10, 1))
    assert "没有要补发或更正的" in build(browser, "correction")
    key = browser.get(reverse("payroll_beside")).context["form"]["key"].value()
    answer = browser.post(reverse("payroll_beside_build"), {"key": str(key)}, follow=True)
    assert "请选择种类、项目和月份" in text_of(answer.content.decode())


def test_the_months_table_shows_the_months_own_runs(office: factories.Office, sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    build(browser, "backpay")
    told = page_of(browser, "payroll")
    assert "3 笔 · 2,457.00 元" in told
    assert "2026年11月农村最低生活保障补发" in told.replace(" ", "")  # among the runs that are not finished


def test_a_debt_nobody_is_due_is_given_up_by_two(office: factories.Office, sign_in: SignIn) -> None:
    line = PayLine.objects.get(number=2)
    factories.stop(line.award, dt.date(2026, 10, 1))
    url = reverse("payroll_release", args=[line.pk])
    payer, reviewer = sign_in("caiwu"), sign_in("fuhe")
    assert "没有发成、又不再应发的" in page_of(payer, "payroll_beside")
    given = {"key": str(reviewer.get(url).context["form"]["key"].value())}
    assert "由发放经办先提出" in text_of(reviewer.post(url, given).content.decode())
    key = str(payer.get(url).context["form"]["key"].value())
    payer.post(url, {"key": key, "reason": "停发追溯到十月"})
    assert Release.objects.get().approved_by is None
    assert "等另一人批准" in page_of(reviewer, "payroll_beside")
    key = str(reviewer.get(url).context["form"]["key"].value())
    reviewer.post(url, {"key": key})
    assert Release.objects.get().approved_by == office.fuhe
    assert "又不再应发的" not in page_of(payer, "payroll_beside")


def test_only_the_payer_builds(office: factories.Office, sign_in: SignIn) -> None:
    for login in ("fuhe", "pizhun", "juzhang", "shenji"):
        browser = sign_in(login)
        assert browser.get(reverse("payroll_beside")).context["form"] is None
        assert browser.post(reverse("payroll_beside_build"), {}).status_code == 403
    assert sign_in("cun").get(reverse("payroll_beside")).status_code == 403
