"""Clerks at their desks: each logged in, reading lists and cases and really saving one, a second's thought between."""

import http.client
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

from doudi.demo.bench.pages import Browser, Form
from doudi.demo.staff import PASSWORD

LISTS = ("/anjian/", "/jiating/")
LINK = re.compile(r'href="(/jiating/\d+/)"')
AMOUNT = re.compile(r"shouru-\d+-gross|caichan-\d+-amount")
THINK = (0.5, 1.5)  # seconds, evenly spread: one second on average
LARGEST = 2_000  # 元 a year; small enough that the family stays what it is


@dataclass
class Log:
    """一名经办量到的: 每种请求的秒数, 和出的错。"""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    saves: int = 0


class Clerk(threading.Thread):
    """一名经办: 名单、一件案子、录入表、保存, 周而复始, 直到时间到。"""

    def __init__(
        self, desk: tuple[str, int], port: int, start: threading.Barrier, until: float, seed: int
    ) -> None:
        super().__init__(name=desk[0])
        self.login, self.case = desk
        self.browser = Browser("127.0.0.1", port)
        self.barrier, self.lasting = start, until
        self.random = Random(seed)
        self.log = Log()

    def run(self) -> None:
        try:
            self.browser.log_in(self.login, PASSWORD)
            self.browser.get("/")
            self.barrier.wait()
            self._work(time.monotonic() + self.lasting)
        except (OSError, http.client.HTTPException, LookupError, threading.BrokenBarrierError) as error:
            self.barrier.abort()
            self.log.errors.append(f"{self.login}: {error!r}")
        finally:
            self.browser.close()

    def _work(self, until: float) -> None:
        rounds = self._rounds()
        while time.monotonic() < until:
            time.sleep(self.random.uniform(*THINK))
            next(rounds)

    def _rounds(self) -> Iterator[None]:
        """One request a turn."""
        while True:
            for path in LISTS:
                text = self._look("list", path)
                yield
            families = LINK.findall(text)
            self._look("detail", self.random.choice(families) if families else f"/anjian/{self.case}/")
            yield
            self._look("detail", f"/anjian/{self.case}/")
            yield
            form = self._entry_form()
            yield
            self._save(form)
            yield

    def _look(self, kind: str, path: str) -> str:
        answer = self.browser.get(path)
        self.log.seconds[kind].append(answer.seconds)
        if answer.status != http.client.OK:
            self.log.errors.append(f"{path}: 状态 {answer.status}")
        return answer.text

    def _entry_form(self) -> Form:
        answer = self.browser.get(f"/anjian/{self.case}/jiating/")
        self.log.seconds["detail"].append(answer.seconds)
        return answer.form("entry-form")

    def _save(self, form: Form) -> None:
        """Every amount on the form gets a new value; the server answers a save with a redirect to the same page."""
        filled = {name for name, value in form.fields if AMOUNT.fullmatch(name) and value}
        changes = {name: str(self.random.randrange(1, LARGEST)) for name in sorted(filled)}
        path = f"/anjian/{self.case}/jiating/"
        answer = self.browser.post(path, form.with_values(**changes))
        self.log.seconds["save"].append(answer.seconds)
        if (answer.status, answer.location) == (http.client.FOUND, path):
            self.log.saves += 1
        else:
            self.log.errors.append(f"保存 {path}: 状态 {answer.status}")


@dataclass(frozen=True)
class Day:
    """一天下来: 每种请求的全部秒数、出的错、保存成功的次数; `mark` 是都登录好、开始办之前记下的数。"""

    seconds: dict[str, list[float]]
    errors: list[str]
    saves: int
    mark: float

    @property
    def requests(self) -> int:
        """一共几次请求。"""
        return sum(map(len, self.seconds.values()))


def work(
    desks: Sequence[tuple[str, int]], port: int, lasting: float, seed: int, mark: Callable[[], float]
) -> Day:
    """让这些经办一起办 `lasting` 秒; 都登录好了, 开始之前叫一次 `mark`。"""
    marks = [0.0]
    barrier = threading.Barrier(len(desks), action=lambda: marks.append(mark()))
    clerks = [Clerk(desk, port, barrier, lasting, seed + place) for place, desk in enumerate(desks)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    seconds: dict[str, list[float]] = {kind: [] for kind in ("list", "detail", "save")}
    for clerk in clerks:
        for kind, found in clerk.log.seconds.items():
            seconds[kind] += found
    errors = [error for clerk in clerks for error in clerk.log.errors]
    return Day(seconds, errors, sum(clerk.log.saves for clerk in clerks), marks[-1])


def percentile(seconds: Sequence[float], rank: int) -> float:
    """第 `rank` 百分位, 取实有的一个值 (nearest rank)。"""
    ordered = sorted(seconds)
    return ordered[max(ceil(len(ordered) * rank / 100) - 1, 0)]
