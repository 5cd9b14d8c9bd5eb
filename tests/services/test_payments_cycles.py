"""How often a scheme pays: quarters and years, each month a line, one credit; first month, paid-through, pay day."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from doudi.exchange.bank.formats import FORMATS
from doudi.law import clocks
from doudi.records.awards.models import Award
from doudi.records.payments import queries, services
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.refusals import MonthPaidByAnother, NotTheCyclesMonth
from doudi.records.payments.settling import standing
from doudi.records.policies.models import PolicyValue
from doudi.store.today import move_to
from tests.services import factories
from tests.services import payroll_months as months
from tests.services.waiting import law

pytestmark = pytest.mark.django_db
TEKUN = "tekun_rural"
DAY = dt.date(2026, 12, 5)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def pays(every: str) -> PolicyValue:
    """The county's own cycle, signed by two in the office."""
    return law(f"pay.cycle.{TEKUN}", every, "代码")


def receiving(**choices: Any) -> Award:
    return factories.receiving(1, 76_000, scheme=TEKUN, **choices)[0]


def test_a_quarter_is_three_lines_and_one_credit(office: factories.Office) -> None:
    pays("quarter")
    award = receiving()
    run = months.sent(months.built(office, 202612, TEKUN), office)
    assert run.months == (202610, 202612)
    assert months.told(run) == [(award.pk, month, 76_000) for month in (202610, 202611, 202612)]
    assert (run.lines_count, run.total_fen) == (1, 3 * 76_000)
    _, content = services.export(run, "csv", office.pizhun)
    batch = FORMATS["csv"].parse_export(content)
    assert [(line.line_no, line.amount_fen) for line in batch.lines] == [(1, 228_000)]
    assert "2026年10月至12月" in batch.lines[0].memo
    months.answered(run, office)
    assert months.paid_to(award) == [(202610, 76_000), (202611, 76_000), (202612, 76_000)]
    assert (months.balance("2001"), months.balance("1001")) == (0, -228_000)


def test_a_year_is_paid_in_december(office: factories.Office) -> None:
    pays("year")
    award = receiving(from_on=dt.date(2026, 3, 1))
    run = months.month_paid(office, 202612, scheme=TEKUN)
    assert (run.months, run.lines_count, run.total_fen) == ((202601, 202612), 1, 10 * 76_000)
    assert [month for month, _ in months.paid_to(award)] == list(range(202603, 202613))


@pytest.mark.parametrize(("every", "month", "last"), [("quarter", 202611, "12月"), ("year", 202609, "12月")])
def test_the_middle_of_a_cycle_is_refused(
    office: factories.Office, every: str, month: int, last: str
) -> None:
    pays(every)
    receiving()
    with pytest.raises(NotTheCyclesMonth, match=last):
        months.built(office, month, TEKUN)
    assert not PayrollRun.objects.exists()


def test_who_died_in_the_middle_is_paid_what_was_due_before(office: factories.Office) -> None:
    pays("quarter")
    award = receiving()
    award.payee.died_on = dt.date(2026, 11, 20)
    award.payee.save()
    factories.stop(award, dt.date(2026, 12, 1))
    run = months.built(office, 202612, TEKUN)
    assert months.told(run) == []
    held = Interception.objects.filter(line__run=run, cause="deceased")
    assert sorted(held.values_list("line__month", flat=True)) == [202610, 202611]
    services.resolve(held.get(line__month=202610), "released", "生前的月份", office.fuhe)
    services.resolve(held.get(line__month=202611), "dropped", "卡已注销, 由亲属另办", office.fuhe)
    months.settle_held(run, office)
    months.answered(months.sent(run, office), office)
    assert months.paid_to(award) == [(202610, 76_000)]


def test_a_change_from_months_to_quarters_leaves_out_what_is_paid(office: factories.Office) -> None:
    award = receiving()
    months.month_paid(office, 202610, scheme=TEKUN)
    pays("quarter")
    run = months.built(office, 202612, TEKUN)
    assert run.months == (202611, 202612)
    assert queries.difference(run).unexplained == 0
    months.paid_out(run, office)
    assert [month for month, _ in months.paid_to(award)] == [202610, 202611, 202612]
    with pytest.raises(IntegrityError), transaction.atomic():
        PayrollRun.objects.create(
            scheme=TEKUN, month=202611, from_month=202611, maker=office.caiwu, built_on=DAY
        )


def test_a_change_from_quarters_to_months_pays_no_month_again(office: factories.Office) -> None:
    value = pays("quarter")
    award = receiving()
    months.month_paid(office, 202609, scheme=TEKUN)
    PolicyValue.objects.create(
        path=value.path, area_code=value.area_code, value="month", unit="代码", label="周期", document="测试",
        since=dt.date(2026, 8, 1), set_by="a", signed_by="b", at=value.at,
    )  # fmt: skip
    with pytest.raises(MonthPaidByAnother, match="202609"):
        months.built(office, 202608, TEKUN)
    months.month_paid(office, 202610, scheme=TEKUN)
    assert [month for month, _ in months.paid_to(award)] == [202607, 202608, 202609, 202610]


def test_the_difference_of_a_quarter_is_explained_month_by_month(office: factories.Office) -> None:
    pays("quarter")
    factories.receiving(3, 50_000, scheme=TEKUN)
    months.month_paid(office, 202609, scheme=TEKUN)
    new = receiving(from_on=dt.date(2026, 11, 1), decided_on=dt.date(2026, 10, 12))
    (gone, both) = factories.receiving(2, 40_000, scheme=TEKUN, from_on=dt.date(2026, 11, 1))
    factories.stop(gone, dt.date(2026, 12, 1))
    factories.stop(both, dt.date(2026, 12, 1))
    old = PayLine.objects.order_by("pk").first().award
    factories.stop(old, dt.date(2026, 12, 1))
    run = months.built(office, 202612, TEKUN)
    found = queries.difference(run)
    assert found.unexplained == 0
    told = [(row.household_id, row.change.value) for row in found.rows]
    assert told.count((new.household_id, "new")) == 1
    assert told.count((gone.household_id, "new")) == told.count((gone.household_id, "stopped")) == 1
    assert told.count((old.household_id, "stopped")) == 1
    assert all(row.because for row in found.rows)
    moved = sum(row.fen for row in found.rows)
    assert found.before.fen + moved == found.after.fen == 2 * 50_000 + 76_000


def test_the_first_month_is_the_one_after_the_decision(office: factories.Office) -> None:
    decided = dt.date(2026, 11, 18)
    award = receiving(from_on=clocks.benefit_from(decided), decided_on=decided)
    factories.receiving(1, scheme=TEKUN)
    run = months.built(office, 202611, TEKUN)
    assert award.pk not in {line[0] for line in months.told(run)}
    move_to(dt.date(2026, 12, 2))
    later = services.build(scheme=TEKUN, month=202612, by=office.caiwu)
    assert (award.pk, 202612, 76_000) in months.told(later)


def test_paid_through_moves_with_the_money(office: factories.Office) -> None:
    award, other = factories.receiving(2, 76_000, scheme=TEKUN, from_on=dt.date(2026, 9, 1))
    assert standing.paid_through(TEKUN) is None
    months.month_paid(office, 202609, scheme=TEKUN)
    number = 2
    run = months.sent(months.built(office, 202610, TEKUN), office)
    assert standing.paid_through(TEKUN) == 202610
    months.answered(run, office, {number: "失败"})
    services.close(run, office.caiwu)
    months.month_paid(office, 202611, scheme=TEKUN)
    failed = PayLine.objects.get(state="failed").award
    good = other if failed == award else award
    assert standing.paid_through(TEKUN) == 202611
    assert standing.award_paid_through(good) == 202611
    assert standing.award_paid_through(failed) == 202609  # October never arrived
    months.paid_out(months.correction(office, 202611, TEKUN), office)
    assert standing.award_paid_through(failed) == 202611


def test_pay_day_counts_runs_and_credits(office: factories.Office) -> None:
    factories.receiving(4, scheme=TEKUN)
    months.month_paid(office, 202609, scheme=TEKUN)  # handed over on the fifth
    run = months.built(office, 202610, TEKUN)
    move_to(dt.date(2026, 10, 11))
    months.sent(run, office)
    months.built(office, 202611, TEKUN)
    on_time = standing.punctuality(first=202609, last=202611, on=dt.date(2026, 11, 10))
    assert (on_time.runs, on_time.runs_on_time, on_time.lines, on_time.lines_on_time) == (2, 1, 8, 4)
    late = standing.punctuality(first=202609, last=202611, on=dt.date(2026, 11, 11))
    assert (late.runs, late.runs_on_time, late.lines, late.lines_on_time) == (3, 1, 12, 4)
    assert late.share_bp == 3_333
    assert standing.punctuality(first=202701, last=202701, on=DAY).share_bp is None
