"""The bench from end to end: on each database a fresh county is loaded and measured; each figure is kept at once."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from doudi.demo.bench import clerks, figures, lists, peer, questions
from doudi.demo.bench.counties import GROUNDS, Ground, Place
from doudi.demo.bench.figures import Circumstances, Figure, against, middle, took
from doudi.demo.bench.server import OfficeDidNotStart, open_office
from doudi.demo.private_postgres import PostgresDidNotStart, PostgresMissing
from doudi.law.money import yuan

LOAD_SECONDS, ASSESS_SECONDS, PAYROLL_SECONDS, STATISTICS_SECONDS, PAGE_MS = 90, 2, 10, 0.5, 300
SIMULATION_SECONDS, QUESTIONS = 1, 15
SHOWN_ERRORS = 5
Say = Callable[[str], None]


class StepFailed(RuntimeError):
    """一步没有做成。"""


@dataclass(frozen=True)
class Wanted:
    """量什么: 县的大小、种子、数据库、各步几次、几名经办、办多少秒、带不带同行。"""

    scale: float
    seed: int
    databases: tuple[str, ...]
    load_runs: int
    runs: int
    clerks: int
    seconds: float
    with_peer: bool
    months: int = 24
    only: str = ""


@dataclass
class Bench:
    """一次测量: 结果写在 `results`, 用过的县都在 `work`, 用完扔掉。"""

    root: Path
    work: Path
    results: Path
    wanted: Wanted
    say: Say
    at: Circumstances = field(init=False)
    found: list[Figure] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """一种数据库接一种数据库量; 一步做不成的记下, 接着量别的。"""
        self.at = figures.circumstances(self.root, self.wanted.scale, self.wanted.seed)
        self.results.mkdir(parents=True, exist_ok=True)
        for place, name in enumerate(self.wanted.databases):
            self._try(f"{name} 的测量", partial(self._on, name, first=not place))

    def _on(self, name: str, *, first: bool) -> None:
        try:
            ground = GROUNDS[name](self.work / name)
        except (PostgresMissing, PostgresDidNotStart) as error:
            raise StepFailed(str(error)) from error
        try:
            self.say(f"{name}:")
            county = self._load(ground)
            for what, effect in self._steps(ground, county, first):
                if self.wanted.only in ("", what):
                    self._try(f"{name} 的{what}", effect)
        finally:
            ground.close()

    def _steps(self, ground: Ground, county: Place, first: bool) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "重新测算", partial(self._assess, ground, county)
        yield "月统计", partial(self._statistics, ground, county)
        yield "提标测算", partial(self._simulation, ground, county)
        yield "发放", partial(self._payroll, ground, county)
        yield "页面", partial(self._pages, ground, county)
        yield "名单", partial(self._lists, ground, county)
        if first and self.wanted.with_peer:
            yield "同行对照", partial(self._peer, county)

    def _try(self, what: str, effect: Callable[[], None]) -> None:
        try:
            effect()
        except (StepFailed, OfficeDidNotStart, peer.PeerMissing) as error:
            self.failed.append(f"{what}没有量成: {error}")
            self.say(f"  {self.failed[-1]}")

    # ---- the steps ----------------------------------------------------------------------------------

    def _load(self, ground: Ground) -> Place:
        """The last county loaded is the one the rest is measured on."""
        seconds, cpu, peaks = [], [], []
        for turn in range(self.wanted.load_runs):
            county = ground.fresh(f"county{turn}")
            began = time.perf_counter()
            answer = self._child(
                county, "load", scale=self.wanted.scale, seed=self.wanted.seed, months=self.wanted.months
            )
            seconds.append(time.perf_counter() - began)
            cpu += answer["cpu"]
            peaks.append(answer["peak_mib"])
            if turn + 1 < self.wanted.load_runs:
                ground.discard(county)
        note = "整个进程, 从启动到退出"
        self._keep(middle(f"demo_load_{ground.name}", "s", seconds, cpu=cpu, target=LOAD_SECONDS, note=note))
        self._memory(f"demo_load_{ground.name}", peaks)
        return county

    def _assess(self, ground: Ground, county: Place) -> None:
        answer = self._child(county, "assess", runs=self.wanted.runs)
        note = f"{answer['households']:,} 户, 读记录在内; 第一次是冷的"
        self._keep(took(f"assess_{ground.name}", answer, target=ASSESS_SECONDS, note=note))
        self._memory(f"assess_{ground.name}", [answer["peak_mib"]])

    def _statistics(self, ground: Ground, county: Place) -> None:
        answer = self._child(county, "statistics", runs=self.wanted.runs)
        note = f"在册 {answer['persons']:,} 人; 第一次是冷的"
        self._keep(took(f"statistics_{ground.name}", answer, target=STATISTICS_SECONDS, note=note))
        self._memory(f"statistics_{ground.name}", [answer["peak_mib"]])

    def _simulation(self, ground: Ground, county: Place) -> None:
        copy = ground.copied(county, "simulation")
        try:
            with open_office(self.root, copy) as office:
                first, *later = questions.weigh(office.port, QUESTIONS)
        except questions.NotAnswered as error:
            raise StepFailed(str(error)) from error
        finally:
            ground.discard(copy)
        note = f"提标 {len(later)} 次, 每次幅度不同, 从请求到整页; 最长 {max(later):.2f} s, 开机后第一次 {first:.2f} s"
        self._keep(middle(f"simulation_page_{ground.name}", "s", later, target=SIMULATION_SECONDS, note=note))

    def _payroll(self, ground: Ground, county: Place) -> None:
        answers = []
        for turn in range(self.wanted.runs):
            copy = ground.copied(county, f"payroll{turn}")
            answers.append(self._child(copy, "payroll"))
            ground.discard(copy)
        one, target = answers[-1], PAYROLL_SECONDS if ground.name == "sqlite" else None
        note = (
            f"{one['scheme']} {one['lines']:,} 行, {yuan(one['total_fen'])} 元; 每次新抄一个库, 进程都是冷的"
        )
        if one["interceptions"]:
            note += f"; {one['interceptions']} 条拦截的人工处理不计"
        whole = {name: [answer[name][0] for answer in answers] for name in ("seconds", "cpu")}
        self._keep(took(f"payroll_{ground.name}", whole, target=target, note=note))
        for part, label in (("build", "生成"), ("lock", "锁定")):
            runs = [answer[part] for answer in answers]
            self._keep(middle(f"payroll_{part}_{ground.name}", "s", runs, note=f"其中{label}"))
        self._memory(f"payroll_{ground.name}", [answer["peak_mib"] for answer in answers])

    def _pages(self, ground: Ground, county: Place) -> None:
        copy = ground.copied(county, "pages")
        desks = [
            (login, case) for login, case in self._child(copy, "desks", clerks=self.wanted.clerks)["desks"]
        ]
        if not desks:
            raise StepFailed("没有经办能更正的案子")
        cases = [case for _, case in desks]
        before = self._child(copy, "saved", cases=cases)["acts"]
        with open_office(self.root, copy) as office:
            day = clerks.work(desks, office.port, self.wanted.seconds, self.wanted.seed, office.cpu_seconds)
            worked, peaks = office.cpu_seconds() - day.mark, office.peaks_mib()
        kept = self._child(copy, "saved", cases=cases)["acts"] - before
        ground.discard(copy)
        self._keep_pages(ground.name, day, len(desks), kept)
        note = f"主进程和 {len(peaks) - 1} 个工作进程合计, 最大的一个 {max(peaks):.0f} MiB"
        self._keep(middle(f"memory_pages_{ground.name}", "MiB", [sum(peaks)], note=note))
        each = worked * 1000 / day.requests
        note = f"网站进程的处理器时间, 平均每次请求; 共 {day.requests:,} 次"
        self._keep(middle(f"page_cpu_{ground.name}", "ms", [each], note=note))

    def _lists(self, ground: Ground, county: Place) -> None:
        """The longest lists of a big county, each by itself; the slowest is the figure."""
        households = self._child(county, "size")["households"]
        try:
            with open_office(self.root, county) as office:
                found = lists.read(office.port, self.wanted.runs)
        except lists.ListMissing as error:
            raise StepFailed(str(error)) from error
        for name, seconds in sorted(found.items(), key=lambda one: -median(one[1])):
            p95 = clerks.percentile(seconds, 95) * 1000
            self.say(
                f"    {median(seconds) * 1000:6.0f} ms  {name} (p95 {p95:.0f}, 第一次 {seconds[0] * 1000:.0f})"
            )
        slowest = max(found, key=lambda name: median(found[name]))
        runs = [value * 1000 for value in found[slowest]]
        note = f"{households:,} 户, {len(found)} 张名单里最慢的一张: {slowest}"
        self._keep(middle(f"list_slowest_{ground.name}", "ms", runs, target=PAGE_MS, note=note))

    def _keep_pages(self, ground: str, day: clerks.Day, desks: int, kept: int) -> None:
        for kind, seconds in day.seconds.items():
            if not seconds:
                raise StepFailed(f"没有一次{kind}: {'; '.join(day.errors[:SHOWN_ERRORS])}")
            p50, p95, p99 = (clerks.percentile(seconds, rank) * 1000 for rank in (50, 95, 99))
            slowest = max(seconds) * 1000
            note = f"{desks} 名经办, {len(seconds):,} 次; p50 {p50:.0f}, p99 {p99:.0f}, 最长 {slowest:.0f}"
            self._keep(middle(f"page_{kind}_p95_{ground}", "ms", [p95], target=PAGE_MS, note=note))
        errors = len(day.errors) + abs(kept - day.saves)
        note = f"{day.saves} 次保存, 库里有 {kept} 次更正"
        self._keep(middle(f"page_errors_{ground}", "次", [errors], target=0, note=note))
        for error in day.errors[:SHOWN_ERRORS]:
            self.say(f"    {error}")

    def _peer(self, county: Place) -> None:
        python = peer.installed(self.root, self.root / "var" / "peers")
        folder = self.work / "exported"
        folder.mkdir()
        on = self._child(county, "export", folder=str(folder))["on"]
        ours = self._child(county, "assess_files", folder=str(folder), runs=self.wanted.runs)
        theirs = peer.run(self.root, python, folder, on, self.wanted.runs)
        compared = peer.compare(folder)
        note = f"{ours['households']:,} 户, 读 Parquet 在内"
        self._keep(took("assess_files", ours, note=note))
        self._keep(against("assess_files_openfisca", theirs["peer"], theirs, ours, note=note))
        note = f"{compared.households:,} 户里相差一元以上的"
        note += f"; 一分以上的 {compared.by_fen} 户, 最大 {yuan(compared.largest_fen)} 元"
        self._keep(middle("differing_openfisca", "户", [compared.by_yuan], peer=theirs["peer"], note=note))
        ratio = theirs["peak_mib"] / ours["peak_mib"]
        more = {"peer": theirs["peer"], "ratio": round(ratio, 3)}
        self._keep(middle("memory_assess_files", "MiB", [ours["peak_mib"]]))
        self._keep(middle("memory_assess_files_openfisca", "MiB", [theirs["peak_mib"]], **more))

    # ---- keeping and running ------------------------------------------------------------------------

    def _keep(self, one: Figure) -> None:
        self.found.append(one)
        figures.write(self.results, one, replace(self.at, load_average=figures.load_average()))
        self.say(
            f"  {one.name}: {one.value:g} {one.unit}{'' if one.is_met else f' (目标 ≤ {one.target:g}, 未达到)'}"
        )

    def _memory(self, name: str, peaks: list[float]) -> None:
        self._keep(middle(f"memory_{name}", "MiB", peaks))

    def _child(self, place: Place, name: str, **arguments: Any) -> dict[str, Any]:
        """A step in a process of its own, so that its memory is its own. Raises StepFailed."""
        command = [sys.executable, "-m", "doudi.demo.bench.child", name, json.dumps(arguments)]
        done = subprocess.run(
            command, cwd=self.root, env=place.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise StepFailed(" | ".join(done.stderr.strip().splitlines()[-3:]))
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer
