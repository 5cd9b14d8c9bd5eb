"""One whole case on each procedure, through the real services, from the village's form to the delivered letter."""

import datetime as dt
from typing import Any

import pytest

from doudi.law.procedure import POSTINGS
from doudi.records.awards.models import Award
from doudi.records.cases import queries
from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import NotYourDuty, WrongStation, procedure_of
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Delivery
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User
from tests.law.procedures import PROCEDURES, packs_with
from tests.procedure.county_with import county_with, office_under
from tests.procedure.walking import file, tell, walk
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
ROADS = {
    "current": "accept survey review post sign confirm",
    "procedure-three-postings": "accept post_intake survey review post sign intend post_final confirm",
    "procedure-delegated": "accept survey review post confirm",
    "procedure-2012": "accept survey panel review post sign intend post_final confirm",
    "procedure-1999": "accept survey panel review post sign confirm",
}

THREE_FROM_THE_20TH = """pack: own-procedure
area: "410482"
document: 测试文件
status: demo
values:
  road.full:
    - {since: 2026-09-20, value: [accept, post_intake, survey, verify, review, post, sign, intend, post_final,
                                  confirm, notify, roll]}
"""


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.mark.parametrize("example", PROCEDURES)
def test_a_whole_case(example: str, staff: dict[str, User], capsys: pytest.CaptureFixture[str]) -> None:
    with county_with(example):
        case = file(staff)
        stops = list(walk(case, staff))
        visited, on = [station for station, _, _ in stops], stops[-1][2]
        assert visited == ROADS[example].split()
        closed = Case.objects.get(pk=case.pk)
        assert closed.outcome == Case.Outcome.GRANTED
        tell(closed, staff, on)
        assert Award.objects.get().amount_fen == 81_900
        assert Delivery.objects.count() == 1
        hung = list(Posting.objects.order_by("pk").values_list("station", flat=True))
        assert hung == [station for station in visited if station in POSTINGS]
        _nobody_on_two_sides(closed)
        clock = queries.whole_clock(closed)
    with capsys.disabled():
        unit = "工作日" if clock.in_workdays else "天"
        print(f"\n{example}: {len(visited)} stations, {closed.acts.count()} acts, {clock.days} {unit}")


def _nobody_on_two_sides(case: Case) -> None:
    sides: dict[Any, set[str]] = {}
    for user, group in Act.objects.filter(case=case).values_list("user", "group"):
        sides.setdefault(user, set()).add(group)
    assert all(len(groups) == 1 for groups in sides.values())


def at(station: str, staff: dict[str, User]) -> tuple[Case, dt.date]:
    return next((case, on) for here, case, on in walk(file(staff), staff) if here == station)


def test_delegated_the_leader_confirms_and_the_county_does_not(staff: dict[str, User]) -> None:
    with county_with("procedure-delegated"):
        case, on = at("confirm", staff)
        with pytest.raises(NotYourDuty, match="县级审批不办理确认"):
            decisions.confirm(case=case, by=staff["shenpi"], on=on)
        with pytest.raises(WrongStation, match="乡镇签批"):
            decisions.sign(case=case, by=staff["fuze"], on=on)
        decisions.confirm(case=case, by=staff["fuze"], on=on)


def test_three_boards_of_which_the_first_says_no_amount(staff: dict[str, User]) -> None:
    with county_with("procedure-three-postings"):
        for _ in walk(file(staff), staff):
            pass
    rows = list(Posting.objects.order_by("pk").values_list("row", flat=True))
    assert [row["amount_fen"] for row in rows] == [None, 81_900, 81_900]


@pytest.mark.parametrize("example", ["procedure-three-postings", "procedure-2012"])
def test_what_the_county_sends_back_is_surveyed_and_posted_again(
    example: str, staff: dict[str, User]
) -> None:
    with county_with(example):
        case, on = at("intend", staff)
        decisions.send_back(case=case, by=staff["shenpi"], text="收入再核", on=on)
        case = Case.objects.get(pk=case.pk)
        assert (case.station, case.returned_reason) == ("survey", "收入再核")
        again = [station for station, _, _ in walk(case, staff, on)]
        assert again == ROADS[example].split()[ROADS[example].split().index("survey") :]
    assert Posting.objects.filter(withdrawn_on__isnull=False).count() == 1


def test_a_procedure_that_changes_leaves_the_accepted_case_on_its_own(staff: dict[str, User]) -> None:
    """The road is that of the day of acceptance: a county that takes up another one finishes what it began."""
    before = file(staff, dt.date(2026, 9, 14))
    after = Case(
        scheme="dibao_rural", road="full", village_id=golden.VILLAGE, accepted_on=dt.date(2026, 9, 21)
    )
    with office_under(packs_with(THREE_FROM_THE_20TH)):
        assert "post_intake" not in procedure_of(before).road
        assert "post_intake" in procedure_of(after).road
        visited = [station for station, _, _ in walk(before, staff)]
    assert visited == ROADS["current"].split()
