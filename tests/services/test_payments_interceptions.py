"""What a person must look at before money moves, and what explains each change from last month."""

import datetime as dt
from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction

from doudi.records.awards.models import Award
from doudi.records.payments import queries, services
from doudi.records.payments.comparing.difference import Change
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.refusals import (
    AccountMissing,
    CannotRelease,
    DifferenceUnexplained,
    DutyNotYours,
    InterceptionOpen,
    InterceptionSettled,
    NothingToPay,
    OutcomeUnreadable,
    ReasonMissing,
    ResolverIsMaker,
)
from doudi.records.people import services as people
from doudi.records.people.models import Account, Person
from tests.services import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 5)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(TODAY)


def build(office: factories.Office, month: int = 202611, scheme: str = "dibao_rural") -> PayrollRun:
    return services.build(scheme=scheme, month=month, by=office.caiwu)


def causes() -> list[str]:
    return sorted(Interception.objects.values_list("cause", flat=True))


def resolve_all(office: factories.Office, outcome: str) -> None:
    for found in Interception.objects.filter(outcome="").order_by("pk"):
        services.resolve(found, outcome, "已向家属核实", office.fuhe)


def die(person: Person, reported_on: dt.date = dt.date(2026, 11, 3)) -> None:
    people.report_death(by=factories.staff("jingban"), person=person, died_on=reported_on, on=reported_on)


def golden() -> tuple[Award, Person]:
    """Three members, the second of whom will die."""
    head, wife, child = factories.persons(3)
    factories.cards([head])
    (home,) = factories.households([head])
    return factories.grant(home, 81_900, members=[wife, child]), wife


def test_a_death_reported_after_the_build_blocks_the_lock_until_a_person_decides(
    office: factories.Office,
) -> None:
    award, wife = golden()
    run = build(office)
    assert causes() == []
    die(wife)
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)
    (found,) = queries.interceptions_of(run)
    assert (found.cause, found.line.state, found.line.amount_fen) == ("deceased", "held", 81_900)
    assert Award.objects.get() == award, "nothing is stopped by itself"
    services.resolve(found, "released", "其余二人仍在保, 下月起按新决定发放", office.fuhe)
    assert services.lock(run, office.caiwu).total_fen == 81_900


def test_a_line_decided_against_is_not_paid_and_not_booked(office: factories.Office) -> None:
    _, wife = golden()
    factories.receiving(2, fen=10_000)
    die(wife)
    run = build(office)
    resolve_all(office, "dropped")
    services.lock(run, office.caiwu)
    run.refresh_from_db()
    assert (run.lines_count, run.total_fen) == (2, 20_000)
    assert PayLine.objects.get(state="held").number is None
    assert not Paid.objects.filter(line__state="held").exists()


def test_a_second_death_in_the_family_is_a_new_interception(office: factories.Office) -> None:
    award, wife = golden()
    die(wife)
    run = build(office)
    resolve_all(office, "released")
    die(award.payee)
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)
    assert causes() == ["deceased", "deceased"]


def test_a_payee_without_a_card_waits_for_one(office: factories.Office) -> None:
    factories.receiving(1)
    (head,) = factories.persons(1)
    factories.grants(factories.households([head]), [50_000])
    run = build(office)
    (found,) = queries.interceptions_of(run)
    assert found.cause == "no_account"
    with pytest.raises(CannotRelease, match="登记账户"):
        services.resolve(found, "released", "先发", office.fuhe)
    (card,) = factories.cards([head])
    services.resolve(found, "released", "已登记账户", office.fuhe)
    Account.objects.filter(pk=card.pk).update(until_on=TODAY)
    with pytest.raises(AccountMissing):
        services.lock(run, office.caiwu)
    factories.card_reported(head)
    factories.cards([head])
    assert services.lock(run, office.caiwu).lines_count == 2


def test_a25_one_card_for_payees_of_two_families_is_shown(office: factories.Office) -> None:
    awards = factories.receiving(3)
    cards = list(Account.objects.order_by("pk"))
    Account.objects.filter(pk=cards[1].pk).update(until_on=TODAY)
    factories.card_reported(awards[1].payee)
    Account.objects.create(
        person=awards[1].payee, bank=factories.BANK, number=cards[0].number, last4=cards[0].last4,
        holder_name=awards[1].payee.name, from_on=factories.OPENED, recorded_by="test",
    )  # fmt: skip
    build(office)
    assert causes() == ["shared_account", "shared_account"]
    assert all(
        "尾号" in found.detail and cards[0].number not in found.detail for found in Interception.objects.all()
    )


def test_a_card_of_another_name_is_shown_and_two_writings_of_one_name_are_not(
    office: factories.Office,
) -> None:
    heads = factories.persons(2)
    Person.objects.filter(pk=heads[0].pk).update(name="买买提·艾力")
    factories.grants(factories.households(heads), [10_000, 10_000])
    for head, holder in zip(heads, ("买买提•艾力", "别人"), strict=True):
        Account.objects.create(
            person=head, bank=factories.BANK, number=f"6200{head.pk:015}", last4="0000", holder_name=holder,
            from_on=TODAY, recorded_by="test",
        )  # fmt: skip
    run = build(office)
    assert [(found.cause, found.line.payee_id) for found in queries.interceptions_of(run)] == [
        ("name_mismatch", heads[1].pk)
    ]


def test_a_new_wrong_card_after_a_release_is_a_new_interception(office: factories.Office) -> None:
    (head,) = factories.persons(1)
    factories.grants(factories.households([head]), [10_000])
    wrong = {"person": head, "bank": factories.BANK, "last4": "0000", "from_on": TODAY, "recorded_by": "test"}
    first = Account.objects.create(number="6299000000000000001", holder_name="监护人", **wrong)
    run = build(office)
    resolve_all(office, "released")
    Account.objects.filter(pk=first.pk).update(until_on=TODAY)
    factories.card_reported(head)
    Account.objects.create(number="6200000000000000002", holder_name="陌生人", **wrong)
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)


def test_an_award_stopped_between_build_and_lock_is_not_paid(office: factories.Office) -> None:
    stopped, _ = factories.receiving(2)
    run = build(office)
    factories.stop(stopped, dt.date(2026, 11, 1))
    with pytest.raises(InterceptionOpen):
        services.lock(run, office.caiwu)
    (found,) = queries.interceptions_of(run)
    assert found.cause == "closed"
    with pytest.raises(CannotRelease, match="停"):
        services.resolve(found, "released", "照发", office.fuhe)
    services.resolve(found, "dropped", "待遇已停", office.fuhe)
    assert services.lock(run, office.caiwu).lines_count == 1


def test_an_interception_is_decided_once_by_another_person_with_a_reason(office: factories.Office) -> None:
    _, wife = golden()
    die(wife)
    run = build(office)
    (found,) = queries.interceptions_of(run)
    with pytest.raises(DutyNotYours):
        services.resolve(found, "released", "可发", office.caiwu)
    with pytest.raises(ReasonMissing):
        services.resolve(found, "released", "  ", office.fuhe)
    with pytest.raises(OutcomeUnreadable):
        services.resolve(found, "", "可发", office.fuhe)
    office.caiwu.role = "fuhe"
    office.caiwu.save()
    with pytest.raises(ResolverIsMaker):
        services.resolve(found, "released", "可发", office.caiwu)
    assert services.resolve(found, "dropped", "等核实", office.fuhe) == found
    assert services.resolve(found, "dropped", "等核实", office.fuhe) == found
    with pytest.raises(InterceptionSettled, match="本月不发"):
        services.resolve(found, "released", "可发", factories.staff("fuhe2"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Interception.objects.filter(pk=found.pk).update(outcome="released", reason="改")


def test_a_run_with_nothing_left_is_not_locked_and_a_locked_one_takes_no_decision(
    office: factories.Office,
) -> None:
    _, wife = golden()
    die(wife)
    run = build(office)
    resolve_all(office, "dropped")
    with pytest.raises(NothingToPay):
        services.lock(run, office.caiwu)
    factories.receiving(1)
    services.lock(build(office), office.caiwu)
    paying = PayLine.objects.get(state="pending")
    with pytest.raises(IntegrityError, match="锁定之后不能再记"), transaction.atomic():
        Interception.objects.create(line=paying, cause="deceased", detail="迟到")


def test_the_database_itself_refuses_to_lock_over_an_open_interception(office: factories.Office) -> None:
    _, wife = golden()
    die(wife)
    run = build(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayrollRun.objects.filter(pk=run.pk).update(state="locked")


# —— the difference to last month ——


def october(office: factories.Office) -> PayrollRun:
    return services.lock(build(office, 202610), office.caiwu)


def changes(run: PayrollRun) -> dict[str, tuple[int, int, int]]:
    found = queries.difference(run)
    sums = {change: found.sum_of(change) for change in Change}
    return {str(change): (s.households, s.persons, s.fen) for change, s in sums.items() if s.households}


def test_november_grows_by_exactly_the_golden_household(office: factories.Office) -> None:
    factories.receiving(4, fen=10_000)
    october(office)
    head, wife, child = factories.persons(3)
    factories.cards([head])
    award = factories.grant(
        factories.households([head])[0], 81_900, members=[wife, child], from_on=dt.date(2026, 11, 1),
        decided_on=dt.date(2026, 10, 12),
    )  # fmt: skip
    run = build(office)
    assert changes(run) == {"new": (1, 3, 81_900)}
    (row,) = queries.difference(run).rows
    assert [one.decision_id for one in row.because] == [award.opening.decision_id]
    found = queries.difference(run)
    assert (found.after.households - found.before.households, found.after.fen - found.before.fen) == (
        1,
        81_900,
    )


def test_up_down_and_stopped_each_name_their_decision(office: factories.Office) -> None:
    up, down, stopped, same = factories.receiving(4, fen=10_000)
    october(office)
    for award, fen in ((up, 12_000), (down, 7_000), (same, 10_000)):
        factories.stop(award, dt.date(2026, 11, 1))
        factories.grant(award.household, fen, from_on=dt.date(2026, 11, 1))
    factories.stop(stopped, dt.date(2026, 11, 1))
    run = build(office)
    assert changes(run) == {
        "up": (1, 0, 2_000), "down": (1, 0, -3_000), "stopped": (1, -1, -10_000), "regrouped": (1, 0, 0),
    }  # fmt: skip
    found = {row.change: row for row in queries.difference(run).rows}
    assert [one.decision_id for one in found[Change.STOPPED].because] == [stopped.closing.decision_id]
    assert {one.decision_no[0] for one in found[Change.UP].because} == {"S", "D"}
    assert services.lock(run, office.caiwu).state == "locked"


def test_a_line_held_last_month_is_explained_when_it_comes_back(office: factories.Office) -> None:
    _, wife = golden()
    factories.receiving(1)
    die(wife, dt.date(2026, 10, 3))
    run = build(office, 202610)
    resolve_all(office, "dropped")
    services.lock(run, office.caiwu)
    run = build(office)
    (row,) = queries.difference(run).rows
    assert (row.change, row.unexplained) == (Change.NEW, 0)
    assert "上月拦截" in row.because[0].text


def test_a_change_nothing_explains_stops_the_lock(office: factories.Office) -> None:
    """An award in force since January whose October line never was: nobody decided that it should start now."""
    awards = factories.receiving(2)
    october(office)
    forget(awards[:1])
    run = build(office)
    assert queries.difference(run).unexplained == 1
    with pytest.raises(DifferenceUnexplained, match=awards[0].household.no):
        services.lock(run, office.caiwu)


def forget(awards: Sequence[Award]) -> None:
    """Take last month's lines out, as only somebody around the guards could."""
    from doudi.store import triggers

    triggers.remove()
    Paid.objects.filter(line__award__in=awards).delete()
    PayLine.objects.filter(award__in=awards).delete()
    triggers.install()
