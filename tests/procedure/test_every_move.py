"""Generated from the packs: at every station of every procedure and scheme, what belongs there works and nothing else.

A verb at a station that is not its own is refused and leaves no trace; a station's successor is the pack's; every block
of the law appears with its fact and disappears with it.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from doudi.law import blocks as law
from doudi.law.catalogue import Scheme
from doudi.law.panels import Votes
from doudi.law.procedure import ALONGSIDE, ONLY_WHEN_GRANTING, POSTINGS, STATIONS, resolve
from doudi.records.cases import services as cases
from doudi.records.cases import timing
from doudi.records.cases.models import Act, Case, Hand
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.intake import services as intake
from doudi.records.policies.queries import catalogue
from doudi.records.postings import services as postings
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from tests.law.procedures import PROCEDURES, packs_of
from tests.law.test_procedure import READY, SITUATIONS
from tests.procedure.county_with import county_with
from tests.procedure.walking import VOTERS, confirmer, file
from tests.services import golden_family as golden

pytestmark = pytest.mark.once
ON = dt.date(2026, 9, 14)
# What is done alongside the survey is no place of its own; told and on the roll is a case that is closed.
NOT_STOOD_AT = {"notify", "roll", *ALONGSIDE["survey"]}
COUNTED: Counter[str] = Counter()
Verb = Callable[[Case, Mapping[str, User]], object]


def casework() -> list[Scheme]:
    """The schemes that have casework of their own."""
    return [scheme for scheme in catalogue().schemes.values() if not scheme.carried_over_only]


def roads() -> list[tuple[str, str]]:
    return [(example, scheme.id) for example in PROCEDURES for scheme in casework()]


def stations() -> list[tuple[str, str, str]]:
    found = []
    for example, scheme_id in roads():
        known = catalogue().schemes[scheme_id]
        terms = resolve(known.road, known.rulebook, packs_of(example).resolve("410482", ON))
        found += [(example, scheme_id, code) for code in terms.road if code not in NOT_STOOD_AT]
    return found


# ---- the verbs, each with the stations it belongs to -----------------------------------------------------


def _panel(case: Case, staff: Mapping[str, User]) -> object:
    members = [checks.MemberDraft(name=name, standing="村民代表") for name in VOTERS]
    formed = checks.form_panel(village=case.village, by=staff["jingban"], members=members, on=ON)
    present = list(formed.members.order_by("pk"))
    meeting = checks.hold_meeting(
        panel=formed, by=staff["jingban"], on=ON, place="村委会", chair=present[0], present=present
    )
    votes = Votes(in_favour=len(present), against=0, abstained=0)
    return checks.hold_panel(
        case=case, meeting=meeting, by=staff["jingban"], votes=votes, summary="属实", on=ON
    )


VERBS: Mapping[str, tuple[frozenset[str], Verb]] = {
    "note_papers": (
        frozenset({"accept"}),
        lambda case, staff: intake.note_papers(case=case, by=staff["jingban"], have=[], on=ON),
    ),
    "tell_gaps": (
        frozenset({"accept"}),
        lambda case, staff: intake.tell_gaps(case=case, by=staff["jingban"], on=ON),
    ),
    "accept": (
        frozenset({"accept"}),
        lambda case, staff: intake.accept(case=case, by=staff["jingban"], on=ON),
    ),
    "visit": (
        frozenset({"survey"}),
        lambda case, staff: checks.visit(
            case=case, by=staff["jingban"], others=[staff["jingban2"]], on=ON, draft=golden.seen()
        ),
    ),
    "note_finding": (
        frozenset({"survey"}),
        lambda case, staff: checks.note_finding(
            case=case, by=staff["jingban"], source="bank", outcome="clear", on=ON
        ),
    ),
    "assess": (
        frozenset({"survey", "review"}),
        lambda case, staff: checks.assess(case=case, by=staff["jingban"], on=ON),
    ),
    "hold_panel": (frozenset({"panel", "survey", "review"}), _panel),
    "give_opinion": (
        frozenset({"review"}),
        lambda case, staff: checks.give_opinion(
            case=case, by=staff["jingban"], recommends=True, text="符合", on=ON
        ),
    ),
    "publish": (
        frozenset(POSTINGS),
        lambda case, staff: postings.publish(case=case, by=staff["jingban"], on=ON),
    ),
    "send_up": (
        frozenset(POSTINGS),
        lambda case, staff: postings.send_up(case=case, by=staff["jingban"], on=ON),
    ),
    "sign": (
        frozenset({"sign"}),
        lambda case, staff: decisions.sign(case=case, by=staff["fuze"], on=ON),
    ),
    "send_back": (
        frozenset({"sign", "intend", "confirm"}),
        lambda case, staff: decisions.send_back(case=case, by=_above(case, staff), text="再核", on=ON),
    ),
    "county_visit": (
        frozenset({"intend", "confirm"}),
        lambda case, staff: decisions.county_visit(
            case=case, by=staff["shenpi"], second=staff["shenpi2"], note="属实", on=ON
        ),
    ),
    "intend": (
        frozenset({"intend"}),
        lambda case, staff: decisions.intend(case=case, by=confirmer(case, staff), on=ON),
    ),
    "confirm": (
        frozenset({"confirm"}),
        lambda case, staff: decisions.confirm(case=case, by=confirmer(case, staff), on=ON),
    ),
    "refuse": (
        frozenset({"confirm"}),
        lambda case, staff: decisions.refuse(
            case=case, by=confirmer(case, staff), reason_code="R02", text="", on=ON
        ),
    ),
}  # fmt: skip


def _above(case: Case, staff: Mapping[str, User]) -> User:
    return staff["fuze"] if case.station == "sign" else confirmer(case, staff)


# ---- one county for all of it; every attempt is undone ---------------------------------------------------


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User]]:
    with django_db_blocker.unblock(), transaction.atomic():
        staff = golden.county()
        file(staff, ON)
        yield staff
        transaction.set_rollback(True)


def placed(scheme_id: str, station: str) -> Case:
    """The one case, as a case of this scheme that stands at this station."""
    road = catalogue().schemes[scheme_id].road
    Case.objects.update(scheme=scheme_id, road=road, station=station)
    return Case.objects.get()


def trace(case: Case) -> tuple[Any, ...]:
    row = Case.objects.filter(pk=case.pk).values_list().get()
    return (row, Act.objects.filter(case=case).count(), Hand.objects.filter(case=case).count())


@pytest.mark.django_db
@pytest.mark.parametrize(("example", "scheme_id", "station"), stations())
def test_no_verb_works_where_it_does_not_belong(
    example: str, scheme_id: str, station: str, office: dict[str, User]
) -> None:
    with county_with(example):
        case = placed(scheme_id, station)
        before, worked = trace(case), []
        for name, (belongs, verb) in VERBS.items():
            if station in belongs:
                continue
            try:
                with transaction.atomic():
                    verb(case, office)
                worked.append(name)
            except Refusal:
                COUNTED["forbidden moves refused"] += 1
            assert trace(Case.objects.get(pk=case.pk)) == before, name
        assert not worked, f"{worked} at {station}"


@pytest.mark.django_db
@pytest.mark.parametrize(("example", "scheme_id", "station"), stations())
def test_every_station_is_left_to_the_one_the_pack_names(
    example: str, scheme_id: str, station: str, office: dict[str, User]
) -> None:
    with county_with(example):
        case = placed(scheme_id, station)
        terms = cases.procedure_of(case)
        for refusing in (False, True):
            road = [code for code in terms.road if not (refusing and code in ONLY_WHEN_GRANTING)]
            following = terms.after(station, refusing=refusing)
            rest = [code for code in road if terms.has_passed(station, code) and code != station]
            assert following == next(code for code in rest if code not in ALONGSIDE["survey"])
        moved = cases.onward(case, ON)
        assert (moved.station, moved.station_from_on) == (terms.after(station), ON)
        COUNTED["legal moves"] += 1


@pytest.mark.django_db
@pytest.mark.parametrize(("example", "scheme_id", "station"), stations())
def test_nothing_leaves_a_station_while_the_clock_stands_still(
    example: str, scheme_id: str, station: str, office: dict[str, User]
) -> None:
    with county_with(example):
        case = placed(scheme_id, station)
        by = confirmer(case, office) if station in timing.COUNTY_STATIONS else office["jingban"]
        timing.pause(case=case, by=by, cause="papers", reason="补材料", on=ON)
        with pytest.raises(cases.ClockStopped), transaction.atomic():
            cases.onward(Case.objects.get(pk=case.pk), ON)
        timing.resume(case=case, by=by, on=ON)
        assert cases.onward(Case.objects.get(pk=case.pk), ON).station != station
        COUNTED["stations that stand still"] += 1


@pytest.mark.nodb
@pytest.mark.parametrize(("example", "scheme_id"), roads())
def test_every_block_appears_with_its_fact_and_disappears_with_it(example: str, scheme_id: str) -> None:
    known = catalogue().schemes[scheme_id]
    terms = resolve(known.road, known.rulebook, packs_of(example).resolve("410482", ON))
    terms = replace(
        terms, verify_connected=True, photos_required=True, sample_rate=3000, sample_when="before"
    )
    for station, change, code in SITUATIONS:
        if station in terms.road:
            facts = replace(READY, station=station, posted_clear_from=dict.fromkeys(POSTINGS, ON))
            assert law.blocks(facts, terms, ON) == ()
            found = law.blocks(replace(facts, **_on_day(change)), terms, ON)
            assert [block.code for block in found] == [code]
            assert all(block.cite and block.text for block in found)
            COUNTED["blocks that come and go"] += 1


def _on_day(change: dict[str, Any]) -> dict[str, Any]:
    """The rows of tests/law are told about another day: a board that may not yet be left stays so."""
    late = change.get("posted_clear_from")
    return {"posted_clear_from": {"post": ON + dt.timedelta(days=1)}} if late else change


@pytest.mark.nodb
def test_every_block_of_the_law_has_its_row() -> None:
    written = set(re.findall(r'Block\(\s*"(\w+)"', Path(law.__file__).read_text("utf-8")))
    assert written == {code for _, _, code in SITUATIONS}


@pytest.mark.nodb
def test_every_station_is_on_some_road() -> None:
    assert {station for _, _, station in stations()} == set(STATIONS) - NOT_STOOD_AT


@pytest.mark.nodb
def test_the_count(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        told = ", ".join(f"{count} {what}" for what, count in sorted(COUNTED.items()))
        print(f"\n{len(roads())} roads ({len(PROCEDURES)} procedures × {len(casework())} schemes): {told}")
    assert len(casework()) >= 2
