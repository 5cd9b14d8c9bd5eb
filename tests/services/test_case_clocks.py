"""A case's clock stands still, runs on, is given longer once, and ends with the case."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from doudi.records.cases import queries, timing
from doudi.records.cases.models import Case, Extension, Pause
from doudi.records.cases.services import Blocked, ClockStopped, NotYourDuty, WrongStation
from doudi.records.decisions import services as decisions
from doudi.records.intake import services as intake
from doudi.records.postings import services as postings
from doudi.records.postings.models import Posting
from doudi.records.staff.models import Notice, User
from tests.procedure.county_with import county_with
from tests.services import golden_family as golden
from tests.services.test_road import accept, day, post, survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def filed(staff: dict[str, User]) -> Case:
    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))


def stopped(case: Case, staff: dict[str, User], on: str = "09-15") -> Pause:
    return timing.pause(
        case=case, by=staff["jingban"], cause="recheck", reason="等银行回函", on=day(on)
    )  # fmt: skip


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_the_days_of_a_pause_do_not_count(filed: Case, staff: dict[str, User]) -> None:
    case = accept(filed, staff)
    assert (case.due_on, case.station_due_on) == (day("10-30"), day("09-17"))
    stopped(case, staff)  # Tuesday 09-15; 09-15 to 09-17 do not count, 09-18 does
    resumed = timing.resume(case=case, by=staff["jingban2"], on=day("09-18"))
    # 18, 20 (a Sunday worked) and 21 are the three days the survey may take to begin.
    assert (resumed.due_on, resumed.station_due_on) == (day("11-04"), day("09-21"))
    assert queries.paused(resumed) == ((day("09-15"), day("09-18")),)
    assert [act.title for act in resumed.acts.order_by("pk")][-2:] == [
        "暂停计时: 等待核对复查结果",
        "恢复计时",
    ]


def test_nothing_moves_while_the_clock_stands_still(filed: Case, staff: dict[str, User]) -> None:
    stopped(filed, staff)
    asked = intake.Paper.objects.filter(case=filed).exclude(status="fetched")
    intake.note_papers(
        case=filed, by=staff["jingban"], have=list(asked.values_list("kind", flat=True)), on=day("09-16")
    )
    with pytest.raises(Blocked, match="计时已暂停：等待核对复查结果"):
        intake.accept(case=filed, by=staff["jingban"], on=day("09-16"))
    timing.resume(case=filed, by=staff["jingban"], on=day("09-16"))
    assert intake.accept(case=fresh(filed), by=staff["jingban"], on=day("09-16")).station == "survey"


def test_a_verb_that_looks_at_no_blocks_is_stopped_too(filed: Case, staff: dict[str, User]) -> None:
    case = survey(accept(filed, staff), staff)
    stopped(case, staff, "09-18")
    with pytest.raises(ClockStopped, match="自 2026-09-18 起暂停计时"):
        postings.publish(case=case, by=staff["jingban"], on=day("09-18"))
    assert not Posting.objects.exists()


def test_a_pause_needs_a_listed_cause_a_reason_and_a_running_clock(
    filed: Case, staff: dict[str, User]
) -> None:
    clerk = staff["jingban"]
    with pytest.raises(timing.CauseNotAllowed, match="可选: 等待申请人补正材料、等待核对复查结果"):
        timing.pause(case=filed, by=clerk, cause="holiday", reason="放假", on=day("09-15"))
    with pytest.raises(timing.ReasonMissing):
        timing.pause(case=filed, by=clerk, cause="papers", reason="  ", on=day("09-15"))
    with pytest.raises(timing.LimitPassed):
        timing.pause(case=filed, by=clerk, cause="papers", reason="补材料", on=day("10-31"))
    with pytest.raises(timing.NotPaused):
        timing.resume(case=filed, by=clerk, on=day("09-16"))
    stopped(filed, staff)
    with pytest.raises(timing.AlreadyPaused):
        stopped(filed, staff)
    with pytest.raises(NotYourDuty):
        timing.resume(case=filed, by=staff["caiwu"], on=day("09-16"))
    assert Pause.objects.count() == 1


def test_a_pause_that_ended_stays_as_it_is(filed: Case, staff: dict[str, User]) -> None:
    stopped(filed, staff)
    timing.resume(case=filed, by=staff["jingban"], on=day("09-18"))
    pauses = Pause.objects.all()
    for change in ({"from_on": day("09-10")}, {"until_on": day("09-30")}, {"until_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            pauses.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        pauses.delete()


def test_thirty_days_become_forty_five_when_the_leader_signs(filed: Case, staff: dict[str, User]) -> None:
    clerk, leader = staff["jingban"], staff["fuze"]
    with pytest.raises(timing.NothingToSign):
        timing.answer_longer(case=filed, by=leader, agreed=True, on=day("10-20"))
    timing.ask_longer(case=filed, by=clerk, reason="成员在外地住院, 核实要时间", on=day("10-20"))
    assert fresh(filed).due_on == day("10-30")
    told = Notice.objects.get(kind="extension")
    assert (told.to_role, told.link) == ("fuze", f"/anjian/{filed.pk}/")
    with pytest.raises(NotYourDuty):
        timing.answer_longer(case=filed, by=clerk, agreed=True, on=day("10-20"))
    longer = timing.answer_longer(case=filed, by=leader, agreed=True, on=day("10-21"))
    assert (longer.due_on, longer.extended_reason) == (day("11-20"), "成员在外地住院, 核实要时间")
    with pytest.raises(timing.CannotBeLonger, match="只延长一次"):
        timing.ask_longer(case=longer, by=clerk, reason="再延一次", on=day("10-22"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.update(answer="declined")


def test_an_extension_comes_before_the_limit_is_over(filed: Case, staff: dict[str, User]) -> None:
    timing.ask_longer(case=filed, by=staff["jingban"], reason="核实要时间", on=day("10-30"))
    with pytest.raises(timing.LimitPassed):
        timing.answer_longer(case=filed, by=staff["fuze"], agreed=True, on=day("10-31"))
    declined = timing.answer_longer(case=filed, by=staff["fuze"], agreed=False, on=day("10-31"))
    assert (declined.due_on, declined.extended_reason) == (day("10-30"), "")
    with pytest.raises(timing.LimitPassed):
        timing.ask_longer(case=filed, by=staff["jingban"], reason="核实要时间", on=day("10-31"))


def test_who_signs_for_longer_follows_who_confirms(filed: Case, staff: dict[str, User]) -> None:
    assert timing.signing_duty(filed) == "sign"
    with county_with("procedure-delegated"):
        assert timing.signing_duty(filed) == "confirm"
        timing.ask_longer(case=filed, by=staff["jingban"], reason="核实要时间", on=day("10-20"))
        longer = timing.answer_longer(case=filed, by=staff["fuze"], agreed=True, on=day("10-21"))
    assert longer.due_on == day("11-20")


def test_a_clock_of_calendar_days_cannot_be_extended_where_the_pack_gives_no_longer_one(
    staff: dict[str, User],
) -> None:
    with county_with("procedure-1999"):
        case = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))
        assert case.due_on == day("10-14")
        with pytest.raises(timing.CannotBeLonger, match="政策没有规定"):
            timing.ask_longer(case=case, by=staff["jingban"], reason="核实要时间", on=day("09-20"))


def test_a_pause_and_an_extension_add_up(filed: Case, staff: dict[str, User]) -> None:
    timing.ask_longer(case=filed, by=staff["jingban"], reason="核实要时间", on=day("09-15"))
    stopped(filed, staff, "09-16")
    timing.answer_longer(case=filed, by=staff["fuze"], agreed=True, on=day("09-17"))
    resumed = timing.resume(case=filed, by=staff["jingban"], on=day("09-18"))
    assert resumed.due_on == day("11-24")
    assert queries.used_days(resumed, day("09-18")) == 2
    assert queries.whole_clock(resumed).days == 45


def test_a_family_that_does_not_cooperate_ends_its_case(filed: Case, staff: dict[str, User]) -> None:
    case = survey(accept(filed, staff), staff)
    postings.publish(case=case, by=staff["jingban"], on=day("09-18"))
    stopped(case, staff, "09-21")
    with pytest.raises(timing.CauseNotAllowed):
        decisions.terminate(
            case=case, by=staff["jingban"], cause="rude", reason="态度不好", on=day("09-22")
        )  # fmt: skip
    with pytest.raises(timing.ReasonMissing):
        decisions.terminate(
            case=case, by=staff["jingban"], cause="uncooperative", reason="", on=day("09-22")
        )  # fmt: skip
    ended = decisions.terminate(
        case=case, by=staff["jingban"], cause="uncooperative", reason="两次上门均拒绝入户", on=day("09-22")
    )
    assert (ended.outcome, ended.closed_on) == ("terminated", day("09-22"))
    assert Posting.objects.get().withdrawn_on == day("09-22")
    assert queries.open_pause(ended) is None
    with pytest.raises(WrongStation):
        timing.resume(case=ended, by=staff["jingban"], on=day("09-23"))


def test_a_withdrawal_says_so(filed: Case, staff: dict[str, User]) -> None:
    ended = decisions.terminate(
        case=filed, by=staff["jingban"], cause="withdrawn", reason="申请人书面撤回", on=day("09-16")
    )
    assert ended.outcome == Case.Outcome.WITHDRAWN


def test_the_county_keeps_the_clock_of_what_is_at_the_county(filed: Case, staff: dict[str, User]) -> None:
    case = post(survey(accept(filed, staff), staff), staff)
    case = decisions.sign(case=case, by=staff["fuze"], on=day("09-28"))
    paused = timing.pause(
        case=case, by=staff["shenpi"], cause="emergency", reason="暴雨断路", on=day("09-29")
    )  # fmt: skip
    assert isinstance(paused.from_on, dt.date)
    resumed = timing.resume(case=case, by=staff["shenpi"], on=day("10-08"))
    # 09-29 and 09-30 were paused: two working days more than 10-16.
    assert (resumed.station_due_on, resumed.due_on) == (day("10-20"), day("11-03"))
