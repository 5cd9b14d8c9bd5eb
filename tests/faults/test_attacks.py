"""What somebody with a role, a second tab or the database's password would try; each test is one way to a payment."""

import datetime as dt
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper
from doudi.records.payments import services
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun, ReturnFile
from doudi.records.payments.refusals import (
    AccountsMoving,
    CannotRelease,
    InterceptionOpen,
    MonthNotBegun,
    SamePersonTwice,
)
from doudi.records.payments.services import locking
from doudi.records.people import services as people
from doudi.records.people.models import Fact, Person
from doudi.records.postings import services as postings
from doudi.records.staff.models import User
from doudi.store.idempotency import body_hash
from doudi.store.models import Submission
from doudi.store.refusal import Refusal
from tests.faults.test_together import together
from tests.services import bank_answers, factories
from tests.services import golden_family as golden
from tests.services.bank_answers import answer

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 5)
PASSWORD = "a-password-of-the-tests"
LINE = (
    "INSERT INTO payments_payline (run_id, award_id, month, kind, correction_no, household_id, payee_id, village_id, "
    "persons, amount_fen, state, holder_name, bank, account_last4, reason) SELECT run_id, award_id, {month}, {kind}, "
    "{no}, household_id, payee_id, village_id, persons, amount_fen, {state}, '', '', '', '' "
    "FROM payments_payline WHERE id = {line}"
)
RUN = (
    "INSERT INTO payments_payrollrun (scheme, month, kind, correction_no, state, maker_id, lines_count, total_fen, "
    "content_hash, built_on) "
    "VALUES ('dibao_rural', 202611, 'correction', 1, '{state}', {maker}, 0, 0, '', '2026-11-05')"
)
APPROVAL = (
    'INSERT INTO payments_approval (run_id, step, user_id, maker_id, "on", at) '
    "VALUES ({run}, {step}, {user}, {maker}, '2026-11-05', '2026-11-05 09:00:00')"
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.fixture
def office() -> factories.Office:
    return factories.office(TODAY)


@pytest.fixture
def run(office: factories.Office) -> PayrollRun:
    factories.receiving(3)
    return services.build(scheme="dibao_rural", month=202611, by=office.caiwu)


def refused(statement: str, why: str, **values: Any) -> None:
    """The database itself says no, for the reason it was told to."""
    with pytest.raises(IntegrityError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(**values))


def walk(run: PayrollRun, office: factories.Office, to: str) -> None:
    steps: list[tuple[str, Callable[[], object]]] = [
        ("locked", lambda: services.lock(run, office.caiwu)),
        ("reviewed", lambda: services.approve(run, 1, office.fuhe)),
        ("approved", lambda: services.approve(run, 2, office.pizhun)),
        ("exported", lambda: services.export(run, "csv", office.pizhun)),
        ("handed", lambda: services.hand_over(run, office.pizhun)),
    ]
    for reached, act in steps:
        act()
        if reached == to:
            return


# ---- with the database's password ----------------------------------------------------------------------------


def test_a_run_is_born_building_and_keeps_its_name_month_and_maker(
    run: PayrollRun, office: factories.Office
) -> None:
    for state in ("draft", "approved", "exported", "closed"):
        refused(RUN, "从生成开始", state=state, maker=office.caiwu.pk)
    other = factories.staff("caiwu2").pk
    for change in ("month = 202612", "scheme = 'dibao_urban'", "correction_no = 1", f"maker_id = {other}"):
        refused("UPDATE payments_payrollrun SET {change}", "不能改动", change=change)


def test_an_award_has_one_living_line_a_month_and_only_in_its_own_months_run(run: PayrollRun) -> None:
    line = PayLine.objects.order_by("pk").first()
    assert line is not None
    given = {"line": line.pk, "state": "'pending'"}
    refused(LINE, "已经有一行|要与批次相同", month=202611, kind="'correction'", no=7, **given)
    refused(LINE, "要与批次相同", month=202610, kind="'regular'", no=0, **given)
    refused(LINE, "要与批次相同", month=202609, kind="'regular'", no=0, line=line.pk, state="'paid'")
    extra = PayrollRun.objects.create(
        scheme="dibao_rural",
        month=202611,
        kind="correction",
        correction_no=1,
        maker=run.maker,
        built_on=TODAY,
    )
    copied = "SELECT {run}, award_id, {month}, {kind}".format(run=extra.pk, month="{month}", kind="{kind}")
    again = LINE.replace("SELECT run_id, award_id, {month}, {kind}", copied)
    refused(again, "已经有一行", month=202611, kind="'correction'", no=1, **given)


def test_a_run_is_not_locked_by_writing_that_it_is(run: PayrollRun) -> None:
    refused("UPDATE payments_payrollrun SET state = 'locked'", "不能锁定")
    refused("UPDATE payments_payrollrun SET state = 'locked', content_hash = 'x'", "不能锁定")
    PayLine.objects.update(number=F("pk"))
    refused("UPDATE payments_payrollrun SET state = 'locked', content_hash = 'x'", "占住当月")


def test_an_approval_is_of_its_step_at_its_time_by_its_role_beside_the_real_maker(
    run: PayrollRun, office: factories.Office
) -> None:
    maker, fuhe, pizhun = office.caiwu.pk, office.fuhe.pk, office.pizhun.pk
    clerk, other = factories.staff("jingban").pk, factories.staff("fuhe2").pk
    refused(APPROVAL, "这一级", run=run.pk, step=1, user=fuhe, maker=maker)  # not locked yet
    walk(run, office, "locked")
    for step, user, named in ((0, fuhe, maker), (1, clerk, maker), (2, pizhun, maker), (1, fuhe, other)):
        refused(APPROVAL, "这一级", run=run.pk, step=step, user=user, maker=named)
    services.approve(run, 1, office.fuhe)
    for step, user, named in ((0, other, maker), (2, maker, other), (2, fuhe, maker), (1, other, maker)):
        refused(APPROVAL, "(?i)这一级|unique", run=run.pk, step=step, user=user, maker=named)


def test_nothing_about_a_line_moves_between_lock_and_the_banks_answer(
    run: PayrollRun, office: factories.Office
) -> None:
    walk(run, office, "locked")
    refused("UPDATE payments_payline SET state = 'held'", "不能再拦截")
    refused("UPDATE payments_payline SET account_last4 = '9999'", "不能换账户")
    line = PayLine.objects.order_by("pk").first()
    assert line is not None
    with pytest.raises(IntegrityError, match="锁定之后不能再记"), transaction.atomic():
        Interception.objects.create(line=line, cause="closed", about="x", detail="x")
    walk_rest = [
        lambda: services.approve(run, 1, office.fuhe),
        lambda: services.approve(run, 2, office.pizhun),
    ]
    for act in walk_rest:
        act()
    refused("UPDATE payments_payrollrun SET state = 'exported'", "代发文件")
    services.export(run, "csv", office.pizhun)
    services.hand_over(run, office.pizhun)
    for result in ("paid", "failed"):
        refused("UPDATE payments_payline SET state = '{result}'", "没有银行回盘", result=result)
    bank_answers.taken_in(run, answer(run, fen={1: 1}))
    refused(
        "UPDATE payments_payline SET state = 'paid' WHERE number = 1", "没有银行回盘"
    )  # queried, not settled


def test_an_answer_needs_a_run_that_the_bank_has(run: PayrollRun, office: factories.Office) -> None:
    walk(run, office, "approved")
    with pytest.raises(IntegrityError, match="不会有回盘"), transaction.atomic():
        ReturnFile.objects.create(
            run=run, sha256="0" * 64, paid_count=3, failed_count=0, paid_fen=1, by="x", on=TODAY
        )


def test_an_interception_is_born_open_and_stays_on_its_line(office: factories.Office) -> None:
    dead, other = factories.receiving(2)
    people.report_death(by=office.caiwu, person=dead.payee, died_on=TODAY, on=TODAY)
    services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    line = PayLine.objects.get(award=other)
    refused("UPDATE payments_interception SET line_id = {line}", "不能改动", line=line.pk)
    with pytest.raises(IntegrityError, match="还没有处理"), transaction.atomic():
        Interception.objects.create(
            line=line, cause="closed", about="x", detail="x", outcome="dropped", reason="x"
        )


# ---- with a role, or with two one after the other ------------------------------------------------------------


def test_who_locked_a_run_does_not_approve_it_in_a_new_role(
    run: PayrollRun, office: factories.Office
) -> None:
    second = factories.staff("caiwu2")
    services.lock(run, second)
    second.role = "fuhe"
    second.save()
    with pytest.raises(SamePersonTwice):
        services.approve(run, 1, second)


def test_who_released_an_interception_does_not_give_the_last_approval(office: factories.Office) -> None:
    dead, _ = factories.receiving(2)
    people.report_death(by=office.caiwu, person=dead.payee, died_on=TODAY, on=TODAY)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    second = factories.staff("fuhe2")
    services.resolve(Interception.objects.get(), "released", "当月照发", second)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    second.role = "pizhun"
    second.save()
    with pytest.raises(SamePersonTwice):
        services.approve(run, 2, second)


def test_a_month_is_not_locked_before_it_has_come(office: factories.Office) -> None:
    """December locked in November would miss November's decisions and pay who was stopped."""
    factories.receiving(1)
    run = services.build(scheme="dibao_rural", month=202612, by=office.caiwu)
    with pytest.raises(MonthNotBegun, match="2026年12月"):
        services.lock(run, office.caiwu)
    factories.office(dt.date(2026, 12, 1))
    assert services.lock(run, office.caiwu).state == "locked"


# ---- the card ------------------------------------------------------------------------------------------------


def swap(person: Person, number: str = "6217000000000000001") -> None:
    """A clerk's own card under the payee's name."""
    factories.card_reported(person)
    people.set_account(
        by=factories.staff("jingban"),
        person=person,
        bank="别家银行",
        number=number,
        holder_name=person.name,
        on=TODAY,
    )


def test_money_does_not_follow_a_card_swapped_on_the_eve_until_a_second_person_has_looked(
    office: factories.Office,
) -> None:
    factories.office(dt.date(2026, 10, 5))
    swapped, _ = factories.receiving(2)
    services.lock(services.build(scheme="dibao_rural", month=202610, by=office.caiwu), office.caiwu)
    factories.office(TODAY)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    swap(swapped.payee)
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)
    found, cooling = Interception.objects.order_by("cause")
    assert (found.cause, found.line.award_id) == ("account_changed", swapped.pk)
    assert "jingban" in found.detail
    assert "6217000000000000001" not in found.detail
    services.resolve(found, "released", "本人到场, 旧卡已挂失", office.fuhe)
    with pytest.raises(CannotRelease, match="2026-11-08"):
        services.resolve(cooling, "released", "本人到场, 旧卡已挂失", office.fuhe)
    factories.office(TODAY + dt.timedelta(days=3))
    services.resolve(cooling, "released", "满三日, 本人没有异议", office.fuhe)
    services.lock(run, office.caiwu)
    factories.office(dt.date(2026, 12, 1))
    services.build(scheme="dibao_rural", month=202612, by=office.caiwu)
    assert Interception.objects.count() == 2, "a card once paid to is known"


def test_going_back_to_a_card_paid_before_is_no_surprise(office: factories.Office) -> None:
    factories.office(dt.date(2026, 10, 5))
    (award,) = factories.receiving(1)
    services.lock(services.build(scheme="dibao_rural", month=202610, by=office.caiwu), office.caiwu)
    factories.office(TODAY)
    old = award.payee.accounts.get()
    swap(award.payee)
    swap(award.payee, old.number)
    services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    assert not Interception.objects.exists()


def test_a_card_changed_while_the_run_is_being_locked_is_not_copied_unseen(
    run: PayrollRun, office: factories.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = locking._verify

    def verify_and_swap(*given: Any) -> None:
        verify(*given)
        swap(Award.objects.order_by("pk")[0].payee)  # after the search, before the copy

    monkeypatch.setattr(locking, "_verify", verify_and_swap)
    with pytest.raises(AccountsMoving):
        services.lock(run, office.caiwu)
    run.refresh_from_db()
    assert (run.state, PayLine.objects.exclude(number=None).count()) == ("draft", 0)


# ---- at the same instant -------------------------------------------------------------------------------------


def answers(verb: Callable[[], object]) -> set[str]:
    """How the submissions ended: done, or the refusals by name. Anything else fails the test."""

    def ended() -> str:
        try:
            verb()
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    return set(together(ended))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_hears_what_the_first_did(office: factories.Office) -> None:
    (award,) = factories.receiving(1)
    county, village = factories.staff("shenpi"), factories.staff("cun", area=golden.VILLAGE)
    stop = {"award": award, "by": county, "reason_code": "S01", "text": "", "on": TODAY}
    assert answers(lambda: decisions.stop(**stop)) == {"done", "AlreadyClosed"}
    assert answers(lambda: swap(award.payee)) == {"done"}
    assert award.payee.accounts.count() == 2
    file = {"by": village, "draft": golden.draft(), "channel": "village", "on": day("09-14")}
    assert answers(lambda: intake.submit(**file)) == {"done", "AlreadyInHousehold"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_schemes_locked_at_once_pay_a_family_once(office: factories.Office) -> None:
    """Each locks its families in another order; they wait for each other, never in a circle."""
    awards = factories.receiving(40)
    for award in awards:
        award.holdings.update(released_on=TODAY)
    for award in reversed(awards):
        factories.grant(award.household, 60_000, scheme="tekun_rural")
    runs = [services.build(scheme=s, month=202611, by=office.caiwu) for s in ("dibao_rural", "tekun_rural")]
    turn = count()
    ended = answers(lambda: services.lock(runs[next(turn) % 2], office.caiwu))
    assert {"done"} < ended <= {"done", "ExclusivePairPaid", "InterceptionOpen"}
    assert sorted(PayrollRun.objects.values_list("state", flat=True)) == ["draft", "locked"]
    assert Paid.objects.values("line__run").distinct().count() == 1
    assert Paid.objects.values("person").distinct().count() == 40


# ---- on the pages --------------------------------------------------------------------------------------------


def lock_page(run: PayrollRun, user: User) -> Any:
    user.set_password(PASSWORD)
    user.save()
    browser, url = Client(), reverse("payroll_lock", args=[run.pk])
    browser.force_login(user)
    key = browser.get(url).context["form"]["key"].value()
    return browser.post(url, {"key": str(key), "password": PASSWORD})


def test_what_the_lock_page_finds_is_there_for_the_reviewer(
    run: PayrollRun, office: factories.Office
) -> None:
    """The refusal must not take the interceptions with it, or the run could never be locked from a page."""
    people.report_death(
        by=office.caiwu, person=Award.objects.order_by("pk")[0].payee, died_on=TODAY, on=TODAY
    )
    assert lock_page(run, office.caiwu).status_code == 200
    (found,) = Interception.objects.all()
    services.resolve(found, "dropped", "已核实", office.fuhe)
    assert lock_page(run, office.caiwu).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.lines_count) == ("locked", 2)


def test_no_quick_hash_of_a_password_is_kept_with_a_form(run: PayrollRun, office: factories.Office) -> None:
    services.lock(run, office.caiwu)
    office.fuhe.set_password(PASSWORD)
    office.fuhe.save()
    browser, url = Client(), reverse("payroll_review", args=[run.pk])
    browser.force_login(office.fuhe)
    key = str(browser.get(url).context["form"]["key"].value())
    browser.post(url, {"key": key, "password": PASSWORD})
    assert Submission.objects.get(key=key).body_hash == body_hash({"key": [key]})


# ---- on the way to an award ----------------------------------------------------------------------------------


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def surveyed(staff: dict[str, User]) -> Case:
    """Filed and visited; ready for the sum."""
    clerk = staff["jingban"]
    case = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))
    asked = Paper.objects.filter(case=case).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=case, by=clerk, have=list(asked), on=day("09-14"))
    intake.accept(case=case, by=clerk, on=day("09-14"))
    checks.visit(case=case, by=clerk, others=[staff["jingban2"]], on=day("09-16"), draft=golden.seen())
    return case


def opine(case: Case, staff: dict[str, User], on: dt.date, recommends: bool = True) -> None:
    checks.assess(case=case, by=staff["jingban"], on=on)
    checks.give_opinion(case=case, by=staff["jingban"], recommends=recommends, text="意见", on=on)


def signed(case: Case, staff: dict[str, User]) -> None:
    opine(case, staff, day("09-18"))
    postings.publish(case=case, by=staff["jingban"], on=day("09-18"))
    postings.send_up(case=case, by=staff["jingban"], on=day("09-28"))
    decisions.sign(case=case, by=staff["fuze"], on=day("09-28"))


def test_an_opinion_after_a_return_hangs_its_own_seven_days(surveyed: Case, staff: dict[str, User]) -> None:
    """Else a small amount is posted, the case sent back, and a large one confirmed that nobody ever saw."""
    signed(surveyed, staff)
    decisions.send_back(case=surveyed, by=staff["shenpi"], text="再核收入", on=day("09-29"))
    opine(surveyed, staff, day("09-30"))
    with pytest.raises(Blocked, match="还没有公示"):
        postings.send_up(case=surveyed, by=staff["jingban"], on=day("09-30"))
    postings.publish(case=surveyed, by=staff["jingban"], on=day("09-30"))
    with pytest.raises(Blocked, match="公示期未满"):
        postings.send_up(case=surveyed, by=staff["jingban"], on=day("10-07"))
    postings.send_up(case=surveyed, by=staff["jingban"], on=day("10-08"))


def test_advice_to_refuse_is_never_confirmed(surveyed: Case, staff: dict[str, User]) -> None:
    rich = people.FactDraft(kind="asset", code="deposit", amount_fen=90_000_000)
    people.record_facts(
        by=staff["jingban"], household=surveyed.household, facts=[rich], source=Fact.Source.VERIFIED, on=day("09-16"),
        from_on=day("09-16"),
    )  # fmt: skip
    opine(surveyed, staff, day("09-18"), recommends=False)
    decisions.sign(case=surveyed, by=staff["fuze"], on=day("09-18"))
    with pytest.raises(Blocked, match="建议不予确认"):
        decisions.confirm(case=surveyed, by=staff["shenpi"], on=day("09-21"))
    decisions.refuse(case=surveyed, by=staff["shenpi"], reason_code="R02", text="", on=day("09-21"))
    assert not Award.objects.exists()


def test_a_relative_filed_after_the_application_still_sends_the_county_to_the_door(
    surveyed: Case, staff: dict[str, User]
) -> None:
    signed(surveyed, staff)
    people.file_relative(
        by=staff["jingban2"],
        user=staff["fuze"],
        person=surveyed.household.head,
        relation="兄弟",
        on=day("09-29"),
    )
    with pytest.raises(Blocked, match="近亲属备案"):
        decisions.confirm(case=surveyed, by=staff["shenpi"], on=day("10-12"))


def test_a_case_put_at_the_county_by_sql_has_not_walked_its_road(
    surveyed: Case, staff: dict[str, User]
) -> None:
    opine(surveyed, staff, day("09-18"))
    Case.objects.filter(pk=surveyed.pk).update(station="confirm")
    with pytest.raises(Blocked, match="还没有公示"):
        decisions.confirm(case=surveyed, by=staff["shenpi"], on=day("09-21"))


def test_a_closed_case_is_not_reopened_nor_decided_again(surveyed: Case, staff: dict[str, User]) -> None:
    signed(surveyed, staff)
    decision = decisions.confirm(case=surveyed, by=staff["shenpi"], on=day("10-12"))
    for change in ("closed_on = NULL", "station = 'survey'", "outcome = ''"):
        refused("UPDATE cases_case SET {change}", "已办结", change=change)
    decision.pk, decision.no = None, "second"
    with pytest.raises(IntegrityError, match="只有一个决定"), transaction.atomic():
        decision.save(force_insert=True)
    assert Decision.objects.count() == 1
