"""Whoever has no account is paid by hand: out of the bank's file, on a list of its own, signed before a witness."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.ledger.services import check_account, register_account
from doudi.records.payments import queries, services
from doudi.records.payments.comparing.reconciling import reconciled
from doudi.records.payments.funds.special_accounts import balance_of
from doudi.records.payments.in_person import by_hand
from doudi.records.payments.in_person import refusals as refused
from doudi.records.payments.models import BankFile, HandReceipt, Interception, PayLine, PayrollRun
from doudi.records.payments.refusals import (
    CannotRelease,
    DutyNotYours,
    OutcomeUnknown,
    RunNotAt,
    SamePersonTwice,
)
from doudi.records.people.models import Account
from doudi.records.reports import audit_accounts, audit_hands
from doudi.store import triggers
from tests.services import bank_answers, factories
from tests.services import golden_family as golden
from tests.services.bank_answers import answer
from tests.services.payroll_months import balance

pytestmark = pytest.mark.django_db
DAY, NOVEMBER = dt.date(2026, 11, 5), 202611


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


@pytest.fixture
def run(office: factories.Office) -> PayrollRun:
    """Three households, the second without a card: to be paid by hand. The rest is with the bank."""
    factories.receiving(1, fen=10_000)
    heads = factories.persons(1)
    factories.grants(factories.households(heads), [20_000])
    factories.receiving(1, fen=30_000)
    made = services.build(scheme="dibao_rural", month=NOVEMBER, by=office.caiwu)
    services.resolve(Interception.objects.get(), "by_hand", "没有银行卡, 当面发", office.fuhe)
    services.lock(made, office.caiwu)
    services.approve(made, 1, office.fuhe)
    services.approve(made, 2, office.pizhun)
    return made


def handed(run: PayrollRun, office: factories.Office) -> tuple[PayLine, bytes]:
    _, content = services.export(run, "csv", office.pizhun)
    services.hand_over(run, office.pizhun)
    return by_hand.hand_lines(run).get(), content


def signed(line: PayLine, office: factories.Office, **changes: Any) -> HandReceipt:
    given: dict[str, Any] = {
        "signed_on": DAY, "signed_by": line.payee.name, "is_agent": False, "proof": golden.photo(),
        "witness": factories.staff("jingban"), "by": office.caiwu,
    } | changes  # fmt: skip
    return services.pay_by_hand(line, **given)


def test_the_bank_gets_the_others_and_the_month_is_whole(office: factories.Office, run: PayrollRun) -> None:
    line, content = handed(run, office)
    assert content.decode("utf-8-sig").splitlines()[-1] == "合计,2,,,400.00,"
    assert list(BankFile.objects.values_list("count", "total_fen")) == [(2, 40_000)]
    assert (run.lines_count, run.total_fen, line.number, line.account_last4) == (3, 60_000, 2, "")
    found = queries.conservation(run)
    assert (found.exported.fen, found.holds) == (40_000, True)


def test_signed_for_before_a_witness_it_is_paid_and_booked(office: factories.Office, run: PayrollRun) -> None:
    line, _ = handed(run, office)
    receipt = signed(line, office)
    assert signed(line, office) == receipt
    line.refresh_from_db()
    assert (line.state, line.paid_on, balance("2001"), balance("1001")) == ("paid", DAY, -40_000, -20_000)
    account = register_account(holder_name="专户", bank="农商银行", number="41048200000000001", opened_on=DAY,
                               schemes=["dibao_rural"], by=office.caiwu)  # fmt: skip
    assert balance_of(check_account(account, office.fuhe)).paid_fen == 20_000
    assert not list(audit_accounts.special_accounts())
    assert [one.receipt for one in by_hand.hand_payments(by_hand.hand_lines(run))] == [receipt]


def test_the_run_closes_when_the_bank_and_the_payee_have_both_answered(
    office: factories.Office, run: PayrollRun
) -> None:
    line, _ = handed(run, office)
    bank_answers.taken_in(run, answer(run, only=[1, 3]))
    with pytest.raises(OutcomeUnknown):
        services.close(run, office.caiwu)
    signed(line, office)
    assert services.close(run, office.caiwu).state == "closed"
    assert [one.gaps for one in reconciled(NOVEMBER)] == [()]
    assert (balance("2001"), balance("1001")) == (0, -60_000)


def test_a_run_with_nothing_for_the_bank_skips_it_and_is_closed_by_its_receipts(
    office: factories.Office,
) -> None:
    factories.grants(factories.households(factories.persons(2)), [20_000, 30_000])
    made = services.build(scheme="dibao_rural", month=NOVEMBER, by=office.caiwu)
    for one in Interception.objects.all():
        services.resolve(one, "by_hand", "没有银行卡", office.fuhe)
    services.lock(made, office.caiwu)
    services.approve(made, 1, office.fuhe)
    with pytest.raises(RunNotAt):
        services.hand_over(made, office.pizhun)
    services.approve(made, 2, office.pizhun)
    assert by_hand.runs_without_bank([made.pk]) == {made.pk}
    with pytest.raises(refused.NothingForTheBank, match="当面发放"):
        services.export(made, "csv", office.pizhun)
    with pytest.raises(DutyNotYours):
        services.hand_over(made, office.caiwu)
    services.hand_over(made, office.pizhun)
    first, second = by_hand.hand_lines(made)
    signed(first, office)
    with pytest.raises(OutcomeUnknown):
        services.close(made, office.caiwu)
    signed(second, office)
    assert services.close(made, office.caiwu).state == "closed"
    assert [one.gaps for one in reconciled(NOVEMBER)] == [()]
    assert (balance("2001"), balance("1001"), BankFile.objects.count()) == (0, -50_000, 0)


def approved_without_bank(office: factories.Office) -> PayrollRun:
    """One household, no card: everything of the run is paid by hand, so that there is no bank file."""
    factories.grants(factories.households(factories.persons(1)), [20_000])
    made = services.build(scheme="dibao_rural", month=NOVEMBER, by=office.caiwu)
    services.resolve(Interception.objects.get(), "by_hand", "没有银行卡", office.fuhe)
    services.lock(made, office.caiwu)
    services.approve(made, 1, office.fuhe)
    services.approve(made, 2, office.pizhun)
    return made


@pytest.mark.parametrize("login", ["caiwu", "fuhe"])
def test_whoever_made_or_reviewed_it_does_not_hand_it_over_without_a_file(
    office: factories.Office, login: str
) -> None:
    made, other = approved_without_bank(office), getattr(office, login)
    other.role = "pizhun"
    with pytest.raises(SamePersonTwice):
        services.hand_over(made, other)
    PayrollRun.objects.filter(pk=made.pk).update(state="exported")
    for sender in (other, None):
        with pytest.raises(IntegrityError, match="不能交银行"), transaction.atomic():
            PayrollRun.objects.filter(pk=made.pk).update(state="handed", handed_by=sender)
    with pytest.raises(IntegrityError, match="交银行时写定"), transaction.atomic():
        PayrollRun.objects.filter(pk=made.pk).update(handed_by=office.pizhun)


@pytest.mark.parametrize("sender", ["caiwu", "fuhe", "pizhun2"])
def test_the_auditor_finds_another_sender_of_a_run_without_a_file(
    office: factories.Office, sender: str
) -> None:
    other = getattr(office, sender, None) or factories.staff(sender)
    run = services.hand_over(approved_without_bank(office), office.pizhun)
    assert (run.handed_by, list(audit_hands.three_sides())) == (office.pizhun, [])
    triggers.remove()
    PayrollRun.objects.filter(pk=run.pk).update(handed_by=other)
    found = [place for place, *_ in audit_hands.three_sides()]
    told = [f"批次 {run.pk} 一个人办了两道手续"] if sender != "pizhun2" else []
    assert found == [f"批次 {run.pk} (handed) 谁在哪天交银行", *told]


def test_a_run_with_one_card_does_not_skip_the_bank(office: factories.Office, run: PayrollRun) -> None:
    assert by_hand.runs_without_bank([run.pk]) == set()
    with pytest.raises(RunNotAt):
        services.hand_over(run, office.pizhun)
    with pytest.raises(IntegrityError, match="代发文件"), transaction.atomic():
        PayrollRun.objects.filter(pk=run.pk).update(state="exported")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"signed_by": " "}, refused.HandReceiptUnreadable),
        ({"signed_by": "别人"}, refused.HandReceiptUnreadable),
        ({"signed_on": dt.date(2026, 11, 6)}, refused.HandReceiptUnreadable),
        ({"signed_on": dt.date(2026, 10, 1)}, refused.HandReceiptUnreadable),
        ({"proof": b"x"}, refused.HandReceiptUnreadable),
    ],
)
def test_a_receipt_that_says_too_little_is_refused(
    changes: dict[str, Any], wanted: type[Exception], office: factories.Office, run: PayrollRun
) -> None:
    line, _ = handed(run, office)
    with pytest.raises(wanted):
        signed(line, office, **changes)
    assert not HandReceipt.objects.exists()


def test_each_has_its_own_person(office: factories.Office, run: PayrollRun) -> None:
    with pytest.raises(RunNotAt):
        signed(by_hand.hand_lines(run).get(), office)
    line, _ = handed(run, office)
    with pytest.raises(refused.WitnessIsHanding):
        signed(line, office, witness=office.caiwu)
    with pytest.raises(DutyNotYours):
        signed(line, office, by=office.fuhe)
    with pytest.raises(refused.NotPaidByHand):
        signed(PayLine.objects.filter(run=run).exclude(account_bi=None)[0], office)


def test_who_has_a_card_is_not_paid_by_hand(office: factories.Office) -> None:
    (award,) = factories.receiving()
    Account.objects.filter(person=award.payee).update(until_on=DAY)
    factories.card_reported(award.payee)
    Account.objects.create(
        person=award.payee, bank="别家银行", number="6217000000000000555", last4="0555", holder_name="别人",
        from_on=dt.date(2026, 10, 1), recorded_by="x",
    )  # fmt: skip
    services.build(scheme="dibao_rural", month=NOVEMBER, by=office.caiwu)
    with pytest.raises(CannotRelease, match="没有领款账户"):
        services.resolve(Interception.objects.get(cause="name_mismatch"), "by_hand", "x", office.fuhe)


def test_the_database_takes_no_receipt_for_what_the_bank_has(
    office: factories.Office, run: PayrollRun
) -> None:
    line, _ = handed(run, office)
    other = PayLine.objects.filter(run=run).exclude(account_bi=None)[0]
    insert = (
        "INSERT INTO payments_handreceipt (line_id, signed_on, signed_by, is_agent, handed_by_id, witness_id) "
        "VALUES (%s, '2026-11-05', 'x', %s, %s, %s)"
    )
    caiwu, fuhe = office.caiwu.pk, office.fuhe.pk
    for values in (
        (other.pk, False, caiwu, fuhe),
        (line.pk, False, fuhe, caiwu),
        (line.pk, False, caiwu, caiwu),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, values)
    signed(line, office)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_handreceipt")
