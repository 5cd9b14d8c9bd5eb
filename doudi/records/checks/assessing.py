"""The frozen sum: inputs, parameters and rules fixed, results hashed, steps recomputed on demand."""

import datetime as dt
import hashlib
import json
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet

from doudi.engine import duck
from doudi.law.case import with_usual
from doudi.law.evaluation import Outcome, PayPart, evaluate
from doudi.law.grading import Grading, graded
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.dibao import DIBAO
from doudi.law.schemes.tekun import TEKUN
from doudi.law.settling import Grant, Settled, settled
from doudi.records.cases.models import Case
from doudi.records.cases.services import ROAD_OF_CHANGE
from doudi.records.checks.models import Assessment
from doudi.records.checks.tables import case_tables
from doudi.records.people.models import Household
from doudi.records.policies.queries import parameters, scheme
from doudi.store.refusal import Refusal

RULEBOOKS: dict[str, Rulebook] = {"dibao": DIBAO, "tekun": TEKUN}
GRADED_BY = ("dibao", "tekun")
# One application is read by both books, so its inputs are frozen for both.
GRADED = Rulebook("graded", "分类认定", inputs={**DIBAO.inputs, **TEKUN.inputs})
KEPT = ("members", "household_income", "income_per_head", "financial_assets")


class NoRulebook(Refusal):
    """这个项目还没有可以测算的规则书。"""


def rulebook_of(scheme_id: str) -> Rulebook:
    """某项目用的规则书。Raises NoRulebook."""
    known = scheme(scheme_id)
    if known.rulebook not in RULEBOOKS:
        raise NoRulebook(f"{known.name}还不能在这里测算, 请按名册办理")
    return RULEBOOKS[known.rulebook]


def grade_of(scheme_id: str) -> str:
    """一个项目在分类认定里是哪一类: 只认定的各为一类, 其余按规则书。"""
    known = scheme(scheme_id)
    return known.id if known.shape == "status" else known.rulebook


def scheme_of(grade: str, household: Household) -> str:
    """认定的一类在这一户是哪个项目: 低保、特困分城乡。"""
    return f"{grade}_{household.kind}" if grade in GRADED_BY else grade


def inputs_of(household: Household, on: dt.date) -> dict[str, list[dict[str, Any]]]:
    """这一户此刻的录入, 可存成 JSON; 低保和特困要的都在内。"""
    tables = case_tables(Household.objects.filter(pk=household.pk), on, GRADED)
    return {name: table.to_pylist() for name, table in tables.items()}


def evaluate_case(case: Case, on: dt.date) -> dict[str, Any]:
    """测算一件案子, 给出 Assessment 要存的各列 (未写库)。"""
    book = rulebook_of(case.scheme)
    inputs = inputs_of(case.household, on)
    rules = parameters(case.village_id, on)
    outcome = evaluate(book, with_usual(book, inputs), rules, on)
    found = settled(grade_of(case.scheme), outcome, applying=case.road != ROAD_OF_CHANGE)
    results = results_of(outcome, found)
    results["review_months"] = found.review_months or rules.value(f"{book.id}.review.stable_months")
    return {
        "rulebook": book.id,
        "rulebook_version": outcome.version,
        "parameters_hash": outcome.digest,
        "inputs": inputs,
        "results": results,
        "result_hash": _hash([inputs, results, outcome.version, outcome.digest]),
        "is_eligible": found.eligible,
        "amount_fen": sum(part["amount_fen"] for part in results["pays"]),
    }


def grading_of(case: Case, on: dt.date) -> Grading:
    """按此刻的录入认定这一户属于哪一类。"""
    return graded(inputs_of(case.household, on), parameters(case.village_id, on), on)


def graded_then(assessment: Assessment) -> Grading:
    """按测算时冻结的录入再认定一次, 各类的数并列。"""
    return graded(assessment.inputs, parameters(assessment.case.village_id, assessment.on), assessment.on)


def results_of(outcome: Outcome, found: Settled) -> dict[str, Any]:
    """结果里要留存的: 资格、类别、主要数、保障的人、要开的各份和应付各项。"""
    household = outcome.values["household"][0]
    return {
        "eligible": found.eligible,
        "klass": found.klass,
        "persons": list(found.persons),
        "pays": [_part(part) for part in found.pays],
        "grants": [_grant(grant) for grant in found.grants],
        **{name: household[name] for name in KEPT},
    }


def _grant(grant: Grant) -> dict[str, Any]:
    pays = [_part(part) for part in grant.pays]
    return {"person_id": grant.person_id, "persons": list(grant.persons), "klass": grant.klass, "pays": pays}


def _part(part: PayPart) -> dict[str, Any]:
    person = part.member_key if part.entity == "person" else None
    return {"name": part.name, "person_id": person, "amount_fen": part.amount_fen}


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
        DIBAO,
        tables,
        {code: parameters(code, on) for code in scopes},
        on,
        targets or ("eligible", "household_class", "members", "base_amount", "supplements", "monthly_total"),
    )
