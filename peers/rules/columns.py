"""The generated files as numpy columns, read as fast as pyarrow reads them: no text is made, no column kept twice."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PERSON = ("household_id", "age", "wage", "pension", "other_income", "disability_grade", "is_seriously_ill")
HOUSEHOLD = ("household_id", "locality", "savings")
LOCALITIES = ("rural", "urban")


def read(folder):
    """(person columns, household columns): whole numbers as int64, money in fen, locality as places in LOCALITIES."""
    return _columns(folder / "person.parquet", PERSON), _columns(folder / "household.parquet", HOUSEHOLD)


def read_benefit(path, name):
    """One column of a written result, and the households it is of, in their order."""
    table = pq.read_table(path, columns=["household_id", name])
    ids, values = (table.column(column).to_numpy() for column in ("household_id", name))
    order = np.argsort(ids, kind="stable")
    return ids[order], values[order]


def write_benefit(path, ids, values):
    """A result for the oracle to compare."""
    pq.write_table(pa.table({"household_id": ids, "benefit": values}), Path(path))


def _columns(path, names):
    table = pq.read_table(path, columns=list(names), read_dictionary=["locality"])
    found = {}
    for name in names:
        found[name] = _numbers(table.column(name))
        table = table.drop_columns([name])
    return found


def _numbers(column):
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy()
    one = column.unify_dictionaries().combine_chunks()
    places = np.array([LOCALITIES.index(word) for word in one.dictionary.to_pylist()])
    return places[one.indices.to_numpy()]
