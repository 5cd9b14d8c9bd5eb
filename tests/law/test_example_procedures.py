"""The four procedures and the older clocks, each as a county that takes up the example pack would walk it."""

from datetime import date

import pytest

from doudi.law.clocks import first_given
from doudi.law.procedure import STATIONS, WHOLE, Procedure, resolve
from tests.law.procedures import packs_of

ON = date(2026, 9, 14)
WALKED = {
    "current": "受理→调查→初审→公示→乡镇签批→县级确认→告知→在册",
    "procedure-three-postings": (
        "受理→受理公示→调查→初审→公示→乡镇签批→县级审核→确认公示→县级确认→告知→在册"
    ),
    "procedure-delegated": "受理→调查→初审→公示→乡镇确认→告知→在册",
    "procedure-2012": "受理→调查→民主评议→初审→公示→乡镇签批→县级审核→确认公示→县级确认→告知→在册",
    "procedure-1999": "受理→调查→民主评议→初审→公示→乡镇签批→县级确认→告知→在册",
}
CLOCKS = {
    "current": {"survey": "survey_start", "review": "opinion", "confirm": "county"},
    "procedure-three-postings": {"survey": "survey_start", "intend": "county", "confirm": "county"},
    "procedure-delegated": {"survey": "survey_start", "confirm": "county"},
    "procedure-2012": {"survey": "survey", "panel": "panel", "intend": "county", "confirm": "decision"},
    "procedure-1999": {"review": "opinion_days", "confirm": "county_days"},
}


def terms(example: str, road: str = "full", book: str = "dibao") -> Procedure:
    return resolve(road, book, packs_of(example).resolve("410482", ON))


def walked(procedure: Procedure, *, refusing: bool = False) -> list[str]:
    found, station = [], "accept"
    while station:
        found.append(station)
        station = procedure.after(station, refusing=refusing) or ""
    return found


@pytest.mark.parametrize("example", WALKED)
def test_the_road_of_each_procedure(example: str) -> None:
    procedure = terms(example)
    assert "→".join(procedure.label(code) for code in walked(procedure)) == WALKED[example]


@pytest.mark.parametrize("example", WALKED)
def test_a_refusal_is_never_posted_or_intended(example: str) -> None:
    road = walked(terms(example), refusing=True)
    assert not {"post_intake", "post", "intend", "post_final"} & set(road)
    assert {"review", "confirm", "notify"} <= set(road)


@pytest.mark.parametrize("example", CLOCKS)
def test_the_clock_of_each_station_is_the_one_the_pack_gives(example: str) -> None:
    rules = packs_of(example).resolve("410482", ON)
    given = {
        code: first_given(STATIONS[code].clocks, "dibao", rules)
        for code in CLOCKS[example]
    }  # fmt: skip
    assert given == CLOCKS[example]
    assert first_given(WHOLE, "dibao", rules) == ("whole_days" if example == "procedure-1999" else "whole")


def test_delegation_takes_the_signature_off_every_road() -> None:
    for road in ("full", "full_ability", "township", "township_posted", "short", "change"):
        procedure = terms("procedure-delegated", road)
        assert procedure.confirm_by == "township"
        assert "sign" not in procedure.road
        assert procedure.label("confirm") == "乡镇确认"
    assert "sign" in terms("current").road


def test_sampling_of_each_procedure() -> None:
    sampled = {
        example: (terms(example).sample_rate, terms(example).sample_when)
        for example in ("procedure-delegated", "procedure-2012")
    }
    assert sampled == {"procedure-delegated": (3000, "after"), "procedure-2012": (3000, "before")}


def test_a_returned_case_goes_to_the_survey_or_where_there_is_none_to_the_review() -> None:
    assert terms("current").back_to() == "survey"
    assert terms("current", "township_posted").back_to() == "review"
