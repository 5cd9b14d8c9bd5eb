"""A what-if that is kept: worked out here once more and frozen, so that no form can say other figures."""

import datetime as dt

from doudi.records.checks.simulating import Question, simulate
from doudi.records.policies import services
from doudi.records.policies.models import Scenario
from doudi.records.staff.models import User


def keep(*, by: User, title: str, question: Question, on: dt.date) -> Scenario:
    """测算并存为方案。Raises BadChange, CannotSimulate, MayNotWeigh, TitleTaken."""
    told = simulate(question)
    return services.keep_scenario(
        by=by, title=title, area_code=question.area_code, month=question.month, rulebook=told.rulebook,
        changes=[one.as_json() for one in told.changes], figures=told.figures, on=on,
    )  # fmt: skip
