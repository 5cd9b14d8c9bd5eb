"""Dibao as an OpenFisca model: the same articles, written the way OpenFisca models are written (vectors of float 元).

Written from the regulations, not from Doudi's rulebook. Yearly amounts are variables of a year, benefits of a month.
"""
# ruff: noqa: N801, N805  (a variable is a class named like its value; a formula's first argument is its population)

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH, YEAR
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

HOUSEHOLD = build_entity(
    key="household",
    plural="households",
    label="家庭",
    roles=[{"key": "member", "plural": "members", "label": "成员"}],
)
PERSON = build_entity(key="person", plural="persons", label="人", is_person=True)


class Locality(Enum):
    rural = "农村"
    urban = "城市"


def stored(name, entity, kind, period):
    """A variable that is given, not computed."""
    return type(
        name, (Variable,), {"value_type": kind, "entity": entity, "definition_period": period, "label": name}
    )


PERSON_FLAGS = (
    "is_head", "is_spouse", "is_child", "is_studying_child", "is_dependent", "custody_ended", "legal_duty",
    "is_confined", "is_conscript", "is_supported_elsewhere", "is_disabled", "is_seriously_ill",
)  # fmt: skip
PERSON_NUMBERS = ("age", "months_together", "clergy_years", "disability_grade")
PERSON_AMOUNTS = ("gross_wage", "business_result", "property_result", "transfers", "rigid_cost")
HOUSEHOLD_AMOUNTS = ("savings", "dearest_vehicle", "company_shares")
GIVEN = [
    *(stored(name, PERSON, bool, MONTH) for name in PERSON_FLAGS),
    *(stored(name, PERSON, int, MONTH) for name in PERSON_NUMBERS),
    *(stored(name, PERSON, float, YEAR) for name in PERSON_AMOUNTS),
    *(stored(name, HOUSEHOLD, float, MONTH) for name in HOUSEHOLD_AMOUNTS),
    stored("houses", HOUSEHOLD, int, MONTH),
    stored("leaving_gradually", HOUSEHOLD, bool, MONTH),
    stored("former_benefit", HOUSEHOLD, float, MONTH),
]


class locality(Variable):
    value_type = Enum
    possible_values = Locality
    default_value = Locality.rural
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "城乡类别"


class standard(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "年保障标准 (每人)"

    def formula(household, period, parameters):
        return parameters(period).dibao.standard[household("locality", period)]


class is_counted(Variable):
    value_type = bool
    entity = PERSON
    definition_period = MONTH
    label = "计入保障人口 (民发〔2021〕57号 第七条)"

    def formula(person, period, parameters):
        p = parameters(period).dibao.member
        minor = person("age", period) < p.minor_age
        child = person("is_child", period)
        couple = person("is_head", period) | person("is_spouse", period)
        young = child & minor & ~person("custody_ended", period)
        grown = child & ~minor & (person("is_dependent", period) | person("is_studying_child", period))
        long = person("legal_duty", period) & (person("months_together", period) >= p.cohabit_months)
        along = ~couple & ~(child & minor) & long
        out = person("is_confined", period) | (person("clergy_years", period) >= p.clergy_years)
        out |= person("is_conscript", period) & p.conscript_left_out
        out |= person("is_supported_elsewhere", period) & p.supported_left_out
        return (couple | young | grown | along) & ~out


class members(Variable):
    value_type = int
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "保障人口"

    def formula(household, period):
        return household.sum(household.members("is_counted", period))


class net_income(Variable):
    value_type = float
    entity = PERSON
    definition_period = MONTH
    label = "本人年可支配收入 (第十三条)"

    def formula(person, period, parameters):
        p = parameters(period).dibao
        year = period.this_year
        wage = person("gross_wage", year)
        cap = person.household("standard", period) * p.work.standard_share
        cost = np.minimum(np.maximum(wage, 0) * p.work.rate, cap)
        results = [person("business_result", year), person("property_result", year)]
        if not p.income.loss_offsets:
            results = [np.maximum(one, 0) for one in results]
        spent = person("rigid_cost", year) if p.income.rigid_cost_deducted else 0
        return np.maximum(wage - cost, 0) + sum(results) + person("transfers", year) - spent


class income(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "家庭年收入"

    def formula(household, period):
        each = household.members("net_income", period) * household.members("is_counted", period)
        return np.maximum(household.sum(each), 0)


class is_eligible(Variable):
    value_type = bool
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "符合低保条件"

    def formula(household, period, parameters):
        p = parameters(period).dibao.assets
        size, norm = household("members", period), household("standard", period)
        poor = household("income", period) < norm * size
        modest = household("savings", period) <= norm / 12 * p.months * size
        modest &= household("dearest_vehicle", period) <= p.vehicle_value
        modest &= household("houses", period) <= p.houses
        modest &= household("company_shares", period) <= p.company_share
        return (size > 0) & poor & modest


class base_benefit(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "补差保障金, 见角进元; 渐退期按原保障金"

    def formula(household, period):
        size, norm = household("members", period), household("standard", period)
        eligible = household("is_eligible", period)
        gap = np.maximum(norm * size - household("income", period), 0)
        kept = np.minimum(household("former_benefit", period), np.floor(norm * size / 12 * 100) / 100)
        leaving = household("leaving_gradually", period) & ~eligible
        return np.where(eligible, np.ceil(gap / 12), 0) + np.where(leaving, kept, 0)


class supplement(Variable):
    value_type = float
    entity = PERSON
    definition_period = MONTH
    label = "分类施保增发金, 就高不重复, 到分"

    def formula(person, period, parameters):
        p = parameters(period).dibao
        rate, age = p.supplement.rate, person("age", period)
        graded = (person("disability_grade", period) >= 1) & (
            person("disability_grade", period) <= p.supplement.severe_grade
        )
        best = np.where(person("is_disabled", period) & graded, rate.severe_disability, 0)
        best = np.maximum(best, np.where(person("is_seriously_ill", period), rate.serious_illness, 0))
        best = np.maximum(best, np.where(age >= p.supplement.elder_age, rate.elder, 0))
        best = np.maximum(best, np.where(age < p.member.minor_age, rate.minor, 0))
        size = person.household("members", period)
        receives = person.household("is_eligible", period) | (
            person.household("leaving_gradually", period) & (size > 0)
        )
        amount = np.round(person.household("standard", period) * best / 12, 2)
        return np.where(receives & person("is_counted", period), amount, 0)


class benefit(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "月发放金额"

    def formula(household, period):
        return household("base_benefit", period) + household.sum(household.members("supplement", period))


COMPUTED = (
    locality, standard, is_counted, members, net_income, income, is_eligible, base_benefit, supplement, benefit,
)  # fmt: skip
YUAN = ("standard.", "assets.vehicle_value", "assets.company_share")
SHARES = ("work.", "supplement.rate.")


def _amount(path, value):
    """分 into 元 and basis points into shares, as float; the rest as it is."""
    if path.startswith(YUAN):
        return value / 100
    return value / 10_000 if path.startswith(SHARES) else value


def _tree(leaves, since):
    tree = {}
    for path, value in leaves.items():
        *branches, last = path.removeprefix("dibao.").split(".")
        at = tree
        for branch in branches:
            at = at.setdefault(branch, {})
        if not isinstance(value, str | list):
            at[last] = {"values": {since: {"value": _amount(path.removeprefix("dibao."), value)}}}
    return {"dibao": tree}


def system(leaves, since):
    """The model with these parameters (Doudi's paths and values), valid from `since`."""
    made = TaxBenefitSystem([PERSON, HOUSEHOLD])
    made.add_variables(*GIVEN, *COMPUTED)
    made.parameters = ParameterNode("", data=_tree(leaves, since))
    return made
