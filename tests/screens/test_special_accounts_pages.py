"""The special accounts on pages: entered by one, checked by another, named on receipts, told beside the ledger."""

import codecs
import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.ledger.models import AccountMove, FundReceipt, SchemeChange, SpecialAccount
from doudi.records.ledger.services import check, check_account, register_account, register_receipt
from doudi.records.payments import services
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from doudi.web.office.payments.register import paid_from
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
NUMBER = "41048200000000001"
ACCOUNT = {"holder_name": "社会救助资金专户", "bank": "农商银行", "number": NUMBER, "opened_on": "2026-01-05"}
GRANT = {"kind": "grant", "level": "national", "scheme": "", "document_no": "豫财社7号", "on": "2026-11-03",
         "fen": "5,000.00"}  # fmt: skip


@pytest.fixture
def office(staff: dict[str, User]) -> factories.Office:
    move_to(DAY)
    return factories.Office(staff["caiwu"], staff["fuhe"], staff["pizhun"])


def opened(office: factories.Office, number: str = NUMBER, *schemes: str) -> SpecialAccount:
    made = register_account(holder_name="专户", bank="农商银行", number=number, opened_on=dt.date(2026, 1, 5),
                            schemes=schemes, by=office.caiwu)  # fmt: skip
    return check_account(made, office.fuhe)


def words(browser: Client, name: str, *args: Any) -> str:
    return text_of(browser.get(reverse(name, args=args)).content.decode())


def post(browser: Client, name: str, *args: Any, **fields: Any) -> str:
    url = reverse(name, args=args)
    key = browser.get(url).context["form"]["key"].value()
    return text_of(browser.post(url, {"key": str(key), **fields}, follow=True).content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_the_accounts(role: str, sign_in: SignIn) -> None:
    wanted = 200 if role in {"caiwu", "fuhe", "pizhun", "juzhang", "shenji"} else 403
    assert sign_in(role).get(reverse("fund_accounts")).status_code == wanted


def test_without_an_account_nothing_changes(office: factories.Office, sign_in: SignIn) -> None:
    payer = sign_in("caiwu")
    assert "还没有登记专户" in words(payer, "fund_accounts")
    assert "到账专户" not in words(payer, "fund_new")
    assert "总账 1001" not in words(payer, "funds")


def test_an_account_is_entered_checked_and_closed(office: factories.Office, sign_in: SignIn) -> None:
    payer, reviewer = sign_in("caiwu"), sign_in("fuhe")
    assert "账号应为" in post(payer, "fund_account_new", **{**ACCOUNT, "number": "12"})
    assert "请发放复核核对" in post(payer, "fund_account_new", **ACCOUNT)
    made = SpecialAccount.objects.get()
    assert "没有另设专户的各项目" in words(payer, "fund_accounts")
    assert NUMBER not in words(payer, "fund_accounts")
    assert "4104 8200 0000 0000 1" in words(reviewer, "fund_account_check", made.pk)
    assert "可以用了" in post(reviewer, "fund_account_check", made.pk)
    assert "4104" not in words(reviewer, "fund_account_check", made.pk)
    assert "再办这一步" in post(reviewer, "fund_account_decline", made.pk, reason="错")
    assert "已经登记过" in post(payer, "fund_account_new", **{**ACCOUNT, "bank": "工商银行"})
    assert "已从尾号 0001" in post(payer, "fund_account_new", **{**ACCOUNT, "number": "41048200000000002"})
    assert "已销户" in post(reviewer, "fund_account_close", made.pk)


def test_what_was_filled_in_wrongly_goes_back(office: factories.Office, sign_in: SignIn) -> None:
    post(sign_in("caiwu"), "fund_account_new", **ACCOUNT)
    made = SpecialAccount.objects.get()
    assert "已退回" in post(sign_in("fuhe"), "fund_account_decline", made.pk, reason="账号抄错")
    assert "账号抄错" in words(sign_in("caiwu"), "fund_accounts")


def test_the_only_account_is_chosen_and_one_of_two_must_be(office: factories.Office, sign_in: SignIn) -> None:
    made, payer = opened(office), sign_in("caiwu")
    assert "请选" not in words(payer, "fund_new")
    post(payer, "fund_new", **GRANT, account=made.pk)
    assert FundReceipt.objects.get().account == made
    assert "农商银行 尾号 0001" in words(sign_in("fuhe"), "fund_check", FundReceipt.objects.get().pk)
    opened(office, "41048200000000002", "orphan")
    assert "请选择" in post(payer, "fund_new", **{**GRANT, "document_no": "2"})
    assert FundReceipt.objects.count() == 1


def test_the_accounts_stand_beside_the_ledger(office: factories.Office, sign_in: SignIn) -> None:
    early = check(
        register_receipt(kind="opening", level="county", scheme="", document_no="结余", on=DAY, fen=700_000,
                         by=office.caiwu), office.fuhe)  # fmt: skip
    made, reviewer = opened(office), sign_in("fuhe")
    told = words(reviewer, "funds")
    assert "没有指定专户" in told
    assert "总账 1001 专户存款 7,000.00 元, 差额 0.00" in told
    assert "补写专户" in words(reviewer, "fund_receipts")
    assert "补写专户" not in words(sign_in("caiwu"), "fund_receipts")
    assert "已写明到账专户" in post(reviewer, "fund_place", early.pk, account=made.pk)
    told = words(reviewer, "funds")
    assert "没有指定专户" not in told
    assert "农商银行 尾号 0001" in told
    assert "为零才能销户" in post(reviewer, "fund_account_close", made.pk)


def test_the_export_names_the_account_that_pays(office: factories.Office, sign_in: SignIn) -> None:
    factories.receiving()
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    assert "付款专户" not in words(sign_in("pizhun"), "payroll_export", run.pk)
    opened(office, NUMBER, "dibao_rural")
    assert "付款专户 农商银行 尾号 0001" in words(sign_in("pizhun"), "payroll_export", run.pk)
    file, _ = services.export(run, "csv", office.pizhun)
    assert paid_from(run, file.on) == "农商银行 尾号 0001"
    slip = sign_in("fuhe").get(reverse("payroll_slip", args=[file.pk]))
    assert (slip.status_code, slip.content[:4]) == (200, b"%PDF")


def test_a_scheme_is_added_and_taken_off_by_two(office: factories.Office, sign_in: SignIn) -> None:
    made, payer, reviewer = opened(office, NUMBER, "orphan"), sign_in("caiwu"), sign_in("fuhe")
    assert "移出 孤儿基本生活保障" in words(payer, "fund_account_scheme", made.pk)
    assert "有误" in post(payer, "fund_account_scheme", made.pk, which="+orphan")
    assert not SchemeChange.objects.exists()
    assert "请发放复核核对" in post(payer, "fund_account_scheme", made.pk, which="+temporary")
    change = SchemeChange.objects.get()
    assert "增减项目等发放复核核对" in words(payer, "fund_accounts")
    assert "增加 临时救助" in words(reviewer, "fund_change_check", change.pk)
    assert "已退回" in post(reviewer, "fund_change_decline", change.pk, reason="另设专户")
    post(payer, "fund_account_scheme", made.pk, which="-orphan")
    change = SchemeChange.objects.get(state="waiting")
    assert "明天起算" in post(reviewer, "fund_change_check", change.pk)
    move_to(DAY + dt.timedelta(days=1))
    told = words(reviewer, "fund_accounts")
    assert "孤儿基本生活保障" not in told
    assert "没有" in told


def test_money_is_moved_between_accounts_by_two(office: factories.Office, sign_in: SignIn) -> None:
    payer, reviewer = sign_in("caiwu"), sign_in("fuhe")
    assert "没有专户之间的划转" in words(payer, "fund_moves")
    source, target = opened(office), opened(office, "41048200000000002", "orphan")
    check(
        register_receipt(kind="grant", level="city", scheme="", document_no="文1", on=DAY, fen=5_000, account=source,
                         by=office.caiwu), office.fuhe)  # fmt: skip
    paper = {"source": source.pk, "target": target.pk, "document_no": "转1", "on": "2026-11-20"}
    assert "还差 950.00 元" in post(payer, "fund_move_new", **paper, fen="1,000.00")
    assert "同一个专户" in post(payer, "fund_move_new", **{**paper, "target": source.pk}, fen="1.00")
    assert "请发放复核核对" in post(payer, "fund_move_new", **paper, fen="20.00")
    move = AccountMove.objects.get()
    assert "等发放复核核对" in words(payer, "fund_moves")
    assert payer.get(reverse("fund_move_check", args=[move.pk])).status_code == 403
    assert "50.00 元" in words(reviewer, "fund_move_check", move.pk)
    assert "已退回" in post(reviewer, "fund_move_decline", move.pk, reason="单据号抄错")
    post(payer, "fund_move_new", **{**paper, "document_no": "转01"}, fen="20.00")
    move = AccountMove.objects.get(state="waiting")
    assert "已记账" in post(reviewer, "fund_move_check", move.pk)
    told = words(reviewer, "funds")
    assert "农商银行 尾号 0002 孤儿基本生活保障 0.00 0.00 0.00 20.00 20.00" in told
    assert "差额 0.00" in told
    assert "转01" in words(sign_in("shenji"), "fund_moves")


def rows_of(answer: Any, name: str) -> list[list[str]]:
    """The rows of a CSV that Excel opens as UTF-8."""
    assert (answer.status_code, answer.content[:3]) == (200, codecs.BOM_UTF8)
    assert f'filename="{name}' in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_receipts_and_accounts_are_taken_away_as_xlsx_or_csv(
    office: factories.Office, sign_in: SignIn
) -> None:
    made, browser = opened(office), sign_in("juzhang")
    assert "导出清单" not in words(browser, "fund_receipts")
    for number, fen in (("=1+1", 500_000), ("@文", 7)):
        check(
            register_receipt(kind="grant", level="city", scheme="", document_no=number, on=DAY, fen=fen,
                             account=made, by=office.caiwu), office.fuhe)  # fmt: skip
    shown = browser.get(reverse("fund_receipts")).content.decode()
    assert f"{reverse('fund_receipts_xlsx')}?as=csv" in shown
    rows = rows_of(browser.get(reverse("fund_receipts_xlsx"), {"as": "csv"}), "daozhang-20261120")
    assert {row[3] for row in rows[4:-1]} == {"'=1+1", "'@文"}  # a text, never a formula
    assert rows[-1][6] == "5000.07"
    rows = rows_of(browser.get(reverse("fund_accounts_xlsx"), {"as": "csv"}), "zhuanhu-20261120")
    assert rows[-2][:3] + rows[-2][6:] == [
        "专户",
        "农商银行",
        "0001",
        "5000.07",
        "0.00",
        "0.00",
        "0.00",
        "5000.07",
    ]
    for name in ("fund_receipts_xlsx", "fund_accounts_xlsx"):
        assert browser.get(reverse(name)).content[:2] == b"PK"
    assert Look.objects.filter(actor="juzhang", action="download").count() == 4
    assert sign_in("jingban").get(reverse("fund_receipts_xlsx")).status_code == 403
