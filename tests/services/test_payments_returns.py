"""The bank's answer: B01–B07 as listed, bounced payments, brought by one and checked by another."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from doudi.records.ledger.models import Entry
from doudi.records.payments import queries, services
from doudi.records.payments.bank import returns
from doudi.records.payments.models import PayLine, PayrollRun, ReturnDraft, ReturnFile
from doudi.records.payments.models import ReturnLine as KeptLine
from doudi.records.payments.refusals import (
    DraftSettled,
    DutyNotYours,
    NothingOwed,
    ReasonMissing,
    ReturnRefused,
    RunNotAt,
    SamePersonUploaded,
)
from doudi.records.reports import audit_hands
from doudi.store import kept
from tests.services import bank_answers, factories
from tests.services.bank_answers import answer, answer_rows, as_file

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def handed(office: factories.Office, lines: int = 4, *, hand_over: bool = True) -> PayrollRun:
    factories.receiving(lines, fen=10_000, step=100)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    services.export(run, "csv", office.pizhun)
    return services.hand_over(run, office.pizhun) if hand_over else run


def states() -> list[str]:
    return list(PayLine.objects.order_by("number").values_list("state", flat=True))


def money() -> list[tuple[str, str, int, int | None]]:
    return list(Entry.objects.order_by("txn_id", "line").values_list("account", "side", "fen", "subject"))


def apply(run: PayrollRun, data: bytes, office: factories.Office, name: str = "回盘.csv") -> ReturnFile:
    return bank_answers.taken_in(run, data, name)


def test_b01_the_same_file_again_changes_nothing_and_names_the_first(office: factories.Office) -> None:
    run = handed(office)
    data = answer(run)
    first = apply(run, data, office)
    before = (states(), money())
    again = services.stage_return(run, data, "另一个名字.csv", office.caiwu)
    assert (again.is_replay, again.name, again.state) == (True, "回盘.csv", "applied")
    assert (again.uploaded_by, again.checked_by) == (office.caiwu, office.fuhe)
    assert services.apply_return(again, office.fuhe) == first
    assert (states(), money()) == before


def test_b01_the_same_answers_in_another_file_change_nothing_either(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, results={2: "失败"}), office)
    before = (states(), money())
    other = apply(run, as_file(answer_rows(run, results={2: "失败"})[::-1]), office)
    assert (other.paid_count, other.failed_count) == (0, 0)
    assert (states(), money()) == before


def test_b02_one_fen_more_is_queried_and_stays_unknown(office: factories.Office) -> None:
    run = handed(office)
    file = apply(run, answer(run, fen={2: 10_101}), office)
    assert (file.paid_count, file.queried_count) == (3, 1)
    assert states() == ["paid", "unknown", "paid", "paid"]
    assert [line.number for line in queries.queried_of(run)] == [2]
    apply(run, answer(run, only=[2]), office)
    assert states()[1] == "paid"


def test_an_account_that_is_not_the_one_sent_is_queried(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, accounts={3: "6299999999999999999"}), office)
    assert states()[2] == "unknown"


def test_b03_another_batch_is_refused(office: factories.Office) -> None:
    run = handed(office)
    rows = [row.replace("202611", "202610") for row in answer_rows(run)]
    refused(run, office, as_file(rows), "202610")


def test_b04_half_an_answer_leaves_the_rest_unknown(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, only=[1, 3]), office)
    assert states() == ["paid", "unknown", "paid", "unknown"]
    found = queries.conservation(run)
    assert (found.exported.count, found.paid.count, found.unknown.count, found.holds) == (4, 2, 2, True)


def test_b05_one_line_twice_is_an_error_and_nothing_is_applied(office: factories.Office) -> None:
    run = handed(office)
    rows = [*answer_rows(run), *answer_rows(run, only=[2], results={2: "失败"})]
    refused(run, office, as_file(rows), "2 次")


def test_b06_a_number_nobody_sent_is_an_error_and_nothing_is_applied(office: factories.Office) -> None:
    run = handed(office)
    rows = [row.replace("-0,4,", "-0,99,") for row in answer_rows(run)]
    refused(run, office, as_file(rows), "99")


@pytest.mark.parametrize("total", ["合计,4,,406.01,,,", "合计,3,,406.00,,,", "合计,4,,x,,,"])
def test_b07_a_total_row_that_disagrees_is_refused(office: factories.Office, total: str) -> None:
    run = handed(office)
    refused(run, office, as_file([*answer_rows(run), total]), "合计")
    assert apply(run, as_file([*answer_rows(run), "合计,4,,406.00,,,"]), office).paid_count == 4


@pytest.mark.parametrize(
    "broken",
    [
        lambda rows: b"",
        lambda rows: b"\x00\xff" * 50,
        lambda rows: "这不是回盘".encode(),
        lambda rows: as_file([row.replace("成功", "也许") for row in rows]),
        lambda rows: as_file([row.replace("100.00", "1e2") for row in rows]),
        lambda rows: as_file([row.replace("2026-11-05", "2026-11-06") for row in rows]),
        lambda rows: as_file([row.replace("2026-11-05", "") for row in rows]),
        lambda rows: as_file(rows)[:40],
    ],
)
def test_a_file_that_cannot_be_read_moves_nothing(
    office: factories.Office, broken: Callable[[list[str]], bytes]
) -> None:
    run = handed(office)
    refused(run, office, broken(answer_rows(run)), "没有入账")


def refused(run: PayrollRun, office: factories.Office, data: bytes, why: str) -> None:
    before = (states(), money())
    with pytest.raises(ReturnRefused, match=why) as found:
        apply(run, data, office)
    assert str(found.value).splitlines()[0].count("没有入账") == 1
    assert (states(), money()) == before
    assert not ReturnFile.objects.exists()
    assert not ReturnDraft.objects.exists()
    assert not KeptLine.objects.exists()
    accounts = PayLine.objects.values_list("account", flat=True)
    assert not any(account in str(found.value) for account in accounts)


def test_failed_moves_nothing_and_returned_comes_back_to_2101(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, results={1: "失败"}), office)
    before = len(money())
    apply(run, answer(run, only=[2], results={2: "退票"}), office)
    assert states() == ["failed", "returned", "paid", "paid"]
    line = PayLine.objects.get(number=2)
    assert money()[before:] == [("1001", "D", 10_100, None), ("2101", "C", 10_100, line.pk)]
    assert line.reason == "账户已销户"
    assert services.close(run, office.caiwu).state == "closed"


def test_a_payment_may_bounce_after_the_run_is_closed(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run), office)
    services.close(run, office.caiwu)
    apply(run, answer(run, only=[3], results={3: "退票"}), office)
    assert states()[2] == "returned"
    assert queries.conservation(run).holds


def test_bounced_without_a_word_of_success_books_both_ways(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, results={1: "退票"}), office)
    back = sum(fen if side == "D" else -fen for account, side, fen, _ in money() if account == "1001")
    assert (states()[0], -back) == ("returned", 10_100 + 10_200 + 10_300)


@pytest.mark.parametrize(
    ("first", "then"), [("成功", "失败"), ("失败", "成功"), ("失败", "退票"), ("退票", "失败")]
)
def test_a_contradiction_is_an_error_of_the_whole_file(
    office: factories.Office, first: str, then: str
) -> None:
    run = handed(office)
    apply(run, answer(run, only=[1], results={1: first}), office)
    before = (states(), money())
    with pytest.raises(ReturnRefused, match="前后矛盾"):
        apply(run, answer(run, results={1: then}), office)
    assert (states(), money()) == before


def test_an_answer_proves_that_the_bank_has_the_file(office: factories.Office) -> None:
    run = handed(office, hand_over=False)
    assert run.state == "exported"
    apply(run, answer(run), office)
    run.refresh_from_db()
    assert (run.state, run.handed_on, run.handed_by) == ("handed", DAY, office.pizhun)
    assert list(audit_hands.three_sides()) == []


def test_before_the_export_there_is_nothing_to_answer(office: factories.Office) -> None:
    factories.receiving(1)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    with pytest.raises(RunNotAt):
        apply(run, answer(run), office)


@pytest.mark.parametrize("name", ["../../etc/回盘.csv", "..\\回盘.csv", "a\x00/回盘\n.csv"])
def test_the_name_of_a_file_is_only_shown(office: factories.Office, name: str) -> None:
    run = handed(office)
    assert apply(run, answer(run), office, name).name == "回盘.csv"


# —— by two people ——


def test_one_person_brings_and_another_lets_it_count(office: factories.Office) -> None:
    run = handed(office)
    draft = services.stage_return(
        run, answer(run, results={1: "失败"}, fen={2: 10_101}), "回盘.csv", office.caiwu
    )
    assert (draft.state, states()) == ("waiting", ["sent"] * 4)
    assert not ReturnFile.objects.exists()
    told = {
        part: (draft.summary[part]["count"], draft.summary[part]["fen"])
        for part in ("paid", "failed", "queried")
    }
    assert told == {"paid": (2, 20_500), "failed": (1, 10_000), "queried": (1, 10_100)}
    assert draft.summary["lines"] == [
        {"number": 2, "result": "成功", "sent_fen": 10_100, "why": "回盘写 101.01 元, 交出的是 101.00 元"}
    ]
    file = services.apply_return(draft, office.fuhe)
    assert (file.by, draft.state, draft.checked_by) == ("caiwu", "applied", office.fuhe)
    assert states() == ["failed", "unknown", "paid", "paid"]


def test_who_may_bring_check_and_withdraw(office: factories.Office) -> None:
    run = handed(office)
    for wrong in (office.fuhe, office.pizhun):
        with pytest.raises(DutyNotYours):
            services.stage_return(run, answer(run), "回盘.csv", wrong)
    draft = services.stage_return(run, answer(run), "回盘.csv", office.caiwu)
    for wrong in (office.caiwu, office.pizhun):
        with pytest.raises(DutyNotYours):
            services.apply_return(draft, wrong)
        with pytest.raises(DutyNotYours):
            services.withdraw_return(draft, "传错了", wrong)
    office.caiwu.role = "fuhe"
    office.caiwu.save()
    with pytest.raises(SamePersonUploaded):
        services.apply_return(draft, office.caiwu)
    with pytest.raises(SamePersonUploaded):
        services.withdraw_return(draft, "传错了", office.caiwu)


def test_a_withdrawn_file_counts_for_nothing_and_may_be_brought_again(office: factories.Office) -> None:
    run = handed(office)
    first = services.stage_return(run, answer(run), "回盘.csv", office.caiwu)
    with pytest.raises(ReasonMissing, match="作废"):
        services.withdraw_return(first, " ", office.fuhe)
    services.withdraw_return(first, "银行说这份作废", office.fuhe)
    for late in (
        lambda: services.apply_return(first, office.fuhe),
        lambda: services.withdraw_return(first, "x", office.fuhe),
    ):
        with pytest.raises(DraftSettled, match="已作废"):
            late()
    second = services.stage_return(run, answer(run), "回盘.csv", office.caiwu)
    assert (second == first, second.is_replay) == (False, False)
    services.apply_return(second, office.fuhe)
    assert states() == ["paid"] * 4


def test_what_changed_since_the_upload_is_seen_when_it_is_checked(office: factories.Office) -> None:
    run = handed(office)
    early = services.stage_return(run, answer(run, results={1: "失败"}), "早.csv", office.caiwu)
    bank_answers.taken_in(run, answer(run))
    before = (states(), money())
    with pytest.raises(ReturnRefused, match="前后矛盾"):
        services.apply_return(early, office.fuhe)
    early.refresh_from_db()
    assert (states(), money(), early.state) == (*before, "waiting")


def test_the_original_is_kept_sealed(office: factories.Office) -> None:
    run = handed(office)
    data = answer(run)
    draft = services.stage_return(run, data, "回盘.csv", office.caiwu)
    assert kept.content(draft.file) == data
    with default_storage.open(draft.file.stored_as) as stored:
        assert run.batch_no.encode() not in stored.read()


def test_the_database_counts_no_file_that_one_person_brought(office: factories.Office) -> None:
    run = handed(office)
    file = {"paid_count": 4, "failed_count": 0, "paid_fen": 1, "by": "x", "on": DAY}
    with pytest.raises(IntegrityError, match="上传人以外"), transaction.atomic():
        ReturnFile.objects.create(run=run, sha256="0" * 64, **file)
    draft = services.stage_return(run, answer(run), "回盘.csv", office.caiwu)
    with pytest.raises(IntegrityError, match="上传人以外"), transaction.atomic():
        ReturnFile.objects.create(run=run, sha256=draft.sha256, **file)
    row = ReturnDraft.objects.filter(pk=draft.pk)
    for change in (
        {"state": "applied"},
        {"state": "applied", "checked_by": office.caiwu, "checked_on": DAY},
        {"state": "applied", "checked_by": office.pizhun, "checked_on": DAY},
        {"state": "withdrawn", "checked_by": office.fuhe, "checked_on": DAY},
        {"sha256": "1" * 64},
        {"summary": {}},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    services.apply_return(draft, office.fuhe)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="waiting", checked_by=None)


def test_the_same_word_brings_and_then_checks(office: factories.Office) -> None:
    (run,) = (handed(office),)
    data = answer(run)
    services.take_return(run, data, "回盘.csv", office.caiwu)
    services.take_return(run, data, "回盘.csv", office.caiwu)
    assert states() == ["sent"] * 4
    services.take_return(run, data, "回盘.csv", office.fuhe)
    assert states() == ["paid"] * 4


def test_what_has_no_answer_is_asked_about_and_never_sent_again(office: factories.Office) -> None:
    run = handed(office)
    bank_answers.taken_in(run, answer(run, only=[1, 2, 3]))
    assert not returns.long_unknown(DAY + dt.timedelta(days=4)).exists()
    assert [line.number for line in returns.long_unknown(DAY + dt.timedelta(days=5))] == [4]
    assert returns.unanswered(run, DAY + dt.timedelta(days=5)) == {"count": 1, "fen": 10_300}
    with pytest.raises(NothingOwed):
        services.build_correction(scheme="dibao_rural", month=202611, by=office.caiwu)
