"""The rules bench from end to end: each size is written once, the contenders take turns on it, the oracle judges."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from doudi.demo.bench import figures
from doudi.demo.bench.figures import Circumstances, Figure, against, middle, took
from doudi.demo.bench.rules.contenders import PEERS, ContenderFailed, Contenders, step
from doudi.demo.bench.rules.model import TARGET
from doudi.demo.bench.rules.register import write_frozen, write_register
from doudi.demo.bench.rules.steps import COUNTY
from doudi.law.library import BOOKS

LARGE_PERSONS, LARGE_SECONDS, LARGE_MIB = 80_000_000, 60, 8192
RAISE_SECONDS, HOUSEHOLD_MS, RULES_SECONDS = 10, 0.2, 0.05
OURS = "doudi"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """量什么: 各种大小 (人数)、种子、轮数、每轮次数、提标测算的人数、要不要八千万人、要不要 Spark、带不带同行。"""

    sizes: tuple[int, ...]
    seed: int
    rounds: int
    runs: int
    raise_persons: int
    large: bool
    spark: bool
    with_peers: bool


@dataclass
class RulesBench:
    """一次测量: 结果写在 `results`, 名册都在 `work`, 用完扔掉。"""

    contenders: Contenders
    work: Path
    results: Path
    wanted: Wanted
    say: Say
    at: Circumstances = field(init=False)
    found: list[Figure] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """一种大小接一种大小量; 一步做不成的记下, 接着量别的。"""
        self.at = figures.circumstances(self.contenders.root, 1, self.wanted.seed)
        self.results.mkdir(parents=True, exist_ok=True)
        for what, effect in self._steps():
            try:
                effect()
            except ContenderFailed as error:
                self.failed.append(f"{what}没有量成: {error}")
                self.say(f"  {self.failed[-1]}")

    def _steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "一户", self._one_household
        yield "写成查询", self._many_rules
        for size in self.wanted.sizes:
            yield f"{size:,} 人", partial(self._size, size)
        if self.wanted.raise_persons:
            yield "提标测算", self._raise
        if self.wanted.large:
            yield f"{LARGE_PERSONS:,} 人", self._large

    # ---- the steps ----------------------------------------------------------------------------------

    def _one_household(self) -> None:
        for book, told in step("one_household", runs=500).items():
            target = HOUSEHOLD_MS if book == "frozen" else None
            note = f"两人户, {told['steps']} 步, 每一步的出处都留下"
            self._keep(middle(f"rules_household_{book}", "ms", [told["ms"]], target=target, note=note))

    def _many_rules(self) -> None:
        answer = step("many_rules", runs=9)
        note = f"三百条规则写成 {answer['characters']:,} 字的查询, 不跑"
        self._keep(took("rules_compile_300", answer, target=RULES_SECONDS, note=note))

    def _size(self, size: int) -> None:
        self.say(f"{size:,} 人:")
        folder = self.work / _short(size)
        write_frozen(folder, size, self.wanted.seed)
        names = [OURS, *(self._installed() if self.wanted.with_peers else [])]
        answers: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for turn in range(self.wanted.rounds):
            for source in ("file", "memory"):
                # Each takes its turn first once, so that no one always runs on a warmer machine.
                for name in names[turn % len(names) :] + names[: turn % len(names)]:
                    answers.setdefault((name, source), []).append(self._timed(name, folder, source, turn))
        judged = self._judged(folder, names) if self.wanted.with_peers else {}
        for source in ("file", "memory"):
            self._keep_source(size, source, names, {name: answers[name, source] for name in names})
        self._keep_judged(size, names, judged)
        self._duckdb(size, folder)
        if self.wanted.spark:
            self._spark(size, folder)
        shutil.rmtree(folder)

    def _installed(self) -> list[str]:
        found = []
        for peer in PEERS:
            try:
                self.contenders.install(peer)
                found.append(peer)
            except ContenderFailed as error:
                self.failed.append(f"{peer} 没有装成: {error}")
                self.say(f"  {self.failed[-1]}")
        return found

    def _timed(self, name: str, folder: Path, source: str, turn: int) -> dict[str, Any]:
        keep = source == "file" and turn == 0
        if name != OURS:
            result = folder / f"{name}.parquet" if keep else None
            return self.contenders.timed(name, folder, source, self.wanted.runs, result)
        more = {"result": folder / OURS} if keep else {}
        return step(f"from_{source}", folder=folder, runs=self.wanted.runs, **more)

    def _judged(self, folder: Path, names: list[str]) -> dict[str, Any]:
        results = {OURS: f"{folder / OURS / 'household.parquet'}:{TARGET}:fen"}
        results |= {name: f"{folder / name}.parquet:{TARGET}:yuan" for name in names if name != OURS}
        return self.contenders.judged(folder, results)

    def _duckdb(self, size: int, folder: Path) -> None:
        answer = step("on_duckdb", folder=folder, runs=self.wanted.runs)
        note = "内存里的表到每户一行的结果, 同一批规则印成 SQL"
        self._keep(took(f"rules_duckdb_{_short(size)}", answer, note=note))
        self._memory(f"rules_duckdb_{_short(size)}", [answer])

    def _spark(self, size: int, folder: Path) -> None:
        answer = step("on_spark", folder=folder, result=folder / "spark")
        self._keep(
            took(f"rules_spark_{_short(size)}", answer, note=f"{answer['version']} local[*], 文件到文件")
        )

    def _raise(self) -> None:
        persons = self.wanted.raise_persons
        folder = self.work / "raise"
        write_register(folder, BOOKS["dibao"], COUNTY, persons, self.wanted.seed)
        answer = step("raise_of_standard", folder=folder, runs=self.wanted.runs)
        note = (
            f"低保全本, 标准提高百分之五, {answer['persons']:,} 人 {answer['households']:,} 户, "
            "文件到每户变动前后的结果, 一遍算成"
        )
        name = f"rules_raise_{_short(persons)}"
        self._keep(took(name, answer, target=RAISE_SECONDS, note=note))
        self._memory(name, [answer])
        shutil.rmtree(folder)

    def _large(self) -> None:
        folder, name = self.work / "large", f"rules_written_{_short(LARGE_PERSONS)}"
        write_frozen(folder, LARGE_PERSONS, self.wanted.seed)
        answer = step("to_file", folder=folder, result=folder / "out")
        note = f"文件到写好的文件, {answer['households']:,} 户一户一行"
        self._keep(took(name, answer, target=LARGE_SECONDS, note=note))
        self._memory(name, [answer], target=LARGE_MIB)
        if self.wanted.spark:
            self._spark(LARGE_PERSONS, folder)
        shutil.rmtree(folder)

    # ---- what is kept -------------------------------------------------------------------------------

    def _keep_source(
        self, size: int, source: str, names: list[str], answers: dict[str, list[dict[str, Any]]]
    ) -> None:
        ours = _together(answers[OURS])
        shown = {"file": "文件到合计", "memory": "内存到合计, 核对在内"}[source]
        stem = f"rules_{source}_{_short(size)}"
        self._keep(took(stem, ours, note=f"{answers[OURS][0]['households']:,} 户, {shown}"))
        if source == "file":
            self._memory(stem, answers[OURS])
        for name in names[1:]:
            peer = answers[name][0]["name"]
            self._keep(against(f"{stem}_{name}", peer, _together(answers[name]), ours, note=shown))
            if source == "file":
                peak, mine = (_peak(answers[one]) for one in (name, OURS))
                figure = middle(
                    f"memory_{stem}_{name}", "MiB", [peak], peer=peer, ratio=float(f"{peak / mine:.4g}")
                )
                self._keep(figure)

    def _keep_judged(self, size: int, names: list[str], judged: dict[str, Any]) -> None:
        for name in names if judged else []:
            found = judged["differing"][name]
            note = (
                f"{judged['paid']:,} 户得助; 相差一元以上的 {found['by_yuan']:,} 户, "
                f"最大 {found['largest_fen'] / 100:.2f} 元"
            )
            target = 0 if name == OURS else None
            stem = f"rules_differing_{_short(size)}_{name}"
            self._keep(middle(stem, "户", [found["by_fen"]], target=target, note=note))

    def _memory(self, stem: str, answers: list[dict[str, Any]], **more: Any) -> None:
        self._keep(middle(f"memory_{stem}", "MiB", [_peak(answers)], **more))

    def _keep(self, found: Figure) -> None:
        self.found.append(found)
        figures.write(self.results, found, self.at)
        self.say(f"  {found.name} {found.value:g} {found.unit}")


def _together(answers: list[dict[str, Any]]) -> dict[str, list[float]]:
    return {name: [value for one in answers for value in one[name]] for name in ("seconds", "cpu")}


def _peak(answers: list[dict[str, Any]]) -> float:
    return float(max(one["peak_mib"] for one in answers))


def _short(size: int) -> str:
    """100000 → 100k, 1000000 → 1m。"""
    for unit, letter in ((1_000_000, "m"), (1_000, "k")):
        if size >= unit:
            return f"{size / unit:g}{letter}".replace(".", "_")
    return str(size)
