"""What is timed of Doudi, each in a process of its own: `python -m doudi.demo.bench.rules.steps STEP JSON`.

The answer is one JSON object on the last line: the seconds and processor seconds of each run, what came out, the peak
of the memory.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from doudi.demo.bench.memory import peak_mib
from doudi.demo.bench.rules.model import AREA, FROZEN, ON, TARGET, parameters
from doudi.engine import batch, duck, files
from doudi.engine.totals import Total
from doudi.engine.what_if import compare
from doudi.exchange.policy_files import read_packs
from doudi.law.evaluation import evaluate
from doudi.law.library import BOOKS

Answer = dict[str, Any]
COUNTY, CHANGE = (
    "410482",
    {"dibao.standard.rural": "6174", "dibao.standard.urban": "8568"},
)  # 标准提高百分之五
POLICIES = Path(__file__).parents[4] / "policies"
_SHOWN = ("eligible", "monthly_total")


def from_file(folder: str, runs: int, result: str = "") -> Answer:
    """从文件到合计; 给了 `result` 的, 另把每户的结果写在那里 (不计时)。"""
    inputs, rules = _inputs(folder), parameters()
    found, times = _timed(runs, lambda: files.total_files(FROZEN, inputs, rules, ON, [TARGET])[TARGET])
    answer = times | _told(found) | {"peak_mib": peak_mib("self")}
    if result:
        files.run_files(FROZEN, inputs, rules, ON, [TARGET], result)
    return answer


def from_memory(folder: str, runs: int) -> Answer:
    """从内存里的 Arrow 表到合计, 核对在内。"""
    tables = {
        name: pq.read_table(path, read_dictionary=["locality", "scope"])
        for name, path in _inputs(folder).items()
    }
    rules = parameters()
    found, times = _timed(runs, lambda: batch.total(FROZEN, tables, rules, ON, [TARGET])[TARGET])
    return times | _told(found) | {"peak_mib": peak_mib("self")}


def on_duckdb(folder: str, runs: int) -> Answer:
    """同一批 Arrow 表在 DuckDB 上 (duck.run), 每户的结果留在内存里。"""
    tables = {name: pq.read_table(path) for name, path in _inputs(folder).items()}
    rules = parameters()
    found, times = _timed(runs, lambda: duck.run(FROZEN, tables, rules, ON, [TARGET])["household"])
    return times | {"households": found.num_rows, "peak_mib": peak_mib("self")}


def to_file(folder: str, result: str) -> Answer:
    """从文件到写好的文件, 每户一行。"""
    inputs, rules = _inputs(folder), parameters()
    made, times = _timed(1, lambda: files.run_files(FROZEN, inputs, rules, ON, [TARGET], result))
    peak = peak_mib("self")
    return times | {"households": pq.read_metadata(made["household"]).num_rows, "peak_mib": peak}


def on_spark(folder: str, result: str) -> Answer:
    """同一件事在 Spark local[*] 上, 从开始读到写好; 开 Java 的时间不计。"""
    from doudi.engine import spark

    inputs, rules, session = _inputs(folder), parameters(), spark.session()
    _, times = _timed(1, lambda: spark.run_files(FROZEN, inputs, rules, ON, [TARGET], result, spark=session))
    return times | {"version": f"Spark {session.version}", "peak_mib": 0.0}


def one_household(runs: int) -> Answer:
    """算一户两人, 每一步连出处都留下; 毫秒是中位的。固定模型和低保全本各一。"""
    found: Answer = {}
    for book, rules, on in ((FROZEN, parameters()[AREA], ON), (BOOKS["dibao"], county(), ON)):
        case, seconds = _family(book), []
        for _ in range(runs):
            began = time.perf_counter()
            outcome = evaluate(book, case, rules, on)
            seconds.append(time.perf_counter() - began)
        found[book.id] = {"ms": sorted(seconds)[runs // 2] * 1000, "steps": len(outcome.steps)}
    return found


def raise_of_standard(folder: str, runs: int) -> Answer:
    """低保全本, 标准提高百分之五: 每户变动前后的资格和金额。"""
    book, before = BOOKS["dibao"], county()
    after = before.replaced(CHANGE)
    inputs = {path.stem: path for path in Path(folder).glob("*.parquet")}
    found, times = _timed(
        runs, lambda: compare(book, inputs, {COUNTY: before}, {COUNTY: after}, ON, _SHOWN)["household"]
    )
    sums = {
        name: sum(found.column(name).to_pylist()) for name in ("before_monthly_total", "after_monthly_total")
    }
    persons = pq.read_metadata(inputs["person"]).num_rows
    return times | sums | {"households": found.num_rows, "persons": persons, "peak_mib": peak_mib("self")}


def many_rules(runs: int) -> Answer:
    """把三百条规则写成查询, 不跑。"""
    from doudi.demo.bench.rules.many import many

    book, rules = many(300), parameters()
    found, times = _timed(runs, lambda: duck.compile_book(book, rules, ON)[0].sql("household"))
    return times | {"characters": len(found)}


def _inputs(folder: str) -> dict[str, Path]:
    return {name: Path(folder) / f"{name}.parquet" for name in ("household", "person")}


def _told(total: Total) -> Answer:
    return {"households": total.rows, "total_fen": total.amount, "paid": total.some}


def county() -> Any:
    return read_packs(POLICIES).resolve(COUNTY, ON)


def _family(book: Any) -> Any:
    """Two persons, each fact its usual value, or the first it may have."""
    case: dict[str, list[dict[str, Any]]] = {"household": [{"household_id": 1}], "person": []}
    case["person"] = [{"household_id": 1, "person_id": number} for number in (1, 2)]
    for item in book.inputs.values():
        first = next(iter(item.names)) if item.names else item.bounds[0] if item.unit.is_number else False
        for row in case.get(item.entity.name, ()):
            row[item.name] = item.usual if item.usual is not None else first
    return case


def _timed(runs: int, effect: Callable[[], Any]) -> tuple[Any, Answer]:
    took: dict[str, list[float]] = {"seconds": [], "cpu": []}
    found = None
    for _ in range(runs):
        began, worked = time.perf_counter(), time.process_time()
        found = effect()
        took["seconds"].append(time.perf_counter() - began)
        took["cpu"].append(time.process_time() - worked)
    return found, took


STEPS: dict[str, Callable[..., Answer]] = {
    one.__name__: one
    for one in (
        from_file,
        from_memory,
        on_duckdb,
        to_file,
        on_spark,
        one_household,
        raise_of_standard,
        many_rules,
    )
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](**json.loads(sys.argv[2]))) + "\n")
