"""The frozen sum: inputs, parameters and rules fixed, results hashed, steps recomputed on demand."""

import datetime as dt
import hashlib
import json
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet

from doudi.engine import duck
from doudi.law.case import with_usual
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.rulebook import Rulebook
from doudi.law.schemes import dibao
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment
from doudi.records.checks.tables import case_tables
from doudi.records.people.models import Household
from doudi.records.policies.queries import parameters

RULEBOOKS: dict[str, Rulebook] = {"dibao": dibao.DIBAO}
KEPT = (
    "members",
    "household_income",
    "income_per_head",
    "financial_assets",
    "base_amount",
    "supplements",
    "review_months",
)


def rulebook_of(scheme_id: str) -> Rulebook:
    """某项目用的规则书。"""
    from doudi.records.policies.queries import scheme

    return RULEBOOKS[scheme(scheme_id).rulebook]


def inputs_of(household: Household, on: dt.date) -> dict[str, list[dict[str, Any]]]:
    """这一户此刻的录入, 可存成 JSON。"""
    tables = case_tables(Household.objects.filter(pk=household.pk), on)
    return {name: table.to_pylist() for name, table in tables.items()}


def evaluate_case(case: Case, on: dt.date) -> dict[str, Any]:
    """测算一件案子, 给出 Assessment 要存的各列 (未写库)。"""
    book = rulebook_of(case.scheme)
    inputs = inputs_of(case.household, on)
    outcome = evaluate(book, inputs, parameters(case.village_id, on), on)
    results = results_of(outcome)
    return {
        "rulebook": book.id,
        "rulebook_version": outcome.version,
        "parameters_hash": outcome.digest,
        "inputs": inputs,
        "results": results,
        "result_hash": _hash([inputs, results, outcome.version, outcome.digest]),
        "is_eligible": results["eligible"],
        "amount_fen": sum(part["amount_fen"] for part in results["pays"]),
    }


def results_of(outcome: Outcome) -> dict[str, Any]:
    """结果里要留存的: 资格、类别、主要数、计入的人、应付各项。"""
    household = outcome.values["household"][0]
    return {
        "eligible": household["eligible"],
        "klass": household["household_class"],
        "persons": [row["person_id"] for row in outcome.values["person"] if row["counted"]],
        "pays": [
            {
                "name": part.name,
                "person_id": part.member_key if part.entity == "person" else None,
                "amount_fen": part.amount_fen,
            }
            for part in outcome.pays
            if part.amount_fen
        ],
        **{name: household[name] for name in KEPT},
    }


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def explain(assessment: Assessment) -> Outcome:
    """把一次测算按当时的录入、参数、规则重算一遍, 得到每一步。"""
    book = RULEBOOKS[assessment.rulebook]
    frozen = with_usual(book, assessment.inputs)
    return evaluate(book, frozen, parameters(assessment.case.village_id, assessment.on), assessment.on)


def assess_all(
    households: QuerySet[Household], on: dt.date, targets: tuple[str, ...] = ()
) -> dict[str, pa.Table]:
    """一次测算许多户 (DuckDB), 与逐户测算同一套规则。"""
    tables = case_tables(households, on)
    scopes = set(tables["household"].column("scope").unique().to_pylist())
    return duck.run(
        dibao.DIBAO,
        tables,
        {code: parameters(code, on) for code in scopes},
        on,
        targets or ("eligible", "household_class", "members", "base_amount", "supplements", "monthly_total"),
    )
