"""Special accounts: by two, one for a scheme, and together exactly what the ledger has."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.ledger import special_accounts
from doudi.records.ledger.fund_refusals import (
    AccountDoesNotFit,
    AccountKnown,
    AccountNotEmpty,
    AccountSettled,
    AccountShort,
    AccountStillMoving,
    AccountUnreadable,
    DocumentKnown,
    FundDutyNotYours,
    MoveUnreadable,
    SameHandsOnVoucher,
    SchemePaidElsewhere,
    SchemePaidElsewhereThen,
)
from doudi.records.ledger.models import AccountMove, FundReceipt, SpecialAccount, Txn
from doudi.records.ledger.services import (
    check,
    check_account,
    decline,
    decline_account,
    place_receipt,
    register_account,
    register_receipt,
)
from doudi.records.payments import services
from doudi.records.payments.funds.special_accounts import account_sums, balance_of
from doudi.records.reports import audit_accounts
from doudi.records.reports.auditor import differences
from doudi.store import triggers
from doudi.store.today import move_to
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)
NUMBER = "41048200000000001"


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def registered(office: factories.Office, **changes: Any) -> SpecialAccount:
    given = {"holder_name": "汝州市财政局社保专户", "bank": "农商银行", "number": NUMBER, "schemes": [],
             "opened_on": dt.date(2026, 1, 5)}  # fmt: skip
    return register_account(**(given | changes), by=office.caiwu)


def opened(office: factories.Office, **changes: Any) -> SpecialAccount:
    return check_account(registered(office, **changes), office.fuhe)


def arrived(
    office: factories.Office, account: SpecialAccount | None, fen: int, **changes: Any
) -> FundReceipt:
    given = {"kind": "grant", "level": "national", "scheme": "", "document_no": "文1", "on": DAY, "fen": fen}
    made = check(register_receipt(**(given | changes), account=account, by=office.caiwu), office.fuhe)
    assert isinstance(made, FundReceipt)
    return made


def told() -> dict[str, tuple[int, int, int, int]]:
    """Last four (none: not assigned) → received, paid, back, left; the rows add up to the cash account."""
    sums = account_sums()
    assert sums.gap_fen == 0
    assert sum(row.left_fen for row in sums.rows) == sums.cash_fen == months.balance("1001")
    return {
        row.account.last4 if row.account else "": (row.received_fen, row.paid_fen, row.back_fen, row.left_fen)
        for row in sums.rows
    }


def test_an_account_is_used_once_another_has_checked_it(office: factories.Office) -> None:
    made = registered(office)
    assert registered(office, number=f"{NUMBER[:6]} {NUMBER[6:]}") == made
    assert (special_accounts.open_accounts(), special_accounts.paying_account("dibao_rural", DAY)) == (
        [],
        None,
    )
    with pytest.raises(FundDutyNotYours):
        check_account(made, office.caiwu)
    office.caiwu.role = "fuhe"
    with pytest.raises(SameHandsOnVoucher):
        check_account(made, office.caiwu)
    check_account(made, office.fuhe)
    assert check_account(made, office.fuhe).state == "open"
    assert special_accounts.paying_account("dibao_rural", DAY) == made
    assert special_accounts.paying_account("dibao_rural", dt.date(2026, 1, 4)) is None
    with pytest.raises(AccountSettled):
        decline_account(made, "错", office.fuhe)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM ledger_specialaccount")
        assert NUMBER.encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "changes",
    [{"number": "1234567"}, {"number": "12345678x"}, {"bank": " "}, {"holder_name": ""},
     {"opened_on": DAY + dt.timedelta(days=1)}],
)  # fmt: skip
def test_an_account_that_says_too_little_is_refused(
    office: factories.Office, changes: dict[str, Any]
) -> None:
    with pytest.raises(AccountUnreadable):
        registered(office, **changes)


def test_the_same_account_and_the_same_scheme_only_once(office: factories.Office) -> None:
    made = opened(office, schemes=["dibao_rural"])
    with pytest.raises(AccountKnown, match="0001"):
        registered(office, schemes=["dibao_rural"])
    with pytest.raises(SchemePaidElsewhere, match=r"农村最低生活保障.*0001"):
        registered(office, number="41048200000000002", schemes=["orphan", "dibao_rural"])
    wrong = registered(office, number="41048200000000002", schemes=["orphan"])
    with pytest.raises(AccountUnreadable):
        decline_account(wrong, " ", office.fuhe)
    decline_account(wrong, "账号抄错", office.fuhe)
    again = opened(office, number="41048200000000002", schemes=["orphan"])
    rest = opened(office, number="41048200000000003")
    paying = special_accounts.payers()
    assert [paying.of(scheme, DAY) for scheme in ("dibao_rural", "orphan", "tekun_rural")] == [
        made.pk, again.pk, rest.pk,
    ]  # fmt: skip


def test_a_receipt_names_an_account_that_fits(office: factories.Office) -> None:
    arrived(office, None, 5)
    made = opened(office, schemes=["orphan"])
    waiting = registered(office, number="41048200000000002")
    for account, changes, says in (
        (None, {}, "请选到账的专户"),
        (waiting, {}, "不在用"),
        (made, {"on": dt.date(2026, 1, 4)}, "才开户"),
        (made, {"scheme": "dibao_rural"}, "不从尾号 0001"),
    ):
        with pytest.raises(AccountDoesNotFit, match=says):
            arrived(office, account, 7, document_no="文2", **changes)
    arrived(office, made, 7, document_no="文2", scheme="orphan")
    arrived(office, made, 2, document_no="结余", kind="opening", level="county")
    assert told() == {"0001": (9, 0, 0, 9), "": (5, 0, 0, 5)}


def test_what_was_registered_before_is_put_on_an_account_once(office: factories.Office) -> None:
    early = arrived(office, None, 5)
    made, other = opened(office), opened(office, number="41048200000000002", schemes=["orphan"])
    with pytest.raises(FundDutyNotYours):
        place_receipt(early, made, office.caiwu)
    place_receipt(early, made, office.fuhe)
    place_receipt(early, made, office.fuhe)
    assert told() == {"0001": (5, 0, 0, 5), "0002": (0, 0, 0, 0)}
    with pytest.raises(AccountDoesNotFit, match="不能再写"):
        place_receipt(early, other, office.fuhe)


def test_what_schemes_pay_and_what_comes_back_is_the_accounts() -> None:
    office = factories.office(dt.date(2026, 10, 5))
    award = factories.receiving(3, 10_000)[2]
    months.month_paid(office, 202610)  # from no account: there was none on that day
    run = months.sent(months.built(office, 202611), office)
    made = opened(office, schemes=["dibao_rural"], opened_on=dt.date(2026, 11, 1))
    arrived(office, made, 100_000)
    months.answered(run, office, {1: "失败", 2: "退票"})
    assert told() == {"0001": (100_000, 20_000, 10_000, 90_000), "": (0, 30_000, 0, -30_000)}
    factories.stop(award, dt.date(2026, 11, 1))
    order = services.order_recovery(
        household=award.household,
        scheme=award.scheme,
        cause="stopped",
        reason="停发",
        basis="测试",
        by=office.fuhe,
    )
    services.confirm_recovery(order, office.pizhun)
    services.receive_recovery(
        order, document_no="SJ-1", on=dt.date(2026, 11, 25), fen=4_000, how="cash", by=office.caiwu
    )
    assert told()["0001"] == (100_000, 20_000, 14_000, 94_000)
    opened(office, number="41048200000000002", opened_on=dt.date(2026, 10, 1))
    assert told()["0002"] == (0, 30_000, 0, -30_000)  # the rest, from a day before the first was opened
    assert not list(audit_accounts.special_accounts())


def moved(
    office: factories.Office, source: SpecialAccount, target: SpecialAccount, fen: int, **changes: Any
) -> AccountMove:
    given = {"source": source, "target": target, "document_no": "转1", "on": DAY, "fen": fen}
    return services.register_move(**(given | changes), by=office.caiwu)


@pytest.fixture
def two(office: factories.Office) -> tuple[SpecialAccount, SpecialAccount]:
    """Nine 分 on the first account, nothing on the second."""
    made = (
        opened(office, schemes=["dibao_rural"]),
        opened(office, number="41048200000000002", schemes=["orphan"]),
    )
    arrived(office, made[0], 9)
    return made


def test_money_goes_from_one_account_to_another_in_one_transaction(
    office: factories.Office, two: tuple[SpecialAccount, SpecialAccount]
) -> None:
    source, target = two
    move = moved(office, source, target, 9)
    assert moved(office, source, target, 9) == move
    with pytest.raises(DocumentKnown):
        moved(office, source, target, 8)
    assert told()["0001"] == (9, 0, 0, 9)  # not before it is checked
    with pytest.raises(FundDutyNotYours):
        services.check_move(move, office.caiwu)
    office.caiwu.role = "fuhe"
    with pytest.raises(SameHandsOnVoucher):
        services.check_move(move, office.caiwu)
    office.caiwu.role = "caiwu"
    for account in two:
        with pytest.raises(AccountStillMoving, match="待核对的划转"):
            services.close_account(account, office.fuhe)
    services.check_move(move, office.fuhe)
    assert services.check_move(move, office.fuhe).state == "booked"
    assert (told()["0001"], told()["0002"]) == ((9, 0, 0, 0), (0, 0, 0, 9))
    txn = Txn.objects.get(key=f"accountmove:{move.pk}")
    assert list(txn.entries.order_by("line").values_list("account", "side", "fen")) == [
        ("1001", "D", 9),
        ("1001", "C", 9),
    ]
    assert [str(one) for one in differences()] == []
    services.close_account(source, office.fuhe)  # empty at once: a move names its accounts
    with pytest.raises(AccountSettled):
        moved(office, target, source, 1, document_no="转2")


def test_a_move_is_refused_without_the_money_the_days_or_two_accounts(
    office: factories.Office, two: tuple[SpecialAccount, SpecialAccount]
) -> None:
    source, target = two
    waiting = registered(office, number="41048200000000003", schemes=["tekun_rural"])
    for given, refusal, says in (
        ((source, target, 10), AccountShort, r"余额 0\.09 元, 还差 0\.01"),
        ((target, source, 1), AccountShort, "还差"),
        ((source, source, 1), MoveUnreadable, "同一个"),
        ((source, waiting, 1), AccountSettled, "待核对"),
    ):
        with pytest.raises(refusal, match=says):
            moved(office, *given)
    with pytest.raises(MoveUnreadable, match="才开户"):
        moved(office, source, target, 1, on=dt.date(2026, 1, 4))
    with pytest.raises(FundDutyNotYours):
        services.register_move(source=source, target=target, document_no="转", on=DAY, fen=1, by=office.fuhe)
    first, second = moved(office, source, target, 9), moved(office, source, target, 9, document_no="转2")
    services.check_move(first, office.fuhe)
    with pytest.raises(AccountShort):
        services.check_move(second, office.fuhe)
    with pytest.raises(IntegrityError, match="余额不够"), transaction.atomic():
        AccountMove.objects.filter(pk=second.pk).update(
            state="booked", checked_by=office.fuhe, checked_on=DAY
        )
    decline(second, "钱不够", office.fuhe)
    for wrong in ({"target": source}, {"source": target}, {"fen": 1}, {"state": "waiting"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountMove.objects.filter(pk=first.pk).update(**wrong)


def test_the_database_closes_no_account_with_money_on_it() -> None:
    """What is paid, bounced and recovered counts by scheme and day, in the database's own sum."""
    office = factories.office(dt.date(2026, 11, 5))
    award = factories.receiving(2, 10_000)[1]
    run = months.sent(months.built(office, 202611), office)
    own, rest = opened(office, schemes=["dibao_rural"]), opened(office, number="41048200000000002")
    arrived(office, own, 20_000)
    months.answered(run, office, {1: "退票"})
    factories.stop(award, dt.date(2026, 11, 1))
    order = services.order_recovery(household=award.household, scheme=award.scheme, cause="stopped", reason="停发",
                                    basis="测试", by=office.fuhe)  # fmt: skip
    services.confirm_recovery(order, office.pizhun)
    day = dt.date(2026, 11, 25)
    services.receive_recovery(order, document_no="SJ-1", on=day, fen=4_000, how="cash", by=office.caiwu)
    assert balance_of(own).left_fen == 14_000
    closed = {"state": "closed", "closed_by": office.fuhe, "closed_on": day}

    def close(account: SpecialAccount) -> None:
        with transaction.atomic():
            SpecialAccount.objects.filter(pk=account.pk).update(**closed)

    for left in (13_999, 1):
        with pytest.raises(IntegrityError, match="不为零"):
            close(own)
        services.check_move(moved(office, own, rest, left, document_no=f"转{left}", on=day), office.fuhe)
    with pytest.raises(IntegrityError, match="不为零"):
        close(rest)
    close(own)


def test_an_account_closes_empty_and_its_days_stay_its_own(office: factories.Office) -> None:
    made = opened(office, schemes=["dibao_rural"])
    waiting = register_receipt(kind="grant", level="city", scheme="", document_no="文1", on=DAY, fen=3,
                               account=made, by=office.caiwu)  # fmt: skip
    with pytest.raises(AccountStillMoving, match="待核对"):
        services.close_account(made, office.fuhe)
    decline(waiting, "退", office.fuhe)
    other = opened(office, number="41048200000000002", schemes=["orphan"])
    arrived(office, other, 3)
    with pytest.raises(AccountNotEmpty, match=r"0\.03"):
        services.close_account(other, office.fuhe)
    with pytest.raises(FundDutyNotYours):
        services.close_account(made, office.caiwu)
    services.close_account(made, office.fuhe)
    assert services.close_account(made, office.fuhe).closed_on == DAY
    with pytest.raises(AccountDoesNotFit, match="不在用"):
        arrived(office, made, 1, document_no="文9")
    with pytest.raises(SchemePaidElsewhereThen, match="2026-11-02"):
        registered(office, number="41048200000000003", schemes=["dibao_rural"])
    rest = opened(office, number="41048200000000003")
    services.close_account(rest, office.fuhe)
    # What the rest's account paid stays with it.
    with pytest.raises(SchemePaidElsewhereThen, match="2026-11-02"):
        registered(office, number="41048200000000004", schemes=["tekun_rural"])
    move_to(dt.date(2026, 11, 3))
    opened(office, number="41048200000000004", schemes=["dibao_rural"], opened_on=DAY)
    assert balance_of(other).left_fen == 3


REFUSED = {
    "UPDATE ledger_specialaccount SET bank = 'x'": "写定后不能改动",
    "UPDATE ledger_specialaccount SET state = 'waiting'": "核对过了",
    "UPDATE ledger_specialaccount SET state = 'declined', declined_reason = 'x'": "核对过了",
    "DELETE FROM ledger_accountscheme": "不能删除",
    "UPDATE ledger_accountscheme SET scheme = 'orphan'": "写定后不能改动",
    "UPDATE ledger_fundreceipt SET account_id = NULL": "写定后不能改动",
    "UPDATE ledger_fundreceipt SET fen = 1": "写定后不能改动",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_keeps_it(office: factories.Office, sql: str) -> None:
    arrived(office, opened(office), 3)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_takes_no_receipt_without_its_account(office: factories.Office) -> None:
    made = opened(office)
    row = {"kind": "grant", "level": "city", "document_no": "1", "on": DAY, "fen": 1, "registered_by": office.caiwu,
           "registered_on": DAY}  # fmt: skip
    with pytest.raises(IntegrityError, match="在用的专户"), transaction.atomic():
        FundReceipt.objects.create(**row)
    services.close_account(made, office.fuhe)
    with pytest.raises(IntegrityError, match="在用的专户"), transaction.atomic():
        FundReceipt.objects.create(**row, account=made)


FORGED = {
    "a fen more in the ledger": ("UPDATE ledger_entry SET fen = fen + 1", "各专户之和与科目 1001"),
    "a move to another account": (
        "UPDATE ledger_accountmove SET target_id = (SELECT id FROM ledger_specialaccount WHERE state = 'closed')",
        "用了不在用的专户尾号 0002",
    ),
    "a move of more": ("UPDATE ledger_accountmove SET fen = fen + 1", "专户划转 转1 与账"),
    "a move never booked": ("UPDATE ledger_accountmove SET state = 'waiting'", "没有划转单据"),
    "a receipt into a closed account": (
        "UPDATE ledger_fundreceipt SET account_id = (SELECT id FROM ledger_specialaccount WHERE state = 'closed')",
        "进了不在用的专户尾号 0002",
    ),
    "money left on a closed account": (
        "UPDATE ledger_fundreceipt SET account_id = (SELECT id FROM ledger_specialaccount WHERE state = 'closed')",
        "专户尾号 0002 已销户的余额",
    ),
    "a receipt from before the account": (
        "UPDATE ledger_specialaccount SET opened_on = '2026-11-04'",
        "进了不在用的专户尾号 0001",
    ),
    "a receipt on an account that pays another scheme": (
        "UPDATE ledger_fundreceipt SET scheme = 'orphan'",
        "进错了专户尾号 0001",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_the_auditor_finds_it(name: str) -> None:
    office = factories.office(DAY)
    made = opened(office, schemes=["dibao_rural"])
    services.close_account(
        opened(office, number="41048200000000002", schemes=["tekun_rural"], opened_on=DAY), office.fuhe
    )
    move_to(dt.date(2026, 11, 3))
    arrived(office, made, 3, on=dt.date(2026, 11, 3), scheme="dibao_rural")
    third = opened(office, number="41048200000000003", schemes=["orphan"])
    services.check_move(moved(office, made, third, 1, on=dt.date(2026, 11, 3)), office.fuhe)
    assert not list(audit_accounts.special_accounts())
    statement, place = FORGED[name]
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert place in " ".join(found[0] for found in audit_accounts.special_accounts())
