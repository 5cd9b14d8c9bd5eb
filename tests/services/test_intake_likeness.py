"""Families that look alike, relatives of officials, members registered elsewhere, referrals to others."""

import datetime as dt
from typing import Any

import pytest

from doudi.records.areas.models import Area
from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked, MustRecuse
from doudi.records.intake import filings, queries, referring, suspecting
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper, Referral, Suspicion
from doudi.records.people.models import Relative, plain_address
from doudi.records.people.services import CardOfAnotherHousehold, Member, Official
from doudi.records.staff.models import User
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 14)
CARD = "6299000000000000077"


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def first(staff: dict[str, User]) -> Case:
    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=DAY)


def another(staff: dict[str, User], head: str = "孙甲", child: Member | None = None, **changes: Any) -> Case:
    members = [Member(name=head, id_number=golden.number("19700101", 41), relation="head")]
    members += [child] if child else []
    given = {"members": members, "facts": (), "account": CARD, "address": "寄料村 9 组"} | changes
    return intake.submit(by=staff["cun"], draft=golden.draft(**given), channel="village", on=DAY)


def signs(case: Case, kind: str = "duplicate") -> list[str]:
    return list(case.suspicions.filter(kind=kind).order_by("pk").values_list("sign", flat=True))


def accept(case: Case, staff: dict[str, User]) -> Case:
    asked = Paper.objects.filter(case=case).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=case, by=staff["jingban"], have=list(asked), on=DAY)
    return intake.accept(case=case, by=staff["jingban"], on=DAY)


def settle(case: Case, staff: dict[str, User], *, confirmed: bool, note: str = "已核对户口簿") -> Suspicion:
    one = case.suspicions.filter(state="open").order_by("pk")[0]
    return suspecting.settle(suspicion=one, by=staff["jingban"], confirmed=confirmed, note=note, on=DAY)


def file(staff: dict[str, User], **changes: Any) -> Relative:
    given: dict[str, Any] = {
        "name": "李丁", "id_number": golden.number("19600101", 71), "relation": "兄弟",
        "official": Official(cadre_name="李某", position="村党支部书记"),
    } | changes  # fmt: skip
    return filings.file_relative(by=staff["jingban"], on=DAY, **given)


def test_a_family_unlike_any_other_raises_no_doubt(first: Case, staff: dict[str, User]) -> None:
    assert signs(another(staff)) == []


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"phone": "100 0000 0000"}, "phone"),
        ({"account": "6299 0000 0000 0000 001", "shared": "母子同卡, 分户过"}, "account"),
        ({"address": "寄料村1组", "head": "赵假"}, "address"),
        ({"child": Member(name="赵丙", id_number=golden.number("20140601", 33), relation="child")}, "child"),
    ],
)
def test_what_two_families_share_must_be_cleared_before_acceptance(
    first: Case, staff: dict[str, User], changes: dict[str, Any], sign: str
) -> None:
    case = another(staff, **changes)
    assert signs(case) == [sign]
    with pytest.raises(Blocked, match=f"疑似重复.*户 {first.household.no}"):
        accept(case, staff)
    settle(case, staff, confirmed=False)
    assert accept(case, staff).station == "survey"


def test_the_card_of_another_family_is_told_before_anything_is_filed(
    first: Case, staff: dict[str, User]
) -> None:
    with pytest.raises(CardOfAnotherHousehold, match=r"尾号 0001 .*寄料村赵.*户"):
        another(staff, account="6299 0000 0000 0000 001")
    assert Case.objects.get() == first


def test_the_same_group_of_houses_alone_says_nothing(first: Case, staff: dict[str, User]) -> None:
    assert plain_address("寄料村 1 组") == plain_address("寄料村１组。")
    assert signs(another(staff, address="寄料村1组")) == []


def test_a_confirmed_duplicate_is_never_accepted(first: Case, staff: dict[str, User]) -> None:
    case = another(staff, phone="10000000000")
    settle(case, staff, confirmed=True, note="同一家, 分两户报")
    with pytest.raises(Blocked, match="属实"):
        accept(case, staff)


def test_settling_needs_words_and_happens_once(first: Case, staff: dict[str, User]) -> None:
    case = another(staff, phone="10000000000")
    one = case.suspicions.get()
    with pytest.raises(suspecting.NoteMissing):
        suspecting.settle(suspicion=one, by=staff["jingban"], confirmed=False, note=" ", on=DAY)
    settle(case, staff, confirmed=False)
    with pytest.raises(suspecting.AlreadySettled):
        suspecting.settle(suspicion=one, by=staff["jingban2"], confirmed=True, note="再看", on=DAY)


def test_elsewhere_only_the_township_is_told(first: Case, staff: dict[str, User]) -> None:
    county = Area.objects.get(code=golden.COUNTY)
    town = Area.objects.create(code="410482102000", name="温泉镇", level="township", parent=county)
    Area.objects.create(code="410482102201", name="温泉村", level="village", parent=town)
    helper = User.objects.create(username="cun9", name="温泉协理", role="cun", area_id="410482102201")
    draft = golden.draft(
        village_id="410482102201", facts=(), account=CARD, phone="10000000000", address="温泉村",
        members=(Member(name="孙甲", id_number=golden.number("19700101", 41), relation="head"),),
    )  # fmt: skip
    case = intake.submit(by=helper, draft=draft, channel="village", on=DAY)
    assert queries.standing_suspicions(case, "duplicate") == ("与寄料镇的一户 电话相同",)


def test_an_official_s_relative_is_filed_and_the_open_case_is_marked(
    first: Case, staff: dict[str, User]
) -> None:
    head = first.household.head
    filed = file(staff, name=head.name, id_number=head.id_number, official=Official(user=staff["fuze"]))
    first.refresh_from_db()
    assert (first.is_relative_filed, filed.official) == (True, "测试fuze")
    filings.revoke(by=staff["jingban"], relative=filed, reason="同名, 登记错了", on=DAY)
    first.refresh_from_db()
    filed.refresh_from_db()
    assert (first.is_relative_filed, filed.revoked_reason) == (True, "同名, 登记错了")  # the county visits
    with pytest.raises(filings.AlreadyRevoked):
        filings.revoke(by=staff["jingban"], relative=filed, reason="再撤", on=DAY)


def test_a_revoked_filing_no_longer_bars_and_a_standing_one_does(first: Case, staff: dict[str, User]) -> None:
    head = first.household.head
    filed = file(staff, name=head.name, id_number=head.id_number, official=Official(user=staff["jingban"]))
    with pytest.raises(MustRecuse):
        intake.tell_gaps(case=first, by=staff["jingban"], on=DAY)
    filings.revoke(by=staff["jingban2"], relative=filed, reason="登记错了", on=DAY)
    assert intake.tell_gaps(case=first, by=staff["jingban"], on=DAY).round == 1


@pytest.mark.parametrize(
    ("official", "family", "sign"),
    [
        ({"phone": "10000000000"}, {}, "phone"),
        ({"address": "寄料村幸福路 8 号"}, {"address": "寄料村幸福路8号"}, "address"),
    ],
)
def test_what_a_family_shares_with_an_official_is_noticed_whichever_came_first(
    staff: dict[str, User], official: dict[str, str], family: dict[str, str], sign: str
) -> None:
    before = intake.submit(by=staff["cun"], draft=golden.draft(**family), channel="village", on=DAY)
    file(staff, official=Official(cadre_name="李某", position="村主任", **official))
    assert signs(before, "relative") == [sign]
    after = another(staff, phone="10000000000", **family)
    assert sign in signs(after, "relative")


def test_a_confirmed_relative_marks_the_case_and_an_open_one_holds_it(staff: dict[str, User]) -> None:
    file(staff, official=Official(cadre_name="李某", position="村主任", phone="10000000000"))
    case = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=DAY)
    with pytest.raises(Blocked, match="近亲属还没有核实：与 李某 电话相同"):
        accept(case, staff)
    settle(case, staff, confirmed=True, note="李某的外甥女家")
    case.refresh_from_db()
    assert case.is_relative_filed
    assert accept(case, staff).is_relative_filed


def test_the_register_is_kept_by_those_who_keep_it(staff: dict[str, User]) -> None:
    with pytest.raises(filings.NotTheKeeper):
        filings.file_relative(
            by=staff["cun"], name="李丁", id_number=golden.number("19600101", 71), relation="兄弟",
            official=Official(cadre_name="李某"), on=DAY,
        )  # fmt: skip
    with pytest.raises(filings.NobodyNamed):
        file(staff, official=Official())
    elsewhere = file(staff)
    other = Relative.objects.create(
        cadre_name="王某", person=elsewhere.person, relation="叔侄", filed_on=DAY, area_id=golden.COUNTY
    )
    with pytest.raises(filings.FilingOutsideArea):
        filings.revoke(by=staff["jingban"], relative=other, reason="不归我管", on=DAY)


def test_a_referral_is_followed_to_its_answer_and_never_closes_the_case(
    first: Case, staff: dict[str, User]
) -> None:
    clerk, due = staff["jingban"], dt.date(2026, 9, 20)
    sent = referring.refer(
        by=clerk,
        household=first.household,
        case=first,
        department="medical",
        matter="大病报销",
        due_on=due,
        on=DAY,
    )
    late = dt.date(2026, 9, 21)
    assert list(queries.referrals(clerk, "late", late)) == [sent]
    answered = referring.answer_referral(referral=sent, by=clerk, state="done", answer="已报销", on=late)
    first.refresh_from_db()
    assert (answered.state, first.station, first.closed_on) == (Referral.State.DONE, "accept", None)
    assert not queries.referrals(clerk, "open", late).exists()
    with pytest.raises(referring.AlreadyAnswered):
        referring.answer_referral(referral=sent, by=clerk, state="done", answer="又一次", on=late)


def test_a_referral_is_made_where_one_works_and_with_time_to_answer(
    first: Case, staff: dict[str, User]
) -> None:
    home: dict[str, Any] = {"household": first.household, "department": "women", "matter": "帮扶", "on": DAY}
    with pytest.raises(referring.DueInThePast):
        referring.refer(by=staff["jingban"], due_on=dt.date(2026, 9, 13), **home)
    with pytest.raises(referring.NotYours):
        referring.refer(by=staff["caiwu"], due_on=DAY, **home)
    stranger = User.objects.create(username="x", name="外镇", role="jingban", area_id=golden.COUNTY)
    stranger.area_id = None
    with pytest.raises(referring.NotYours, match="不在您的辖区"):
        referring.refer(by=stranger, due_on=DAY, **home)
    assert referring.refer(by=staff["jingban"], due_on=DAY, **home).case is None


def test_one_member_registered_here_is_enough_and_nobody_needs_a_basis(
    first: Case, staff: dict[str, User]
) -> None:
    people = [m.person for m in first.household.memberships.order_by("pk")]
    ask: dict[str, Any] = {"case": first, "by": staff["jingban"], "same_province": False, "on": DAY}
    for person in people[:2]:
        referring.ask_hukou(person=person, county="湖北省枣阳市", **ask)
    with pytest.raises(referring.NobodyRegisteredHere, match="任一成员的户籍地"):
        referring.ask_hukou(person=people[2], county="湖北省枣阳市", **ask)
    asked = referring.ask_hukou(person=people[2], county="湖北省枣阳市", basis="持居住证受理", **ask)
    with pytest.raises(referring.AlreadyAsked):
        referring.ask_hukou(person=people[0], county="湖北省枣阳市", **ask)
    done = referring.answer_hukou(inquiry=asked, by=staff["jingban"], answer="未享受救助", on=DAY)
    assert (done.answer, done.answered_on) == ("未享受救助", DAY)
    with pytest.raises(referring.AlreadyAnswered):
        referring.answer_hukou(inquiry=asked, by=staff["jingban"], answer="更正", on=DAY)


def test_an_inquiry_is_about_a_member(first: Case, staff: dict[str, User]) -> None:
    stranger = another(staff).household.head
    with pytest.raises(referring.NotAMember):
        referring.ask_hukou(
            case=first, by=staff["jingban"], person=stranger, county="外县", same_province=True, on=DAY
        )
