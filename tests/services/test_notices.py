"""What a role is told: only its own area, only its own role, and everybody marks for himself."""

import datetime as dt

import pytest

from doudi.records.areas.models import Area
from doudi.records.staff import services
from doudi.records.staff.models import Notice, NoticeRead, User
from doudi.records.staff.queries import notices_for, unread_notices
from doudi.store.today import move_to
from tests.services import golden_family as golden

ON = dt.date(2026, 9, 14)
OTHER_TOWN, OTHER_VILLAGE = "410482102000", "410482102201"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(settings: pytest.FixtureRequest) -> dict[str, User]:
    settings.DEMO = True  # type: ignore[attr-defined]
    move_to(ON)
    made = golden.county()
    town = Area.objects.create(code=OTHER_TOWN, name="温泉镇", level="township", parent_id=golden.COUNTY)
    Area.objects.create(code=OTHER_VILLAGE, name="温泉村", level="village", parent=town)
    for login, role, area in (
        ("jingban9", "jingban", OTHER_TOWN),
        ("shegong", "shegong", golden.TOWNSHIP),
        ("shegong2", "shegong", golden.TOWNSHIP),
        ("anquan", "anquan", None),
    ):
        made[login] = User.objects.create(username=login, name=f"测试{login}", role=role, area_id=area)
    return made


def tell(role: str, area: str = golden.VILLAGE, **more: User) -> Notice:
    return services.notify(
        to_role=role,
        area_code=area,
        kind="returned",
        title="赵甲家退回补正",
        link="/anjian/1/",
        on=ON,
        **more,
    )


def seen(user: User) -> list[int]:
    return [notice.pk for notice in notices_for(user)]


def test_a_notice_reaches_its_role_in_its_area_and_nobody_else(staff: dict[str, User]) -> None:
    told = tell("jingban")
    assert seen(staff["jingban"]) == seen(staff["jingban2"]) == [told.pk]
    assert not [login for login in staff if login not in ("jingban", "jingban2") and seen(staff[login])]


def test_a_notice_to_a_wider_area_reaches_every_township_in_it(staff: dict[str, User]) -> None:
    told = tell("jingban", golden.COUNTY)
    assert seen(staff["jingban"]) == seen(staff["jingban9"]) == [told.pk]


def test_the_county_is_told_of_its_villages(staff: dict[str, User]) -> None:
    told = tell("shenpi")
    assert seen(staff["shenpi"]) == [told.pk]


def test_a_notice_without_an_area_reaches_a_role_that_has_none(staff: dict[str, User]) -> None:
    told = tell("anquan", "")
    assert seen(staff["anquan"]) == [told.pk]


def test_a_social_worker_sees_only_what_is_addressed_to_him(staff: dict[str, User]) -> None:
    tell("shegong")
    mine = tell("shegong", to_user=staff["shegong"])
    assert (seen(staff["shegong"]), seen(staff["shegong2"])) == ([mine.pk], [])


def test_reading_is_marked_for_oneself_only(staff: dict[str, User]) -> None:
    told = tell("jingban")
    services.read_notice(by=staff["jingban"], pk=told.pk)
    services.read_notice(by=staff["jingban"], pk=told.pk)
    assert NoticeRead.objects.count() == 1
    assert not unread_notices(staff["jingban"]).exists()
    assert unread_notices(staff["jingban2"]).exists()


def test_all_are_marked_at_once(staff: dict[str, User]) -> None:
    tell("jingban")
    tell("jingban")
    assert services.read_all(by=staff["jingban"]) == 2
    assert services.read_all(by=staff["jingban"]) == 0


def test_somebody_elses_notice_cannot_be_opened(staff: dict[str, User]) -> None:
    told = tell("jingban")
    with pytest.raises(Notice.DoesNotExist):
        services.read_notice(by=staff["jingban9"], pk=told.pk)


@pytest.mark.parametrize(
    "wrong", [{"to_role": "nobody"}, {"kind": "hello"}, {"link": "https://example.org/"}], ids=str
)
def test_a_mistaken_notice_is_the_programs_fault(staff: dict[str, User], wrong: dict[str, str]) -> None:
    given = {"to_role": "jingban", "kind": "returned", "link": "/anjian/1/"} | wrong
    with pytest.raises(ValueError):
        services.notify(**given, area_code=golden.VILLAGE, title="x", on=ON)
