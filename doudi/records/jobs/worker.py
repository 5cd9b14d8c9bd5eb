"""The loop behind `manage.py work`: sweep, run what is queued, do what comes round by the clock."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils.module_loading import import_string

from doudi.records.jobs import services
from doudi.store.today import now

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Rounds:
    """定时要做的事: `every` maps the dotted name of a function without arguments to seconds between calls."""

    def __init__(self, every: Mapping[str, int], clock: Clock = time.monotonic) -> None:
        self._every = {name: (import_string(name), seconds) for name, seconds in every.items()}
        self._clock = clock
        self._due: dict[str, float] = dict.fromkeys(every, 0.0)

    def run_due(self) -> list[str]:
        """做到了时间的事; 一件出错记入日志, 不耽误别的。Returns the names done."""
        names = [name for name, at in self._due.items() if self._clock() >= at]
        return [name for name in names if self._run(name)]

    def _run(self, name: str) -> bool:
        fn, seconds = self._every[name]
        self._due[name] = self._clock() + seconds
        try:
            fn()
        except Exception:
            log.exception("定时事项 %s 出错", name)
            return False
        return True


def turn(rounds: Rounds) -> int:
    """转一圈: 清扫、做完排队的任务、做到时间的事。Returns how many jobs were run."""
    services.sweep(now=now())
    done = services.run_queued()
    rounds.run_due()
    return done


def work(rounds: Rounds, stop: threading.Event, pause: float) -> None:
    """一直转, 直到 `stop`; 手上的任务做完才停。A database that is away is waited for."""
    while not stop.is_set():
        close_old_connections()
        try:
            turn(rounds)
        except DatabaseError:
            log.exception("数据库暂时用不了, 稍后再试")
        stop.wait(pause)


def stop_on(stop: threading.Event) -> Callable[..., Any]:
    """信号处理: 做完手上的任务再停。"""
    return lambda *_: stop.set()
