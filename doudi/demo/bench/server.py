"""The office as it is served, for as long as it is measured: gunicorn on a free port, its processes' memory counted."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from doudi.demo.bench.counties import Place
from doudi.demo.bench.memory import children_of, cpu_seconds, peak_mib
from doudi.demo.bench.pages import LOGIN, Browser
from doudi.demo.serving import HOST, gunicorn

READY_SECONDS, STOP_SECONDS, SHOWN_LINES = 120.0, 15.0, 5


class OfficeDidNotStart(RuntimeError):
    """经办系统没有起来; 文本是它的记录的末尾。"""


@dataclass
class Office:
    """开着的经办系统。"""

    process: subprocess.Popen[bytes]
    port: int

    def peaks_mib(self) -> list[float]:
        """主进程和各工作进程的内存最高点。"""
        return [peak_mib(one) for one in self._processes()]

    def cpu_seconds(self) -> float:
        """它们一共用的处理器秒数。"""
        return sum(cpu_seconds(one) for one in self._processes())

    def _processes(self) -> list[int]:
        return [self.process.pid, *children_of(self.process.pid)]


@contextmanager
def open_office(root: Path, place: Place) -> Iterator[Office]:
    """打开一个县的经办系统, 用完关掉。Raises OfficeDidNotStart."""
    port, log = _free_port(), place.folder / "gunicorn.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            gunicorn(port), cwd=root, env=place.environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield Office(process, port)
    finally:
        _stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """The port is open before anybody answers there, so the login page is asked for."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(port):
            return
        time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise OfficeDidNotStart(" | ".join(said[-SHOWN_LINES:]))


def _answers(port: int) -> bool:
    browser = Browser(HOST, port)
    try:
        return browser.get(LOGIN).status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        browser.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
