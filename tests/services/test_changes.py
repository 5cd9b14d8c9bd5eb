"""After enrolment: what changes is reported with proof, seen by a second person, and decided to the fen."""

import datetime as dt

import pytest

from doudi.records.audit.models import Event
from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.cases.services import MustRecuse, NotYourDuty, OutsideYourArea
from doudi.records.decisions import services as decisions
from doudi.records.decisions.change_queries import difference_of
from doudi.records.decisions.models import Closing, Decision
from doudi.records.payments import services as payments
from doudi.records.payments.models import Interception, PayLine
from doudi.records.people import services as people
from doudi.records.people.models import Account, Household, Person
from doudi.records.people.services import AlreadyInHousehold, file_relative
from doudi.records.policies.queries import UnknownReason
from doudi.records.reports.queries import statistics
from doudi.records.reviews import services as reviews
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.refusals import (
    AlreadyReported,
    DetailMissing,
    NotAtThisStep,
    NotYetHappened,
    PictureRefused,
    ProofMissing,
    SamePersonAgain,
)
from doudi.records.staff.models import User
from doudi.store import kept
from doudi.store.today import move_to
from tests.services import changed_family as changed
from tests.services import factories
from tests.services import golden_family as golden
from tests.services.changed_family import TODAY, member

pytestmark = pytest.mark.django_db
DECEMBER = dt.date(2026, 12, 1)


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def home(staff: dict[str, User]) -> Household:
    return changed.receiving(staff)


# ---- a change of the amount ------------------------------------------------------------------------------


def test_a_death_reported_changes_december_and_leaves_november(
    home: Household, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "death", member("钱乙"), dt.date(2026, 11, 3))
    assert event.case is not None
    assert (event.state, event.case.kind, event.case.station) == ("applied", "change", "survey")
    decision = changed.decided(event.case, staff)
    # (5,880 × 2 − 10,760) ÷ 12 = 83.33… → 84.00, 丙's 98.00: 182.00, so 637.00 less, all of it one person
    assert (decision.kind, decision.amount_fen) == ("adjust", 18_200)
    assert changed.amounts(decision) == [("D02", 18_200 - 81_900)]
    old, new = Award.objects.order_by("pk")
    assert (old.closing.ends_on, new.from_on, new.amount_fen, new.persons) == (DECEMBER, DECEMBER, 18_200, 2)
    november = payments.build(scheme="dibao_rural", month=202611, by=staff["caiwu"])
    assert [(line.amount_fen, line.state) for line in november.lines.all()] == [(81_900, "held")]
    assert Interception.objects.get().cause == "deceased"
    move_to(dt.date(2026, 12, 3))
    december = payments.build(scheme="dibao_rural", month=202612, by=staff["caiwu"])
    assert [(line.amount_fen, line.state) for line in december.lines.all()] == [(18_200, "pending")]
    assert PayLine.objects.count() == 2


def test_statistics_count_a_change_as_neither_coming_nor_going(
    home: Household, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "death", member("钱乙"), dt.date(2026, 11, 3))
    assert event.case is not None
    changed.decided(event.case, staff)
    november, december = (statistics(month, golden.COUNTY).schemes[0] for month in (202611, 202612))
    assert (november.households, november.persons, november.amount_fen) == (1, 3, 81_900)
    assert (december.households, december.persons, december.amount_fen) == (1, 2, 18_200)
    assert (december.entered.households, december.left.households, december.left.by_reason) == (0, 0, {})
    assert december.persons == november.persons + december.entered.persons - december.left.persons


def test_an_income_that_fell_raises_the_amount_by_its_own_reason(
    home: Household, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "means", text="工厂停工, 工资减少")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=500_000)
    decision = changed.decided(event.case, staff)
    # wage 5,000 − 20 % = 4,000, with 2,400 and 600: 7,000; (17,640 − 7,000) ÷ 12 = 886.67 → 887.00
    assert decision.amount_fen == 88_700 + 14_700 + 9_800
    assert changed.amounts(decision) == [("U01", 88_700 - 57_400)]
    assert decision.next_review_on is not None


def test_holdings_are_taken_over_without_a_gap(home: Household, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "means", text="工资减少")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=500_000)
    assert not difference_of(event.case)
    changed.decided(event.case, staff)
    old, new = Award.objects.order_by("pk")
    assert not Holding.objects.filter(award=old, released_on=None).exists()
    assert Holding.objects.filter(award=new, released_on=None).count() == 3


def test_a_newcomer_signs_before_anybody_looks_further(home: Household, staff: dict[str, User]) -> None:
    number = golden.number("20261020", 51)
    told = {"why": "birth", "name": "赵丁", "id_number": number, "relation": "child"}
    event = changed.verified(staff, "add", None, TODAY, **told)
    assert event.case is not None
    assert event.case.station == "accept", "新成员的监护人还没有签授权"
    assert home.memberships.filter(until_on=None).count() == 4


def test_reasons_must_make_the_difference_to_the_fen(home: Household, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "means", text="工资减少")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=500_000)
    case = changed.assessed(event.case, staff)
    with pytest.raises(decisions.ReasonsDoNotAdd, match=r"还差 \+0.01 元"):
        decisions.propose_reasons(case=case, by=staff["jingban"], reasons={"U01": 31_299}, on=TODAY)
    with pytest.raises(UnknownReason):
        decisions.propose_reasons(case=case, by=staff["jingban"], reasons={"D01": 31_300}, on=TODAY)
    known = decisions.propose_reasons(
        case=case, by=staff["jingban"], reasons={"U01": 40_000, "D03": -8_700}, on=TODAY
    )
    assert (known.proposed, known.amount_fen) == (True, 31_300)
    decision = decisions.confirm(case=changed.signed(case, staff), by=staff["shenpi"], on=TODAY)
    assert changed.amounts(decision) == [("U01", 40_000), ("D03", -8_700)]


def test_an_income_over_the_standard_stops_with_its_reason(home: Household, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "means", text="工资增加")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=9_000_000)
    decision = changed.decided(event.case, staff)
    assert (decision.kind, decision.amount_fen, changed.amounts(decision)) == ("stop", 0, [("S01", -81_900)])
    assert Closing.objects.get().ends_on == DECEMBER
    assert statistics(202612, golden.COUNTY).schemes[0].left.by_reason == {"S01": 1}


def test_a_new_job_leaves_gradually_and_holds_the_pair_to_the_end(
    home: Household, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, "job", member("赵甲"), TODAY, text="进厂", exit_cause="employment")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=9_000_000)
    decision = changed.decided(event.case, staff)
    closing = Closing.objects.get()
    months = (closing.ends_on.year - 2026) * 12 + closing.ends_on.month - 12
    assert (decision.kind, months > 0, "渐退期" in decision.reason) == ("stop", True, True)
    assert set(Holding.objects.values_list("released_on", flat=True)) == {closing.ends_on}


def test_a_change_case_has_no_refusal(home: Household, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "means", text="工资增加")
    assert event.case is not None
    changed.declared(staff, home, TODAY, wage=9_000_000)
    case = changed.signed(changed.assessed(event.case, staff), staff)
    with pytest.raises(decisions.NotAnApplication):
        decisions.refuse(case=case, by=staff["shenpi"], reason_code="R01", text="", on=TODAY)


# ---- reviews ----------------------------------------------------------------------------------------------


def test_a_review_without_change_ends_at_the_township(home: Household, staff: dict[str, User]) -> None:
    on = dt.date(2027, 4, 12)
    from doudi.records.reviews.queries import due

    assert not due(staff["jingban"], on - dt.timedelta(days=1)).exists()
    award = due(staff["jingban"], on).get()
    opened = reviews.open_reviews(by=staff["jingban"], awards=[award.pk], on=on)
    again = reviews.open_reviews(by=staff["jingban"], awards=[award.pk], on=on)
    assert (len(opened.cases), len(again.cases), "正在办理" in again.skipped[0][1]) == (1, 0, True)
    assert not due(staff["jingban"], on).exists()
    case = changed.visited(opened.cases[0], staff, on)
    reviews.report_unchanged(case=case, by=staff["jingban"], on=on)
    closed = decisions.sign(case=Case.objects.get(pk=case.pk), by=staff["fuze"], on=on)
    decision = Decision.objects.get(case=closed)
    assert (closed.outcome, decision.kind, decision.amount_fen) == ("granted", "unchanged", 81_900)
    assert decision.next_review_on == dt.date(2027, 10, 12)
    assert (Award.objects.count(), Closing.objects.count()) == (1, 0)


def test_a_review_that_finds_a_change_is_no_short_form(home: Household, staff: dict[str, User]) -> None:
    on = dt.date(2027, 4, 12)
    case = reviews.open_reviews(by=staff["jingban"], awards=[Award.objects.get().pk], on=on).cases[0]
    changed.declared(staff, home, on, wage=500_000)
    changed.visited(case, staff, on)
    with pytest.raises(reviews.HasChanged):
        reviews.report_unchanged(case=case, by=staff["jingban"], on=on)
    decision = changed.decided(Case.objects.get(pk=case.pk), staff, on)
    assert (decision.kind, [code for code, _ in changed.amounts(decision)]) == ("adjust", ["U01"])


# ---- what needs no sum ------------------------------------------------------------------------------------


def test_an_account_changes_after_a_second_person_looked(home: Household, staff: dict[str, User]) -> None:
    head = member("赵甲")
    told = {"bank": "汝州农商银行", "number": "6299000000000000777"}
    event = changed.reported(staff, "account", head, **told)
    assert Account.objects.get(person=head, until_on=None).last4 == "0001"
    reviews.verify(event=event, by=staff["jingban"], note="对过卡面", on=TODAY)
    assert Account.objects.get(person=head, until_on=None).last4 == "0777"
    assert (Award.objects.count(), Case.objects.open().count()) == (1, 0)


def test_the_card_of_another_household_is_told_at_once_and_taken_only_with_a_reason(
    home: Household, staff: dict[str, User]
) -> None:
    (award,) = factories.receiving(1)
    card, head = Account.objects.get(person=award.payee), member("赵甲")
    told = {"bank": "农商银行", "number": card.number}
    given = {"by": staff["cun"], "household": home, "kind": "account", "happened_on": TODAY, "person": head,
             "photos": [changed.photo()], "on": TODAY}  # fmt: skip
    with pytest.raises(people.CardOfAnotherHousehold, match=rf"尾号 {card.last4}.*寄料村.\*+户") as refused:
        reviews.report(**given, details=told)
    assert refused.value.field == "shared"
    assert not any(
        secret in refused.value.text for secret in (award.payee.name, card.number, award.household.no)
    )
    event = reviews.report(**given, details={**told, "shared": "两户由同一监护人领款"})
    reviews.verify(event=event, by=staff["jingban"], note="对过卡面", on=TODAY)
    assert Account.objects.get(person=head, until_on=None).number == card.number
    told_of = Event.objects.filter(action="people.shared_card", subject=f"person:{head.pk}").order_by("seq")
    assert [one.actor for one in told_of] == ["cun", "jingban"]
    Household.objects.filter(pk=award.household_id).update(village=factories.elsewhere())
    with pytest.raises(people.CardOfAnotherHousehold, match="是温泉镇的另一户的卡"):
        people.require_own_card(by=staff["cun"], person=member("钱乙"), number=card.number, reason=" ")
    assert all("两户由同一监护人领款" in one.body for one in told_of)


def test_one_family_may_use_one_card(home: Household, staff: dict[str, User]) -> None:
    number = Account.objects.get(person=member("赵甲")).number
    event = changed.reported(staff, "account", member("钱乙"), bank="汝州农商银行", number=number)
    reviews.verify(event=event, by=staff["jingban"], note="同一户", on=TODAY)
    assert Account.objects.filter(number_bi=Account.objects.first().number_bi, until_on=None).count() == 2
    assert not Event.objects.filter(action="people.shared_card").exists()


def test_an_address_changes_without_a_case(home: Household, staff: dict[str, User]) -> None:
    changed.verified(staff, "address", None, TODAY, address="寄料村 3 组 12 号")
    assert Household.objects.get().address == "寄料村 3 组 12 号"


def test_another_head_receives_from_next_month(home: Household, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "head", member("钱乙"), TODAY, former="spouse")
    assert (event.state, Household.objects.get().head.name) == ("verified", "赵甲")
    made = reviews.decide(event=event, by=staff["shenpi"], on=TODAY)
    old, new = Award.objects.order_by("pk")
    assert (made[0].kind, made[0].amount_fen, changed.amounts(made[0])) == ("adjust", 81_900, [])
    assert (old.payee.name, new.payee.name, new.from_on, new.amount_fen) == ("赵甲", "钱乙", DECEMBER, 81_900)
    assert sum(part.amount_fen for part in new.parts.all()) == 81_900
    assert home.memberships.get(person__name="赵甲").relation == "spouse"


def test_a_move_within_the_county_is_a_transfer_not_a_stop(home: Household, staff: dict[str, User]) -> None:
    village = factories.elsewhere()
    event = changed.verified(staff, "move", None, TODAY, village=village.pk, address="温泉村 1 组")
    made = reviews.decide(event=event, by=staff["shenpi"], on=TODAY)
    assert [(one.kind, one.amount_fen) for one in made] == [("transfer", 81_900)]
    old, new = Award.objects.order_by("pk")
    assert (old.village_id, new.village_id, new.persons) == (golden.VILLAGE, village.pk, 3)
    assert not Household.objects.visible_to(staff["jingban"]).exists(), "档案随户走"
    county = statistics(202612, golden.COUNTY).schemes[0]
    assert (county.households, county.entered.households, county.left.households) == (1, 0, 0)
    left = statistics(202612, golden.TOWNSHIP).schemes[0]
    came = statistics(202612, village.parent_id).schemes[0]
    assert (left.left.households, left.left.by_reason, left.moved_out.persons) == (0, {}, 3)
    assert (came.entered.households, came.moved_in.households, came.moved_in.persons) == (0, 1, 3)


@pytest.mark.parametrize(
    ("kind", "told", "code"), [("move_out", {"to": "郑州市"}, "S04"), ("withdraw", {"text": "自愿"}, "S08")]
)
def test_leaving_the_county_or_the_roll_stops_with_its_own_reason(
    kind: str, told: dict[str, str], code: str, home: Household, staff: dict[str, User]
) -> None:
    event = changed.verified(staff, kind, None, TODAY, **told)
    made = reviews.decide(event=event, by=staff["shenpi"], on=TODAY)
    assert [(one.kind, changed.amounts(one)) for one in made] == [("stop", [(code, -81_900)])]
    assert statistics(202612, golden.COUNTY).schemes[0].left.by_reason == {code: 1}
    with pytest.raises(decisions.NothingPaid):
        changed.reported(staff, "withdraw", text="再退一次")


def test_the_last_of_a_family_dies_and_the_county_stops(home: Household, staff: dict[str, User]) -> None:
    for name in ("钱乙", "赵丙"):
        home.memberships.filter(person__name=name).update(until_on=TODAY)
    Holding.objects.exclude(person__name="赵甲").update(released_on=TODAY)
    event = changed.verified(staff, "death", member("赵甲"))
    assert (event.state, event.case) == ("verified", None)
    made = reviews.decide(event=event, by=staff["shenpi"], on=TODAY)
    assert changed.amounts(made[0]) == [("S03", -81_900)]


def test_a_head_who_dies_needs_another(home: Household, staff: dict[str, User]) -> None:
    event = changed.reported(staff, "death", member("赵甲"))
    with pytest.raises(DetailMissing, match="新户主"):
        reviews.verify(event=event, by=staff["jingban"], note="", on=TODAY)
    event = reviews.verify(event=event, by=staff["jingban"], note="", on=TODAY, new_head=member("钱乙"))
    assert event.case is not None
    decision = changed.decided(event.case, staff)
    new = Award.objects.latest("pk")
    assert (decision.kind, new.payee.name, new.persons) == ("adjust", "钱乙", 2)


# ---- refusals ---------------------------------------------------------------------------------------------


def test_nothing_is_taken_without_proof_date_and_content(home: Household, staff: dict[str, User]) -> None:
    def report(**other: object) -> ChangeEvent:
        said = {
            "by": staff["cun"], "household": home, "kind": "death", "happened_on": TODAY, "details": {},
            "photos": [changed.photo()], "on": TODAY, "person": member("钱乙"),
        }  # fmt: skip
        return reviews.report(**{**said, **other})  # type: ignore[arg-type]

    for other, refusal in (
        ({"photos": []}, ProofMissing),
        ({"photos": [b"not a picture"]}, PictureRefused),
        ({"happened_on": dt.date(2026, 11, 6)}, NotYetHappened),
        ({"person": None}, DetailMissing),
        ({"kind": "means", "person": None}, DetailMissing),
        (
            {"kind": "account", "person": member("赵甲"), "details": {"bank": "x", "number": "12"}},
            DetailMissing,
        ),
        ({"by": staff["caiwu"]}, NotYourDuty),
    ):
        with pytest.raises(refusal):
            report(**other)
    assert not ChangeEvent.objects.exists()
    report()
    with pytest.raises(AlreadyReported):
        report()


def test_a_newcomer_of_another_family_is_refused_by_name_only(
    home: Household, staff: dict[str, User]
) -> None:
    told = {
        "why": "marriage", "name": "赵丙", "id_number": golden.number("20140601", 31), "relation": "child"
    }  # fmt: skip
    with pytest.raises(AlreadyInHousehold) as refused:
        changed.reported(staff, "add", None, TODAY, **told)
    assert told["id_number"] not in refused.value.text


def test_report_verify_and_decide_are_three_persons(home: Household, staff: dict[str, User]) -> None:
    event = reviews.report(
        by=staff["jingban"], household=home, kind="withdraw", happened_on=TODAY, details={"text": "自愿"},
        photos=[changed.photo()], on=TODAY,
    )  # fmt: skip
    with pytest.raises(SamePersonAgain):
        reviews.verify(event=event, by=staff["jingban"], note="", on=TODAY)
    with pytest.raises(NotYourDuty):
        reviews.verify(event=event, by=staff["cun"], note="", on=TODAY)
    with pytest.raises(NotAtThisStep):
        reviews.decide(event=event, by=staff["shenpi"], on=TODAY)
    event = reviews.verify(event=event, by=staff["jingban2"], note="", on=TODAY)
    with pytest.raises(NotYourDuty):
        reviews.decide(event=event, by=staff["fuze"], on=TODAY)


def test_another_township_and_a_relative_stay_out(home: Household, staff: dict[str, User]) -> None:
    event = changed.reported(staff, "means", text="工资减少")
    stranger = User.objects.create(username="far", name="外乡", role="jingban", area_id=staff["fuze"].area_id)
    User.objects.filter(pk=stranger.pk).update(area_id=None)
    with pytest.raises(OutsideYourArea):
        reviews.verify(event=event, by=User.objects.get(pk=stranger.pk), note="", on=TODAY)
    file_relative(
        by=staff["jingban2"], user=staff["jingban"], person=member("钱乙"), relation="叔侄", on=TODAY
    )
    with pytest.raises(MustRecuse):
        reviews.verify(event=event, by=staff["jingban"], note="", on=TODAY)


def test_a_death_that_is_not_true_no_longer_holds_the_money(home: Household, staff: dict[str, User]) -> None:
    event = changed.reported(staff, "death", member("钱乙"))
    assert Person.objects.get(name="钱乙").died_on == TODAY
    with pytest.raises(DetailMissing):
        reviews.reject(event=event, by=staff["jingban"], reason=" ", on=TODAY)
    rejected = reviews.reject(event=event, by=staff["jingban"], reason="本人健在, 已入户见到", on=TODAY)
    assert (rejected.state, Person.objects.get(name="钱乙").died_on) == ("rejected", None)
    with pytest.raises(NotAtThisStep):
        reviews.verify(event=event, by=staff["jingban"], note="", on=TODAY)


def test_the_proof_is_kept_sealed_without_what_the_camera_wrote(
    home: Household, staff: dict[str, User]
) -> None:
    event = changed.reported(staff, "means", text="工资减少")
    proof = event.proofs.get().file
    data = kept.content(proof)
    assert (data[:2], proof.media_type, b"Exif" in data) == (b"\xff\xd8", "image/jpeg", False)
