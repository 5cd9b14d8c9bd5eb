"""Objections and photographs in counties with other procedures: three boards, clocks, photographs required."""

import datetime as dt

import pytest

from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked
from doudi.records.policies.queries import calendar
from doudi.records.postings import services
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.queries import sends_to
from doudi.records.staff.models import User
from tests.procedure.county_with import county_with
from tests.procedure.walking import file, walk
from tests.services import golden_family as golden
from tests.services.concluding import concluded

pytestmark = pytest.mark.django_db
THREE = "procedure-three-postings"
WORDS = {"post_intake": "转入户调查", "post": "报签批", "post_final": "报县级"}


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def at(station: str, staff: dict[str, User]) -> tuple[Case, dt.date]:
    return next((case, on) for here, case, on in walk(file(staff), staff) if here == station)


def objected(case: Case, staff: dict[str, User], on: dt.date) -> Objection:
    posting = services.publish(case=case, by=staff["jingban"], on=on)
    told = services.object_to(posting=posting, channel="网上", text="有车", contact="", on=on)
    both = [staff["jingban"], staff["jingban2"]]
    return services.assign(objection=told, by=staff["jingban"], users=both, on=on)


@pytest.mark.parametrize(("station", "words"), WORDS.items())
def test_on_every_board_an_upheld_objection_leads_to_a_survey_and_new_boards(
    station: str, words: str, staff: dict[str, User]
) -> None:
    with county_with(THREE):
        case, on = at(station, staff)
        assert sends_to(case) == words
        told = objected(case, staff, on)
        with pytest.raises(Blocked, match="异议"):
            services.send_up(case=case, by=staff["jingban"], on=on + dt.timedelta(days=30))
        concluded(objection=told, by=staff["jingban"], outcome="upheld", text="查实", remedy="survey", on=on)
        case = Case.objects.get(pk=case.pk)
        assert case.station == "survey"
        later = [here for here, _, _ in walk(case, staff, on + dt.timedelta(days=30))]
        assert later[-1] == "confirm"
        assert "post" in later
        assert Case.objects.get(pk=case.pk).outcome == "granted"
    assert Posting.objects.filter(station="post", withdrawn_on=None).count() == 1


def test_an_objection_is_due_by_the_clock_of_2012(staff: dict[str, User]) -> None:
    with county_with("procedure-2012"):
        case, on = at("post", staff)
        told = objected(case, staff, on)
        assert told.due_on == calendar().after(on, 20)
        assert services.object_to(
            posting=Posting.objects.get(), channel="网上", text="又", contact="", on=on
        ).due_on == calendar().after(on, 20)


def test_a_minor_passes_all_three_boards(staff: dict[str, User]) -> None:
    from doudi.records.people.models import Person

    with county_with(THREE):
        case, on = at("post_intake", staff)
        Person.objects.update(birth_on=dt.date(2010, 1, 1))
        services.put_up(case=Case.objects.get(pk=case.pk), by=staff["jingban"], on=on)
        assert Case.objects.get(pk=case.pk).station == "survey"
    assert not Posting.objects.exists()
