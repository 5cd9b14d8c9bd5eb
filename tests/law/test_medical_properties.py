"""Medical aid on random bills: an oracle in plain fractions, bounds no bill may pass, and packs with gaps that refuse.

The oracle knows the rule as a sentence (what is left, less the threshold, times the rate, within the cap) and shares no
code with the rulebook; amounts are fen.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from doudi.engine.duck import run
from doudi.exchange.policy_files import parse_document
from doudi.law.evaluation import evaluate
from doudi.law.packs import MissingParameter, Packs, Parameters
from doudi.law.schemes.medical import MEDICAL
from doudi.law.schemes.medical_inputs import CATEGORIES, LIKENED
from tests.rules.situations import shipped, usual

ON = date(2026, 6, 1)
COUNTY = "410482"
DEMO = shipped().resolve(COUNTY, ON)
# Tilted aid from a low line and little ordinary aid, so that advances meet both.
EASY_TILT = DEMO.replaced({"medical.tilt.threshold": "1000", "medical.cap.total.dibao": "9000"})
IDENTITIES = [code for code in CATEGORIES if code != "others"]
# The demo county's tables, written down again: category → (threshold, rate in %, channel caps, cap of all channels).
THRESHOLD = {"monitored": 117_000, "bianyuan": 234_000, "illness": 585_000}
RATE = {
    "inpatient": [100, 75, 75, 70, 60, 50, 0],
    "outpatient": [80, 60, 60, 50, 50, 0, 0],
    "chronic": [90, 70, 70, 65, 60, 50, 0],
}
CAP = {
    "inpatient": [50_000, 50_000, 50_000, 40_000, 40_000, 30_000, 0],
    "outpatient": [3_000, 3_000, 3_000, 2_000, 2_000, 0, 0],
    "chronic": [10_000, 10_000, 10_000, 8_000, 8_000, 6_000, 0],
}
TOTAL_CAP = [60_000, 60_000, 60_000, 50_000, 50_000, 40_000, 0]

fen = (
    st.integers(0, 30_000_000) | st.integers(0, 500) | st.sampled_from([234_000, 234_001, 585_000, 1_200_000])
)
bigger = fen | st.integers(1_500_000, 20_000_000)
used_fen = st.integers(0, 6_500_000) | st.integers(0, 300_000)
percents = st.integers(0, 105)
categories = st.sampled_from(list(CATEGORIES))
channels = st.sampled_from(list(RATE))


def case(person: dict[str, Any], bill: dict[str, Any] | None = None) -> dict[str, list[dict[str, Any]]]:
    """One person and at most one bill, everything not said at its usual value."""
    household = {"household_id": 1, "scope": COUNTY} | usual("household", MEDICAL)
    people = [usual("person", MEDICAL) | {"household_id": 1, "person_id": 1} | person]
    bills = []
    if bill is not None:
        whole = {"total_cost": bill["compliant_cost"], "channel": "inpatient"} | bill
        bills = [usual("bill", MEDICAL) | {"household_id": 1, "person_id": 1, "bill_id": 1} | whole]
    return {"household": [household], "person": people, "bill": bills}


def settle(bill: dict[str, Any], category: str = "dibao", parameters: Parameters = DEMO) -> dict[str, Any]:
    person = {} if category == "others" else {f"is_{category}": True}
    return evaluate(MEDICAL, case(person, bill), parameters, ON).values["bill"][0]


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


@settings(max_examples=500)
@given(categories, channels, bigger, percents, fen, used_fen, used_fen)
def test_aid_is_what_is_left_less_the_threshold_times_the_rate_within_the_caps(
    category: str, channel: str, cost: int, percent: int, before: int, used: int, used_elsewhere: int
) -> None:
    paid = cost * percent // 100
    bill = {
        "channel": channel, "compliant_cost": cost, "basic_paid": paid, "covered_before": before,
        "aid_used_channel": used, "aid_used": used + used_elsewhere,
    }  # fmt: skip
    row = settle(bill, category)
    place = list(CATEGORIES).index(category)
    left = cost - paid
    threshold = max(THRESHOLD.get(category, 0) - before, 0)
    due = half_up(Fraction(max(left - threshold, 0) * RATE[channel][place], 100))
    room = min(CAP[channel][place] * 100 - used, TOTAL_CAP[place] * 100 - used - used_elsewhere)
    wanted = min(due, max(room, 0)) if left >= 0 else 0
    assert row["medical_aid"] == wanted
    assert (row["finding"] == "layers_exceed") == (left < 0)


@settings(max_examples=500)
@given(categories, bigger, st.booleans(), percents, percents, used_fen, st.booleans(), used_fen)
def test_no_bill_is_reimbursed_beyond_its_compliant_cost_and_nothing_paid_is_negative(
    category: str, cost: int, settled: bool, basic: int, major: int, advance: int, tilt: bool, before: int
) -> None:
    bill = {
        "compliant_cost": cost, "settled": settled, "basic_paid": cost * basic // 100,
        "major_paid": cost * major // 400,
        "advance_paid": advance, "tilt_requested": tilt, "major_cost_before": before,
    }  # fmt: skip
    row = settle(bill, category, EASY_TILT)
    if row["layers_valid"]:
        assert row["reimbursed_total"] <= cost
        assert row["reimbursed_total"] + row["own_after_tilt"] == cost
    else:
        assert row["medical_aid"] == row["tilted_aid"] == row["aid_payable"] == row["advance_to_recover"] == 0
    names = (
        "basic_layer",
        "major_layer",
        "medical_aid",
        "tilted_aid",
        "advance",
        "aid_payable",
        "tilted_payable",
    )
    assert min(row[name] for name in (*names, "advance_to_recover", "own_cost", "re_aid")) >= 0
    paid_now = row["aid_payable"] + row["tilted_payable"]
    if row["bill_sound"]:
        assert paid_now - row["advance_to_recover"] == row["medical_aid"] + row["tilted_aid"] - advance
        assert paid_now == 0 or row["advance_to_recover"] == 0


@given(categories, channels, fen, fen, fen)
def test_a_dearer_bill_never_gets_less(category: str, channel: str, cost: int, more: int, used: int) -> None:
    def at(amount: int) -> int:
        bill = {"channel": channel, "compliant_cost": amount, "settled": False, "tilt_requested": True}
        row = settle(bill | {"aid_used": used, "aid_used_channel": used}, category)
        return int(row["reimbursed_total"])

    assert at(cost) <= at(cost + more)


@given(categories, fen, fen)
def test_two_bills_in_sequence_come_to_what_one_would(category: str, first: int, second: int) -> None:
    """Year sums carried from bill to bill: major illness and tilt agree to the fen, aid to its one rounding a bill."""
    every = DEMO.replaced({"medical.tilt.once_a_year": "否", "medical.insurance.basic.cap": "0"})
    common = {"settled": False, "tilt_requested": True}
    whole = settle(common | {"compliant_cost": first + second}, category, every)
    one = settle(common | {"compliant_cost": first}, category, every)
    so_far = {
        "major_cost_before": one["after_basic"], "covered_before": one["covered_cost"], "tilt_used": one["tilted_aid"],
        "aid_used": one["medical_aid"], "aid_used_channel": one["medical_aid"], "own_before": one["own_cost"],
    }  # fmt: skip
    two = settle(common | {"compliant_cost": second} | so_far, category, every)
    assert one["major_layer"] + two["major_layer"] == whole["major_layer"]
    assert abs(one["medical_aid"] + two["medical_aid"] - whole["medical_aid"]) <= 1
    assert abs(one["tilted_aid"] + two["tilted_aid"] - whole["tilted_aid"]) <= 1
    assert two["own_after_tilt"] == first + second - sum(
        row[name] for row in (one, two) for name in ("major_layer", "medical_aid", "tilted_aid")
    )


@given(st.sets(st.sampled_from([*IDENTITIES, *LIKENED])))
def test_several_identities_give_the_highest_category(held: set[str]) -> None:
    likened = {code: DEMO.value(f"medical.counts_as.{code}") for code in LIKENED}
    order = list(CATEGORIES)
    wanted = min((order.index(likened.get(code, code)) for code in held), default=order.index("others"))
    row = evaluate(MEDICAL, case({f"is_{code}": True for code in held}), DEMO, ON).values["person"][0]
    assert row["category"] == order[wanted]


@given(
    st.sets(st.sampled_from([*IDENTITIES, *LIKENED])), st.integers(0, 100_000), st.booleans(), st.booleans()
)
def test_the_premium_is_split_between_subsidy_and_person(
    held: set[str], premium: int, late: bool, enrolling: bool
) -> None:
    parameters = DEMO.replaced({"medical.premium.amount": f"{premium // 100}.{premium % 100:02d}"})
    person = {f"is_{code}": True for code in held} | {"recognised_late": late, "premium_enrolment": enrolling}
    row = evaluate(MEDICAL, case(person), parameters, ON).values["person"][0]
    listed = {"tekun": 100, "dibao": 80, "returned": 70, "monitored": 50, "bianyuan": 50}
    own = {"severely_disabled": 50, "preferential": 50}
    rate = max([listed.get(row["category"], 0), *(own.get(code, 0) for code in held)])
    due = half_up(Fraction(premium * rate, 100)) if enrolling and not late else 0
    assert row["premium_subsidy"] == due
    assert row["premium_own"] == (premium - due if enrolling else 0)


def test_favoured_persons_have_five_points_more_in_every_band() -> None:
    plain = DEMO.value("medical.insurance.major.bands.ordinary")
    favoured = DEMO.value("medical.insurance.major.bands.favoured")
    assert [(tier.upto, tier.rate + 500) for tier in plain] == [(tier.upto, tier.rate) for tier in favoured]


# ---- packs with gaps: never a default, never a guess ---------------------------------------------------

BILL = {"compliant_cost": 5_000_000, "reaid_requested": True}
REAID = "medical.reaid"


def adopted(pack: str, area: str) -> Parameters:
    text = f'pack: adopted\narea: "{area}"\ntitle: 采用\nextends: {pack}\n'
    county = parse_document(text, "adopted.yaml")
    return Packs([*shipped().documents, county]).resolve(area, ON)


@pytest.mark.parametrize(
    "parameters",
    [
        shipped().overlaid(DEMO, "example-2579-unfilled-medical"),
        adopted("example-2579-unfilled-medical", COUNTY),
    ],
    ids=["laid over", "adopted by the county"],
)
def test_the_unfilled_2579_pack_refuses_by_name(parameters: Parameters) -> None:
    with pytest.raises(MissingParameter, match="缺少政策参数“可再救助的类别”") as one:
        settle(BILL, "bianyuan", parameters)
    assert one.value.path == f"{REAID}.categories"
    tables = {name: pa.Table.from_pylist(rows) for name, rows in case({"is_bianyuan": True}, BILL).items()}
    with pytest.raises(MissingParameter) as batch:
        run(MEDICAL, tables, {COUNTY: parameters}, ON)
    assert batch.value.path.startswith(REAID)


def test_the_2579_pack_holds_no_number_at_all() -> None:
    filled = [
        path for path in shipped().overlaid(DEMO, "example-2579-unfilled-medical").leaves if REAID in path
    ]
    assert filled == [f"{REAID}.method"]


def test_each_gap_of_the_2579_pack_is_named_until_all_are_filled() -> None:
    parameters = shipped().overlaid(DEMO, "example-2579-unfilled-medical")
    rest: list[tuple[str, Any]] = [
        (f"{REAID}.categories", ["bianyuan"]),
        (f"{REAID}.threshold", "1"),
        (f"{REAID}.bands", [{"比例": "1"}]),
    ]
    for path, value in rest:
        with pytest.raises(MissingParameter) as gap:
            settle(BILL, "bianyuan", parameters)
        assert gap.value.path == path
        parameters = parameters.replaced({path: value})
    assert settle(BILL, "bianyuan", parameters)["re_aid"] > 0


@pytest.mark.parametrize(
    ("pack", "missing"),
    [
        ("example-legacy-rural-medical", "medical.aid.inpatient.threshold.dibao"),
        ("example-xiuning-medical", "medical.aid.outpatient.threshold.dibao"),
    ],
)
def test_a_blank_of_the_published_rule_stays_a_blank(pack: str, missing: str) -> None:
    """Without another place's tables beneath it, a pack's blank is a missing parameter by name, not zero."""
    tables = ("medical.aid.", "medical.cap.total.")
    bare = replace(
        DEMO, leaves={path: leaf for path, leaf in DEMO.leaves.items() if not path.startswith(tables)}
    )
    with pytest.raises(MissingParameter) as gap:
        settle(BILL, "dibao", shipped().overlaid(bare, pack))
    assert gap.value.path == missing


def test_an_example_is_not_in_force_in_its_own_place() -> None:
    assert not [path for path in shipped().resolve("341022", ON).leaves if path.startswith("medical.aid.")]


@given(fen, fen)
def test_the_old_rural_way_still_never_pays_more_than_is_left(cost: int, paid: int) -> None:
    assume(paid <= cost)
    old = shipped().overlaid(DEMO, "example-legacy-rural-medical")
    row = settle({"compliant_cost": cost, "total_cost": cost + 100_000, "basic_paid": paid}, "tekun", old)
    assert row["medical_aid"] <= cost - paid
