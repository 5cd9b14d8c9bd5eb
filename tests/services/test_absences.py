"""A deputy sees and acts in the other's area while he is away, never longer, under his own name."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from doudi.records.areas.models import Area
from doudi.records.audit.models import Event
from doudi.records.cases import services as cases
from doudi.records.cases.models import Act, Assignment, Case
from doudi.records.intake import services as intake
from doudi.records.people.models import Household
from doudi.records.staff import services
from doudi.records.staff.models import Absence, User
from doudi.records.staff.presence import AwayNow
from doudi.records.staff.queries import notices_for
from doudi.store.today import move_to
from tests.services import golden_family as golden

ON = dt.date(2026, 9, 14)
OTHER_TOWN = "410482102000"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(settings: Any) -> dict[str, User]:
    settings.DEMO = True
    move_to(ON)
    made = golden.county()
    Area.objects.create(code=OTHER_TOWN, name="温泉镇", level="township", parent_id=golden.COUNTY)
    for login, role, area in (
        ("jingban9", "jingban", OTHER_TOWN),
        ("shegong", "shegong", golden.TOWNSHIP),
        ("shegong2", "shegong", golden.TOWNSHIP),
        ("anquan", "anquan", None),
    ):
        made[login] = User.objects.create(username=login, name=f"测试{login}", role=role, area_id=area)
    return made


@pytest.fixture
def case(staff: dict[str, User]) -> Case:
    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=ON)


def away(staff: dict[str, User], user: str, deputy: str, days: int = 3, **changes: Any) -> Absence:
    given = {
        "from_on": ON,
        "until_on": ON + dt.timedelta(days=days - 1),
        "reason": "年休假",
        "on": ON,
    } | changes
    by = given.pop("by", staff["anquan"])
    return services.arrange_absence(by=by, user=staff[user], deputy=staff[deputy], **given)


def again(user: User) -> User:
    """The user as the next request finds him."""
    return User.objects.get(pk=user.pk)


def sees(user: User, case: Case) -> bool:
    fresh = again(user)
    found = {model.objects.visible_to(fresh).exists() for model in (Case, Household)}
    assert len(found) == 1
    return found.pop() and Case.objects.visible_to(fresh).filter(pk=case.pk).exists()


def test_a_deputy_sees_the_area_on_these_days_only(staff: dict[str, User], case: Case) -> None:
    away(staff, "jingban", "jingban9", from_on=ON + dt.timedelta(days=1))
    seen = []
    for day in range(6):
        move_to(ON + dt.timedelta(days=day))
        seen.append(sees(staff["jingban9"], case))
    assert seen == [False, True, True, False, False, False]


def test_a_deputy_acts_under_his_own_name(staff: dict[str, User], case: Case) -> None:
    with pytest.raises(cases.OutsideYourArea):
        cases.check_may(case=case, by=staff["jingban9"], duty="survey")
    away(staff, "jingban", "jingban9")
    done = cases.do(case=case, by=again(staff["jingban9"]), duty="survey", title="入户", on=ON, note="属实")
    assert (done.user, done.note) == (staff["jingban9"], "代测试jingban。属实")


def test_who_is_away_reads_but_does_not_act(staff: dict[str, User], case: Case) -> None:
    away(staff, "jingban", "jingban9")
    assert sees(staff["jingban"], case)
    with pytest.raises(AwayNow):
        cases.do(case=case, by=again(staff["jingban"]), duty="survey", title="入户", on=ON)
    assert not Act.objects.filter(user=staff["jingban"]).exists()


def test_coming_back_early_takes_the_area_away(staff: dict[str, User], case: Case) -> None:
    absence = away(staff, "jingban", "jingban9")
    move_to(ON + dt.timedelta(days=1))
    services.end_absence(by=staff["anquan"], absence=absence, on=ON + dt.timedelta(days=1))
    assert not sees(staff["jingban9"], case)
    assert not again(staff["jingban"]).is_away
    actions = (
        Event.objects.filter(action__startswith="staff.").order_by("seq").values_list("action", flat=True)
    )
    assert list(actions) == ["staff.absence", "staff.back"]


@pytest.mark.parametrize("change", [{"role": "fuze"}, {"is_active": False}], ids=str)
@pytest.mark.parametrize("who", ["jingban", "jingban9"])
def test_a_deputy_who_no_longer_fits_sees_nothing_more(
    staff: dict[str, User], case: Case, change: dict[str, Any], who: str
) -> None:
    away(staff, "jingban", "jingban9")
    User.objects.filter(pk=staff[who].pk).update(**change)
    assert not sees(staff["jingban9"], case)


def test_a_social_workers_deputy_sees_what_was_assigned_to_him(staff: dict[str, User], case: Case) -> None:
    Assignment.objects.create(case=case, user=staff["shegong"], on=ON)
    worker = staff["shegong2"]
    assert not Case.objects.visible_to(again(worker)).exists()
    told = services.notify(
        to_role="shegong", to_user=staff["shegong"], area_code=golden.VILLAGE, kind="assigned", title="入户", link="/",
        on=ON,
    )  # fmt: skip
    away(staff, "shegong", "shegong2")
    Assignment.objects.create(case=case, user=worker, on=ON)
    assert Case.objects.visible_to(again(worker)).count() == 1  # once, though assigned twice
    assert told in notices_for(again(worker))


def test_the_relatives_of_a_deputy_stay_his_relatives(staff: dict[str, User], case: Case) -> None:
    from doudi.records.people.models import Relative

    away(staff, "jingban", "jingban9")
    fields = {field.name for field in Relative._meta.fields}
    more = {"filed_on": ON} if "filed_on" in fields else {}
    Relative.objects.create(user=staff["jingban9"], person=case.household.head, relation="sibling", **more)
    with pytest.raises(cases.MustRecuse):
        cases.check_may(case=case, by=again(staff["jingban9"]), duty="survey")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"deputy": "jingban"}, services.DeputyDoesNotFit),
        ({"deputy": "fuze"}, services.DeputyDoesNotFit),
        ({"by": "xitong"}, services.NotSecurityAdministrator),
        ({"until_on": ON - dt.timedelta(days=1)}, services.DatesDoNotFit),
        ({"from_on": ON + dt.timedelta(days=9)}, services.DatesDoNotFit),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(
    staff: dict[str, User], changes: dict[str, Any], refusal: type[Exception]
) -> None:
    given = {"user": "jingban", "deputy": "jingban9"} | changes
    if "by" in given:
        given["by"] = staff[given["by"]]
    with pytest.raises(refusal):
        away(staff, **given)
    assert not Absence.objects.exists()


def test_a_disabled_account_is_nobodys_deputy(staff: dict[str, User]) -> None:
    User.objects.filter(username="jingban9").update(is_active=False)
    with pytest.raises(services.DeputyDoesNotFit):
        services.arrange_absence(
            by=staff["anquan"], user=staff["jingban"], deputy=again(staff["jingban9"]), from_on=ON, until_on=ON,
            reason="会", on=ON,
        )  # fmt: skip


def test_there_are_no_chains_of_deputies(staff: dict[str, User]) -> None:
    away(staff, "jingban", "jingban9")
    for user, deputy in (("jingban", "jingban2"), ("jingban2", "jingban"), ("jingban9", "jingban2")):
        with pytest.raises(services.AlreadyAway):
            away(staff, user, deputy)


def test_an_arranged_absence_cannot_be_rewritten(staff: dict[str, User]) -> None:
    absence = away(staff, "jingban", "jingban9")
    with pytest.raises(DatabaseError), transaction.atomic():
        Absence.objects.filter(pk=absence.pk).update(deputy=staff["jingban2"])
