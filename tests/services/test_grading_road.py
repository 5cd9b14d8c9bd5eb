"""One application is graded: destitute, dibao, border or rigid, each walked to its decision and what it opens."""

import datetime as dt
from typing import Any

import pytest

from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import Blocked, CaseAlreadyOpen, open_case
from doudi.records.checks import services as checks
from doudi.records.checks.assessing import explain, graded_then
from doudi.records.checks.models import AbilityAssessment, Assessment
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision, Recognition
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper
from doudi.records.payments import services as payments
from doudi.records.people import services as people
from doudi.records.people.models import Account, Person
from doudi.records.people.services import FactDraft, Member, ObligorDraft
from doudi.records.postings import services as postings
from doudi.records.reports.queries import statistics
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
HEAD = Member(name="孙甲", id_number=golden.number("19500301", 11), relation="head")
WIFE = Member(name="李乙", id_number=golden.number("19530505", 22), relation="spouse")
YOUNG = Member(name="周丁", id_number=golden.number("19800301", 13), relation="head")
NOTHING_FAILED = dict.fromkeys(
    ("cannot_eat", "cannot_dress", "cannot_rise", "cannot_toilet", "cannot_walk", "cannot_bathe"), False
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def surveyed(staff: dict[str, User], *members: Member, facts: Any = (), scheme: str = "dibao_rural") -> Case:
    """Filed, accepted and visited on the 16th of September."""
    draft = golden.draft(members=members, facts=tuple(facts), scheme_id=scheme, account="6299000000000000002")
    case = intake.submit(by=staff["cun"], draft=draft, channel="village", on=day("09-14"))
    asked = Paper.objects.filter(case=case).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=case, by=staff["jingban"], have=list(asked), on=day("09-14"))
    intake.accept(case=case, by=staff["jingban"], on=day("09-14"))
    seen = golden.seen(member_present=members[0].name)
    checks.visit(case=case, by=staff["jingban"], others=[staff["jingban2"]], on=day("09-16"), draft=seen)
    return case


def assessed(case: Case, staff: dict[str, User], **options: Any) -> Assessment | None:
    found = checks.assess(case=case, by=staff["jingban"], on=day("09-17"), **options)
    case.refresh_from_db()
    return found


def managing(case: Case, staff: dict[str, User], person: Person, *failed: str) -> AbilityAssessment:
    return checks.assess_ability(
        case=case, by=staff["jingban"], second=staff["jingban2"], person=person, on=day("09-17"),
        failed=NOTHING_FAILED | dict.fromkeys(failed, True),
    )  # fmt: skip


def confirmed(case: Case, staff: dict[str, User]) -> Decision:
    """From the opinion through the posting, the signature and the county's sample to the decision."""
    checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="符合条件", on=day("09-18"))
    postings.publish(case=Case.objects.get(pk=case.pk), by=staff["jingban"], on=day("09-18"))
    postings.send_up(case=Case.objects.get(pk=case.pk), by=staff["jingban"], on=day("09-28"))
    decisions.sign(case=case, by=staff["fuze"], on=day("09-28"))
    sampled(case, staff)
    return decisions.confirm(case=case, by=staff["shenpi"], on=day("10-12"))


def sampled(case: Case, staff: dict[str, User]) -> None:
    """Destitute support is sampled before it is confirmed; whoever is drawn is visited by two."""
    case.refresh_from_db()
    if not case.scheme.startswith("tekun"):
        return
    draw = decisions.draw(
        scheme=case.scheme, stage="before", month=202610, by=staff["shenpi"], on=day("10-09")
    )
    if case.no in draw.drawn:
        decisions.county_visit(
            case=case, by=staff["shenpi"], second=staff["shenpi2"], note="与上报相符", on=day("10-09")
        )


def income(place: int, fen: int) -> tuple[int, FactDraft]:
    return place, FactDraft(kind="income", code="pension", amount_fen=fen)


def test_a_destitute_couple_asks_for_dibao_and_is_graded_destitute(staff: dict[str, User]) -> None:
    case = surveyed(staff, HEAD, WIFE)
    assert assessed(case, staff) is None
    assert (case.scheme, case.road, case.station) == ("tekun_rural", "full_ability", "survey")
    assert Act.objects.filter(case=case, title__startswith="按条件认定为").exists()
    head, wife = (member.person for member in case.household.memberships.order_by("pk"))
    with pytest.raises(Blocked, match="自理能力评估"):
        checks.assess(case=case, by=staff["jingban"], on=day("09-17"))
    managing(case, staff, head)
    with pytest.raises(Blocked, match="自理能力评估"):
        checks.assess(case=case, by=staff["jingban"], on=day("09-17"))
    managing(case, staff, wife, "cannot_eat", "cannot_dress", "cannot_rise", "cannot_toilet")
    checks.plan_support(
        case=case, by=staff["jingban"], person=wife, form="scattered", carer="王戊", bank="汝州农商银行",
        account="6299000000000000003", on=day("09-17"),
    )  # fmt: skip
    found = assessed(case, staff)
    assert found is not None
    assert case.station == "review"
    # 5880 × 1.3 ÷ 12 = 637; care 3 % and 35 % of the minimum wage of 2000.
    assert [part["amount_fen"] for part in found.results["pays"]] == [63_700, 6_000, 63_700, 70_000]
    assert (found.rulebook, found.amount_fen, found.is_eligible) == ("tekun", 203_400, True)
    decision = confirmed(case, staff)
    awards = list(Award.objects.order_by("pk"))
    assert [(award.payee_id, award.persons, award.amount_fen, award.klass) for award in awards] == [
        (head.pk, 1, 69_700, "全自理"),
        (wife.pk, 1, 133_700, "全护理"),
    ]
    assert {award.from_on for award in awards} == {day("11-01")}
    assert decision.amount_fen == 203_400
    assert decision.next_review_on == dt.date(2027, 10, 12)
    assert Holding.objects.filter(person=wife, pair="dibao×tekun", released_on=None).count() == 1
    assert explain(found).step("care_grade", wife.pk).value == "fully"
    move_to(day("11-05"))
    run = payments.build(scheme="tekun_rural", month=202611, by=staff["caiwu"])
    assert [(line.payee_id, line.amount_fen, line.state) for line in run.lines.order_by("award_id")] == [
        (head.pk, 69_700, "pending"),
        (wife.pk, 133_700, "pending"),
    ]
    assert run.total_fen == 203_400


def test_an_able_child_elsewhere_keeps_the_couple_from_destitute_support(staff: dict[str, User]) -> None:
    case = surveyed(staff, HEAD, WIFE)
    son = people.add_obligor(
        by=staff["jingban"], household=case.household, on=day("09-14"),
        draft=ObligorDraft(name="孙丙", relation="child", id_number=golden.number("19800101", 15)),
    )  # fmt: skip
    found = assessed(case, staff)
    assert found is not None
    assert (case.scheme, found.amount_fen) == (
        "dibao_rural",
        117_600,
    )
    grading = graded_then(found)
    assert not grading.tekun.step("nobody_to_support").value
    checks.tell_means(
        case=case, by=staff["jingban"], obligor=son, family={}, own={"duty_aid": "tekun"}, others=0, others_fen=0,
        evidence="特困证", on=day("09-17"),
    )  # fmt: skip
    assert assessed(case, staff) is None
    assert case.station == "survey"
    assert case.scheme == "tekun_rural"


def test_an_obligors_income_reaches_the_familys(staff: dict[str, User]) -> None:
    case = surveyed(staff, YOUNG)
    son = people.add_obligor(
        by=staff["jingban"], household=case.household, on=day("09-14"),
        draft=ObligorDraft(name="周戊", relation="child", id_number=golden.number("20000101", 15)),
    )  # fmt: skip
    before = assessed(case, staff)
    checks.tell_means(
        case=case, by=staff["jingban"], obligor=son, family={"support_basis": "court", "support_ordered": 240_000},
        own={"obligor_income": 6_000_000}, others=1, others_fen=3_000_000, evidence="判决书", on=day("09-17"),
    )  # fmt: skip
    after = assessed(case, staff)
    assert before is not None
    assert after is not None
    assert (before.results["household_income"], after.results["household_income"]) == (0, 240_000)
    assert explain(after).step("obligor_total").value == 9_000_000
    with pytest.raises(checks.UnknownAnswer):
        checks.tell_means(
            case=case, by=staff["jingban"], obligor=son, family={"duty_aid": "tekun"}, own={}, others=0, others_fen=0,
            evidence="", on=day("09-17"),
        )  # fmt: skip


def test_a_border_family_is_recognised_and_paid_nothing(staff: dict[str, User]) -> None:
    case = surveyed(staff, YOUNG, facts=[income(0, 700_000)])
    found = assessed(case, staff)
    assert found is not None
    assert (case.scheme, found.is_eligible, found.amount_fen) == ("bianyuan", True, 0)
    decision = confirmed(case, staff)
    recognition = Recognition.objects.get(decision=decision)
    assert (recognition.persons, recognition.from_on, recognition.until_on) == (
        1,
        day("10-12"),
        dt.date(2027, 10, 12),
    )
    assert not Award.objects.exists()
    assert decision.amount_fen == 0
    months = [statistics(month, golden.COUNTY).schemes for month in (202609, 202610, 202611, 202710)]
    told = [[(row.id, row.households, row.persons, row.amount_fen) for row in month] for month in months]
    assert told == [[], [("bianyuan", 1, 1, 0)], [("bianyuan", 1, 1, 0)], [("bianyuan", 0, 0, 0)]]
    assert [row.entered.households for month in months for row in month] == [1, 0, 0]
    assert [row.left.households for month in months for row in month] == [0, 0, 1]


def test_a_family_of_rigid_expenditure_is_recognised(staff: dict[str, User]) -> None:
    spent = (None, FactDraft(kind="spend_medical", amount_fen=1_600_000))
    case = surveyed(staff, YOUNG, facts=[income(0, 2_000_000), spent])
    found = assessed(case, staff)
    assert found is not None
    assert (case.scheme, found.is_eligible) == ("gangxing", True)
    decision = confirmed(case, staff)
    assert Recognition.objects.get(decision=decision).scheme == "gangxing"


def test_one_person_of_a_border_family_receives_alone_and_the_rest_is_recognised(
    staff: dict[str, User],
) -> None:
    ill = Member(name="吴己", id_number=golden.number("19820505", 24), relation="spouse")
    facts = [
        income(0, 1_400_000),
        (1, FactDraft(kind="disability", code="physical")),
        (1, FactDraft(kind="disability_grade", number=1)),
        (1, FactDraft(kind="single_applies", number=1)),
    ]
    case = surveyed(staff, YOUNG, ill, facts=facts)
    found = assessed(case, staff)
    assert found is not None
    assert (case.scheme, found.is_eligible) == ("dibao_rural", True)
    assert found.results["persons"] == [case.household.memberships.get(relation="spouse").person_id]
    confirmed(case, staff)
    award, recognition = Award.objects.get(), Recognition.objects.get()
    assert (award.persons, award.payee_id, award.amount_fen) == (1, case.household.head_id, found.amount_fen)
    assert (recognition.scheme, recognition.persons) == ("bianyuan", 1)


def test_nothing_fits_and_the_opinion_must_refuse(staff: dict[str, User]) -> None:
    case = surveyed(staff, YOUNG, facts=[income(0, 9_000_000)])
    found = assessed(case, staff)
    assert found is not None
    assert (case.scheme, found.is_eligible) == ("dibao_rural", False)
    with pytest.raises(checks.OpinionAgainstAssessment):
        checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="", on=day("09-18"))
    checks.give_opinion(case=case, by=staff["jingban"], recommends=False, text="收入超过", on=day("09-18"))
    decisions.sign(case=case, by=staff["fuze"], on=day("09-28"))
    refused = decisions.refuse(case=case, by=staff["shenpi"], reason_code="R01", text="", on=day("10-12"))
    assert refused.kind == "refuse"
    assert not Award.objects.exists()
    assert not Recognition.objects.exists()


def test_the_family_may_stay_with_what_it_asked_for_with_a_reason(staff: dict[str, User]) -> None:
    case = surveyed(staff, HEAD)
    found = assessed(case, staff, keep="本人不愿申请特困供养")
    assert found is not None
    assert (case.scheme, found.amount_fen) == ("dibao_rural", 58_800)
    again = assessed(case, staff)
    assert again is not None
    assert case.scheme == "dibao_rural"
    assert Act.objects.filter(case=case, note="本人不愿申请特困供养").count() == 1


def test_asked_for_destitute_support_with_a_worker_at_home_is_dibao(staff: dict[str, User]) -> None:
    son = Member(name="孙庚", id_number=golden.number("19800505", 17), relation="child")
    facts = [(1, FactDraft(kind="dependent", number=1)), (1, FactDraft(kind="able_to_work", number=1))]
    case = surveyed(staff, HEAD, son, facts=facts, scheme="tekun_rural")
    found = assessed(case, staff)
    assert found is not None
    assert case.scheme == "dibao_rural"
    assert case.road == "full"
    assert graded_then(found).apart == (case.household.head_id,)


def test_grading_does_not_open_a_second_case_of_a_scheme(staff: dict[str, User]) -> None:
    case = surveyed(staff, HEAD)
    open_case(by=staff["jingban"], household=case.household, scheme_id="tekun_rural", on=day("09-15"))
    with pytest.raises(CaseAlreadyOpen, match="另案办理"):
        checks.assess(case=case, by=staff["jingban"], on=day("09-17"))


def test_ability_is_assessed_by_two_and_again_only_with_a_cause(staff: dict[str, User]) -> None:
    case = surveyed(staff, HEAD)
    assessed(case, staff)
    person = case.household.head
    with pytest.raises(checks.OneAssessor):
        checks.assess_ability(
            case=case, by=staff["jingban"], second=staff["jingban"], person=person, failed=NOTHING_FAILED,
            on=day("09-17"),
        )  # fmt: skip
    managing(case, staff, person)
    first = assessed(case, staff)
    with pytest.raises(checks.ReassessedWithoutCause):
        managing(case, staff, person)
    checks.assess_ability(
        case=case, by=staff["jingban"], second=staff["jingban2"], person=person, cause="跌倒后卧床",
        failed=NOTHING_FAILED | {"cannot_walk": True}, on=day("09-17"),
    )  # fmt: skip
    with pytest.raises(Blocked, match="重新测算"):
        checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="", on=day("09-18"))
    second = assessed(case, staff)
    assert first is not None
    assert second is not None
    assert (first.amount_fen, second.amount_fen) == (69_700, 103_700)
    with pytest.raises(checks.NoInstitution):
        checks.plan_support(
            case=case, by=staff["jingban"], person=person, form="centralised", on=day("09-17")
        )
    (award,) = factories.receiving(1)
    theirs = {"bank": "农商银行", "account": Account.objects.get(person=award.payee).number}
    plan = {"case": case, "by": staff["jingban"], "person": person, "form": "scattered", "on": day("09-17")}
    with pytest.raises(people.CardOfAnotherHousehold):
        checks.plan_support(**plan, **theirs)
    checks.plan_support(**plan, **theirs, shared="由同住的女儿代领")
    assert Account.objects.get(person=person, until_on=None).number == theirs["account"]
    stranger = people.register_person(
        by=staff["jingban"], name="郑辛", id_number=golden.number("19500101", 19), on=day("09-17")
    )
    with pytest.raises(checks.NotAnApplicant):
        managing(case, staff, stranger)
