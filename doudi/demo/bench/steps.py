"""What is measured inside a process of its own: each step returns its seconds and the counts that prove its work."""

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Count

from doudi.demo import loading
from doudi.engine import duck
from doudi.records.cases.models import Act, Case
from doudi.records.checks.assessing import RULEBOOKS, assess_all
from doudi.records.checks.rolls import assessed_schemes
from doudi.records.checks.tables import case_tables
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayrollRun
from doudi.records.people.models import Household
from doudi.records.policies.queries import parameters
from doudi.records.reports import queries as reports
from doudi.records.staff.models import Role, User
from doudi.store.areas import code_range

MONTH, CLOSED_MONTH = 202611, 202610  # the month to be paid, and the last one that is closed
TABLES, TARGETS = ("household", "person", "income", "asset"), ("base_amount", "supplements", "monthly_total")
Answer = dict[str, Any]


def load(scale: float, seed: int, months: int) -> Answer:
    """装载演示县, 从建表到落锚。"""
    loading.prepare(fresh=False)
    loaded = loading.load(scale=scale, seed=seed, months=months, say=lambda text: _tell(f"    {text}"))
    return {"cpu": [time.process_time()], "digest": loaded.digest}


def assess(runs: int) -> Answer:
    """全县在册低保户重新测算, 读记录在内。"""
    homes = _homes()
    found, took = _timed(runs, lambda: assess_all(homes, _on())["household"])
    return {**took, "households": found.num_rows}


def statistics(runs: int) -> Answer:
    """全县一个月的统计。"""
    found, took = _timed(runs, lambda: reports.statistics(CLOSED_MONTH, _county()))
    return {**took, "persons": sum(row.persons for row in found.schemes)}


def payroll() -> Answer:
    """最大的项目一个月的发放: 生成、锁定。拦截由复核人处理, 那是人的时间, 不计。"""
    scheme, maker = _largest_scheme(), User.objects.get(username="caiwu")
    run, building = _timed(1, lambda: services.build(scheme=scheme, month=MONTH, by=maker))
    settled = _settle(run)
    run, locking = _timed(1, lambda: services.lock(run, maker))
    return {
        **{name: [building[name][0] + locking[name][0]] for name in building},
        "build": building["seconds"][0], "lock": locking["seconds"][0], "scheme": scheme, "lines": run.lines_count,
        "total_fen": run.total_fen, "interceptions": settled, "state": run.state,
    }  # fmt: skip


def _settle(run: PayrollRun) -> int:
    reviewer, outcome = User.objects.get(username="fuhe"), Interception.Outcome.DROPPED
    found = Interception.objects.filter(line__run=run, outcome=Interception.Outcome.OPEN)
    waiting = list(found.order_by("pk"))
    for one in waiting:
        services.resolve(one, outcome, "测量时一律本月不发", reviewer)
    return len(waiting)


def export(folder: str) -> Answer:
    """把测算要的录入和参数写出来, 供同行读同样的东西。"""
    to = Path(folder)
    for name, rows in case_tables(_homes(), _on()).items():
        pq.write_table(rows, to / f"{name}.parquet")
    leaves = parameters(settings.COUNTY, _on()).leaves
    dibao = {path: leaf.value for path, leaf in leaves.items() if path.startswith("dibao.")}
    (to / "parameters.json").write_text(json.dumps(dibao, ensure_ascii=False), encoding="utf-8")
    return {"on": _on().isoformat()}


def assess_files(folder: str, runs: int) -> Answer:
    """从写出来的文件测算: 读文件和算都计时; 结果写回同一个文件夹。"""
    at, book, rules = Path(folder), RULEBOOKS["dibao"], {settings.COUNTY: parameters(settings.COUNTY, _on())}

    def once() -> Any:
        tables = {name: pq.read_table(at / f"{name}.parquet") for name in TABLES}
        return duck.run(book, tables, rules, _on(), TARGETS)["household"]

    found, took = _timed(runs, once)
    pq.write_table(found, at / "doudi.parquet")
    return {**took, "households": found.num_rows}


def desks(clerks: int) -> Answer:
    """谁办哪一件: 每名经办一件自己乡镇还能更正申报的案子, 尽量一人一件。"""
    open_ones = Case.objects.filter(closed_on=None, station__in=("accept", "survey", "review"))
    cases = list(open_ones.order_by("pk").values_list("pk", "village_id"))
    found: list[tuple[str, int]] = []
    for user in User.objects.filter(role=Role.CLERK, is_active=True).order_by("username"):
        low, high = code_range(str(user.area_id))
        mine = next((one for one in cases if low <= one[1] <= high), None)
        if mine is not None and len(found) < clerks:
            cases.remove(mine)
            found.append((user.username, mine[0]))
    return {"desks": found}


def size() -> Answer:
    """登记了多少户。"""
    return {"households": Household.objects.count()}


def saved(cases: list[int]) -> Answer:
    """库里留下了几次更正。"""
    return {"acts": Act.objects.filter(case__in=cases, title="更正家庭情况").count()}


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _county() -> str:
    return str(settings.COUNTY).ljust(12, "0")


def _on() -> dt.date:
    return dt.date(MONTH // 100, MONTH % 100, 1)


def _homes() -> Any:
    """Every family on a roll that a rulebook can assess."""
    held = reports.in_force_on(_county(), _on()).filter(scheme__in=assessed_schemes())
    return Household.objects.filter(pk__in=held.values("household"))


def _largest_scheme() -> str:

    counted = reports.in_force_on(_county(), _on()).order_by().values("scheme").annotate(size=Count("pk"))
    return str(max(counted, key=lambda row: row["size"])["scheme"])


def _timed(runs: int, effect: Callable[[], Any]) -> tuple[Any, dict[str, list[float]]]:
    """What it made, and of each run the seconds by the wall and by the processor."""
    took: dict[str, list[float]] = {"seconds": [], "cpu": []}
    found = None
    for _ in range(runs):
        began, worked = time.perf_counter(), time.process_time()
        found = effect()
        took["seconds"].append(time.perf_counter() - began)
        took["cpu"].append(time.process_time() - worked)
    return found, took


STEPS: dict[str, Callable[..., Answer]] = {
    "load": load, "assess": assess, "statistics": statistics, "payroll": payroll, "export": export,
    "assess_files": assess_files, "desks": desks, "saved": saved, "size": size,
}  # fmt: skip
