"""A run walked to its end by the three who handle money, and what the tests say about households meanwhile."""

import datetime as dt
from collections.abc import Mapping
from itertools import count

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision, Resumption, Suspension
from doudi.records.ledger.models import Entry
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.store.today import move_to
from tests.services import bank_answers, factories
from tests.services.bank_answers import answer

SCHEME = "dibao_rural"
_numbers = count(1)


def built(office: factories.Office, month: int, scheme: str = SCHEME) -> PayrollRun:
    """The month's run, built on its fifth day."""
    move_to(day_in(month))
    return services.build(scheme=scheme, month=month, by=office.caiwu)


def day_in(month: int, day: int = 5) -> dt.date:
    return dt.date(month // 100, month % 100, day)


def backpay(office: factories.Office, month: int, scheme: str = SCHEME) -> PayrollRun:
    move_to(day_in(month, 12))
    return services.build_backpay(scheme=scheme, month=month, by=office.caiwu)


def correction(office: factories.Office, month: int, scheme: str = SCHEME) -> PayrollRun:
    move_to(day_in(month, 20))
    return services.build_correction(scheme=scheme, month=month, by=office.caiwu)


def sent(run: PayrollRun, office: factories.Office) -> PayrollRun:
    """Locked, approved twice, with the bank."""
    settle_held(run, office)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    services.export(run, "csv", office.pizhun)
    return services.hand_over(run, office.pizhun)


def settle_held(run: PayrollRun, office: factories.Office, outcome: str = "released") -> None:
    """Every open interception looked at; what is closed can only be dropped."""
    for one in Interception.objects.filter(line__run=run, outcome="").order_by("pk"):
        is_over = one.cause == Interception.Cause.CLOSED
        services.resolve(one, "dropped" if is_over else outcome, "电话核实", office.fuhe)


def answered(
    run: PayrollRun, office: factories.Office, results: Mapping[int, str] | None = None
) -> PayrollRun:
    """The bank's answer: paid, but what `results` says of a number."""
    day = day_in(run.month, 25)
    move_to(day)
    bank_answers.taken_in(run, answer(run, results=results, on=day))
    run.refresh_from_db()
    return run


def paid_out(
    run: PayrollRun, office: factories.Office, results: Mapping[int, str] | None = None
) -> PayrollRun:
    """From a draft to closed."""
    answered(sent(run, office), office, results)
    return services.close(run, office.caiwu)


def month_paid(
    office: factories.Office, month: int, results: Mapping[int, str] | None = None, scheme: str = SCHEME
) -> PayrollRun:
    return paid_out(built(office, month, scheme), office, results)


def replaced(award: Award, fen: int, from_on: dt.date, decided_on: dt.date) -> Award:
    """A raise decided on a day: the old award ends where the new one begins, in the past if need be."""
    closing = factories.stop(award, from_on)
    assert closing.ends_on == from_on
    return factories.grant(award.household, fen, scheme=award.scheme, from_on=from_on, decided_on=decided_on)


def suspended(award: Award, from_on: dt.date) -> Suspension:
    return Suspension.objects.create(
        decision=_decided("suspend", award, from_on), award=award, from_on=from_on
    )


def resumed(suspension: Suspension, from_on: dt.date, *, pays_back: bool) -> Resumption:
    return Resumption.objects.create(
        decision=_decided("resume", suspension.award, from_on), suspension=suspension, from_on=from_on,
        pays_back=pays_back,
    )  # fmt: skip


def _decided(kind: str, award: Award, on: dt.date) -> Decision:
    return Decision.objects.create(
        no=f"P-{next(_numbers)}", kind=kind, scheme=award.scheme, household=award.household,
        decided_on=on - dt.timedelta(days=10), reason="测试", basis="测试", by="test",
    )  # fmt: skip


def balance(account: str) -> int:
    """Debit less credit."""
    rows = Entry.objects.filter(account=account).values_list("side", "fen")
    return sum(fen if side == "D" else -fen for side, fen in rows)


def told(run: PayrollRun) -> list[tuple[int, int, int]]:
    """(award, month, 分) of the lines that are not held."""
    lines = PayLine.objects.filter(run=run).exclude(state="held").order_by("award_id", "month")
    return list(lines.values_list("award_id", "month", "amount_fen"))


def paid_to(award: Award) -> list[tuple[int, int]]:
    """(month, 分) that arrived at the household, summed over its awards."""
    sums: dict[int, int] = {}
    for line in PayLine.objects.filter(household=award.household, state="paid").order_by("month"):
        sums[line.month] = sums.get(line.month, 0) + line.amount_fen
    return sorted(sums.items())
