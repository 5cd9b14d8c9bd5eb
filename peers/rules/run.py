"""`python run.py openfisca|policyengine FOLDER file|memory RUNS [RESULT]`: one JSON line with the seconds of each run.

`file` times reading, building the simulation, computing and adding up; `memory` the same from columns that are already
in the peer's own types. The model itself is built once before. RESULT, if named, gets the amounts of the last run.
"""

import importlib
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from columns import read, write_benefit

PACKAGES = {"openfisca": "OpenFisca-Core", "policyengine": "PolicyEngine-Core"}


def main(peer, folder, source, runs, result=""):
    """Time `runs` runs."""
    model = importlib.import_module(f"{peer}_model")
    rules, folder = model.system(), Path(folder)
    held = model.native(*read(folder)) if source == "memory" else None
    seconds, cpu, totals = [], [], ()
    for _ in range(int(runs)):
        began, worked = time.perf_counter(), time.process_time()
        given = held if held is not None else model.native(*read(folder))
        amounts = model.computed(rules, given)
        totals = (len(amounts), float(amounts.sum(dtype=np.float64)), int((amounts > 0).sum()))
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
    answer = {"name": f"{PACKAGES[peer]} {version(PACKAGES[peer].lower())}", "seconds": seconds, "cpu": cpu}
    answer |= {"households": totals[0], "total": totals[1], "paid": totals[2], "peak_mib": _peak()}
    if result:
        write_benefit(result, given[2], np.asarray(amounts))
    sys.stdout.write(json.dumps(answer) + "\n")


def _peak():
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")), 0.0)


if __name__ == "__main__":
    main(*sys.argv[1:])
