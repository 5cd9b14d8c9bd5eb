"""`python run.py FOLDER ON RUNS`: amounts of the families in FOLDER's Parquet files; one JSON line with the seconds.

Timed are reading the files, building the simulation and computing; the model itself is built once before.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from dibao import HOUSEHOLD_AMOUNTS, PERSON_AMOUNTS, PERSON_FLAGS, PERSON_NUMBERS, system
from openfisca_core.simulations import SimulationBuilder

WAGES = ["wage", "odd_jobs", "labour_dividend"]
BUSINESS = ["crops", "livestock", "forestry", "fishery", "business"]
PROPERTY = ["interest", "dividend", "rent", "land_lease", "other_property"]
FINANCIAL = ["cash", "deposit", "securities", "fund", "insurance", "claim", "internet_finance"]


def columns(path):
    """The columns of one file, texts as numpy strings and numbers as they are."""
    table = pq.read_table(path)
    found = {name: table.column(name).to_numpy(zero_copy_only=False) for name in table.column_names}
    return {name: one.astype(str) if one.dtype == object else one for name, one in found.items()}


def persons_of(person, income, excluded):
    """What the model is given of each person."""
    place = np.searchsorted(person["person_id"], income["person_id"])
    net = (income["gross"] - income["cost"]) / 100
    kind, counts = income["income_kind"], ~np.isin(income["income_kind"], excluded)
    named = [*WAGES, *BUSINESS, *PROPERTY]

    def total(chosen):
        return np.bincount(place, net * (chosen & counts), len(person["person_id"]))

    relation, student = person["relation"], person["student"]
    return {
        "is_head": relation == "head",
        "is_spouse": relation == "spouse",
        "is_child": relation == "child",
        "is_studying_child": np.isin(student, ["school", "undergraduate"]),
        "is_dependent": person["dependent"],
        "custody_ended": person["custody_ended"],
        "legal_duty": person["legal_duty"],
        "is_confined": person["detained"] != "none",
        "is_conscript": person["serving"] == "conscript",
        "is_supported_elsewhere": person["other_support"] != "none",
        "is_disabled": person["disability"] != "none",
        "is_seriously_ill": person["illness"] == "serious",
        "age": person["age"],
        "months_together": person["months_together"],
        "clergy_years": person["clergy_years"],
        "disability_grade": person["disability_grade"],
        "gross_wage": total(np.isin(kind, WAGES)),
        "business_result": total(np.isin(kind, BUSINESS)),
        "property_result": total(np.isin(kind, PROPERTY)),
        "transfers": total(~np.isin(kind, named)),
        "rigid_cost": person["rigid_cost"] / 100,
    }


def households_of(household, asset):
    """What the model is given of each family."""
    place = np.searchsorted(household["household_id"], asset["household_id"])
    size, counts = len(household["household_id"]), ~asset["exempt"].astype(bool)
    kind, worth = asset["asset_kind"], asset["amount"] / 100
    vehicle = np.zeros(size)
    np.maximum.at(vehicle, place, worth * (counts & (kind == "vehicle")))
    return {
        "savings": np.bincount(place, worth * (counts & np.isin(kind, FINANCIAL)), size),
        "dearest_vehicle": vehicle,
        "company_shares": np.bincount(place, worth * (counts & (kind == "company_share")), size),
        "houses": np.bincount(place, counts & (kind == "house"), size).astype(int),
        "leaving_gradually": household["gradual_exit"],
        "former_benefit": household["previous_amount"] / 100,
        "locality": household["locality"],
    }


def compute(model, folder, excluded, month):
    """(household ids, monthly benefit in 元)."""
    person, household, income, asset = (
        columns(folder / f"{name}.parquet") for name in ("person", "household", "income", "asset")
    )
    builder = SimulationBuilder()
    builder.create_entities(model)
    builder.declare_person_entity("person", person["person_id"])
    families = builder.declare_entity("household", household["household_id"])
    builder.join_with_persons(families, person["household_id"], ["member"] * len(person["person_id"]))
    simulation = builder.build(model)
    given = persons_of(person, income, excluded) | households_of(household, asset)
    for name, values in given.items():
        simulation.set_input(name, month[:4] if name in PERSON_AMOUNTS else month, values)
    assert given.keys() == {*PERSON_FLAGS, *PERSON_NUMBERS, *PERSON_AMOUNTS, *HOUSEHOLD_AMOUNTS} | {
        "houses", "leaving_gradually", "former_benefit", "locality",
    }  # fmt: skip
    return household["household_id"], simulation.calculate("benefit", month)


def main(folder, on, runs):
    """Compute `runs` times; the amounts of the last go back into the folder."""
    at = Path(folder)
    leaves = json.loads((at / "parameters.json").read_text(encoding="utf-8"))
    excluded = list(leaves["dibao.income.excluded"])
    excluded += ["basic_pension"] if leaves["dibao.income.basic_pension_excluded"] else []
    model, seconds, cpu = system(leaves, on), [], []
    for _ in range(int(runs)):
        began, worked = time.perf_counter(), time.process_time()
        ids, amounts = compute(model, at, excluded, on[:7])
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
    pq.write_table(
        pa.table({"household_id": ids, "benefit": amounts.astype(float)}), at / "openfisca.parquet"
    )
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")), 0.0)
    name = f"OpenFisca-Core {version('openfisca-core')}"
    answer = {"peer": name, "seconds": seconds, "cpu": cpu, "households": len(ids), "peak_mib": peak}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
