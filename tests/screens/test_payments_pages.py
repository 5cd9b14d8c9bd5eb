"""A month's money on pages: three people, one order, every amount and refusal in words."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from doudi.records.audit.models import Look
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayrollRun, ReturnDraft
from doudi.records.people import services as people
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import bank_answers, factories

pytestmark = pytest.mark.django_db
READERS = {"caiwu", "fuhe", "pizhun", "juzhang", "shenji"}
MONTH, TODAY = 202611, dt.date(2026, 11, 5)
PASSWORD = "a-password-of-the-tests"


@pytest.fixture
def office(staff: dict[str, User]) -> dict[str, User]:
    """The three who handle money, with a password, on 2026-11-05."""
    move_to(TODAY)
    for login in ("caiwu", "fuhe", "pizhun"):
        staff[login].set_password(PASSWORD)
        staff[login].save()
    return staff


@pytest.fixture
def run(office: dict[str, User]) -> PayrollRun:
    """November of three households, built."""
    factories.receiving(3, fen=81_900, step=100)
    return services.build(scheme="dibao_rural", month=MONTH, by=office["caiwu"])


def page_of(browser: Client, name: str, *args: Any) -> str:
    return text_of(browser.get(reverse(name, args=args)).content.decode())


def post(browser: Client, name: str, pk: int, **fields: Any) -> Any:
    url = reverse(name, args=[pk])
    key = browser.get(url).context["form"]["key"].value()
    return browser.post(url, {"key": str(key), **fields})


def walk_to(run: PayrollRun, office: dict[str, User], state: str) -> PayrollRun:
    """By the services, as far as `state`."""
    steps = [
        ("locked", lambda: services.lock(run, by=office["caiwu"])),
        ("reviewed", lambda: services.approve(run, 1, by=office["fuhe"])),
        ("approved", lambda: services.approve(run, 2, by=office["pizhun"])),
        ("exported", lambda: services.export(run, "csv", by=office["pizhun"])),
        ("handed", lambda: services.hand_over(run, by=office["pizhun"])),
    ]
    for reached, act in steps:
        act()
        run.refresh_from_db()
        if reached == state:
            break
    return run


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_the_payroll(role: str, sign_in: SignIn, run: PayrollRun) -> None:
    browser, wanted = sign_in(role), 200 if role in READERS else 403
    assert browser.get(reverse("payroll")).status_code == wanted
    assert browser.get(reverse("payroll_run", args=[run.pk])).status_code == wanted


def test_no_run_yet_says_what_to_do(office: dict[str, User], sign_in: SignIn) -> None:
    assert "还没有发放批次" in page_of(sign_in("fuhe"), "payroll")


def test_the_payer_builds_and_a_second_time_adds_nothing(office: dict[str, User], sign_in: SignIn) -> None:
    factories.receiving(2)
    browser = sign_in("caiwu")
    for _ in range(2):
        key = browser.get(reverse("payroll")).context["form"]["key"].value()
        given = {"key": str(key), "scheme": "dibao_rural", "month": str(MONTH)}
        answer = browser.post(reverse("payroll_build"), given, follow=True)
        assert "清册已生成: 2 笔, 1,638.00 元" in text_of(answer.content.decode())
    assert PayrollRun.objects.get().lines.count() == 2
    assert sign_in("fuhe").post(reverse("payroll_build"), {}).status_code == 403


def test_the_run_names_the_next_person_and_the_whole_amount(run: PayrollRun, sign_in: SignIn) -> None:
    words = page_of(sign_in("fuhe"), "payroll_run", run.pk)
    assert "等发放经办: 锁定清册" in words
    assert "2,460.00 元" in words.replace("2,460.00元", "2,460.00 元")
    assert "人民币贰仟肆佰陆拾元整" in words
    assert Look.objects.filter(subject=f"payrollrun:{run.pk}", actor="fuhe").exists()


def test_locking_asks_for_the_password_again(run: PayrollRun, sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    wrong = post(browser, "payroll_lock", run.pk, password="not it")
    assert "口令不对" in text_of(wrong.content.decode())
    run.refresh_from_db()
    assert run.state == "draft"
    assert post(browser, "payroll_lock", run.pk, password=PASSWORD).status_code == 302
    run.refresh_from_db()
    assert run.state == "locked"


def test_a_death_holds_the_line_until_the_reviewer_decides(office: dict[str, User], sign_in: SignIn) -> None:
    award = factories.receiving(2)[0]
    people.report_death(by=office["caiwu"], person=award.payee, died_on=dt.date(2026, 11, 3), on=TODAY)
    run = services.build(scheme="dibao_rural", month=MONTH, by=office["caiwu"])
    assert "1 条拦截等发放复核决定" in page_of(sign_in("caiwu"), "payroll_run", run.pk)
    found = Interception.objects.get()
    refused = post(sign_in("fuhe"), "payroll_resolve", found.pk, outcome="dropped", reason="")
    assert refused.status_code == 200
    found.refresh_from_db()
    assert found.outcome == ""
    done = post(sign_in("fuhe"), "payroll_resolve", found.pk, outcome="dropped", reason="家属已确认")
    assert done.url == reverse("payroll_run", args=[run.pk])
    assert "家属已确认" in page_of(sign_in("caiwu"), "payroll_interceptions", run.pk)
    assert sign_in("caiwu").get(reverse("payroll_resolve", args=[found.pk])).status_code == 403


@pytest.mark.parametrize("state", ["locked", "reviewed", "approved"])
def test_a_run_is_sent_back_with_a_reason_and_a_password(
    state: str, run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    walk_to(run, office, state)
    url = reverse("payroll_reopen", args=[run.pk])
    assert url in sign_in("fuhe").get(reverse("payroll_run", args=[run.pk])).content.decode()
    assert url not in sign_in("caiwu").get(reverse("payroll_run", args=[run.pk])).content.decode()
    empty = post(sign_in("fuhe"), "payroll_reopen", run.pk, reason="", password=PASSWORD)
    assert "请填写" in text_of(empty.content.decode())
    done = post(sign_in("fuhe"), "payroll_reopen", run.pk, reason="卡号登记错了", password=PASSWORD)
    assert done.url == reverse("payroll_run", args=[run.pk])
    run.refresh_from_db()
    assert (run.state, run.round) == ("draft", 1)
    late = post(sign_in("pizhun"), "payroll_reopen", run.pk, reason="再退一次", password=PASSWORD)
    assert "待锁定" in text_of(late.content.decode())


def test_a_death_after_the_lock_is_told_beside_the_approval(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    walk_to(run, office, "locked")
    payee = run.lines.first().payee
    people.report_death(by=office["caiwu"], person=payee, died_on=TODAY, on=TODAY)
    refused = text_of(post(sign_in("fuhe"), "payroll_review", run.pk, password=PASSWORD).content.decode())
    assert f"{payee.name} (有死亡报告)" in refused
    assert "退回重做" in refused


def test_every_change_since_last_month_leads_to_its_decision(
    office: dict[str, User], sign_in: SignIn
) -> None:
    factories.receiving(2)
    walk_to(services.build(scheme="dibao_rural", month=202610, by=office["caiwu"]), office, "locked")
    award = factories.receiving(1, from_on=dt.date(2026, 11, 1))[0]
    run = services.build(scheme="dibao_rural", month=MONTH, by=office["caiwu"])
    browser = sign_in("caiwu")
    assert "▲ 819.00" in page_of(browser, "payroll_run", run.pk)
    decision = award.opening.decision
    url = reverse("payroll_decision", args=[decision.pk])
    assert url in browser.get(reverse("payroll_changes", args=[run.pk])).content.decode()
    assert "说不清的变化: 0 户" in page_of(browser, "payroll_changes", run.pk)
    assert award.no in page_of(browser, "payroll_decision", decision.pk)


def test_the_road_from_lock_to_close_by_three_people(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    post(sign_in("caiwu"), "payroll_lock", run.pk, password=PASSWORD)
    post(sign_in("fuhe"), "payroll_review", run.pk, password=PASSWORD)
    post(sign_in("pizhun"), "payroll_approve", run.pk, password=PASSWORD)
    approver = sign_in("pizhun")
    first = approver.post(reverse("payroll_export", args=[run.pk]), {"format": "csv"})
    second = approver.post(reverse("payroll_export", args=[run.pk]), {"format": "csv"})
    assert first.content == second.content
    assert Look.objects.filter(action="export", subject=f"payrollrun:{run.pk}").count() == 2
    assert first.headers["X-Content-SHA256"] in page_of(approver, "payroll_export", run.pk)
    slip = approver.get(reverse("payroll_slip", args=[run.bank_files.get().pk]))
    assert (slip.headers["Content-Type"], slip.content[:5]) == ("application/pdf", b"%PDF-")
    post(approver, "payroll_hand_over", run.pk)
    blocked = post(sign_in("caiwu"), "payroll_close", run.pk)
    assert "没有银行结果" in text_of(blocked.content.decode())
    answer = bank_answers.answer(run, results={2: "失败"})
    for said in ("请发放复核核对", "这次不起作用"):
        file = SimpleUploadedFile("回盘.csv", answer)
        done = sign_in("caiwu").post(reverse("payroll_return", args=[run.pk]), {"file": file}, follow=True)
        assert said in text_of(done.content.decode())
    assert not run.return_files.exists()
    draft = run.drafts.get()
    done = post(sign_in("fuhe"), "payroll_return_check", draft.pk, password=PASSWORD)
    assert done.url == reverse("payroll_run", args=[run.pk])
    assert "成功 2 笔" in page_of(sign_in("fuhe"), "payroll_run", run.pk)
    assert post(sign_in("caiwu"), "payroll_close", run.pk).status_code == 302
    run.refresh_from_db()
    assert run.state == "closed"


def test_a_return_of_another_batch_is_refused_beside_the_form(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    walk_to(run, office, "handed")
    other = bank_answers.answer(run).replace(run.batch_no.encode(), b"410482-202601-dibao_rural-0")
    file = SimpleUploadedFile("回盘.csv", other)
    answer = sign_in("caiwu").post(reverse("payroll_return", args=[run.pk]), {"file": file})
    assert answer.status_code == 200
    assert "整个文件没有入账" in text_of(answer.content.decode())
    assert not run.return_files.exists()


def staged(run: PayrollRun, office: dict[str, User], **said: Any) -> ReturnDraft:
    walk_to(run, office, "handed")
    return services.stage_return(run, bank_answers.answer(run, **said), "回盘.csv", office["caiwu"])


def test_the_check_shows_totals_and_what_is_queried(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    draft = staged(run, office, fen={2: 82_001}, results={3: "失败"})
    words = page_of(sign_in("fuhe"), "payroll_return_check", draft.pk)
    for part in ("还没有入账", "回盘写 820.01 元, 交出的是 820.00 元", office["caiwu"].name, draft.sha256):
        assert part in words
    assert "核对无误, 入账" in words
    assert "核对无误, 入账" not in page_of(sign_in("caiwu"), "payroll_return_check", draft.pk)
    assert "等发放复核: 核对回盘" in page_of(sign_in("caiwu"), "payroll_run", run.pk)
    url = reverse("payroll_return_check", args=[draft.pk])
    assert url in sign_in("fuhe").get(reverse("payroll_run", args=[run.pk])).content.decode()


def test_who_brought_the_file_cannot_check_it_by_a_made_up_request(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    draft = staged(run, office)
    refused = post(sign_in("caiwu"), "payroll_return_check", draft.pk, password=PASSWORD)
    assert "核对回盘由发放复核办理" in text_of(refused.content.decode())
    assert sign_in("caiwu").get(reverse("payroll_return_withdraw", args=[draft.pk])).status_code == 403
    assert not run.return_files.exists()


def test_a_file_is_withdrawn_with_a_reason(run: PayrollRun, office: dict[str, User], sign_in: SignIn) -> None:
    draft = staged(run, office)
    assert post(sign_in("fuhe"), "payroll_return_withdraw", draft.pk, reason="").status_code == 200
    post(sign_in("fuhe"), "payroll_return_withdraw", draft.pk, reason="银行说这份作废")
    assert "作废: 银行说这份作废" in page_of(sign_in("caiwu"), "payroll_return_check", draft.pk)
    late = post(sign_in("fuhe"), "payroll_return_withdraw", draft.pk, reason="再作废一次")
    assert "不能再办" in text_of(late.content.decode())
    assert sign_in("fuhe").get(reverse("payroll_return_check", args=[draft.pk + 9])).status_code == 404


def test_what_has_no_answer_for_long_is_listed_to_ask_the_bank(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    walk_to(run, office, "handed")
    assert "没有久等不到结果的" in page_of(sign_in("caiwu"), "payroll_unknown")
    move_to(TODAY + dt.timedelta(days=5))
    words = page_of(sign_in("caiwu"), "payroll_unknown")
    assert words.count("向银行查询") >= 3
    assert "3 笔交银行以后久等不到结果" in page_of(sign_in("caiwu"), "payroll")
    words = page_of(sign_in("caiwu"), "payroll_run", run.pk)
    assert "3 笔久等不到, 向银行查询" in words
    assert "暂不能继续" not in words


def test_lines_show_only_the_end_of_an_account(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    walk_to(run, office, "locked")
    body = sign_in("caiwu").get(reverse("payroll_lines", args=[run.pk])).content.decode()
    for line in run.lines.all():
        assert line.account not in body
        assert f"尾号 {line.account_last4}" in text_of(body)
    assert "没有这样的行" in text_of(sign_in("caiwu").get(
        reverse("payroll_lines", args=[run.pk]) + "?state=failed").content.decode())  # fmt: skip


def test_the_register_prints_once_locked(run: PayrollRun, office: dict[str, User], sign_in: SignIn) -> None:
    browser = sign_in("caiwu")
    assert browser.get(reverse("payroll_register", args=[run.pk])).status_code == 404
    walk_to(run, office, "locked")
    assert "寄料镇" in page_of(browser, "payroll_registers", run.pk)
    pdf = browser.get(reverse("payroll_register", args=[run.pk]))
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_register_is_taken_away_once_locked(
    run: PayrollRun, office: dict[str, User], sign_in: SignIn
) -> None:
    browser, url = sign_in("shenji"), reverse("payroll_register_xlsx", args=[run.pk])
    assert browser.get(url).status_code == 404
    walk_to(run, office, "locked")
    assert f"{url}?as=csv" in browser.get(reverse("payroll_lines", args=[run.pk])).content.decode()
    assert browser.get(url).content[:2] == b"PK"
    told = browser.get(url, {"as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert told[-1].split(",")[5] == f"{run.total_fen / 100:.2f}"
    line = run.lines.get(number=1)
    assert line.household.no in " ".join(told)
    assert line.payee.name not in " ".join(told)  # the auditor reads masked names


def test_pages_ask_few_questions_however_long_the_run(
    office: dict[str, User], sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.receiving(60)
    run = services.build(scheme="dibao_rural", month=MONTH, by=office["caiwu"])
    walk_to(run, office, "locked")
    browser = sign_in("caiwu")
    for name in ("payroll_lines", "payroll_interceptions", "payroll_changes"):
        with django_assert_max_num_queries(16):
            browser.get(reverse(name, args=[run.pk]))
    with django_assert_max_num_queries(40):
        browser.get(reverse("payroll_run", args=[run.pk]))
