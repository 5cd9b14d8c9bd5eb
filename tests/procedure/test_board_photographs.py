"""A county whose pack asks for the board's photographs: a posting does not end on paper alone."""

import datetime as dt

import pytest

from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked
from doudi.records.postings import services as postings
from doudi.records.postings.models import Posting
from doudi.records.postings.queries import facts
from doudi.records.staff.models import User
from tests.law.procedures import COUNTY, packs_with
from tests.procedure import walking
from tests.procedure.county_with import office_under
from tests.services import golden_family as golden

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WITH_PHOTOGRAPHS = f"""
pack: own-procedure
area: "{COUNTY}"
title: 公示须传回照片的县
document: 测试县公示办法
status: local
values:
  procedure.photos_required:
    - {{since: 2021-07-01, value: 是, article: 第五条}}
"""


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def posted(staff: dict[str, User]) -> tuple[Posting, dt.date]:
    """Hung up; the day after its last."""
    case, on = next(
        (c, day) for station, c, day in walking.walk(walking.file(staff), staff) if station == "post"
    )
    posting = postings.publish(case=case, by=staff["jingban"], on=on)
    return posting, posting.until_on + dt.timedelta(days=1)


def send(posting: Posting, by: User, moment: str, on: dt.date) -> None:
    postings.send_photo(posting=posting, by=by, moment=moment, data=golden.photo(), on=on)


def send_up(posting: Posting, by: User, on: dt.date) -> Case:
    return postings.send_up(case=Case.objects.get(pk=posting.case_id), by=by, on=on)


def test_it_goes_up_once_both_photographs_are_back(staff: dict[str, User]) -> None:
    with office_under(packs_with(WITH_PHOTOGRAPHS)):
        posting, after = posted(staff)
        with pytest.raises(Blocked, match="张贴后、期满日") as refused:
            send_up(posting, staff["jingban"], after)
        assert [block.code for block in refused.value.blocks] == ["photos_missing"]
        send(posting, staff["cun"], "first", posting.posted_on)
        with pytest.raises(Blocked, match="照片还没有传回：期满日"):
            send_up(posting, staff["jingban"], after)
        send(posting, staff["cun"], "last", posting.until_on)
        assert send_up(posting, staff["jingban"], after).station == "sign"


def test_elsewhere_the_photographs_are_only_told_of(staff: dict[str, User]) -> None:
    posting, after = posted(staff)
    assert facts(Case.objects.get(pk=posting.case_id)).photos_missing == ("张贴后", "期满日")
    assert send_up(posting, staff["jingban"], after).station == "sign"
