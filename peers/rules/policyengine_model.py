"""The frozen model for PolicyEngine-Core: the same thirteen rules, the way its models are written (float 元).

Written from the rules as docs/benchmarks.md states them, not from Doudi's rulebook; parameters are dated here as there.
"""
# ruff: noqa: N801, N805  (a variable is a class named like its value; a formula's first argument is its population)

import numpy as np
from policyengine_core.entities import build_entity
from policyengine_core.enums import Enum, EnumArray
from policyengine_core.parameters import ParameterNode
from policyengine_core.periods import MONTH
from policyengine_core.simulations import Simulation
from policyengine_core.taxbenefitsystems import TaxBenefitSystem
from policyengine_core.variables import Variable

PERIOD = "2026-10"
HOUSEHOLD = build_entity(
    key="household",
    plural="households",
    label="家庭",
    roles=[{"key": "member", "plural": "members", "label": "成员"}],
)
PERSON = build_entity(key="person", plural="persons", label="人", is_person=True)


def _dated(**values):
    return {
        "values": {since.replace("_", "-").lstrip("d"): {"value": value} for since, value in values.items()}
    }


PARAMETERS = {
    "standard": {
        "rural": _dated(d2025_01_01=620.0, d2026_07_01=639.0),
        "urban": _dated(d2025_01_01=790.0, d2026_07_01=819.0),
    },
    "work": {"rate": _dated(d2025_01_01=0.2), "cap": _dated(d2025_01_01=0.3)},
    "savings": {"months": _dated(d2025_01_01=24)},
    "supplement": {
        "severe_grade": _dated(d2025_01_01=2),
        "elder_age": _dated(d2025_01_01=70),
        "minor_age": _dated(d2025_01_01=14),
        "rate": {
            "severe_disability": _dated(d2025_01_01=0.25, d2026_07_01=0.3),
            "serious_illness": _dated(d2025_01_01=0.2),
            "elder": _dated(d2025_01_01=0.15),
            "minor": _dated(d2025_01_01=0.1),
        },
    },
}


class Locality(Enum):
    rural = "农村"
    urban = "城市"


def _given(name, entity, kind):
    told = {"value_type": kind, "entity": entity, "definition_period": MONTH, "label": name}
    return type(name, (Variable,), told)


GIVEN = [
    *(_given(name, PERSON, int) for name in ("age", "disability_grade")),
    *(_given(name, PERSON, float) for name in ("wage", "pension", "other_income")),
    _given("is_seriously_ill", PERSON, bool),
    _given("savings", HOUSEHOLD, float),
]


class locality(Variable):
    value_type = Enum
    possible_values = Locality
    default_value = Locality.rural
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "城乡"


class standard_amount(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "月保障标准"

    def formula(household, period, parameters):
        return parameters(period).standard[household("locality", period)]


class work_deduction(Variable):
    value_type = float
    entity = PERSON
    definition_period = MONTH
    label = "就业成本扣减, 四舍五入到分"

    def formula(person, period, parameters):
        work = parameters(period).work
        spent = person("wage", period) * work.rate
        cap = person.household("standard_amount", period) * work.cap
        return np.minimum(to_cents(spent), to_cents(cap))


class countable_income(Variable):
    value_type = float
    entity = PERSON
    definition_period = MONTH
    label = "计入的收入"

    def formula(person, period):
        wage = np.maximum(person("wage", period) - person("work_deduction", period), 0)
        return wage + person("pension", period) + person("other_income", period)


class income(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "家庭月收入"

    def formula(household, period):
        return household.sum(household.members("countable_income", period))


class members(Variable):
    value_type = int
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "人口"

    def formula(household, period):
        return household.nb_persons()


class per_capita(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "月人均收入, 四舍五入到分"

    def formula(household, period):
        return to_cents(household("income", period) / np.maximum(household("members", period), 1))


class savings_limit(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "存款上限"

    def formula(household, period, parameters):
        months = parameters(period).savings.months
        return household("standard_amount", period) * months * household("members", period)


class eligible(Variable):
    value_type = bool
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "符合条件"

    def formula(household, period):
        poor = household("per_capita", period) < household("standard_amount", period)
        modest = household("savings", period) <= household("savings_limit", period)
        return poor & modest & (household("members", period) > 0)


class base_benefit(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "补差, 见角进元"

    def formula(household, period):
        short = household("standard_amount", period) - household("per_capita", period)
        return np.where(household("eligible", period), np.ceil(short * household("members", period)), 0)


class supplement_rate(Variable):
    value_type = float
    entity = PERSON
    definition_period = MONTH
    label = "增发比例, 就高不重复"

    def formula(person, period, parameters):
        supplement = parameters(period).supplement
        rate, grade, age = supplement.rate, person("disability_grade", period), person("age", period)
        severe = (grade >= 1) & (grade <= supplement.severe_grade)
        best = np.maximum(
            severe * rate.severe_disability, person("is_seriously_ill", period) * rate.serious_illness
        )
        best = np.maximum(best, (age >= supplement.elder_age) * rate.elder)
        return np.maximum(best, (age < supplement.minor_age) * rate.minor)


class member_supplement(Variable):
    value_type = float
    entity = PERSON
    definition_period = MONTH
    label = "本人增发, 四舍五入到分"

    def formula(person, period):
        return to_cents(person.household("standard_amount", period) * person("supplement_rate", period))


class supplements(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "增发合计"

    def formula(household, period):
        return household.sum(household.members("member_supplement", period))


class benefit(Variable):
    value_type = float
    entity = HOUSEHOLD
    definition_period = MONTH
    label = "月金额"

    def formula(household, period):
        amount = household("base_benefit", period) + household("supplements", period)
        return np.where(household("eligible", period), amount, 0)


COMPUTED = (
    locality, standard_amount, work_deduction, countable_income, income, members, per_capita, savings_limit,
    eligible, base_benefit, supplement_rate, member_supplement, supplements, benefit,
)  # fmt: skip


def to_cents(amount):
    """Half a cent up, as the regulation rounds; numpy's own rounding takes it to the even one."""
    return np.floor(amount * 100 + 0.5) / 100


def system():
    """The model, parsed once."""
    made = TaxBenefitSystem([PERSON, HOUSEHOLD])
    made.add_variables(*GIVEN, *COMPUTED)
    made.parameters = ParameterNode("", data=PARAMETERS)
    return made


def native(person, household):
    """The columns in the peer's own types, whole-number columns given up one by one: float32 元, int32, bool."""
    found = {name: person.pop(name).astype(np.int32) for name in ("age", "disability_grade")}
    found |= {
        name: (person.pop(name) / 100).astype(np.float32) for name in ("wage", "pension", "other_income")
    }
    found["is_seriously_ill"] = person.pop("is_seriously_ill")
    found["savings"] = (household.pop("savings") / 100).astype(np.float32)
    found["locality"] = EnumArray(household.pop("locality"), Locality)
    return found, person["household_id"], household["household_id"]


def computed(model, given):
    """The benefit of every household in 元. The rows come by household, so each person's place is one search."""
    columns, persons_of, households = given
    simulation = Simulation(tax_benefit_system=model, populations=model.instantiate_entities())
    persons, homes = (simulation.populations[name] for name in ("person", "household"))
    persons.count, persons.ids = len(persons_of), np.arange(len(persons_of))
    homes.count, homes.ids = len(households), households
    homes.members_entity_id = np.searchsorted(households, persons_of)
    homes.members_role = np.full(len(persons_of), homes.entity.flattened_roles[0])
    for name, values in columns.items():
        simulation.set_input(name, PERIOD, values)
    return simulation.calculate("benefit", PERIOD)
