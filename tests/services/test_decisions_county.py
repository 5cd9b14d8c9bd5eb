"""The county looks before it says yes: sampling, visits by two, delegation, several reasons, batch exclusions."""

import pytest
from django.db import IntegrityError, transaction

from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked, NotYourDuty
from doudi.records.decisions import sampled
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import CountyVisit, Decision, SampleDraw, SampleEntry
from doudi.records.desk import deciding
from doudi.records.people.services import file_relative
from doudi.records.staff.models import User
from tests.services import golden_family as golden
from tests.services.waiting import day, draft, granted, law, signed

pytestmark = pytest.mark.django_db
ON = day("10-09")


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def sample_before(rate: str = "30") -> None:
    law("procedure.sample_rate", rate, "%", "抽查比例")
    law("procedure.sample_when", "before", "代码", "抽查时机")


def test_before_the_draw_nothing_is_confirmed_and_after_it_what_was_not_drawn(staff: dict[str, User]) -> None:
    sample_before()
    cases = [signed(place, staff) for place in range(1, 5)]
    with pytest.raises(Blocked, match="请先抽签"):
        decisions.confirm(case=cases[0], by=staff["shenpi"], on=ON)
    pool = sampled.pools(staff["shenpi"], ON)[0]
    assert (len(pool.cases), pool.must, pool.rate_bp) == (4, (), 3_000)
    made = decisions.draw(by=staff["shenpi"], scheme="dibao_rural", stage="before", month=202610, on=ON)
    assert (len(made.drawn), made.frame) == (2, sorted(case.no for case in cases))
    assert decisions.verified(made)
    by_no = {case.no: case for case in cases}
    passed = next(by_no[no] for no in made.frame if no not in made.drawn)
    drawn = by_no[made.drawn[0]]
    decisions.confirm(case=passed, by=staff["shenpi"], on=ON)
    with pytest.raises(Blocked, match="被抽中"):
        decisions.confirm(case=drawn, by=staff["shenpi"], on=ON)
    decisions.county_visit(case=drawn, by=staff["shenpi2"], second=staff["shenpi"], note="属实", on=ON)
    decisions.confirm(case=drawn, by=staff["shenpi"], on=ON)
    standing = sampled.standing_of(staff["shenpi"], 202610)[0]
    assert (standing.size, standing.needed, standing.visited, standing.missing) == (4, 2, 1, 1)
    assert sampled.pools(staff["shenpi"], ON) == []
    with pytest.raises(decisions.NothingToDraw):
        decisions.draw(by=staff["shenpi"], scheme="dibao_rural", stage="before", month=202610, on=ON)


def test_filed_relatives_are_visited_in_addition_and_take_no_place_in_the_draw(
    staff: dict[str, User],
) -> None:
    sample_before()
    filed, plain = signed(1, staff), signed(2, staff)
    file_relative(
        by=staff["jingban2"], user=staff["caiwu"], person=filed.household.head, relation="兄弟", on=ON
    )
    made = decisions.draw(by=staff["shenpi"], scheme="dibao_rural", stage="before", month=202610, on=ON)
    assert (made.frame, made.drawn) == ([plain.no], [plain.no])
    assert SampleEntry.objects.get(case=filed).result == "must"
    assert {block.code for block in deciding.sheet(filed, None, ON).blocks} >= {
        "county_visit_due",
        "sample_visit_due",
    }


def test_a_draw_cannot_be_edited_and_a_changed_one_does_not_verify(staff: dict[str, User]) -> None:
    sample_before()
    signed(1, staff)
    made = decisions.draw(by=staff["shenpi"], scheme="dibao_rural", stage="before", month=202610, on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        SampleDraw.objects.filter(pk=made.pk).update(seed="00")
    made.frame = [*made.frame, "410482-2026-99999"]
    assert not decisions.verified(made)


def test_the_township_does_not_draw(staff: dict[str, User]) -> None:
    with pytest.raises(NotYourDuty):
        decisions.draw(by=staff["fuze"], scheme="dibao_rural", stage="before", month=202610, on=ON)


def test_after_confirmation_a_month_is_drawn_and_a_wrong_one_is_decided_again_by_another(
    staff: dict[str, User],
) -> None:
    law("procedure.sample_rate", "30", "%", "抽查比例")
    case = granted(1, staff)
    made = decisions.draw(
        by=staff["shenpi"], scheme="dibao_rural", stage="after", month=202610, on=day("11-02")
    )
    assert made.drawn == [case.no]
    decisions.county_visit(
        case=case,
        by=staff["shenpi2"],
        second=staff["shenpi"],
        note="家中有小汽车",
        agrees=False,
        on=day("11-03"),
    )
    corrected = Case.objects.get(kind="correct")
    assert (corrected.station, corrected.correction.corrects.case_id) == ("survey", case.pk)
    assert "家中有小汽车" in corrected.returned_reason
    assert Award.objects.filter(closing=None).count() == 1  # nothing stops by itself


def test_what_was_not_drawn_is_not_visited_after_its_decision(staff: dict[str, User]) -> None:
    case = granted(1, staff)
    with pytest.raises(decisions.NotSampled):
        decisions.county_visit(case=case, by=staff["shenpi2"], second=staff["shenpi"], note="看看", on=ON)


def test_a_county_visit_is_made_by_two(staff: dict[str, User]) -> None:
    case = signed(1, staff)
    with pytest.raises(decisions.OneVisitor):
        decisions.county_visit(case=case, by=staff["shenpi"], second=staff["shenpi"], note="属实", on=ON)
    with pytest.raises(NotYourDuty):
        decisions.county_visit(case=case, by=staff["shenpi"], second=staff["fuze"], note="属实", on=ON)
    with pytest.raises(decisions.ReasonMissing):
        decisions.county_visit(case=case, by=staff["shenpi"], second=staff["shenpi2"], note=" ", on=ON)
    assert not CountyVisit.objects.exists()


def test_a_visit_that_disagrees_sends_the_case_back_and_does_not_count_as_seen(
    staff: dict[str, User],
) -> None:
    case = signed(1, staff)
    decisions.county_visit(
        case=case, by=staff["shenpi"], second=staff["shenpi2"], note="人不在此居住", agrees=False, on=ON
    )
    case = Case.objects.get(pk=case.pk)
    assert (case.station, case.returned_reason) == ("survey", "县级入户核查不符: 人不在此居住")
    assert not CountyVisit.objects.filter(agrees=True).exists()


def test_in_a_delegated_county_the_leader_confirms_and_the_county_only_samples(
    staff: dict[str, User],
) -> None:
    law("procedure.confirm_by", "township", "代码", "确认权")
    law("road.full", "[accept, survey, verify, review, post, confirm, notify, roll]", "代码表", "完整程序")
    from doudi.records.intake import services as intake
    from tests.services import test_road as road

    case = intake.submit(by=staff["cun"], draft=draft(1), channel="village", on=day("09-14"))
    road.post(road.survey(road.accept(case, staff), staff), staff)
    assert Case.objects.get(pk=case.pk).station == "confirm"
    assert [c.pk for c in deciding.queue(staff["fuze"])] == [case.pk]
    assert list(deciding.queue(staff["shenpi"])) == []
    with pytest.raises(NotYourDuty):
        decisions.confirm(case=case, by=staff["shenpi"], on=ON)
    assert decisions.confirm(case=case, by=staff["fuze"], on=ON).by == "fuze"


def test_a_refusal_says_every_reason_it_rests_on(staff: dict[str, User]) -> None:
    case = signed(1, staff)
    decision = decisions.refuse(
        case=case, by=staff["shenpi"], reason_code="R02", also=["R01", "R02"], text="", on=ON
    )
    assert [one.code for one in decision.reasons.order_by("pk")] == ["R02", "R01"]
    assert decision.reason == "家庭财产状况不符合规定；家庭人均收入不低于当地低保标准"


def test_leaving_one_out_of_a_batch_is_written_down_and_keeps_it_waiting(staff: dict[str, User]) -> None:
    case = signed(1, staff)
    with pytest.raises(decisions.ReasonMissing):
        decisions.leave_out(case=case, by=staff["shenpi"], text="", on=ON)
    decisions.leave_out(case=case, by=staff["shenpi"], text="等残联复核", on=ON)
    assert case.acts.latest("pk").note == "等残联复核"
    assert not Decision.objects.exists()


def test_whoever_was_filed_after_the_case_was_opened_is_marked_in_the_queue(staff: dict[str, User]) -> None:
    plain, filed = signed(1, staff), signed(2, staff)
    file_relative(
        by=staff["jingban2"], user=staff["caiwu"], person=filed.household.head, relation="兄弟", on=ON
    )
    queue = list(deciding.queue(staff["shenpi"]))
    assert [(case.pk, case.near) for case in queue] == [(filed.pk, True), (plain.pk, False)]  # type: ignore[attr-defined]
