"""P08: of 240 random falsifications behind the triggers' back the auditor finds 240; honest books it passes."""

import datetime as dt
import random
from collections import Counter

import pytest
from django.db import connection, transaction

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Closing, Decision
from doudi.records.ledger import services as ledger
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, Recovery
from doudi.records.reports.auditor import differences
from doudi.store import triggers
from doudi.store.today import move_to
from tests.services import bank_answers, factories
from tests.services import golden_family as golden
from tests.services import payroll_months as months

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEED, TIMES = 200, 240
AGAIN = dt.date(2027, 3, 20)


class _Undone(Exception):
    pass


def lived() -> None:
    """Five months with everything money can go through."""
    office = factories.office(dt.date(2026, 11, 5))
    awards = factories.receiving(6, fen=30_000, step=1_111)
    for place, level in enumerate(("national", "province", "city", "county")):
        kind = "opening" if level == "county" else "grant"
        ledger.check(
            ledger.register_receipt(kind=kind, level=level, scheme="", document_no=f"文{place}", by=office.caiwu,
                                    on=dt.date(2026, 11, 2), fen=150_000 + place), office.fuhe)  # fmt: skip
    for kind, fen in (("in", 9_000), ("out", 2_500)):
        given = {"purpose": "印制表格", "document_no": "经1", "on": dt.date(2026, 11, 3), "by": office.caiwu}
        ledger.check(ledger.register_work(kind=kind, fen=fen, **given), office.fuhe)
    ledger.set_budget(scheme="dibao_rural", year=2026, fen=9_000_000, document_no="预1", by=office.caiwu)
    months.month_paid(office, 202611, {1: "失败"})
    again = months.built(office, 202612)
    months.settle_held(again, office)
    services.lock(again, office.caiwu)
    services.reopen(again, "卡号登记错了", office.fuhe)
    months.paid_out(again, office)
    months.paid_out(months.correction(office, 202612), office)
    _stand_still_and_return(office, awards)
    _order_back(office, awards)
    _close(office)
    _papers_of_two(office, awards)


def _stand_still_and_return(office: factories.Office, awards: list[Award]) -> None:
    stop = months.suspended(awards[0], dt.date(2027, 1, 1))
    months.month_paid(office, 202701)
    months.resumed(stop, dt.date(2027, 2, 1), pays_back=True)
    months.month_paid(office, 202702)
    months.paid_out(months.backpay(office, 202702), office)


def _order_back(office: factories.Office, awards: list[Award]) -> None:
    """One order paid back in two parts, one written off, one cancelled after a part came in."""
    for award in awards[3:]:
        _stopped(award)
    move_to(AGAIN)
    for place, award in enumerate(awards[3:]):
        made = services.order_recovery(
            household=award.household, scheme=award.scheme, by=office.fuhe, cause="stopped", reason="停发后仍发",
            basis="测试",
        )  # fmt: skip
        services.confirm_recovery(made, office.pizhun)
        services.agree_instalments(made, [(AGAIN, 10_000), (dt.date(2027, 4, 20), made.amount_fen - 10_000)],
                                   office.fuhe)  # fmt: skip
        receive(made, office, 10_000, "收1")
        if place == 0:
            receive(made, office, made.amount_fen - 10_000, "收2")
        elif place == 1:
            services.propose_write_off(made, "查无下落", office.fuhe)
            services.decline_write_off(made, "再找一次", office.pizhun)
            services.propose_write_off(made, "查无下落", office.fuhe)
            services.approve_write_off(made, office.pizhun)
        else:
            services.cancel_recovery(made, "决定更正", office.pizhun)


def _stopped(award: Award) -> None:
    """Decided in March as from January."""
    decision = Decision.objects.create(
        no=f"T-{award.no}", kind="stop", scheme=award.scheme, household=award.household, decided_on=AGAIN,
        reason_code="income", reason="收入超过标准", basis="测试", by="test",
    )  # fmt: skip
    award.holdings.filter(released_on=None).update(released_on=dt.date(2027, 1, 1))
    Closing.objects.create(decision=decision, award=award, ends_on=dt.date(2027, 1, 1))


def receive(made: Recovery, office: factories.Office, fen: int, no: str) -> None:
    services.receive_recovery(made, document_no=no, on=AGAIN, fen=fen, how="cash", by=office.caiwu)


def _close(office: factories.Office) -> None:
    for month in (202611, 202612, 202701):
        ledger.confirm_close(ledger.prepare_close(month, office.caiwu), office.fuhe)


def _papers_of_two(office: factories.Office, awards: list[Award]) -> None:
    """Cards kept by others, ended and standing; a bank's answer withdrawn and brought again."""
    factories.staff("caiwu9")  # nobody's hand, for the forger to put in
    clerk, county = factories.staff("jingban", area=golden.TOWNSHIP), factories.staff("shenpi")
    for place, award in enumerate(awards[:3]):
        kept = services.record_custody(
            household=award.household, person=award.payee, custodian="李村医", relation="邻居", from_on=AGAIN,
            custodian_id=golden.number("19700101", 77), agreement=golden.photo(), by=clerk,
        )  # fmt: skip
        if place:
            services.file_custody(kept, award.household, county)
        if place == 2:
            services.end_custody(kept, award.household, "交还本人", clerk)
    run = months.sent(months.built(office, 202704), office)
    data = bank_answers.answer(run, on=AGAIN)
    services.withdraw_return(
        services.stage_return(run, data, "回盘.csv", office.caiwu), "传错了", office.fuhe
    )
    services.stage_return(run, data, "回盘.csv", office.caiwu)
    half_way = months.built(office, 202705)
    months.settle_held(half_way, office)
    services.lock(half_way, office.caiwu)
    services.approve(half_way, 1, office.fuhe)


MORE = "{c} + {n}"
NOBODY = "(SELECT u.id FROM staff_user u WHERE u.username = 'caiwu9')"
ANOTHER_DAY = "'2026-01-01'"
# table → column → the SQL of its new value; every row of it may be hit.
FORGERIES: dict[str, dict[str, str]] = {
    "ledger_entry": {
        "fen": MORE, "account": "'5009'", "side": "CASE side WHEN 'D' THEN 'C' ELSE 'D' END",
        "subject": "subject + 100000",
    },
    "ledger_txn": {"sealed": "FALSE"},
    "ledger_fundreceipt": {"fen": MORE, "state": "'waiting'",
                           "level": "CASE level WHEN 'city' THEN 'county' ELSE 'city' END"},
    "ledger_workvoucher": {"fen": MORE, "state": "'declined'"},
    "ledger_budget": {"fen": MORE},
    "ledger_monthclose": {"txns": MORE, "sha256": "'0'", "trial": "'[]'"},
    "payments_payline": {
        "amount_fen": MORE, "month": "month + 100", "holder_name": "'别人'", "persons": MORE,
        "state": "CASE state WHEN 'paid' THEN 'failed' ELSE 'paid' END",
    },
    "payments_payrollrun": {
        "total_fen": MORE, "lines_count": MORE, "content_hash": "'0'", "scheme": "'dibao_urban'",
        "handed_by_id": NOBODY, "handed_on": ANOTHER_DAY,
    },
    "payments_allocation": {
        "fen": MORE, "level": "CASE level WHEN 'city' THEN 'x' ELSE 'y' END",
    },
    "payments_bankfile": {"total_fen": MORE, "count": MORE},
    "payments_returnfile": {"paid_fen": MORE, "paid_count": MORE, "failed_count": MORE},
    "payments_returnline": {
        "amount_fen": MORE, "result": "CASE result WHEN '成功' THEN '失败' ELSE '成功' END",
    },
    "payments_recovery": {"amount_fen": MORE, "state": "CASE state WHEN 'ordered' THEN 'settled' ELSE 'ordered' END"},
    "payments_recoverymonth": {"fen": MORE},
    "payments_recoveryreceipt": {"fen": MORE},
    "payments_instalment": {"fen": MORE},
    "payments_writeoff": {
        "fen": MORE, "reason": "'别的'", "proposed_by_id": NOBODY, "approved_by_id": NOBODY, "declined_by_id": NOBODY,
        "approved_on": ANOTHER_DAY, "declined_on": ANOTHER_DAY, "declined_reason": "'好的'",
    },
    "payments_custody": {
        "filed_by_id": NOBODY, "filed_on": ANOTHER_DAY, "recorded_by_id": NOBODY, "custodian": "'别人'",
        "until_on": ANOTHER_DAY, "from_on": ANOTHER_DAY, "person_id": "person_id + 1000",
        "custodian_bi": "(SELECT account_bi FROM payments_payline WHERE account_bi IS NOT NULL ORDER BY id LIMIT 1)",
    },
    "payments_approval": {
        "user_id": NOBODY, "maker_id": NOBODY, '"on"': ANOTHER_DAY, "step": "3 - step", "round": MORE,
    },
    "payments_returndraft": {
        "uploaded_by_id": NOBODY, "checked_by_id": NOBODY, "uploaded_on": ANOTHER_DAY, "checked_on": ANOTHER_DAY,
        "sha256": "'0'", "state": "'withdrawn', reason = '不要了'",
    },
    "decisions_suspension": {"from_on": "'2027-02-01'"},
    "decisions_resumption": {"from_on": "'2027-01-01'", "pays_back": "FALSE"},
    "awards_award": {"amount_fen": MORE},
    "decisions_decision": {"amount_fen": "COALESCE(amount_fen, 0) + {n}"},
}  # fmt: skip


WHERE = {
    "decisions_decision.amount_fen": " WHERE kind IN ('grant', 'carried_over')",
    "ledger_entry.subject": " WHERE subject IS NOT NULL",
    "payments_payrollrun.handed_by_id": " WHERE handed_by_id IS NOT NULL",
    "payments_payrollrun.handed_on": " WHERE handed_by_id IS NOT NULL",
    "payments_writeoff.approved_on": " WHERE approved_on IS NOT NULL",
    "payments_writeoff.declined_on": " WHERE declined_on IS NOT NULL",
    "payments_writeoff.declined_reason": " WHERE declined_on IS NULL",
    "payments_approval.step": " WHERE run_id IN (SELECT r.id FROM payments_payrollrun r WHERE r.state = 'reviewed')",
    "payments_returndraft.checked_by_id": " WHERE state = 'applied'",
    "payments_returndraft.state": " WHERE state = 'applied'",
}


def keys_of(table: str, column: str) -> list[str]:
    """A condition for each row."""
    names = ("txn_id", "line") if table == "ledger_entry" else ("id",)
    where = WHERE.get(f"{table}.{column}", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM {table}{where} ORDER BY {', '.join(names)}")
        rows = cursor.fetchall()
    return [" AND ".join(f"{n} = {v}" for n, v in zip(names, row, strict=True)) for row in rows]


def found_after(statement: str) -> set[str]:
    """The rules broken by one falsification, which is undone again."""
    found: set[str] = set()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount == 1, statement
            found = {one.rule for one in differences()}
            raise _Undone
    except _Undone:
        return found


def test_every_one_of_the_falsifications_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    lived()
    assert list(differences()) == []
    assert set(PayLine.objects.values_list("kind", flat=True)) == {"regular", "correction", "backpay"}
    triggers.remove()
    chance, places = (
        random.Random(SEED),
        [(table, column) for table in FORGERIES for column in FORGERIES[table]],
    )
    rows = {place: keys_of(*place) for place in places}
    assert all(rows.values()), [place for place, keys in rows.items() if not keys]
    missed, told, rules = [], Counter[str](), set()
    for time in range(TIMES):
        table, column = places[time % len(places)]
        value = FORGERIES[table][column].format(c=column, n=chance.randint(1, 999))
        statement = f"UPDATE {table} SET {column} = {value} WHERE {chance.choice(rows[table, column])}"
        broken = found_after(statement)
        if not broken:
            missed.append(statement)
        told[table] += 1
        rules |= broken
    with capsys.disabled():
        counts = f"{sum(told.values())} 次篡改 ({len(told)} 张表), 漏 {len(missed)}"
        print(f"\nP08 seed {SEED}: {counts}, 由 {len(rules)} 条规矩发现")
    assert not missed, missed
