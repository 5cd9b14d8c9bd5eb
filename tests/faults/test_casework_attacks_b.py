"""What insiders tried against persons and clocks: own filings, a clerk's ending, the objector's cover, absent hands."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.areas.models import Area
from doudi.records.cases import timing
from doudi.records.cases.models import Case
from doudi.records.cases.services import MustRecuse, NotYourDuty
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.desk.case_clock import clock_page
from doudi.records.intake import filings
from doudi.records.people import services as people
from doudi.records.people.models import Household, Relative
from doudi.records.people.services import Official
from doudi.records.postings import services as postings
from doudi.records.postings.models import BoardPhoto, Objection, Posting
from doudi.records.postings.objections import candidates
from doudi.records.reviews import services as reviews
from doudi.records.staff.models import Absence, User
from doudi.records.staff.presence import AwayNow
from doudi.store.today import move_to
from tests.procedure import walking
from tests.services import changed_family as cf
from tests.services import golden_family as golden
from tests.services.concluding import concluded
from tests.services.waiting import day, signed

pytestmark = pytest.mark.django_db
Staff = dict[str, User]
ON = walking.RECEIVED


@pytest.fixture
def staff() -> Staff:
    return golden.county()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def clerk(place: int) -> User:
    """One more clerk of the same township, who never looked at the family."""
    return User.objects.create(
        username=f"jingban{place}", name=f"新手{place}", role="jingban", area_id=golden.TOWNSHIP
    )


def of_the_child(by: User, official: User) -> Relative:
    return filings.file_relative(
        by=by, name="赵丙", id_number=golden.number("20140601", 31), relation="子女",
        official=Official(user=official), on=ON,
    )  # fmt: skip


def posted(staff: Staff) -> Posting:
    """The golden family on the village board, the office's day with it."""
    case = walking.file(staff, ON)
    move_to(ON)
    walking.accept(case, staff, ON)
    walking.survey(fresh(case), staff, ON)
    walking.review(fresh(case), staff, ON)
    return postings.publish(case=fresh(case), by=staff["jingban"], on=ON)


def objected(posting: Posting) -> Objection:
    return postings.object_to(posting=posting, channel="电话", text="他家有车", contact="13800000000", on=ON)


def test_nobody_revokes_the_filing_that_keeps_him_away(staff: Staff) -> None:
    case = walking.file(staff, ON)
    filed = of_the_child(staff["jingban"], staff["jingban"])
    with pytest.raises(filings.OwnFiling):
        filings.revoke(by=staff["jingban"], relative=filed, reason="登记有误", on=ON)
    with pytest.raises(MustRecuse):
        walking.accept(fresh(case), staff, ON)
    filings.revoke(by=staff["jingban2"], relative=filed, reason="登记有误", on=ON)
    walking.accept(fresh(case), staff, ON)
    assert fresh(case).is_relative_filed  # the county goes to see the family all the same


def test_nobody_revokes_another_s_filing_about_himself(staff: Staff) -> None:
    of_the_child(staff["jingban2"], staff["jingban"])
    other = of_the_child(staff["jingban2"], staff["shenpi"])
    with pytest.raises(filings.OwnFiling):
        filings.revoke(by=staff["jingban"], relative=other, reason="登记有误", on=ON)


def test_only_an_application_ends_without_a_decision(staff: Staff) -> None:
    cf.receiving(staff)
    case = cf.verified(staff, "death", cf.member("赵丙")).case
    assert case is not None
    with pytest.raises(decisions.OnlyApplicationsEnd, match="县级决定"):
        decisions.terminate(
            case=fresh(case), by=staff["jingban"], cause="withdrawn", reason="不变更了", on=cf.TODAY
        )
    assert fresh(case).closed_on is None
    assert "terminate" not in clock_page(fresh(case), staff["jingban"], cf.TODAY).may


def test_what_is_at_the_county_stands_still_and_ends_by_the_county(staff: Staff) -> None:
    case, on = signed(1, staff), day("09-29")
    with pytest.raises(NotYourDuty):
        timing.pause(case=case, by=staff["jingban"], cause="recheck", reason="等一等", on=on)
    with pytest.raises(NotYourDuty):
        decisions.terminate(case=case, by=staff["jingban"], cause="withdrawn", reason="撤回", on=on)
    assert not {"pause", "terminate"} & clock_page(case, staff["jingban"], on).may
    assert {"pause", "terminate"} <= clock_page(case, staff["shenpi"], on).may
    ended = decisions.terminate(case=case, by=staff["shenpi"], cause="withdrawn", reason="书面撤回", on=on)
    assert ended.outcome == Case.Outcome.WITHDRAWN


@pytest.mark.parametrize(("login", "told"), [("cun", False), ("jingban", True)])
def test_the_village_never_learns_that_somebody_objected(
    staff: Staff, client: Client, login: str, told: bool
) -> None:
    posting, eyes = posted(staff), [clerk(3), clerk(4)]
    objection = objected(posting)
    postings.assign(objection=objection, by=staff["jingban"], users=eyes, on=ON)
    client.force_login(staff[login])

    def said() -> str:
        pages = (reverse("case", args=[posting.case_id]), reverse("cases") + "?view=open")
        return "".join(client.get(page).content.decode() for page in pages)

    assert [word in said() for word in ("异议交办", "新手3", "条异议没有办结")] == [told] * 3
    concluded(objection=objection, by=eyes[0], outcome="upheld", text="属实", remedy="survey", on=ON)
    assert [word in said() for word in ("异议成立", "新手3")] == [told] * 2
    assert objection.no not in fresh(posting.case).returned_reason
    assert "需要重新调查" in said()


def test_the_kin_of_a_family_does_not_read_what_was_said_against_it(staff: Staff, client: Client) -> None:
    objection, kin = objected(posted(staff)), clerk(5)
    client.force_login(kin)
    page = reverse("objection", args=[objection.pk])
    assert client.get(page).status_code == 200
    filed = people.file_relative(
        by=staff["jingban"], person=cf.member("钱乙"), relation="兄弟", official=Official(user=kin), on=ON
    )
    assert client.get(page).status_code == 404
    assert objection.no not in client.get(reverse("case_outcome", args=[objection.case_id])).content.decode()
    assert Objection.objects.visible_to(staff["jingban"]).get() == objection
    filings.revoke(by=staff["jingban"], relative=filed, reason="同名", on=ON)
    assert client.get(page).status_code == 200


def away(staff: Staff, login: str, deputy: str, on: dt.date) -> User:
    """Away today; read again, as the next request does."""
    Absence.objects.create(
        user=staff[login],
        deputy=staff[deputy],
        from_on=on,
        until_on=on,
        reason="外出",
        set_by=staff["xitong"],
    )
    return User.objects.get(pk=staff[login].pk)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(AwayNow, match="不在岗"):
        act()


def test_who_is_away_does_not_touch_a_family_s_change(staff: Staff) -> None:
    home = cf.receiving(staff)
    event = cf.reported(
        staff, "account", cf.member("赵甲"), bank="汝州农商银行", number="6299000000000009999"
    )
    gone = away(staff, "jingban", "jingban2", cf.TODAY)
    refused(lambda: reviews.verify(event=event, by=gone, note="", on=cf.TODAY))
    county = away(staff, "shenpi", "shenpi2", cf.TODAY)
    stop = Decision.objects.create(
        no="旧册停发", kind="stop", scheme="dibao_rural", household=Household.objects.get(pk=home.pk),
        decided_on=cf.TODAY, amount_fen=0, reason="x", basis="x", by="x",
    )  # fmt: skip
    refused(lambda: decisions.deliver(decision=stop, by=county, received_by="赵甲", on=cf.TODAY))
    month = cf.TODAY.year * 100 + cf.TODAY.month
    refused(lambda: decisions.draw(by=county, scheme="dibao_rural", stage="before", month=month, on=cf.TODAY))


def test_who_is_away_hears_photographs_opens_and_convenes_nothing(staff: Staff) -> None:
    posting = posted(staff)
    objection, village = objected(posting), Area.objects.get(code=golden.VILLAGE)
    gone, other, moment = away(staff, "jingban", "jingban2", ON), staff["jingban2"], BoardPhoto.Moment.FIRST
    member = checks.MemberDraft(name="评议员甲", standing="村民代表")
    refused(
        lambda: postings.report(
            household=posting.case.household, channel="电话", text="有车", contact="", on=ON, by=gone
        )
    )
    refused(lambda: postings.send_photo(posting=posting, by=gone, moment=moment, data=golden.photo(), on=ON))
    refused(lambda: postings.open_box(village=village, by=gone, second=other, letters=1, on=ON))
    refused(lambda: postings.open_box(village=village, by=other, second=gone, letters=1, on=ON))
    refused(lambda: checks.form_panel(village=village, by=gone, members=[member], on=ON))
    assert gone not in [one.user for one in candidates(objection)]
