"""The frozen model once more, in whole numbers (int64 分) and nothing but numpy: what every engine is held to.

`python oracle.py FOLDER RESULT...` where RESULT is `name=path:column:unit`; one JSON line with each one's differing
households. Written from the rules, apart from Doudi: plain loops over arrays, no shared code.
"""

import json
import sys
from pathlib import Path

import numpy as np
from columns import read, read_benefit

STANDARD = np.array([63_900, 81_900], dtype=np.int64)  # rural, urban


def half_up(amount, over):
    """Non-negative amounts only."""
    return (2 * amount + over) // (2 * over)


def benefits(person, household):
    """分 a household."""
    standard = STANDARD[household["locality"]]
    place = np.searchsorted(household["household_id"], person["household_id"])
    norm, wage = standard[place], person["wage"].astype(np.int64)
    spent = np.minimum(half_up(wage * 2_000, 10_000), half_up(norm * 3_000, 10_000))
    earned = np.maximum(wage - spent, 0) + person["pension"] + person["other_income"]
    grade, age = person["disability_grade"], person["age"]
    rate = np.zeros(len(wage), dtype=np.int64)
    for holds, worth in (
        (age < 14, 1_000),
        (age >= 70, 1_500),
        (person["is_seriously_ill"], 2_000),
        ((grade >= 1) & (grade <= 2), 3_000),
    ):
        rate[holds] = worth
    size = len(standard)
    members = np.bincount(place, minlength=size)
    income, supplements = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(income, place, earned)
    np.add.at(supplements, place, half_up(norm * rate, 10_000))
    each = half_up(income, np.maximum(members, 1))
    poor = (each < standard) & (household["savings"] <= standard * 24 * members) & (members > 0)
    short = (standard - each) * members
    return np.where(poor, -(-short // 100) * 100 + supplements, 0)


def main(folder, results):
    """Compare each result, household by household."""
    person, household = read(Path(folder))
    truth = benefits(person, household)
    answer = {
        "households": len(truth), "paid": int((truth > 0).sum()), "total_fen": int(truth.sum()), "differing": {},
    }  # fmt: skip
    for result in results:
        name, _, where = result.partition("=")
        path, column, unit = where.rsplit(":", 2)
        ids, found = read_benefit(path, column)
        if not np.array_equal(ids, household["household_id"]):
            raise SystemExit(f"{name}: not the same households")
        fen = (
            found.astype(np.int64)
            if unit == "fen"
            else np.rint(found.astype(np.float64) * 100).astype(np.int64)
        )
        apart = np.abs(fen - truth)
        answer["differing"][name] = {
            "by_fen": int((apart > 0).sum()), "by_yuan": int((apart >= 100).sum()), "largest_fen": int(apart.max()),
        }  # fmt: skip
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
