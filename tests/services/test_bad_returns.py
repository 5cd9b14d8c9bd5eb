"""Of every bad answer of the bank: nothing is booked, no word tells a whole account, and the month cannot be closed."""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from doudi.records.audit.models import Event
from doudi.records.ledger.models import Entry
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, PayrollRun, ReturnDraft
from doudi.records.payments.refusals import InterceptionOpen, OutcomeUnknown, ReturnRefused
from doudi.records.people.models import Account
from tests.services import bank_answers, factories
from tests.services.bank_answers import answer, answer_rows, as_file

pytestmark = pytest.mark.django_db
WHOLE_NUMBER = re.compile(r"\d{12}")  # an account; the batch number has its own dashes


@pytest.fixture
def office() -> factories.Office:
    return factories.office()


@pytest.fixture
def run(office: factories.Office) -> PayrollRun:
    """Four families' money with the bank."""
    factories.receiving(4, fen=10_000, step=100)
    made = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(made, office.caiwu)
    services.approve(made, 1, office.fuhe)
    services.approve(made, 2, office.pizhun)
    services.export(made, "csv", office.pizhun)
    return services.hand_over(made, office.pizhun)


BAD: dict[str, Callable[[list[str]], list[str]]] = {
    "B03 another batch": lambda rows: [row.replace("202611", "202610") for row in rows],
    "B05 one line twice": lambda rows: [*rows, rows[1].replace("成功", "失败")],
    "B06 an unknown number": lambda rows: [row.replace("-0,4,", "-0,99,") for row in rows],
    "B07 a total that disagrees": lambda rows: [*rows, "合计,4,,406.01,,,"],
    "an amount in words": lambda rows: [row.replace("100.00", "一百") for row in rows],
    "an account with letters": lambda rows: [row.replace(",62", ",６2x") for row in rows],
}


@pytest.mark.parametrize("name", BAD)
def test_a_refused_file_books_nothing_and_tells_no_account(
    name: str, run: PayrollRun, office: factories.Office
) -> None:
    before = list(Entry.objects.order_by("txn_id", "line").values_list("account", "side", "fen", "subject"))
    with pytest.raises(ReturnRefused) as refused:
        bank_answers.taken_in(run, as_file(BAD[name](answer_rows(run))))
    text = str(refused.value).replace(run.batch_no, "").replace(run.batch_no.replace("202611", "202610"), "")
    assert not WHOLE_NUMBER.search(text)
    told = Event.objects.get(action="payroll.return_refused")
    assert (told.actor, told.subject) == ("caiwu", f"payrollrun:{run.pk}")
    assert refused.value.code in told.body
    assert re.search(r"[一-鿿]{4}", text)
    assert set(PayLine.objects.values_list("state", flat=True)) == {"sent"}
    assert before == list(
        Entry.objects.order_by("txn_id", "line").values_list("account", "side", "fen", "subject")
    )
    with pytest.raises(OutcomeUnknown):
        services.close(run, office.caiwu)


@pytest.mark.parametrize(
    "choices", [{"fen": {2: 10_101}}, {"accounts": {2: "6299999999999999999"}}, {"only": [1, 3, 4]}]
)
def test_what_is_queried_or_unanswered_keeps_the_month_open(
    choices: dict[str, object], run: PayrollRun, office: factories.Office
) -> None:
    bank_answers.taken_in(run, answer(run, **choices))
    run.refresh_from_db()
    with pytest.raises(OutcomeUnknown, match="1 笔"):
        services.close(run, office.caiwu)
    assert not WHOLE_NUMBER.search(str(ReturnDraft.objects.get().summary))
    bank_answers.taken_in(run, answer(run, only=[2]))
    assert services.close(run, office.caiwu).state == "closed"


def test_a25_a_shared_card_waits_for_a_decision_before_any_money(office: factories.Office) -> None:
    first, second = factories.receiving(2, from_on=dt.date(2026, 11, 1))
    Account.objects.filter(person=second.payee).update(until_on=dt.date(2026, 11, 2))
    card = Account.objects.get(person=first.payee)
    factories.card_reported(second.payee)
    Account.objects.create(
        person=second.payee, bank=factories.BANK, number=card.number, last4=card.last4,
        holder_name=second.payee.name, from_on=factories.OPENED, recorded_by="test",
    )  # fmt: skip
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)
    assert not Entry.objects.exists()
