"""Form fields made of a rulebook's declared inputs: label, unit, domain and usual value are never written twice."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON
from doudi.law.rulebook import Input
from doudi.law.schemes import means_inputs as given
from doudi.law.schemes.dibao import DIBAO
from doudi.law.schemes.tekun_inputs import ADL
from doudi.law.units import GRADE
from doudi.records.checks.assessing import GRADED
from doudi.records.people.services import FactDraft
from doudi.web.office.forms import YuanField

# Known from elsewhere: the household's kind, the member's relation and birthday, an earlier decision, what is assessed
# and chosen at the ability station; and what only former practice asked about.
KNOWN_OTHERWISE = frozenset(
    {"locality", "relation", "age", "gradual_exit", "exit_cause", "exit_months_used", "previous_amount"}
    | {"months_waited", "service_missed"}
    | {*ADL, "support_form"}
)
# What is asked of every member; the rest is asked only where it applies.
ASKED_OF_ALL = ("disability", "disability_grade", "illness", "student", "able_to_work", "rigid_cost")
INCOME_GROUPS = (
    ("wage", given.WAGE_KINDS),
    ("business_income", given.BUSINESS_KINDS),
    ("property_income", given.PROPERTY_KINDS),
    ("transfer_income", given.TRANSFER_KINDS),
)
NOTHING = ("", "请选择")


def inputs_of(entity: Any) -> dict[str, Input]:
    """某类对象要录入的各项, 除去别处已知的。"""
    return {i.name: i for i in GRADED.inputs.values() if i.entity is entity and i.name not in KNOWN_OTHERWISE}


HOUSEHOLD_INPUTS = inputs_of(HOUSEHOLD)
PERSON_INPUTS = inputs_of(PERSON)
INCOME_INPUTS = inputs_of(INCOME)
ASSET_INPUTS = inputs_of(ASSET)
SPECIAL = {name: item for name, item in PERSON_INPUTS.items() if name not in ASKED_OF_ALL}


def heading(item: Input) -> str:
    """列名带单位: 年收入 (元/年)。"""
    return f"{item.label} ({item.unit.suffix})" if item.unit.suffix else item.label


def field_of(item: Input, **options: Any) -> forms.Field:
    """一项录入的表单字段, 预填通常值。"""
    told: dict[str, Any] = {"label": heading(item), "required": False, "initial": item.usual, **options}
    if item.unit.kind == "flag":
        return forms.BooleanField(**told)
    if item.unit.kind == "code":
        return forms.ChoiceField(**{"choices": list((item.names or {}).items()), **told})
    if item.unit.kind == "money":
        return YuanField(**{**told, "initial": item.usual or None})
    low, high = item.bounds
    if item.unit is GRADE:
        grades = [(n, f"{n} {item.unit.suffix}" if n else "无") for n in range(low, high + 1)]
        return forms.TypedChoiceField(choices=grades, coerce=int, **{**told, "label": item.label})
    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "r"})
    return forms.IntegerField(min_value=low, max_value=high, widget=widget, **told)


def income_choices() -> list[tuple[str, Any]]:
    """收入项目, 按四类分组; 不属于四类的是不计入的项目。"""
    names = INCOME_INPUTS["income_kind"].names or {}
    grouped = {code for _, kinds in INCOME_GROUPS for code in kinds}
    rest = [(code, name) for code, name in names.items() if code not in grouped]
    titles = DIBAO.edition(dt.date.max).told
    groups = [(titles[name].label, list(kinds.items())) for name, kinds in INCOME_GROUPS]
    return [NOTHING, *groups, ("按规定不计入的项目", rest)]


def asset_choices() -> list[tuple[str, str]]:
    """财产项目。"""
    return [NOTHING, *(ASSET_INPUTS["asset_kind"].names or {}).items()]


def special_choices() -> list[tuple[str, Any]]:
    """与常情不同的情形: 每项录入的非通常值各一行; 要填数的只列名称。"""
    return [NOTHING, *((item.label, _special_options(item)) for item in SPECIAL.values())]


def _special_options(item: Input) -> list[tuple[str, str]]:
    return [(f"{item.name}={code}", name) for code, name in _unusual(item)]


def _unusual(item: Input) -> Iterable[tuple[str, str]]:
    if item.unit.kind == "code":
        return [(code, name) for code, name in (item.names or {}).items() if code != item.usual]
    if item.unit.kind == "flag":
        return [("0", f"不是: {item.label}")] if item.usual else [("1", f"是: {item.label}")]
    return [("#", f"{item.label} (填在“数”一栏)")]


def special_draft(choice: str, number: int | None, person_id: int | None) -> FactDraft:
    """一行特殊情形对应的事实。"""
    name, _, code = choice.partition("=")
    if SPECIAL[name].unit.kind == "code":
        return FactDraft(kind=name, person_id=person_id, code=code)
    return FactDraft(kind=name, person_id=person_id, number=number if code == "#" else int(code))


def special_row(fact: Any) -> dict[str, Any]:
    """一条事实在特殊情形表里的一行。"""
    kind = SPECIAL[fact.kind].unit.kind
    if kind == "code":
        return {"what": f"{fact.kind}={fact.code}", "number": None}
    if kind == "flag":
        return {"what": f"{fact.kind}={int(bool(fact.number))}", "number": None}
    return {"what": f"{fact.kind}=#", "number": fact.number}


def draft_of(item: Input, value: Any, person_id: int | None = None) -> FactDraft | None:
    """一格对应的事实; 与通常值相同的不记。"""
    if value is None or value == item.usual or (item.usual == 0 and not value):
        return None
    if item.unit.kind == "code":
        return FactDraft(kind=item.name, person_id=person_id, code=value)
    if item.unit.kind == "money":
        return FactDraft(kind=item.name, person_id=person_id, amount_fen=value)
    return FactDraft(kind=item.name, person_id=person_id, number=int(value))


def value_of(fact: Any) -> Any:
    """一条事实的值, 供预填。"""
    item = GRADED.inputs[fact.kind]
    if item.unit.kind == "code":
        return fact.code
    if item.unit.kind == "money":
        return fact.amount_fen
    return bool(fact.number) if item.unit.kind == "flag" else fact.number
