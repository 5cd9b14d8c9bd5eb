"""Boards: lawful rows per round, minors never, objections looked into by two fresh pairs of eyes, tips never lost."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection

from doudi.law.masking import unposted_because
from doudi.records.areas.models import Area
from doudi.records.audit.models import Look
from doudi.records.audit.services import PurposeMissing
from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import Blocked, MustRecuse, NotYourDuty, OutsideYourArea
from doudi.records.people.models import Person
from doudi.records.people.services import file_relative
from doudi.records.postings import boards, queries, services
from doudi.records.postings.models import BoardPhoto, Objection, Posting
from doudi.records.postings.objections import candidates, objections, overdue
from doudi.records.staff.models import User
from doudi.store.kept import content
from tests.services import golden_family as golden
from tests.services import test_road as road
from tests.services.concluding import concluded
from tests.services.test_road import day

pytestmark = pytest.mark.django_db
Staff = dict[str, User]


@pytest.fixture
def staff() -> Staff:
    return golden.county()


@pytest.fixture
def case(staff: Staff) -> Case:
    """At the board of the first opinion on 2026-09-18."""
    filed = road.intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))
    return road.survey(road.accept(filed, staff), staff)


@pytest.fixture
def posting(case: Case, staff: Staff) -> Posting:
    return services.publish(case=case, by=staff["cun"], on=day("09-18"))


def clerk(login: str) -> User:
    return User.objects.create(username=login, name=f"新人{login}", role="jingban", area_id=golden.TOWNSHIP)


def said(posting: Posting, on: str = "09-20", contact: str = "") -> Objection:
    return services.object_to(posting=posting, channel="网上", text="家里有车", contact=contact, on=day(on))


def given(objection: Objection, staff: Staff, on: str = "09-21") -> Objection:
    both = [staff["jingban"], staff["jingban2"]]
    return services.assign(objection=objection, by=staff["jingban"], users=both, on=day(on))


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_children_and_unnamed_schemes_are_never_posted() -> None:
    assert unposted_because(posted_by_name=True, age=18, adult_age=18) == ""
    assert "未成年" in unposted_because(posted_by_name=True, age=17, adult_age=18)
    assert "不公示姓名" in unposted_because(posted_by_name=False, age=60, adult_age=18)


def test_a_minor_applicant_passes_the_board_by_a_recorded_act(case: Case, staff: Staff) -> None:
    Person.objects.update(birth_on=dt.date(2010, 1, 1))  # no adult whose name could stand on the board
    with pytest.raises(services.NeverPosted, match="未成年"):
        services.publish(case=now(case), by=staff["cun"], on=day("09-18"))
    services.put_up(case=now(case), by=staff["jingban"], on=day("09-18"))
    assert (now(case).station, Posting.objects.count()) == ("sign", 0)
    assert Act.objects.filter(case=case).latest("pk").title == "依法不公示: 申请人未成年"


def test_the_case_waits_for_its_own_board_and_says_where_it_goes(posting: Posting, staff: Staff) -> None:
    assert queries.sends_to(posting.case) == "报签批"
    with pytest.raises(Blocked, match="公示期未满"):
        services.send_up(case=posting.case, by=staff["jingban"], on=day("09-25"))
    assert services.send_up(case=posting.case, by=staff["jingban"], on=day("09-26")).station == "sign"


def test_an_objection_is_given_to_two_who_did_not_look_before(posting: Posting, staff: Staff) -> None:
    objection, fresh = said(posting), [clerk("a"), clerk("b")]
    assert [one.looked_before for one in candidates(objection)] == [False, False, True, True]
    with pytest.raises(services.TwoHandlers):
        services.assign(objection=objection, by=staff["jingban"], users=[fresh[0], fresh[0]], on=day("09-21"))
    with pytest.raises(services.FreshEyesFirst, match="新人a、新人b"):
        services.assign(
            objection=objection, by=staff["jingban"], users=[fresh[0], staff["jingban"]], on=day("09-21")
        )
    services.assign(objection=objection, by=staff["jingban"], users=fresh, on=day("09-21"))
    with pytest.raises(services.NotYourObjection):
        concluded(objection=objection, by=staff["jingban"], outcome="dismissed", text="无", on=day("09-22"))


def test_a_relative_neither_takes_nor_handles_an_objection(posting: Posting, staff: Staff) -> None:
    objection, kin, other = said(posting), clerk("a"), clerk("b")
    file_relative(
        by=staff["jingban"], user=kin, person=posting.case.household.head, relation="叔侄", on=day("09-14")
    )
    assert kin not in [one.user for one in candidates(objection)]
    with pytest.raises(MustRecuse):
        services.assign(objection=objection, by=staff["jingban"], users=[kin, other], on=day("09-21"))
    with pytest.raises(MustRecuse):
        services.object_to(posting=posting, channel="电话", text="有车", contact="", on=day("09-20"), by=kin)


@pytest.mark.parametrize(("remedy", "station"), [("survey", "survey"), ("panel", "review")])
def test_upheld_takes_the_board_down_and_looks_again(
    posting: Posting, staff: Staff, remedy: str, station: str
) -> None:
    objection = given(said(posting), staff)
    with pytest.raises(services.RemedyMissing):
        concluded(objection=objection, by=staff["jingban"], outcome="upheld", text="有车", on=day("09-22"))
    concluded(
        objection=objection,
        by=staff["jingban"],
        outcome="upheld",
        text="有车",
        remedy=remedy,
        on=day("09-22"),
    )
    posting.refresh_from_db()
    case = now(posting.case)
    assert (case.station, posting.withdrawn_on) == (station, day("09-22"))
    assert queries.facts(case).panel_due is (remedy == "panel")
    with pytest.raises(services.AlreadyAnswered):
        concluded(objection=objection, by=staff["jingban"], outcome="dismissed", text="无", on=day("09-23"))


def test_what_was_found_stays_out_of_the_case_the_village_can_open(posting: Posting, staff: Staff) -> None:
    objection = given(said(posting, contact="13900000000"), staff)
    concluded(
        objection=objection,
        by=staff["jingban"],
        outcome="upheld",
        text="邻居王某看见",
        remedy="survey",
        on=day("09-22"),
    )
    acts = " ".join(act.title + act.note for act in Act.objects.filter(case=posting.case))
    assert "王某" not in acts + now(posting.case).returned_reason
    assert "异议成立" in acts


def test_a_second_objection_outlives_the_first_and_blocks_the_next_board(
    posting: Posting, staff: Staff
) -> None:
    first, second = said(posting), said(posting)
    given(first, staff)
    concluded(
        objection=first, by=staff["jingban"], outcome="upheld", text="查实", remedy="survey", on=day("09-22")
    )
    assert queries.facts(now(posting.case)).objections_open == 1
    given(second, staff, on="09-23")
    concluded(
        objection=second, by=staff["jingban"], outcome="upheld", text="查实", remedy="survey", on=day("09-24")
    )
    assert now(posting.case).station == "survey"
    assert queries.facts(now(posting.case)).objections_open == 0


def test_late_words_are_a_tip_tied_to_the_household_and_make_the_county_visit_due(
    posting: Posting, staff: Staff
) -> None:
    services.send_up(case=posting.case, by=staff["jingban"], on=day("09-28"))
    tip = said(posting, on="09-29")
    assert (tip.kind, tip.household, tip.case, tip.due_on) == (
        "tip",
        posting.case.household,
        posting.case,
        None,
    )
    known = queries.facts(now(posting.case))
    assert (known.complaint, known.objections_open) == (True, 0)
    assert tip.no.startswith("JB")


def test_a_tip_on_a_household_needs_no_case_and_is_answered_in_writing(
    posting: Posting, staff: Staff
) -> None:
    household = posting.case.household
    Case.objects.filter(pk=posting.case_id).update(closed_on=day("10-12"))
    tip = services.report(
        household=household,
        channel="电话",
        text="买了新车",
        contact="13900000000",
        on=day("10-20"),
        by=staff["jingban"],
    )
    assert (tip.case, tip.is_named) == (None, True)
    given(tip, staff, on="10-21")
    with pytest.raises(services.NotAnsweredYet):
        services.reply(objection=tip, by=staff["jingban"], on=day("10-22"))
    concluded(objection=tip, by=staff["jingban2"], outcome="dismissed", text="车是借的", on=day("10-22"))
    assert list(objections(staff["jingban"], "reply")) == [tip]
    services.reply(objection=tip, by=staff["jingban"], on=day("10-23"))
    assert not objections(staff["jingban"], "reply").exists()


def test_only_handlers_and_the_county_see_who_said_it_and_it_leaves_a_trace(
    posting: Posting, staff: Staff
) -> None:
    objection, outsider = said(posting, contact="13900000000"), clerk("a")
    given_to = [outsider, clerk("b")]
    services.assign(objection=objection, by=staff["jingban"], users=given_to, on=day("09-21"))
    for user in (staff["jingban"], staff["fuze"], staff["cun"]):
        with pytest.raises(services.NotYourObjection):
            services.open_contact(objection=objection, by=user, purpose="核实")
    with pytest.raises(PurposeMissing):
        services.open_contact(objection=objection, by=outsider, purpose=" ")
    assert services.open_contact(objection=objection, by=outsider, purpose="核实") == "13900000000"
    assert services.open_contact(objection=objection, by=staff["shenpi"], purpose="督办") == "13900000000"
    assert Look.objects.filter(action="unmask", subject=f"objection:{objection.pk}").count() == 2


def test_the_village_finds_no_objection_and_takes_none(posting: Posting, staff: Staff) -> None:
    said(posting)
    assert not Objection.objects.visible_to(staff["cun"]).exists()
    assert Objection.objects.visible_to(staff["jingban"]).count() == 1
    assert Objection.objects.visible_to(staff["shenpi"]).count() == 1
    with pytest.raises(NotYourDuty):
        services.object_to(
            posting=posting, channel="来访", text="有车", contact="", on=day("09-20"), by=staff["cun"]
        )


def test_objections_go_by_their_clock_where_the_pack_has_one(posting: Posting, staff: Staff) -> None:
    objection = said(posting)
    assert (objection.due_on, overdue(staff["jingban"], day("12-01"))) == (None, 0)
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="不能改动"):
        cursor.execute("UPDATE postings_objection SET due_on = '2026-10-01'")


def test_photographs_come_back_clean_on_the_first_and_the_last_day(posting: Posting, staff: Staff) -> None:
    assert queries.facts(now(posting.case)).photos_missing == ("张贴后", "期满日")
    with pytest.raises(services.PhotoTooEarly, match="2026-09-25"):
        services.send_photo(
            posting=posting, by=staff["cun"], moment="last", data=golden.photo(), on=day("09-24")
        )
    with pytest.raises(services.PhotoUnusable):
        services.send_photo(posting=posting, by=staff["cun"], moment="first", data=b"GIF89a", on=day("09-18"))
    first = services.send_photo(
        posting=posting, by=staff["cun"], moment="first", data=golden.photo(), on=day("09-18")
    )
    assert b"Exif" not in content(first.file)
    services.send_photo(posting=posting, by=staff["cun"], moment="last", data=golden.photo(), on=day("09-25"))
    assert queries.facts(now(posting.case)).photos_missing == ()
    with pytest.raises(NotYourDuty):
        services.send_photo(
            posting=posting, by=staff["fuze"], moment="first", data=golden.photo(), on=day("09-18")
        )


def test_sheets_ask_for_the_photograph_that_is_due_today(posting: Posting, staff: Staff) -> None:
    def due(on: str) -> list[str]:
        return [sheet.due(day(on)) for sheet in boards.hung_sheets(staff["cun"], day(on))]

    assert due("09-18") == ["first"]
    services.send_photo(
        posting=posting, by=staff["cun"], moment="first", data=golden.photo(), on=day("09-18")
    )
    assert (due("09-20"), due("09-25")) == ([""], ["last"])
    far = Area.objects.create(code="410482102201", name="外村", level="village", parent_id=golden.COUNTY)
    elsewhere = User.objects.create(username="x", name="外村人", role="cun", area=far)
    assert boards.hung_sheets(elsewhere, day("09-20")) == []
    with pytest.raises(OutsideYourArea):
        services.send_photo(
            posting=posting, by=elsewhere, moment="first", data=golden.photo(), on=day("09-18")
        )
    assert not BoardPhoto.objects.visible_to(elsewhere).exists()


def test_a_box_is_opened_by_two_of_the_township(posting: Posting, staff: Staff) -> None:
    village = posting.village
    with pytest.raises(NotYourDuty):
        services.open_box(
            village=village, by=staff["cun"], second=staff["jingban"], letters=1, on=day("09-20")
        )
    with pytest.raises(services.OpenedAlone):
        services.open_box(
            village=village, by=staff["jingban"], second=staff["jingban"], letters=1, on=day("09-20")
        )
    box = services.open_box(
        village=village, by=staff["jingban"], second=staff["jingban2"], letters=1, on=day("09-20")
    )
    services.object_to(
        posting=posting,
        channel="意见箱",
        text="不公",
        contact="",
        on=day("09-20"),
        by=staff["jingban"],
        box=box,
    )
    assert box.taken.count() == 1


def test_the_nearest_number_stands_first_and_an_empty_one_is_gone(posting: Posting, staff: Staff) -> None:
    village = posting.village
    for area, text in ((village, "0375-1"), (village.parent, "0375-2")):
        services.set_hotline(area=area, kind="phone", text=text, by=staff["xitong"], on=day("09-20"))
    assert [one.text for one in queries.contacts("phone", village.code)] == ["0375-1", "0375-2"]
    services.set_hotline(area=village, kind="phone", text=" ", by=staff["xitong"], on=day("09-21"))
    assert [one.text for one in queries.contacts("phone", village.code)] == ["0375-2"]
