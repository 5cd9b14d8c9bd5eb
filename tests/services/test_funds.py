"""Money in, by level and by two; whose money a run takes; the office's own money apart; nothing lost between them."""

import datetime as dt
import random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.law.funding import LEVELS, NotEnoughFunds, by_shares, free_for, in_order, proportional
from doudi.records.ledger import queries
from doudi.records.ledger.fund_refusals import (
    BudgetUnreadable,
    DocumentKnown,
    FundDutyNotYours,
    SameHandsOnVoucher,
    VoucherSettled,
    VoucherUnreadable,
    WorkFundShort,
)
from doudi.records.ledger.models import Budget, FundReceipt, Txn, WorkVoucher
from doudi.records.ledger.services import (
    check,
    decline,
    post,
    register_receipt,
    register_work,
    set_budget,
)
from doudi.records.payments import services
from doudi.records.payments.funds import funding
from doudi.records.payments.models import Allocation, PayrollRun
from doudi.records.payments.services.allocating import FundsShort
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def registered(office: factories.Office, **changes: Any) -> FundReceipt:
    given = {"kind": "grant", "level": "national", "scheme": "", "document_no": "豫财社〔2026〕7号", "on": DAY,
             "fen": 100_000}  # fmt: skip
    return register_receipt(**(given | changes), by=office.caiwu)


def arrived(office: factories.Office, **changes: Any) -> FundReceipt:
    made = check(registered(office, **changes), office.fuhe)
    assert isinstance(made, FundReceipt)
    return made


def refused(sql: str, *values: Any, says: str) -> None:
    with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_money_counts_when_another_has_checked_it(office: factories.Office) -> None:
    made = registered(office)
    assert (queries.received_by_source(), months.balance("1001")) == ({}, 0)
    check(made, office.fuhe)
    check(made, office.fuhe)
    assert queries.received_by_source() == {("national", ""): 100_000}
    assert (months.balance("1001"), months.balance("3001")) == (100_000, -100_000)
    assert queries.receipts(DAY, DAY + dt.timedelta(days=1)) == {"national": 100_000}
    assert Txn.objects.count() == 1


def test_an_opening_balance_belongs_to_a_level_and_is_no_grant(office: factories.Office) -> None:
    arrived(office, kind="opening", level="county")
    assert months.balance("4001") == -100_000
    assert queries.granted_in("county", 2026) == 0
    assert queries.received_by_source() == {("county", ""): 100_000}


def test_the_same_document_is_registered_once(office: factories.Office) -> None:
    made = registered(office)
    assert registered(office) == made
    with pytest.raises(DocumentKnown, match="豫财社"):
        registered(office, fen=1)
    decline(made, "金额与银行单不符", office.fuhe)
    assert registered(office, fen=1) != made


@pytest.mark.parametrize(
    "changes",
    [{"fen": 0}, {"document_no": " "}, {"level": "village"}, {"kind": "gift"}, {"on": dt.date(2026, 11, 6)}],
)
def test_a_voucher_that_says_too_little_is_refused(office: factories.Office, changes: dict[str, Any]) -> None:
    with pytest.raises(VoucherUnreadable):
        registered(office, **changes)


def test_two_people_and_once(office: factories.Office) -> None:
    with pytest.raises(FundDutyNotYours, match="发放经办"):
        register_receipt(
            kind="grant", level="city", scheme="", document_no="1", on=DAY, fen=1, by=office.fuhe
        )
    made = registered(office)
    with pytest.raises(FundDutyNotYours):
        check(made, office.caiwu)
    office.caiwu.role = "fuhe"
    with pytest.raises(SameHandsOnVoucher):
        check(made, office.caiwu)
    with pytest.raises(VoucherUnreadable):
        decline(made, " ", office.fuhe)
    decline(made, "重了", office.fuhe)
    with pytest.raises(VoucherSettled):
        check(made, office.fuhe)


def test_the_database_refuses_a_voucher_of_one_hand(office: factories.Office) -> None:
    made = registered(office)
    by = made.registered_by_id
    refused(
        "UPDATE ledger_fundreceipt SET state = 'booked', checked_by_id = %s",
        by,
        says="fundreceipt_by_two|核对",
    )
    refused("UPDATE ledger_fundreceipt SET fen = 1", says="写定后不能改动")
    check(made, office.fuhe)
    refused("UPDATE ledger_fundreceipt SET state = 'waiting'", says="核对过了")
    refused("DELETE FROM ledger_fundreceipt", says="不能删除")
    with pytest.raises(IntegrityError, match="先由发放经办登记"), transaction.atomic():
        FundReceipt.objects.create(
            kind="grant", level="city", document_no="2", on=DAY, fen=1, registered_by=office.pizhun,
            registered_on=DAY,
        )  # fmt: skip


def work(office: factories.Office, kind: str, fen: int, no: str) -> WorkVoucher:
    made = register_work(kind=kind, purpose="印制表格", document_no=no, on=DAY, fen=fen, by=office.caiwu)
    check(made, office.fuhe)
    return made


def test_the_offices_own_money_stays_apart(office: factories.Office) -> None:
    arrived(office)
    with pytest.raises(WorkFundShort, match=r"1.00 元.*不得用救助资金"):
        work(office, "out", 100, "支1")
    work(office, "in", 500, "收1")
    work(office, "out", 200, "支2")
    assert (queries.work_balance(), months.balance("1002"), months.balance("1001")) == (300, 300, 100_000)
    mixed = [("2001", "D", 100, None), ("1002", "C", 100, None)]
    with pytest.raises(IntegrityError, match="分开记"), transaction.atomic():
        post(key="mixed", kind="x", on=DAY, memo="挪用", entries=mixed)


def test_a_budget_is_revised_never_changed(office: factories.Office) -> None:
    given = {"scheme": "dibao_rural", "year": 2026, "by": office.caiwu}
    first = set_budget(**given, fen=1_000, document_no="预1")
    assert set_budget(**given, fen=1_000, document_no="预1") == first
    set_budget(**given, fen=1_200, document_no="预2")
    assert {scheme: row.fen for scheme, row in queries.budgets(2026).items()} == {"dibao_rural": 1_200}
    assert Budget.objects.count() == 2
    with pytest.raises(BudgetUnreadable):
        set_budget(**given, fen=0, document_no="预3")
    with pytest.raises(BudgetUnreadable):
        set_budget(**(given | {"year": 2030}), fen=1, document_no="预3")
    refused("UPDATE ledger_budget SET fen = 9", says="只增不改")


def locked(office: factories.Office, month: int = 202611) -> PayrollRun:
    run = months.built(office, month)
    months.settle_held(run, office)
    return services.lock(run, office.caiwu)


def shares(run: PayrollRun) -> dict[str, int]:
    run.refresh_from_db()
    return {row.level: row.fen for row in funding.allocations_of(run)}


def test_a_run_takes_the_upper_levels_first(office: factories.Office) -> None:
    factories.receiving(3, fen=10_000)
    arrived(office, fen=12_345)
    arrived(office, level="city", fen=5_000)
    arrived(office, level="county", fen=90_000)
    arrived(office, level="province", scheme="tekun_rural", fen=70_000)
    run = locked(office)
    assert shares(run) == {"national": 12_345, "city": 5_000, "county": 12_655}
    sums = {one.level: one.left_fen for one in funding.level_sums()}
    assert sums == {"national": 0, "province": 70_000, "city": 0, "county": 77_345}


def test_a_schemes_own_money_is_used_before_the_common(office: factories.Office) -> None:
    factories.receiving(1, fen=10_000)
    arrived(office, fen=8_000)
    arrived(office, scheme="dibao_rural", fen=3_000, document_no="专项")
    assert shares(locked(office)) == {"national": 10_000}
    tekun = funding.free_for("tekun_rural", queries.received_by_source(), funding.used_by_source())
    assert tekun["national"] == 1_000


def test_what_nobody_sent_the_county_owes_or_the_lock_is_refused(
    office: factories.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.receiving(1, fen=10_000)
    arrived(office, fen=4_000)
    monkeypatch.setattr("doudi.records.payments.services.allocating.refuses_short", lambda on: True)
    run = months.built(office, 202611)
    with pytest.raises(FundsShort, match=r"60.00 元"):
        services.lock(run, office.caiwu)
    run.refresh_from_db()
    assert (run.state, Allocation.objects.count(), months.balance("2001")) == ("draft", 0, 0)
    monkeypatch.undo()
    services.lock(run, office.caiwu)
    assert shares(run) == {"national": 4_000, "county": 6_000}
    assert {one.level: one.left_fen for one in funding.level_sums()}["county"] == -6_000


def test_a_run_sent_back_gives_its_money_back(office: factories.Office) -> None:
    factories.receiving(2, fen=10_000)
    arrived(office, fen=50_000)
    run = services.reopen(locked(office), "重做", office.fuhe)
    assert funding.level_sums()[0].left_fen == 50_000
    services.lock(run, office.caiwu)
    assert funding.level_sums()[0].left_fen == 30_000
    assert Allocation.objects.count() == 2, "the first round stays as it was written"


def test_the_database_refuses_a_lock_without_its_shares(office: factories.Office) -> None:
    factories.receiving(1, fen=10_000)
    run = locked(office)
    refused("UPDATE payments_allocation SET fen = 1", says="只增不改")
    with pytest.raises(IntegrityError, match="锁定时写定"), transaction.atomic():
        Allocation.objects.create(run=run, level="city", fen=1)
    run = services.reopen(run, "重做", office.fuhe)
    refused("UPDATE payments_payrollrun SET state = 'locked', content_hash = 'x'", says="不能锁定")


@pytest.mark.parametrize("seed", [5, 27, 53])
def test_sources_are_always_allocations_and_balance(office: factories.Office, seed: int) -> None:
    """Whatever comes in, is locked, sent back, paid, fails: the levels' balances are the account less what is owed."""
    chance = random.Random(seed)
    factories.receiving(3, fen=10_001, step=777)
    month = 202601
    for step in range(14):
        months.move_to(months.day_in(month))
        if chance.random() < 0.6:
            level, scheme = chance.choice(LEVELS), chance.choice(["", "", "dibao_rural", "tekun_rural"])
            arrived(office, level=level, scheme=scheme, document_no=f"文{step}", fen=chance.randint(1, 50_000),
                    on=months.day_in(month))  # fmt: skip
        act = chance.choice(["lock", "lock", "reopen", "wait"])
        if act != "wait" and month <= 202611:
            run = locked(office, month)
            if act == "reopen":
                run = services.lock(services.reopen(run, "重做", office.fuhe), office.caiwu)
            services.approve(run, 1, office.fuhe)
            services.approve(run, 2, office.pizhun)
            services.export(run, "csv", office.pizhun)
            answers = {number: chance.choice(["成功", "失败"]) for number in (1, 2, 3)}
            months.answered(run, office, answers)
            month += 1
        sums = funding.level_sums()
        standing = sum(row.fen for row in funding.standing_allocations())
        assert sum(one.received_fen for one in sums) == standing + sum(one.left_fen for one in sums)
        free = months.balance("1001") + months.balance("2001") + months.balance("2101")
        assert sum(one.left_fen for one in sums) == free, f"seed {seed} step {step}"
        for run in PayrollRun.objects.exclude(state__in=("building", "draft")):
            assert sum(row.fen for row in funding.allocations_of(run)) == run.total_fen


def test_shares_are_exact_to_the_fen() -> None:
    chance = random.Random(52)
    for _ in range(500):
        weights = {level: chance.randint(0, 10_000) for level in LEVELS}
        weights["county"] += 1
        fen = chance.randint(0, 10**10)
        parts = proportional(fen, weights)
        assert sum(parts.values()) == fen
        for level, part in parts.items():
            exact = fen * weights[level] / sum(weights.values())
            assert abs(part - exact) < 1.001
        available = {level: chance.randint(-5, 10**10) for level in LEVELS}
        have = sum(max(one, 0) for one in available.values())
        for divide in (
            lambda f, a=available: in_order(f, a, LEVELS),
            lambda f, a=available, w=weights: by_shares(f, a, w),
        ):
            if fen > have:
                with pytest.raises(NotEnoughFunds):
                    divide(fen)
                continue
            parts = divide(fen)
            assert sum(parts.values()) == fen
            assert all(0 < part <= available[level] for level, part in parts.items())


def test_another_schemes_own_money_is_not_free() -> None:
    received = {("national", ""): 100, ("national", "a"): 50, ("city", "b"): 70}
    assert free_for("a", received, {("national", "a"): 80}) == {
        "national": 70,
        "province": 0,
        "city": 0,
        "county": 0,
    }
    assert free_for("b", received, {("national", "a"): 80})["city"] == 70
    assert free_for("a", received, {})["city"] == 0
