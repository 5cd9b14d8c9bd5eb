"""From a built payroll to money on the card: each step once, by its own person, to the 分."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from doudi.exchange.bank.formats import FORMATS
from doudi.records.audit.models import Event, Look
from doudi.records.ledger.models import Entry
from doudi.records.payments import queries, services
from doudi.records.payments.models import Approval, BankFile, Paid, PayLine, PayrollRun, ReturnFile
from doudi.records.payments.refusals import (
    ContentChanged,
    DutyNotYours,
    FormatUnknown,
    MonthUnreadable,
    OutcomeUnknown,
    RunNotAt,
    SamePersonTwice,
    SchemeNotPaid,
    StepTaken,
    StepUnknown,
)
from doudi.records.people.models import Account
from doudi.records.policies.queries import UnknownScheme
from doudi.store.refusal import Refusal
from doudi.store.today import move_to
from tests.services import bank_answers, factories
from tests.services.bank_answers import answer

pytestmark = pytest.mark.django_db
NOVEMBER = 202611


@pytest.fixture
def office() -> factories.Office:
    return factories.office()


def built(office: factories.Office, month: int = NOVEMBER) -> PayrollRun:
    return services.build(scheme="dibao_rural", month=month, by=office.caiwu)


def locked(office: factories.Office, month: int = NOVEMBER) -> PayrollRun:
    return services.lock(built(office, month), office.caiwu)


def approved(office: factories.Office, month: int = NOVEMBER) -> PayrollRun:
    run = locked(office, month)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    return run


def handed(office: factories.Office, month: int = NOVEMBER) -> PayrollRun:
    run = approved(office, month)
    services.export(run, "csv", office.pizhun)
    return services.hand_over(run, office.pizhun)


def balance(account: str) -> int:
    """Debit less credit."""
    rows = Entry.objects.filter(account=account).values_list("side", "fen")
    return sum(fen if side == "D" else -fen for side, fen in rows)


def test_the_golden_household_is_paid_once_to_the_fen(office: factories.Office) -> None:
    (award,) = factories.receiving()
    run = locked(office)
    line = PayLine.objects.get()
    assert (line.award, line.amount_fen, line.number, line.month) == (award, 81_900, 1, NOVEMBER)
    assert (run.state, run.lines_count, run.total_fen) == ("locked", 1, 81_900)
    assert (balance("5002"), balance("2001")) == (81_900, -81_900)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    _, content = services.export(run, "csv", office.pizhun)
    assert content.decode("utf-8-sig").splitlines() == [
        "批次号,序号,户名,账号,金额,摘要",
        f"410482-202611-dibao_rural-0,1,{award.payee.name},{line_account(line)},819.00,2026年11月救助金",
        "合计,1,,,819.00,",
    ]
    services.hand_over(run, office.pizhun)
    move_to(dt.date(2026, 11, 9))
    bank_answers.taken_in(run, answer(run, on=dt.date(2026, 11, 9)))
    line.refresh_from_db()
    assert (line.state, line.paid_on) == ("paid", dt.date(2026, 11, 9))
    assert (balance("2001"), balance("1001")) == (0, -81_900)
    assert services.close(run, office.caiwu).state == "closed"
    assert [line.amount_fen for line in queries.payments_of(award.household)] == [81_900]


def line_account(line: PayLine) -> str:
    return Account.objects.get(person=line.payee_id).number


def test_a_second_november_adds_nothing(office: factories.Office) -> None:
    factories.receiving(3)
    first = built(office)
    lines, events = set(PayLine.objects.values_list("pk", flat=True)), Event.objects.count()
    assert built(office) == first
    assert set(PayLine.objects.values_list("pk", flat=True)) == lines
    assert Event.objects.count() == events
    services.lock(first, office.caiwu)
    assert built(office).state == "locked"
    assert set(PayLine.objects.values_list("pk", flat=True)) == lines


def test_an_award_confirmed_after_the_build_is_added_by_building_again(office: factories.Office) -> None:
    factories.receiving(2)
    run = built(office)
    factories.receiving(1, fen=50_000)
    with pytest.raises(Refusal, match="又有 1 份待遇"):
        services.lock(run, office.caiwu)
    assert (built(office).lines_count, PayLine.objects.count()) == (3, 3)
    assert services.lock(run, office.caiwu).total_fen == 2 * 81_900 + 50_000


@pytest.mark.parametrize(
    ("from_on", "ends_on", "is_paid"),
    [
        (dt.date(2026, 11, 1), None, True),
        (dt.date(2026, 11, 2), None, False),
        (dt.date(2026, 1, 1), dt.date(2026, 11, 1), False),
        (dt.date(2026, 1, 1), dt.date(2026, 11, 2), True),
        (dt.date(2026, 1, 1), dt.date(2026, 12, 1), True),
    ],
)
def test_awards_in_force_on_the_first_are_due(
    office: factories.Office, from_on: dt.date, ends_on: dt.date | None, is_paid: bool
) -> None:
    factories.receiving()
    (award,) = factories.receiving(from_on=from_on)
    if ends_on:
        factories.stop(award, ends_on)
    built(office)
    assert PayLine.objects.filter(award=award).exists() is is_paid


def test_each_step_belongs_to_one_role(office: factories.Office) -> None:
    factories.receiving()
    for wrong in (office.fuhe, office.pizhun):
        with pytest.raises(DutyNotYours, match="发放经办"):
            services.build(scheme="dibao_rural", month=NOVEMBER, by=wrong)
    run = built(office)
    with pytest.raises(DutyNotYours):
        services.lock(run, office.fuhe)
    services.lock(run, office.caiwu)
    for step, wrong in ((1, office.caiwu), (1, office.pizhun), (2, office.fuhe), (2, office.caiwu)):
        with pytest.raises(DutyNotYours):
            services.approve(run, step, wrong)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    for wrong in (office.caiwu, office.fuhe):
        with pytest.raises(DutyNotYours):
            services.export(run, "csv", wrong)
        with pytest.raises(DutyNotYours):
            services.hand_over(run, wrong)
    with pytest.raises(DutyNotYours):
        services.stage_return(run, b"", "x.csv", office.pizhun)
    with pytest.raises(DutyNotYours):
        services.close(run, office.pizhun)


def test_three_steps_are_three_persons_even_when_one_changes_post(office: factories.Office) -> None:
    factories.receiving()
    run = locked(office)
    office.caiwu.role = "fuhe"
    office.caiwu.save()
    with pytest.raises(SamePersonTwice):
        services.approve(run, 1, office.caiwu)
    services.approve(run, 1, office.fuhe)
    office.fuhe.role = "pizhun"
    office.fuhe.save()
    with pytest.raises(SamePersonTwice):
        services.approve(run, 2, office.fuhe)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            run=run, step=2, user=run.maker, maker=run.maker, on=dt.date(2026, 11, 5), at="2026-11-05T00:00Z"
        )


def test_an_approval_counts_once_and_in_order(office: factories.Office) -> None:
    factories.receiving()
    run = locked(office)
    with pytest.raises(RunNotAt, match="已复核"):
        services.approve(run, 2, office.pizhun)
    assert services.approve(run, 1, office.fuhe) == services.approve(run, 1, office.fuhe)
    with pytest.raises(StepTaken, match="fuhe"):
        services.approve(run, 1, factories.staff("fuhe2"))
    with pytest.raises(StepUnknown):
        services.approve(run, 3, office.pizhun)


def test_no_step_is_skipped(office: factories.Office) -> None:
    factories.receiving()
    run = built(office)
    for verb in (
        lambda: services.approve(run, 1, office.fuhe),
        lambda: services.export(run, "csv", office.pizhun),
        lambda: services.hand_over(run, office.pizhun),
        lambda: services.close(run, office.caiwu),
    ):
        with pytest.raises(RunNotAt, match="待锁定"):
            verb()
    for state in ("reviewed", "approved", "exported", "handed", "closed", "building"):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayrollRun.objects.filter(pk=run.pk).update(state=state)


@pytest.mark.parametrize("format_id", sorted(FORMATS))
def test_the_bank_file_is_the_same_bytes_for_ever(office: factories.Office, format_id: str) -> None:
    factories.receiving(5, step=100)
    run = approved(office)
    file, content = services.export(run, format_id, office.pizhun)
    move_to(dt.date(2026, 11, 20))
    again, same = services.export(run, format_id, office.pizhun)
    assert (again, same) == (file, content)
    assert (file.count, file.total_fen) == (run.lines_count, run.total_fen)
    batch = FORMATS[format_id].parse_export(content)
    assert (batch.batch_no, batch.total_fen) == ("410482-202611-dibao_rural-0", run.total_fen)
    assert Look.objects.filter(subject=f"payrollrun:{run.pk}", action="export").count() == 2
    assert BankFile.objects.count() == 1


def test_a_format_nobody_knows_is_refused(office: factories.Office) -> None:
    factories.receiving()
    with pytest.raises(FormatUnknown, match="gb18030"):
        services.export(approved(office), "pdf", office.pizhun)


def test_after_lock_the_card_in_the_line_counts_not_the_new_one(office: factories.Office) -> None:
    (award,) = factories.receiving()
    before = Account.objects.get().number
    run = approved(office)
    Account.objects.update(until_on=dt.date(2026, 11, 6))
    factories.card_reported(award.payee)
    Account.objects.create(
        person=award.payee, bank="别的银行", number="6299999999999999999", last4="9999",
        holder_name=award.payee.name, from_on=dt.date(2026, 11, 6), recorded_by="test",
    )  # fmt: skip
    _, content = services.export(run, "csv", office.pizhun)
    assert before.encode() in content
    assert b"6299999999999999999" not in content


def test_a_locked_line_changed_behind_the_guards_is_noticed(
    office: factories.Office, without_guards: None
) -> None:
    factories.receiving(2)
    run = locked(office)
    PayLine.objects.filter(number=2).update(holder_name="别人")
    with pytest.raises(ContentChanged):
        services.approve(run, 1, office.fuhe)


@pytest.fixture
def without_guards(db: None) -> Any:
    """As somebody with the database password would have it."""
    from doudi.store import triggers

    triggers.remove()
    yield
    triggers.install()


@pytest.mark.parametrize("month", [202600, 202613, 11, "202611", None, 20261101])
def test_a_month_that_is_none_is_refused(office: factories.Office, month: Any) -> None:
    with pytest.raises(MonthUnreadable):
        services.build(scheme="dibao_rural", month=month, by=office.caiwu)


def test_a_scheme_with_nothing_due_makes_no_run(office: factories.Office) -> None:
    with pytest.raises(UnknownScheme):
        services.build(scheme="nothing", month=NOVEMBER, by=office.caiwu)
    with pytest.raises(SchemeNotPaid):
        services.build(scheme="tekun_rural", month=NOVEMBER, by=office.caiwu)
    assert not PayrollRun.objects.exists()


def test_the_stepper_names_who_did_what(office: factories.Office) -> None:
    factories.receiving()
    run = locked(office)
    steps = queries.stepper(run)
    assert [(step.key, step.state) for step in steps[:4]] == [
        ("build", "done"),
        ("lock", "done"),
        ("review", "current"),
        ("approve", "waiting"),
    ]
    assert (steps[1].by, steps[1].on) == (office.caiwu.name, dt.date(2026, 11, 5))


def test_lists_show_no_account(office: factories.Office) -> None:
    factories.receiving(3)
    run = locked(office)
    number = Account.objects.order_by("pk").first().number
    assert number not in repr([vars(line) for line in queries.lines_of(run)])
    rows = list(queries.register_rows(run))
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[0].account_last4 == number[-4:]
    assert queries.totals(run) == {"households": 3, "persons": 3, "lines": 3, "fen": 3 * 81_900}


def test_closing_waits_for_every_answer(office: factories.Office) -> None:
    factories.receiving(3)
    run = handed(office)
    with pytest.raises(OutcomeUnknown, match="3 笔"):
        services.close(run, office.caiwu)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayrollRun.objects.filter(pk=run.pk).update(state="closed")
    bank_answers.taken_in(run, answer(run, only=[1, 2]), "a.csv")
    with pytest.raises(OutcomeUnknown, match="1 笔"):
        services.close(run, office.caiwu)
    bank_answers.taken_in(run, answer(run, only=[3]), "b.csv")
    assert services.close(run, office.caiwu) == services.close(run, office.caiwu)
    assert queries.conservation(run).holds


def test_the_commands_walk_the_whole_month(office: factories.Office, tmp_path: Path) -> None:
    factories.receiving(2)
    sent, came = tmp_path / "sent.csv", tmp_path / "came.csv"

    def payroll(verb: str, login: str, **more: Any) -> dict[str, Any]:
        out = StringIO()
        call_command(
            "payroll", verb, scheme="dibao_rural", month="2026-11", by=login, json=True, stdout=out, **more
        )
        return json.loads(out.getvalue())

    assert payroll("build", "caiwu")["total_fen"] == 2 * 81_900
    payroll("lock", "caiwu")
    payroll("approve", "fuhe")
    assert payroll("approve", "pizhun")["state"] == "approved"
    payroll("export", "pizhun", file=sent)
    call_command("fake_bank", str(sent), out=came, on=dt.date(2026, 11, 5), stdout=StringIO())
    assert sent.read_bytes().count(b"819.00") == 2
    for _ in range(2):  # who brought it does not check it
        assert payroll("return", "caiwu", file=came)["paid"]["count"] == 0
    assert payroll("return", "fuhe", file=came)["paid"] == {"count": 2, "fen": 2 * 81_900}
    assert payroll("close", "caiwu")["state"] == "closed"
    with pytest.raises(CommandError, match="发放经办") as refused:
        payroll("build", "fuhe")
    assert refused.value.returncode == 1
    with pytest.raises(CommandError, match="没有在岗") as wrong:
        payroll("build", "nobody")
    assert wrong.value.returncode == 2


def test_every_write_left_its_event(office: factories.Office) -> None:
    factories.receiving()
    run = handed(office)
    bank_answers.taken_in(run, answer(run), "a.csv")
    services.close(run, office.caiwu)
    done = list(
        Event.objects.filter(subject=f"payrollrun:{run.pk}").order_by("seq").values_list("action", flat=True)
    )
    assert [action for action in done if action.startswith("payroll.")] == [
        "payroll.open", "payroll.build", "payroll.lock", "payroll.approve", "payroll.approve", "payroll.export",
        "payroll.hand_over", "payroll.return_staged", "payroll.return", "payroll.close",
    ]  # fmt: skip
    assert ReturnFile.objects.get().paid_count == 1
    assert Paid.objects.count() == 1
