"""The road, who may do what, and what holds a case back: every block appears and disappears with its fact."""

from dataclasses import replace
from datetime import date

import pytest

from doudi.exchange.policy_files import read_packs, read_scheme_catalogue
from doudi.law.blocks import CaseFacts, blocks
from doudi.law.duties import CASEWORK, DUTIES, FINANCE, ROLES, SEPARATED, role_conflict, side
from doudi.law.procedure import POSTINGS, STATIONS, resolve
from tests.rules.situations import ROOT

ON = date(2026, 9, 26)
PACKS = read_packs(ROOT / "policies")
RULES = PACKS.resolve("410482", ON)
# Everything a pack can ask for is asked for.
TERMS = replace(
    resolve("full", "dibao", RULES),
    verify_connected=True,
    photos_required=True,
    sample_rate=3000,
    sample_when="before",
)
CATALOGUE = read_scheme_catalogue(ROOT / "policies")
READY = CaseFacts(
    station="accept",
    authorised=True,
    investigators=2,
    survey_signed=True,
    verification="done",
    assessed=True,
    assessment_current=True,
    opinion_given=True,
    posted_clear_from=dict.fromkeys(POSTINGS, ON),
    ability_assessed=True,
    panel_held=True,
    panel_since_visit=True,
    intended=True,
    sample="visited",
    signed=True,
    county_visited=True,
    notice_given=True,
)


# Each fact that is missing, at the station it holds back, and the block it raises there.
SITUATIONS: list[tuple[str, dict[str, object], str]] = [
    ("accept", {"papers_missing": ("申请书",)}, "papers_missing"),
    ("accept", {"authorised": False}, "not_authorised"),
    ("accept", {"unsigned": ("钱乙",)}, "unsigned"),
    ("accept", {"duplicates_open": ("与户 1 电话相同",)}, "duplicates_open"),
    ("accept", {"relatives_open": ("与 李某 电话相同",)}, "relatives_open"),
    ("survey", {"investigators": 1}, "too_few_investigators"),
    ("survey", {"survey_signed": False}, "survey_unsigned"),
    ("survey", {"survey_gaps": ("走访邻居",)}, "survey_gaps"),
    ("survey", {"paused": "等待核对复查结果"}, "paused"),
    ("sign", {"award_ended": True}, "award_ended"),
    ("verify", {"verification": "pending"}, "verification_open"),
    ("verify", {"findings_open": 2}, "findings_open"),
    ("ability", {"ability_assessed": False}, "ability_open"),
    ("panel", {"panel_since_visit": False}, "panel_open"),
    ("review", {"panel_due": True, "panel_held": False}, "panel_open"),
    ("review", {"assessed": False}, "not_assessed"),
    ("review", {"assessment_current": False}, "assessment_stale"),
    ("review", {"opinion_given": False}, "no_opinion"),
    ("post", {"posted_clear_from": {}}, "not_posted"),
    ("post", {"posted_clear_from": {"post": date(2026, 9, 27)}}, "posting_open"),
    ("post", {"photos_missing": ("第 7 天",)}, "photos_missing"),
    ("post", {"objections_open": 1}, "objection_open"),
    ("post_intake", {"posted_clear_from": {}}, "not_posted"),
    ("post_final", {"objections_open": 1}, "objection_open"),
    ("sign", {"signed": False}, "not_signed"),
    ("sign", {"assessment_current": False}, "assessment_stale"),
    ("sign", {"objections_open": 1}, "objection_open"),
    ("intend", {"intended": False}, "not_intended"),
    ("intend", {"sample": ""}, "sample_undrawn"),
    ("intend", {"objections_open": 1}, "objection_open"),
    ("confirm", {"refusal_advised": True}, "refusal_advised"),
    ("confirm", {"sample": ""}, "sample_undrawn"),
    ("confirm", {"sample": "drawn"}, "sample_visit_due"),
    ("confirm", {"near_relative": True, "county_visited": False}, "county_visit_due"),
    ("confirm", {"complaint": True, "county_visited": False}, "county_visit_due"),
    ("confirm", {"holding_excluded": ("特困供养",)}, "holding_excluded"),
    ("confirm", {"objections_open": 1}, "objection_open"),
    ("notify", {"notice_given": False}, "not_notified"),
]


def codes(**change: object) -> set[str]:
    facts = replace(READY, **change)  # type: ignore[arg-type]
    return {block.code for block in blocks(facts, TERMS, ON)}


@pytest.mark.parametrize("station", STATIONS)
def test_a_case_with_everything_in_order_may_leave_every_station(station: str) -> None:
    assert codes(station=station) == set()


@pytest.mark.parametrize(("station", "change", "code"), SITUATIONS)
def test_each_missing_fact_blocks_its_station(station: str, change: dict[str, object], code: str) -> None:
    assert codes(station=station, **change) == {code}


def test_verification_does_not_block_where_the_pack_says_it_is_not_connected() -> None:
    facts = replace(READY, station="verify", verification="pending")
    assert blocks(facts, replace(TERMS, verify_connected=False), ON) == ()


def test_the_current_road() -> None:
    road = resolve("full", "dibao", RULES)
    station: str | None = "accept"
    walked = []
    while station:
        walked.append(station)
        station = road.after(station)
    assert "→".join(STATIONS[code].label for code in walked) == (
        "受理→调查→初审→公示→乡镇签批→县级确认→告知→在册"
    )
    assert road.walked_with("survey") == ("survey", "verify")
    assert road.after("review", refusing=True) == "sign"
    with pytest.raises(ValueError, match="没有“post”"):
        resolve("short", "dibao", RULES).after("post")


@pytest.mark.parametrize("done", sorted(set().union(*SEPARATED)))
@pytest.mark.parametrize("duty", sorted(set().union(*SEPARATED)))
def test_one_person_never_holds_two_separated_duties(done: str, duty: str) -> None:
    together = any({done, duty} <= group for group in SEPARATED)
    assert (side(duty) == side(done) != "") is together


def test_every_role_is_lawful_by_itself_and_its_duties_are_known() -> None:
    for role in ROLES.values():
        assert role.duties <= set(DUTIES)
        assert role_conflict([role.code]) is None
    assert all(station.duty in DUTIES or not station.duty for station in STATIONS.values())
    assert not FINANCE & CASEWORK


def test_finance_and_casework_never_meet_and_administrators_stand_alone() -> None:
    for money in ("caiwu", "fuhe", "pizhun"):
        for case in ("jingban", "fuze", "shenpi", "hedui"):
            found = role_conflict([money, case])
            assert found is not None
            assert found.code == "finance_and_casework"
    assert role_conflict(["xitong", "anquan"]) is not None
    assert role_conflict(["shenjiyuan", "jingban"]) is not None
    assert role_conflict(["cun", "shegong"]) is None


def test_the_schemes_say_what_an_office_needs() -> None:
    dibao = CATALOGUE.schemes["dibao_rural"]
    assert (dibao.unit, dibao.payee, dibao.period, dibao.rulebook) == ("household", "head", "month", "dibao")
    assert {paper.source for paper in dibao.papers} == {"citizen", "system"}
    assert all(dibao.reasons_for(kind) for kind in ("refuse", "stop", "increase", "decrease"))
    assert CATALOGUE.schemes["orphan"].carried_over_only
    pairs = {row.pair for row in CATALOGUE.exclusions}
    assert {"dibao_rural×dibao_urban", "dibao_rural×tekun_rural", "disability_living×tekun_rural"} <= pairs
    assert "dibao_rural×disability_living" not in pairs
    assert len(pairs) == len(CATALOGUE.exclusions)
