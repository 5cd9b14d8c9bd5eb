"""A family that is known applies again: what it says of itself is new, what money goes to stays."""

import dataclasses

import pytest

from doudi.records.audit.models import Event
from doudi.records.cases.models import Case
from doudi.records.cases.services import CaseAlreadyOpen
from doudi.records.intake import entries
from doudi.records.intake.services import ApplicationDraft
from doudi.records.people.models import Household
from doudi.records.people.queries import account_of
from doudi.records.staff.models import User
from tests.services import changed_family as cf
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
ANOTHER = "6299000000000009999"


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def again(**changes: str) -> ApplicationDraft:
    """The golden family's next application, declaring nothing new."""
    return dataclasses.replace(golden.draft(scheme_id="bianyuan", **changes), facts=())


def told_of_address() -> int:
    return Event.objects.filter(action="people.address").count()


def test_address_and_phone_become_what_the_form_says(staff: dict[str, User]) -> None:
    home = cf.receiving(staff)
    account = account_of(home.head)
    draft = again(address="寄料村 7 组 3 号", phone="１００ 0000 0077", account=ANOTHER)
    entries.submit_again(by=staff["jingban"], household=home, draft=draft, channel="window", on=cf.TODAY)
    now = Household.objects.get()
    assert (now.address, now.phone) == ("寄料村 7 组 3 号", "10000000077")
    assert account_of(now.head) == account
    assert told_of_address() == 1


def test_what_the_form_leaves_as_it_was_is_not_written_again(staff: dict[str, User]) -> None:
    home = cf.receiving(staff)
    entries.submit_again(by=staff["jingban"], household=home, draft=again(), channel="window", on=cf.TODAY)
    kept = again(address="寄料村 8 组", phone="")
    entries.submit_again(
        by=staff["jingban"], household=home, channel="window", on=cf.TODAY,
        draft=dataclasses.replace(kept, scheme_id="gangxing"),
    )  # fmt: skip
    now = Household.objects.get()
    assert (now.address, now.phone, told_of_address()) == ("寄料村 8 组", "10000000000", 1)


def test_a_refused_application_changes_nothing(staff: dict[str, User]) -> None:
    home = cf.receiving(staff)
    entries.submit_again(by=staff["jingban"], household=home, draft=again(), channel="window", on=cf.TODAY)
    elsewhere = again(address="别处", phone="10000000088")
    with pytest.raises(CaseAlreadyOpen):
        entries.submit_again(
            by=staff["jingban"], household=home, draft=elsewhere, channel="window", on=cf.TODAY
        )
    assert Household.objects.get().address == golden.draft().address
    assert Case.objects.count() == 2
