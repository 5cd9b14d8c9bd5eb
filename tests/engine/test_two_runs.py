"""One rule, two runs: 10,000 random households on ints and on DuckDB, every column of every row equal."""

import random
from datetime import date

import pyarrow as pa
import pytest

from doudi.engine.duck import run
from doudi.law.evaluation import evaluate
from doudi.law.schemes.dibao import DIBAO
from tests.engine.county import by_household, county
from tests.rules.situations import COUNTY, shipped

HOUSEHOLDS = 10_000
ON = date(2026, 10, 1)
# Policies that differ in structure (which branch, which list) and in figures only.
POLICIES = {
    "demo": {},
    "richer": {"dibao.standard.rural": "9000.01", "dibao.work.rate": "33.33"},
    "losses": {"dibao.income.loss_offsets": "是", "dibao.member.conscript_left_out": "否"},
    "fen": {"dibao.amount.rounding": "fen", "dibao.income.basic_pension_excluded": "否"},
    "classed": {
        "dibao.amount.method": "classed",
        "dibao.class_amount.A": "420",
        "dibao.class_amount.B": "360",
        "dibao.class_amount.C": "300",
        "dibao.supplement.basis": "fixed",
        "dibao.supplement.fixed.severe_disability": "150",
        "dibao.supplement.fixed.serious_illness": "120.5",
        "dibao.supplement.fixed.elder": "104",
        "dibao.supplement.fixed.minor": "90",
    },
}


@pytest.mark.slow
def test_ten_thousand_random_households_come_out_the_same_on_both() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, {HOUSEHOLDS} households")
    base = shipped().resolve(COUNTY, ON)
    parameters = {name: base.replaced(changes) for name, changes in POLICIES.items()}
    rows = county(HOUSEHOLDS, seed, tuple(parameters))
    batch = run(DIBAO, {name: pa.Table.from_pylist(found) for name, found in rows.items()}, parameters, ON)
    keyed = {name: {row[f"{name}_id"]: row for row in table.to_pylist()} for name, table in batch.items()}
    compared = 0
    for case in by_household(rows).values():
        scope = case["household"][0]["scope"]
        values = evaluate(DIBAO, case, parameters[scope], ON).values
        for entity, found in values.items():
            for row in found:
                other = keyed[entity].pop(row[f"{entity}_id"])
                assert {name: row[name] for name in other} == other, f"seed {seed}: {entity} of {case}"
                compared += len(other)
    assert not any(keyed.values()), f"seed {seed}: the batch made rows of its own"
    paid = sum(row["eligible"] for row in batch["household"].to_pylist())
    print(f"{compared} values compared, {paid} households eligible")
    assert paid > HOUSEHOLDS // 20, "too few households reach the money rules for the comparison to mean much"
