"""随机名册写成 Parquet：同一个种子写出同样的行，行按户排好，多大都行。

The rows are drawn inside DuckDB from a hash of the seed, the key and the column, so a file larger than memory is
written as it is drawn.
"""

import zlib
from pathlib import Path

import duckdb

from doudi.demo.bench.rules.model import AREA, ON
from doudi.engine.plan import SCOPE
from doudi.engine.sql import literal, select
from doudi.law.entities import Entity
from doudi.law.rulebook import Input, Rulebook

# A hundred households of one to six persons, 240 persons together; a block takes the sizes in an order of its own.
SIZES = {1: 30, 2: 32, 3: 18, 4: 12, 5: 4, 6: 4}
BLOCK, PERSONS_A_BLOCK = 100, 240
_ROWS_A_GROUP = 122_880
_MOST_MONEY, _MOST_COUNT, _USUAL, _RARE = 3_000_000, 90, 70, 12
# How many rows below one row, drawn evenly from these.
_BELOW = {
    "income": (0, 1, 2), "asset": (0, 0, 0, 0, 0, 0, 1, 2), "held": (0, 0, 0, 0, 1), "bill": (0, 0, 0, 2),
    "obligor": (0, 0, 0, 0, 1), "obligor_member": (1, 2, 3),
}  # fmt: skip

HOUSEHOLD_COLUMNS = {
    "locality": "CASE WHEN {d} % 100 < 70 THEN 'rural' ELSE 'urban' END",
    "savings": "CASE WHEN {d} % 10 < 6 THEN 0 WHEN {d} % 10 < 9 THEN ({d} // 10) % 1500000"
    " ELSE ({d} // 10) % 6000000 END",
}
PERSON_COLUMNS = {
    "age": "{d} % 95",
    "wage": "CASE WHEN {d} % 10 < 5 THEN 0 ELSE ({d} // 10) % 180000 END",
    "pension": "CASE WHEN {d} % 10 < 7 THEN 0 ELSE ({d} // 10) % 60000 END",
    "other_income": "CASE WHEN {d} % 10 < 7 THEN 0 ELSE ({d} // 10) % 40000 END",
    "disability_grade": "CASE WHEN {d} % 100 < 88 THEN 0 ELSE 1 + ({d} // 100) % 4 END",
    "is_seriously_ill": "{d} % 100 < 5",
}


def write_frozen(folder: Path, persons: int, seed: int) -> dict[str, Path]:
    """测速模型的名册：约 `persons` 人（整百户），一户 2.4 人。"""
    household = {
        name: sql.format(d=_drawn("household_id", name, seed)) for name, sql in HOUSEHOLD_COLUMNS.items()
    }
    person = {name: sql.format(d=_drawn("person_id", name, seed)) for name, sql in PERSON_COLUMNS.items()}
    with _Writer(folder) as writer:
        writer.households(persons, household)
        writer.persons(person, seed)
    return writer.made


def write_register(folder: Path, book: Rulebook, scope: str, persons: int, seed: int) -> dict[str, Path]:
    """任一本规则书的名册：约 `persons` 人，各项录入按声明的范围随机。"""
    with _Writer(folder) as writer:
        for entity in book.edition(ON).entities:
            items = [item for item in book.inputs.values() if item.entity is entity]
            columns = {item.name: _any_value(item, seed) for item in items}
            if entity.parent is None:
                writer.households(persons, columns, scope)
            elif entity.name == "person":
                writer.persons(columns, seed)
            else:
                writer.below(entity, columns, seed)
    return writer.made


class _Writer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.made: dict[str, Path] = {}
        self.connection = duckdb.connect()

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def households(self, persons: int, columns: dict[str, str], scope: str = AREA) -> None:
        count = -(-persons // PERSONS_A_BLOCK) * BLOCK
        keys = {"household_id": "household_id", SCOPE: literal(scope)}
        self._write("household", keys | columns, f"range(1, {count + 1}) AS drawn (household_id)")

    def persons(self, columns: dict[str, str], seed: int) -> None:
        sizes = ", ".join(str(size) for size, times in SIZES.items() for _ in range(times))
        # 37 and 100 have no common divisor, so a block's households take each size once.
        place = f"1 + ((household_id - 1) * 37 + {_drawn(f'(household_id - 1) // {BLOCK}', 'order', seed)}) % {BLOCK}"
        nth = f"unnest(range([{sizes}][{place}]))"
        source = select(self._scan("household"), ["household_id", f"household_id * 8 + {nth} AS person_id"])
        keys = {"person_id": "person_id", "household_id": "household_id"}
        self._write("person", keys | columns, f"({source})")

    def below(self, entity: Entity, columns: dict[str, str], seed: int) -> None:
        above = entity.parent
        assert above is not None
        counts = ", ".join(map(str, _BELOW.get(entity.name, (0, 1))))
        number = f"1 + {_drawn(above.key, entity.name, seed)} % {len(_BELOW.get(entity.name, (0, 1)))}"
        keys = [one.key for one in above.lineage]
        own = f"{above.key} * 4 + unnest(range([{counts}][{number}])) AS {entity.key}"
        source = select(self._scan(above.name), [*keys, own])
        self._write(entity.name, {key: key for key in (entity.key, *keys)} | columns, f"({source})")

    def _write(self, name: str, columns: dict[str, str], source: str) -> None:
        self.made[name] = self.folder / f"{name}.parquet"
        query = select(source, [f"{sql} AS {column}" for column, sql in columns.items()])
        to = literal(str(self.made[name]))
        self.connection.execute(f"COPY ({query}) TO {to} (FORMAT parquet, ROW_GROUP_SIZE {_ROWS_A_GROUP})")

    def _scan(self, name: str) -> str:
        return f"read_parquet({literal(str(self.made[name]))})"


def _drawn(key: str, what: str, seed: int) -> str:
    """一个不小于零的随机整数：由种子、主键、列名决定。"""
    return f"(hash({key}, {seed}, {zlib.crc32(what.encode())}) >> 1)::BIGINT"


def _any_value(item: Input, seed: int) -> str:
    drawn = _drawn(item.entity.key, item.name, seed)
    if item.unit.kind == "flag":
        return f"{drawn} % 100 < {100 - _RARE if item.usual else _RARE}"
    if item.names is not None:
        codes = list(item.names)
        listed = ", ".join(map(literal, codes))
        usual = literal(item.usual if isinstance(item.usual, str) else codes[0])
        other = f"[{listed}][1 + ({drawn} // 100) % {len(codes)}]"
        return f"CASE WHEN {drawn} % 100 < {_USUAL} THEN {usual} ELSE {other} END"
    low, high = item.bounds
    span = min(high, _MOST_MONEY if item.unit.kind == "money" else _MOST_COUNT) - low + 1
    number = f"{low} + ({drawn} // 100) % {span}"
    usual_number = item.usual if isinstance(item.usual, int) else None
    return (
        number
        if usual_number is None
        else f"CASE WHEN {drawn} % 100 < {_USUAL} THEN {usual_number} ELSE {number} END"
    )
