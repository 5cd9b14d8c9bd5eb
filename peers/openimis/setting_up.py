"""An office in the peer: tables, one administrator, a plan, a month and the people on it."""

import csv
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module

from calcrule_social_protection.calculation_rule import SocialProtectionCalculationRule
from contribution_plan.models import PaymentPlan
from contribution_plan.services import PaymentPlan as PaymentPlanService
from core.models import InteractiveUser, Language, Role, User
from core.services import create_or_update_user_roles
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from individual.models import Individual
from payment_cycle.models import PaymentCycle
from payment_cycle.services import PaymentCycleService
from social_protection.models import Beneficiary, BeneficiaryStatus, BenefitPlan
from social_protection.services import BenefitPlanService

ADMINISTRATOR = 64  # the peer's own number of the role that may do everything
MOST_LEVELS = 16


class PeerRefused(RuntimeError):
    """The peer answered that it did not do it; the text is the peer's own."""


@dataclass(frozen=True)
class Office:
    """What a payroll is made from, and who makes it."""

    user: User
    plan: PaymentPlan
    cycle: PaymentCycle


def done(answer):
    """The data of a service's answer. Raises PeerRefused."""
    if not answer["success"]:
        raise PeerRefused(f"{answer['message']}: {answer['detail']}")
    return answer["data"]


def make_tables():
    """Tables straight from the models: the migrations stop at a table of an older product (see README)."""
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)


def listen():
    """Let each module's listeners hear of finished tasks, as the assembly does at start."""
    for name in settings.OPENIMIS_APPS:
        try:
            signals = import_module(f"{name}.signals")
        except ModuleNotFoundError:
            continue
        if hasattr(signals, "bind_service_signals"):
            signals.bind_service_signals()


def open_office(people, month):
    """The plan pays each level of `people` its amount in `month` (YYYY-MM)."""
    user = _administrator()
    levels = sorted({int(one["amount_fen"]) for one in people})
    if len(levels) > MOST_LEVELS:
        raise PeerRefused(f"{len(levels)} different amounts; {MOST_LEVELS} at most, each asks once a person")
    year, number = map(int, month.split("-"))
    first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    benefit = done(
        BenefitPlanService(user).create(
            {
                "code": "BENCH",
                "name": "Monthly allowance",
                "type": BenefitPlan.BenefitPlanType.INDIVIDUAL_TYPE,
                "date_valid_from": datetime(year, 1, 1),  # noqa: DTZ001  (the peer's dates have no zone)
                "date_valid_to": datetime(year + 9, 12, 31),  # noqa: DTZ001
            }
        )
    )
    plan = done(PaymentPlanService(user).create(_plan(benefit["id"], levels)))
    cycle = done(
        PaymentCycleService(user).create(
            {
                "code": month,
                "start_date": first,
                "end_date": last,
                "status": PaymentCycle.PaymentCycleStatus.ACTIVE,
            }
        )
    )
    _enrol(user, people, benefit["id"], levels)
    return Office(user, PaymentPlan.objects.get(id=plan["id"]), PaymentCycle.objects.get(id=cycle["id"]))


def read_people(path):
    """Rows of code, name, id_number, account, amount_fen."""
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
        return list(csv.DictReader(file))


def _administrator():
    """Nobody's name: a login with the peer's own administrator role."""
    Language.objects.create(code="en", name="English", sort_order=1)
    role = Role.objects.create(
        name="Administrator", is_system=ADMINISTRATOR, is_blocked=False, audit_user_id=-1
    )
    person = InteractiveUser.objects.create(
        language_id="en", last_name="Bench", other_names="Bench", login_name="bench", role_id=role.id
    )
    user = User(username="bench", i_user=person)
    user.save()
    create_or_update_user_roles(person, [role.id], None)
    return user


def _plan(benefit_plan_id, levels):
    """The lowest amount is everybody's; a criterion adds what a higher level has more. The peer counts in 元."""
    lowest, higher = levels[0], levels[1:]
    criteria = [
        {"custom_filter_condition": f"level__exact__integer={fen}", "amount": (fen - lowest) / 100}
        for fen in higher
    ]
    return {
        "code": "BENCH",
        "name": "Monthly allowance",
        "benefit_plan_id": benefit_plan_id,
        "benefit_plan_type": ContentType.objects.get_for_model(BenefitPlan),
        "periodicity": 1,
        "calculation": SocialProtectionCalculationRule.uuid,
        "json_ext": {
            "calculation_rule": {"fixed_batch": lowest / 100, "limit_per_single_transaction": ""},
            "advanced_criteria": criteria,
        },
    }


def _enrol(user, people, benefit_plan_id, levels):
    """Persons and their places on the plan, through the peer's own bulk entrance with history."""
    Individual.bulk_save([_individual(one) for one in people], user, batch_size=500)
    places = []
    for individual in Individual.objects.all():
        level = individual.json_ext["level"]
        more = {"level": level} if level != levels[0] else {}
        places.append(
            {
                "individual": individual,
                "benefit_plan_id": benefit_plan_id,
                "status": BeneficiaryStatus.ACTIVE,
                "json_ext": more,
            }
        )
    Beneficiary.bulk_save(places, user, batch_size=500)


def _individual(one):
    number = one["id_number"]
    return {
        "first_name": one["name"][1:] or one["name"],
        "last_name": one["name"][:1],
        "dob": date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        "json_ext": {
            "code": one["code"],
            "id_number": number,
            "account": one["account"],
            "level": int(one["amount_fen"]),
        },
    }
