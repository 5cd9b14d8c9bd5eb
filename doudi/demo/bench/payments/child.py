"""`python -m doudi.demo.bench.payments.child STEP JSON`: one step in a process of its own; one JSON line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from doudi.demo.bench.memory import peak_mib

Answer = dict[str, Any]


def main(name: str, arguments: str) -> None:
    """Do the step, say what came of it and how much memory this process took at its peak."""
    django.setup()
    answer = STEPS[name](**json.loads(arguments))
    sys.stdout.write(json.dumps(answer | {"peak_mib": peak_mib("self")}) + "\n")


def furnish() -> Answer:
    """一个还没有人领款的县。"""
    from doudi.demo.bench.payments import register  # needs the apps

    register.furnish()
    return {}


def fill(awards: int) -> Answer:
    """把待遇写好。"""
    from doudi.demo.bench.payments import register

    register.fill(awards)
    return {}


def people(awards: int, path: str) -> Answer:
    """写给同行的名单。"""
    from doudi.demo.bench.payments import register

    register.write_people(Path(path), awards)
    return {}


def month(awards: int) -> Answer:
    """一个月的发放, 各步计时; 做完用 SQL 数一遍, 与手算的对。"""
    from doudi.demo.bench.payments.books import faults
    from doudi.demo.bench.payments.office import Office
    from doudi.demo.bench.payments.taken import Taken
    from doudi.records.jobs import registry

    registry.load()  # an office that is open has done it long ago
    taken, office = Taken(), Office()
    for name, effect in office.steps():
        with taken.step(name):
            effect()
    return {"steps": taken.steps, "faults": faults(awards, office), "run": office.run.pk}


STEPS: dict[str, Callable[..., Answer]] = {"furnish": furnish, "fill": fill, "people": people, "month": month}

if __name__ == "__main__":
    main(*sys.argv[1:])
