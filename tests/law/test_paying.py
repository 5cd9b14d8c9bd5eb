"""What a month owes on an award, on ints and in the batch; and instalments."""

from datetime import date

import pyarrow as pa
import pytest

from doudi.engine.duck import run
from doudi.law.evaluation import evaluate
from doudi.law.paying import OPEN_ENDED, PAYING, equal_instalments, month_number
from tests.rules.situations import shipped

ON = date(2026, 11, 5)
AWARD = {
    "award_id": 1,
    "scope": "all",
    "month": 202611,
    "from_month": 202611,
    "until_month": OPEN_ENDED,
    "amount": 81900,
    "suspended": False,
    "held": False,
    "already": 0,
}
CASES = [
    ("first month", {}, 81900, 0),
    ("month before", {"month": 202610}, 0, 0),
    ("last month", {"until_month": 202612}, 81900, 0),
    ("month it ends", {"until_month": 202611}, 0, 0),
    ("turn of the year", {"month": 202701, "until_month": 202702}, 81900, 0),
    ("suspended", {"suspended": True}, 0, 0),
    ("held for a person to decide", {"held": True}, 0, 81900),
    ("held but not in force", {"held": True, "month": 202610}, 0, 0),
]


@pytest.mark.parametrize(("title", "change", "due", "withheld"), CASES)
def test_what_a_month_owes(title: str, change: dict[str, object], due: int, withheld: int) -> None:
    outcome = evaluate(PAYING, {"award": [AWARD | change]}, shipped().resolve("410482", ON), ON)
    row = outcome.values["award"][0]
    assert (row["due"], row["withheld"]) == (due, withheld)
    assert [part.amount_fen for part in outcome.pays] == ([due] if due else [])


def test_the_batch_owes_the_same() -> None:
    rows = [AWARD | change | {"award_id": number} for number, (_, change, _, _) in enumerate(CASES)]
    tables = {"award": pa.Table.from_pylist(rows)}
    found = run(PAYING, tables, {"all": shipped().resolve("410482", ON)}, ON, ["due", "withheld"])["award"]
    assert found.column("due").to_pylist() == [due for _, _, due, _ in CASES]
    assert found.column("withheld").to_pylist() == [withheld for _, _, _, withheld in CASES]


def test_a_month_is_written_as_a_number() -> None:
    assert month_number(date(2026, 11, 30)) == 202611


@pytest.mark.parametrize(
    ("fen", "count", "first_on", "told"),
    [
        (100, 1, date(2026, 12, 20), [(date(2026, 12, 20), 100)]),
        (
            100,
            3,
            date(2026, 11, 30),
            [(date(2026, 11, 30), 33), (date(2026, 12, 30), 33), (date(2027, 1, 30), 34)],
        ),
        (2, 2, date(2027, 1, 31), [(date(2027, 1, 31), 1), (date(2027, 2, 28), 1)]),
    ],
)
def test_instalments_are_monthly_and_sum_to_the_fen(
    fen: int, count: int, first_on: date, told: list[tuple[date, int]]
) -> None:
    assert equal_instalments(fen, count, first_on) == told


@pytest.mark.parametrize("count", [1, 7, 12, 24, 60])
def test_any_sum_in_any_number_of_instalments_is_the_sum(count: int) -> None:
    for fen in (count, 81_900, 163_801, 999_999_999):
        plan = equal_instalments(fen, count, date(2026, 12, 31))
        assert (len(plan), sum(one for _, one in plan)) == (count, fen)
        assert [day for day, _ in plan] == sorted({day for day, _ in plan})


def test_less_than_a_fen_an_instalment_is_no_plan() -> None:
    with pytest.raises(ValueError, match="一分"):
        equal_instalments(2, 3, date(2026, 12, 31))
