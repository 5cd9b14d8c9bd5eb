"""The loaded county adds up: people, awards, payments, ledger, audit; its guards are all there."""

import datetime as dt
import hashlib

import pytest
from django.db import connection
from django.db.models import Count, Sum

from doudi.demo import loading
from doudi.demo.numbers import belongs_to_nobody, is_no_card, is_no_phone
from doudi.demo.plan import MONTHS, OPENS_ON, ROLL_ON, targets
from doudi.demo.staff import PASSWORD
from doudi.demo.standing_cases import SITUATIONS
from doudi.exchange.bank.formats import FORMATS
from doudi.records.audit.queries import verify
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Act, Case
from doudi.records.checks.assessing import assess_all
from doudi.records.decisions.models import Closing, Decision
from doudi.records.ledger.models import Entry
from doudi.records.payments.funds.special_accounts import account_sums
from doudi.records.payments.models import Paid, PayLine, PayrollRun, ReturnLine
from doudi.records.payments.services.exporting import bank_batch
from doudi.records.payments.services.locking import content_hash
from doudi.records.people.models import Account, Household, Person
from doudi.records.policies.queries import pairs_of
from doudi.records.postings.models import Objection
from doudi.records.reports.auditor import differences
from doudi.records.reports.queries import in_force_on, month_end, statistics
from doudi.records.staff.models import Role, User
from doudi.store import triggers
from doudi.store.today import today
from tests.demo.conftest import SCALE, TwoLoads

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COUNTY = "410482000000"
DECEMBER = dt.date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _loaded(county: TwoLoads) -> None:
    """Every test here reads the loaded county."""


def test_the_same_seed_makes_the_same_county(county: TwoLoads) -> None:
    assert county.first == county.second
    assert len(county.first.digest) == 64
    assert (loading.state(), loading.found()) == ("loaded", county.second)
    assert today() == OPENS_ON


def test_the_roll_is_exactly_the_plan() -> None:
    rows = in_force_on(COUNTY, ROLL_ON).order_by().values("scheme").annotate(persons=Sum("persons"))
    assert {row["scheme"]: row["persons"] for row in rows} == targets(SCALE)


def test_nobody_s_identity_card_bank_card_or_telephone() -> None:
    assert all(belongs_to_nobody(person.id_number, on=OPENS_ON) for person in Person.objects.order_by("pk"))
    assert all(is_no_card(account.number) for account in Account.objects.order_by("pk"))
    assert all(is_no_phone(home.phone) for home in Household.objects.order_by("pk"))


def test_every_person_s_number_tells_birthday_and_sex() -> None:
    for person in Person.objects.order_by("pk"):
        assert person.id_number[6:14] == f"{person.birth_on:%Y%m%d}"
        assert (int(person.id_number[16]) % 2 == 1) == (person.sex == "male")


def test_reassessment_on_the_opening_day_reproduces_every_amount() -> None:
    homes = Household.objects.filter(
        awards__in=in_force_on(COUNTY, OPENS_ON).filter(scheme__startswith="dibao")
    )
    table = assess_all(homes.distinct(), OPENS_ON)["household"].select(["household_id", "monthly_total"])
    computed = dict(zip(*(column.to_pylist() for column in table.columns), strict=True))
    paid = in_force_on(COUNTY, OPENS_ON).filter(scheme__startswith="dibao")
    assert computed == dict(paid.values_list("household_id", "amount_fen"))


def test_october_adds_up_from_every_side() -> None:
    october = statistics(202610, COUNTY)
    for scheme in october.schemes:
        run = PayrollRun.objects.get(scheme=scheme.id, month=202610)
        lines = PayLine.objects.filter(run=run).aggregate(
            n=Count("pk"), p=Sum("persons"), fen=Sum("amount_fen")
        )
        assert (scheme.households, scheme.persons, scheme.amount_fen) == (
            lines["n"],
            lines["p"],
            lines["fen"],
        )
        assert (run.lines_count, run.total_fen) == (lines["n"], lines["fen"])


def test_each_month_is_the_one_before_plus_those_who_came_minus_those_who_left() -> None:
    before = {scheme.id: scheme for scheme in statistics(202411, COUNTY).schemes}
    came = left = 0
    for month in MONTHS[1:]:
        for scheme in statistics(month.year * 100 + month.month, COUNTY).schemes:
            was = before[scheme.id]
            assert scheme.persons == was.persons + scheme.entered.persons - scheme.left.persons
            assert sum(scheme.left.by_reason.values()) == scheme.left.households
            before[scheme.id] = scheme
            came, left = came + scheme.entered.households, left + scheme.left.households
    assert came > 0
    assert left > 0


def test_a_raised_standard_is_no_coming_and_going() -> None:
    raised = Decision.objects.filter(kind="carried_over", decided_on__year=2025, closes__isnull=False)
    assert raised.exists()
    for row in statistics(202601, COUNTY).schemes:
        assert row.entered.households < row.households / 2


def test_ledger_balances_and_the_special_account_is_never_overdrawn() -> None:
    assert list(differences()) == []
    balance = 0
    cash = Entry.objects.filter(account="1001").order_by("txn__on", "txn_id", "line")
    for side, fen in cash.values_list("side", "fen"):
        balance += fen if side == "D" else -fen
        assert balance >= 0
    sums = account_sums()  # one account holds it all, nothing stands beside it
    assert [(row.account is not None, row.left_fen) for row in sums.rows] == [(True, balance)]
    assert sums.gap_fen == 0
    payable = dict(Entry.objects.filter(account="2001").order_by().values_list("side").annotate(Sum("fen")))
    assert payable["D"] == payable["C"]


def test_every_month_of_every_scheme_is_closed_and_its_papers_read_back_the_same() -> None:
    months = {month.year * 100 + month.month for month in MONTHS}
    assert set(PayrollRun.objects.values_list("month", flat=True)) == months
    for run in PayrollRun.objects.order_by("pk"):
        assert run.state == "closed"
        assert run.approvals.count() == 2
        assert content_hash(run) == run.content_hash
        file = run.bank_files.get()
        assert hashlib.sha256(FORMATS[file.format].render(bank_batch(run))).hexdigest() == file.sha256


def test_everybody_paid_is_held_for_the_month_and_every_line_has_its_answer() -> None:
    lines = PayLine.objects.count()
    assert ReturnLine.objects.filter(result="成功").count() == lines
    assert not PayLine.objects.exclude(state="paid").exists()
    for run in PayrollRun.objects.filter(month=202610).order_by("pk"):
        persons = PayLine.objects.filter(run=run).aggregate(n=Sum("persons"))["n"]
        assert Paid.objects.filter(line__run=run).count() == persons * len(pairs_of(run.scheme))


def test_open_awards_hold_their_people_and_closed_ones_let_go() -> None:
    for award in in_force_on(COUNTY, OPENS_ON).annotate(held=Count("holdings")):
        assert award.held == award.persons * len(pairs_of(award.scheme))
    closed = Holding.objects.filter(award__closing__isnull=False)
    assert closed.exists()
    assert not closed.filter(released_on=None).exists()


def test_awards_are_the_sum_of_their_parts_and_have_one_opening() -> None:
    summed = Award.objects.annotate(fen=Sum("parts__amount_fen"))
    assert all(award.fen == award.amount_fen for award in summed.order_by("pk"))
    assert Award.objects.filter(opening=None).count() == 0
    assert Decision.objects.filter(kind="stop", reason_code="").count() == 0


def test_nothing_takes_effect_in_november() -> None:
    november = (dt.date(2026, 10, 2), dt.date(2026, 11, 30))
    assert not Award.objects.filter(from_on__range=november).exists()
    assert not Closing.objects.filter(ends_on__range=november).exists()
    before, after = (
        set(in_force_on(COUNTY, on).values_list("pk", flat=True)) for on in (ROLL_ON, month_end(202611))
    )
    assert before == after


def test_november_s_grants_pay_from_december() -> None:
    granted = Decision.objects.filter(kind="grant", decided_on__month=11, decided_on__year=2026)
    assert granted.exists()
    assert {award.from_on for award in Award.objects.filter(opening__decision__in=granted)} == {DECEMBER}


def test_cases_stand_at_every_station_some_overdue() -> None:
    standing = Case.objects.open()
    assert {case.station for case in standing} == {"accept", "survey", "review", "post", "sign", "confirm"}
    assert standing.filter(station_due_on__lt=OPENS_ON).exists()
    assert standing.filter(due_on__lt=OPENS_ON).exists()
    assert standing.exclude(returned_reason="").exists()
    assert Objection.objects.filter(outcome="").exists()
    assert set(Objection.objects.values_list("outcome", flat=True)) == {"", "upheld", "dismissed"}
    refused = Decision.objects.filter(kind="refuse")
    assert {hasattr(decision, "delivery") for decision in refused} == {True, False}
    assert Case.objects.filter(
        accepted_on__gte=dt.date(2026, 9, 1), application__isnull=False
    ).count() >= len(SITUATIONS)


def test_acts_lie_between_acceptance_and_today_and_each_has_its_hand() -> None:
    for act in Act.objects.select_related("case").order_by("pk"):
        assert act.case.accepted_on <= act.on < OPENS_ON
        assert act.at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == act.on


def test_every_role_has_a_login_with_its_area() -> None:
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)
    logins = {
        "cun", "jingban", "jingban2", "fuze", "shegong", "hedui", "shenpi", "shenpi2", "caiwu", "fuhe", "pizhun",
        "juzhang", "shenji", "xitong", "anquan", "shenjiyuan",
    }  # fmt: skip
    assert logins <= set(User.objects.values_list("username", flat=True))
    assert User.objects.get(username="jingban").check_password(PASSWORD)
    clerks = User.objects.filter(role="jingban").values("area").annotate(n=Count("pk"))
    assert {row["n"] for row in clerks} == {2}
    assert len(clerks) == 21


def test_guards_and_references_are_whole_after_the_load() -> None:
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_key_check")
            assert cursor.fetchall() == []
        else:
            cursor.execute(
                "SELECT conrelid::regclass::text, COUNT(*) FROM pg_constraint WHERE contype = 'f' AND convalidated "
                "AND conrelid IN ('payments_payline'::regclass, 'payments_paid'::regclass, 'ledger_entry'::regclass, "
                "'payments_returnline'::regclass) GROUP BY 1"
            )
            wanted = {"payments_payline": 6, "payments_paid": 2, "ledger_entry": 1, "payments_returnline": 2}
            assert dict(cursor.fetchall()) == wanted


def test_the_audit_chain_is_whole() -> None:
    assert list(verify().faults) == []
