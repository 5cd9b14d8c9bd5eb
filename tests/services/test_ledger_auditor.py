"""The auditor derives everything again: silent on a true ledger, and every single falsification is named."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from doudi.records.awards.models import Award, AwardPart
from doudi.records.decisions.models import Decision, Opening
from doudi.records.ledger.services import post
from doudi.records.payments.models import (
    Allocation,
    Approval,
    BankFile,
    PayLine,
    PayrollRun,
    ReturnDraft,
    ReturnFile,
    ReturnLine,
)
from doudi.records.payments.services.locking import content_hash
from doudi.records.people.models import Household, Person
from doudi.records.reports.auditor import differences
from doudi.store import triggers
from doudi.store.kept import keep
from doudi.store.models import KeptFile
from doudi.store.today import now
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 9)
AMOUNT = 81_900


@pytest.fixture
def award() -> Award:
    """The golden household's award, carried over with its three parts."""
    golden.county()
    head = Person.objects.create(
        name="赵甲", id_number=golden.number("19810301", 11), sex="male", birth_on=dt.date(1981, 3, 1)
    )
    household = Household.objects.create(
        no="1", village_id=golden.VILLAGE, kind="rural", head=head, opened_on=dt.date(2026, 9, 14)
    )
    given = Award.objects.create(
        no="1", scheme="dibao_rural", household=household, payee=head, village_id=golden.VILLAGE, persons=3,
        amount_fen=AMOUNT, from_on=dt.date(2026, 11, 1),
    )  # fmt: skip
    for name, fen in (("top_up", 57_400), ("severe", 14_700), ("minor", 9_800)):
        AwardPart.objects.create(award=given, name=name, amount_fen=fen)
    decision = Decision.objects.create(
        no="1", kind="carried_over", scheme="dibao_rural", household=household, decided_on=dt.date(2026, 10, 12),
        amount_fen=AMOUNT, reason="名册带入", basis="名册", by="shenpi",
    )  # fmt: skip
    Opening.objects.create(decision=decision, award=given)
    return given


@pytest.fixture
def paid(award: Award) -> PayLine:
    """November locked and paid, with the files that went out and came back; the triggers are gone for the forger."""
    triggers.remove()
    maker = golden.User.objects.get(username="caiwu")
    run = PayrollRun.objects.create(
        scheme="dibao_rural",
        month=202611,
        maker=maker,
        built_on=DAY,
        state="handed",
        lines_count=1,
        total_fen=AMOUNT,
        locked_on=DAY,
    )
    Allocation.objects.create(run=run, level="county", fen=AMOUNT)
    line = PayLine.objects.create(
        run=run, award=award, month=202611, kind="regular", household=award.household, payee=award.payee,
        village_id=golden.VILLAGE, persons=3, amount_fen=AMOUNT, state="paid", number=1,
    )  # fmt: skip
    run.content_hash = content_hash(run)
    run.save()
    reviewer, approver = (golden.User.objects.get(username=login) for login in ("fuhe", "pizhun"))
    for step, user in ((1, reviewer), (2, approver)):
        Approval.objects.create(run=run, step=step, user=user, maker=maker, on=DAY, at=now())
    BankFile.objects.create(run=run, format="csv", sha256="0", count=1, total_fen=AMOUNT, by="pizhun", on=DAY)
    file = keep(b"", media_type="text/csv", title="回盘", by="caiwu")
    KeptFile.objects.filter(pk=file.pk).update(sha256="0")
    ReturnDraft.objects.create(
        run=run, sha256="0", file=file, summary={}, state="applied", uploaded_by=maker, uploaded_on=DAY,
        checked_by=reviewer, checked_on=DAY,
    )  # fmt: skip
    back = ReturnFile.objects.create(
        run=run, sha256="0", paid_count=1, failed_count=0, paid_fen=AMOUNT, by="caiwu", on=DAY
    )
    ReturnLine.objects.create(file=back, number=1, line=line, result="成功", amount_fen=AMOUNT, on=DAY)
    owed = [("5002", "D", AMOUNT, None), ("2001", "C", AMOUNT, line.pk)]
    post(key=f"lock:{run.batch_no}", kind="payroll.lock", on=DAY, memo="锁定", entries=owed)
    settled = [("2001", "D", AMOUNT, line.pk), ("1001", "C", AMOUNT, None)]
    post(key=f"paid:{run.batch_no}", kind="payroll.paid", on=DAY, memo="入账", entries=settled)
    return line


def rules() -> set[str]:
    return {difference.rule for difference in differences()}


def test_a_true_ledger_has_no_difference(paid: PayLine) -> None:
    assert list(differences()) == []
    call_command("auditor", "--json")


def sql(statement: str) -> Callable[[], Any]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


FORGERIES = {
    "an entry one fen lower": (
        sql("UPDATE ledger_entry SET fen = fen - 1 WHERE account = '5002'"),
        {"借贷相等"},
    ),
    "an entry on another account": (
        sql("UPDATE ledger_entry SET account = '9999' WHERE account = '5002'"),
        {"科目在表"},
    ),
    "a transaction opened again": (
        sql("UPDATE ledger_txn SET sealed = FALSE WHERE key LIKE 'paid%'"),
        {"账务封存", "已付"},
    ),
    "an entry for no line": (
        sql("UPDATE ledger_entry SET subject = subject + 1000 WHERE account = '2001' AND side = 'C'"),
        {"应付", "分录有行"},
    ),
    "a line one fen higher": (
        sql("UPDATE payments_payline SET amount_fen = amount_fen + 1"),
        {"批次合计", "应付", "已付"},
    ),
    "a run total": (sql("UPDATE payments_payrollrun SET total_fen = 1"), {"批次合计"}),
    "a line dropped after the lock": (
        sql("UPDATE payments_payline SET state = 'held'"),
        {"批次合计", "应付", "已付"},
    ),
    "a payment called back to sent": (sql("UPDATE payments_payline SET state = 'sent'"), {"已付"}),
    "a payment called bounced": (sql("UPDATE payments_payline SET state = 'returned'"), {"退票"}),
    "a bank file": (sql("UPDATE payments_bankfile SET total_fen = total_fen + 1"), {"代发文件"}),
    "a return file": (sql("UPDATE payments_returnfile SET paid_fen = paid_fen + 1"), {"回盘文件"}),
    "an approval taken away": (sql("DELETE FROM payments_approval WHERE step = 2"), {"两级审批"}),
    "a file sent by who reviewed it": (sql("UPDATE payments_bankfile SET \"by\" = 'fuhe'"), {"三道手续"}),
    "a return nobody checked": (sql("DELETE FROM payments_returndraft"), {"回盘两人"}),
    "a decision": (sql("UPDATE decisions_decision SET amount_fen = 1"), {"决定与待遇"}),
    "an award": (sql("UPDATE awards_award SET amount_fen = amount_fen + 1"), {"决定与待遇", "待遇组成"}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_every_falsification_is_named(paid: PayLine, name: str) -> None:
    forge, broken = FORGERIES[name]
    forge()
    assert broken <= rules()
    with pytest.raises(CommandError, match="重算"):
        call_command("auditor")
