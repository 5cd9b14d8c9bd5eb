"""The bench of a month's money: each size on each database and in the peer, taking turns; counts decide, then time."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Any

from doudi.demo.bench import figures
from doudi.demo.bench.counties import GROUNDS, Ground, Place
from doudi.demo.bench.figures import Circumstances, Figure, middle, took
from doudi.demo.bench.pages import Browser
from doudi.demo.bench.payments import openimis
from doudi.demo.bench.server import OfficeDidNotStart, open_office
from doudi.demo.private_postgres import PostgresDidNotStart, PostgresMissing
from doudi.demo.serving import HOST
from doudi.demo.staff import PASSWORD

# Seconds for 40,000 awards on SQLite; PostgreSQL may take twice as long.
TARGET_AWARDS, TARGET_MIB = 40_000, 500
TARGETS = {"build": 8, "lock": 3, "export": 3, "return": 6}
PAGES, PAGE_MS, LOOKS = {"run": "/fafang/{}/", "lines": "/fafang/{}/qingce/"}, 300, 6
PEER_AWARDS = 3_000  # more than that is hours
NAMES = {
    "first": "上一月, 头一次发: 生成并锁定, 户户新增",
    "build": "生成", "lock": "锁定", "approve": "两级审批", "export": "导出并交银行",
    "refuse": "多一行的回盘, 整份拒收",
    "return": "回盘上传、核对入账", "again": "生成、回盘、导出都再来一次",
}  # fmt: skip
WHOLE = ("build", "lock", "approve", "export", "return")
Say = Callable[[str], None]
Answers = list[dict[str, Any]]


class StepFailed(RuntimeError):
    """一步没有做成。"""


@dataclass(frozen=True)
class Wanted:
    """量什么: 各种大小 (份)、数据库、几轮、带不带同行。"""

    sizes: tuple[int, ...]
    databases: tuple[str, ...]
    rounds: int
    with_peer: bool


@dataclass
class PaymentsBench:
    """一次测量: 结果写在 `results`, 县都在 `work`, 用完扔掉。"""

    root: Path
    work: Path
    results: Path
    wanted: Wanted
    say: Say
    at: Circumstances = field(init=False)
    found: list[Figure] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """先各建一个空县, 再一种大小接一种大小; 一步做不成的记下, 接着量别的。"""
        self.at = figures.circumstances(self.root, 1, 0)
        grounds: list[tuple[Ground, Place]] = []
        try:
            for name in self.wanted.databases:
                self._try(name, partial(self._open, name, grounds))
            for size in self.wanted.sizes:
                self._size(size, grounds)
        finally:
            for ground, _ in grounds:
                ground.close()

    def _try(self, what: str, effect: Callable[[], None]) -> None:
        try:
            effect()
        except (StepFailed, openimis.PeerMissing, PostgresMissing, PostgresDidNotStart) as error:
            self.failed.append(f"{what} 没有量成: {error}")
            self.say(f"  {self.failed[-1]}")

    def _open(self, name: str, grounds: list[tuple[Ground, Place]]) -> None:
        ground = GROUNDS[name](self.work / name)
        empty = ground.fresh("empty")
        grounds.append((ground, empty))
        self._child(empty, "furnish")

    # ---- one size -----------------------------------------------------------------------------------

    def _size(self, size: int, grounds: Sequence[tuple[Ground, Place]]) -> None:
        self.say(f"{size:,} 份:")
        answers: dict[str, Answers] = {}
        turns: list[tuple[str, Callable[[], dict[str, Any]]]] = [
            (ground.name, partial(self._ours, ground, empty, size)) for ground, empty in grounds
        ]
        if self.wanted.with_peer and size <= PEER_AWARDS:
            turns.append((openimis.NAME, partial(self._theirs, size)))
        for turn in range(self.wanted.rounds):
            # Each takes its turn first once, so that no one always runs on a warmer machine.
            first = turn % len(turns) if turns else 0
            for name, effect in turns[first:] + turns[:first]:
                self._try(name, partial(_add, answers, name, effect))
        for name in [name for name in answers if name != openimis.NAME]:
            self._keep_ours(size, name, answers[name])
        if openimis.NAME in answers:
            self._keep_theirs(size, answers)

    def _ours(self, ground: Ground, empty: Place, size: int) -> dict[str, Any]:
        place = ground.copied(empty, f"of{size}")
        try:
            self._child(place, "fill", awards=size)
            answer = self._child(place, "month", awards=size)
            if size >= TARGET_AWARDS:
                answer["pages"] = self._pages(place, answer["run"])
            return answer
        finally:
            ground.discard(place)

    def _pages(self, place: Place, run: int) -> dict[str, float]:
        """The run's page and the first page of its lines, as the payer opens them: the middle of a few, in ms."""
        try:
            with open_office(self.root, place) as office:
                browser = Browser(HOST, office.port)
                browser.log_in("caiwu", PASSWORD)
                found = {name: [_opened(browser, path.format(run)) for _ in range(LOOKS)]
                         for name, path in PAGES.items()}  # fmt: skip
                browser.close()
        except OfficeDidNotStart as error:
            raise StepFailed(str(error)) from error
        return {name: median(looks[1:]) * 1000 for name, looks in found.items()}

    def _theirs(self, size: int) -> dict[str, Any]:
        people = self.work / f"people{size}.csv"
        if not people.exists():
            place = Place(self.work, "sqlite:///:memory:")
            self._child(place, "people", awards=size, path=str(people))
        return openimis.run(self.root, people)

    def _keep_ours(self, size: int, name: str, answers: Answers) -> None:
        of = f"{_short(size)}_{name}"
        aims = _targets(name) if size == TARGET_AWARDS else {}
        for step, words in NAMES.items():
            note = f"{words}; {_statements(answers, [step], size)}"
            self._keep(
                took(f"payments_{step}_{of}", _times(answers, [step]), target=aims.get(step), note=note)
            )
        note = f"生成到入账; {_statements(answers, WHOLE, size)}"
        whole = _times(answers, WHOLE)
        self._keep(took(f"payments_month_{of}", whole, note=note))
        each = [seconds * 1000 / size for seconds in whole["seconds"]]
        cpu = [seconds * 1000 / size for seconds in whole["cpu"]]
        self._keep(middle(f"payments_per_1000_{of}", "s", each, cpu=cpu, note="每千份, 生成到入账"))
        peaks = [answer["peak_mib"] for answer in answers]
        self._keep(middle(f"memory_payments_{of}", "MiB", peaks, target=aims.get("memory")))
        for page in answers[-1].get("pages", {}):
            looks = [answer["pages"][page] for answer in answers]
            self._keep(middle(f"payments_page_{page}_{of}", "ms", looks, target=PAGE_MS, note=PAGES[page]))
        wrong = [fault for answer in answers for fault in answer["faults"]]
        self._keep(middle(f"payments_faults_{of}", "处", [len(wrong)], target=0, note="; ".join(wrong[:3])))
        if wrong:
            self.failed.append(f"{of}: {'; '.join(wrong[:3])}")

    def _keep_theirs(self, size: int, answers: dict[str, Answers]) -> None:
        theirs, of = answers[openimis.NAME], f"{_short(size)}_{openimis.NAME}"
        peer = theirs[0]["peer"]
        for step, words in [*NAMES.items(), ("month", "生成到入账")]:
            steps = openimis.STEPS[step]
            if not steps:
                continue
            ratios = _ratios(answers, WHOLE if step == "month" else openimis.OURS.get(step, (step,)), steps)
            note = f"{words}; {_statements(theirs, steps, size)}; 墙上 (处理器) 之比: {ratios}"
            self._keep(took(f"payments_{step}_{of}", _times(theirs, steps), peer=peer, note=note))
        self._keep(middle(f"memory_payments_{of}", "MiB", [one["peak_mib"] for one in theirs], peer=peer))
        wrong = openimis.faults(theirs[0], size)
        self._keep(middle(f"payments_faults_{of}", "处", [len(wrong)], peer=peer, note="; ".join(wrong)))

    # ---- keeping and running ------------------------------------------------------------------------

    def _keep(self, one: Figure) -> None:
        self.found.append(one)
        figures.write(self.results, one, replace(self.at, load_average=figures.load_average()))
        missed = "" if one.is_met else f" (目标 ≤ {one.target:g}, 未达到)"
        cpu = f", 处理器 {median(one.cpu):.3g} s" if one.cpu else ""
        self.say(f"  {one.name}: {one.value:g} {one.unit}{cpu}{missed}  {one.note}")

    def _child(self, place: Place, name: str, **arguments: Any) -> dict[str, Any]:
        """A step in a process of its own, so that its memory is its own. Raises StepFailed."""
        command = [sys.executable, "-m", "doudi.demo.bench.payments.child", name, json.dumps(arguments)]
        done = subprocess.run(
            command, cwd=self.root, env=place.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise StepFailed(" | ".join(done.stderr.strip().splitlines()[-3:]))
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


def _opened(browser: Browser, path: str) -> float:
    answer = browser.get(path)
    if answer.status != HTTPStatus.OK:
        raise StepFailed(f"{path}: 状态 {answer.status}")
    return answer.seconds


def _add(answers: dict[str, Answers], name: str, effect: Callable[[], dict[str, Any]]) -> None:
    answers.setdefault(name, []).append(effect())


def _targets(database: str) -> dict[str, float]:
    times = 1 if database == "sqlite" else 2
    return {**{step: seconds * times for step, seconds in TARGETS.items()}, "memory": TARGET_MIB}


def _times(answers: Answers, steps: Sequence[str]) -> dict[str, list[float]]:
    """Of each run the steps together; the database's processor seconds are in."""
    return {
        kind: [sum(answer["steps"][step][kind] for step in steps) for answer in answers]
        for kind in ("seconds", "cpu")
    }


def _statements(answers: Answers, steps: Sequence[str], size: int) -> str:
    told = answers[-1]["steps"]
    return f"每人 {sum(told[step]['statements'] for step in steps) / size:.2f} 条语句"


def _ratios(answers: dict[str, Answers], ours: Sequence[str], theirs: Sequence[str]) -> str:
    """The peer's seconds by ours, on the wall and of the processors."""
    told, peer = [], _times(answers[openimis.NAME], theirs)
    for name in answers:
        if name != openimis.NAME:
            mine = _times(answers[name], ours)
            wall, cpu = (median(peer[kind]) / median(mine[kind]) for kind in ("seconds", "cpu"))
            told.append(f"{name} {wall:.0f} ({cpu:.0f})")
    return ", ".join(told)


def _short(size: int) -> str:
    if size % 1_000_000 == 0:
        return f"{size // 1_000_000}m"
    return f"{size // 1000}k" if size % 1000 == 0 else str(size)
