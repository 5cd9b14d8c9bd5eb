"""Children against an oracle written apart from the rulebook: who is what, and what is paid beside other benefits."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.law.evaluation import evaluate
from doudi.law.schemes.children import CHILDREN
from doudi.law.schemes.children_inputs import CARE_FORMS, NEED_CLASSES, PARENT_STATES
from tests.rules.situations import shipped, usual

ON = date(2026, 6, 1)
COUNTY = shipped().resolve("410482", ON)
GONE = {"dead", "missing", "not_found"}
FOR_GOOD = {"severe_disability", "serious_illness", "custody_revoked", "deported"}
FOR_A_TIME = {"prison", "detox", "other_custody", "lost_contact"}
SET_OFF = {  # whose amount comes off whose benefit in the demo county
    "unattended": {"dibao_rural", "dibao_urban", "tekun_rural", "tekun_urban", "disability_living"},
    "in_need": {"dibao_rural", "dibao_urban"},
}
RATES = {
    "first": (1, False),
    "second": (1, True),
    "third": (Decimal("0.5"), True),
    "fourth": (Decimal("0.2"), False),
}

children = st.fixed_dictionaries(
    {
        "age": st.sampled_from([0, 10, 17, 18, 22]),
        "student": st.sampled_from(["none", "school", "undergraduate", "postgraduate"]),
        "father": st.sampled_from(list(PARENT_STATES)),
        "mother": st.sampled_from(list(PARENT_STATES)),
        "father_months": st.integers(4, 8),
        "mother_months": st.integers(4, 8),
        "recognised_as_minor": st.booleans(),
        "care_form": st.sampled_from(list(CARE_FORMS)),
        "need_class": st.sampled_from(list(NEED_CLASSES)),
    }
)
held = st.lists(
    st.tuples(
        st.sampled_from(["dibao_rural", "tekun_urban", "disability_living", "disability_care", "old_age"]),
        st.integers(0, 180_000),
    ),
    max_size=3,
)


def kind(child: dict[str, Any]) -> str:
    minor = child["age"] < 18
    if minor or (child["recognised_as_minor"] and child["student"] in {"school", "undergraduate"}):
        lost = [child[parent] in GONE for parent in ("father", "mother")]
        absent = [
            child[parent] in GONE | FOR_GOOD
            or (child[parent] in FOR_A_TIME and child[f"{parent}_months"] >= 6)
            for parent in ("father", "mother")
        ]
        if all(lost):
            return "orphan"
        if all(absent):
            return "unattended"
    return "in_need" if minor and child["need_class"] != "none" else "none"


def due(child: dict[str, Any], others: list[tuple[str, int]], rounding: str) -> int:
    standard = 155_000 if child["care_form"] == "institution" else 115_000
    found = kind(child)
    drawn = sum(amount for scheme, amount in others if scheme in SET_OFF.get(found, ()))
    if found == "orphan":
        return 0 if any(scheme.startswith("tekun") for scheme, _ in others) else standard
    if found == "unattended":
        return max(standard - drawn, 0)
    if found == "none":
        return 0
    rate, of_gap = RATES[child["need_class"]]
    exact = Decimal(max(115_000 - drawn, 0) if of_gap else 115_000) / 100 * rate
    step = Decimal("1") if rounding == "yuan_up" else Decimal("0.01")
    return int(exact.quantize(step, ROUND_CEILING if rounding == "yuan_up" else ROUND_HALF_UP) * 100)


@settings(max_examples=200, deadline=None)
@given(children, held, st.sampled_from(["yuan_up", "fen"]))
def test_one_kind_and_what_is_due(
    child: dict[str, Any], others: list[tuple[str, int]], rounding: str
) -> None:
    keys = {"household_id": 1, "person_id": 1}
    case = {
        "household": [{"household_id": 1}],
        "person": [usual("person", CHILDREN) | keys | child],
        "held": [
            keys | {"held_id": number, "held_scheme": scheme, "held_amount": amount}
            for number, (scheme, amount) in enumerate(others, 1)
        ],
    }
    outcome = evaluate(CHILDREN, case, COUNTY.replaced({"children.need.rounding": rounding}), ON)
    found = outcome.values["person"][0]
    assert found["child_kind"] == kind(child)
    assert (found["is_orphan"], found["is_unattended"]) == (
        kind(child) == "orphan",
        kind(child) == "unattended",
    )
    assert found["monthly_total"] == due(child, others, rounding)
    parts = [found[name] for name in ("orphan_amount", "unattended_amount", "need_amount")]
    assert sum(part > 0 for part in parts) <= 1
    assert all(0 <= part <= found["living_standard"] for part in parts)
