"""`python -m doudi.demo.bench.child STEP JSON`: do one step; its answer is one JSON object on the last line."""

import json
import sys

import django

from doudi.demo.bench.memory import peak_mib


def main(name: str, arguments: str) -> None:
    """Set Django up, do the step, say what came of it and how much memory this process took at its peak."""
    django.setup()
    from doudi.demo.bench.steps import STEPS  # needs the apps

    answer = STEPS[name](**json.loads(arguments))
    sys.stdout.write(json.dumps(answer | {"peak_mib": peak_mib("self")}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
