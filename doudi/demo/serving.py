"""Both sites and the worker as child processes, until somebody presses Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.conf import settings

from doudi.store.refusal import Refusal

HOST = "127.0.0.1"
WORKERS, THREADS, KEEP_ALIVE = 2, 4, 30
READY_SECONDS = 30.0
STOP_SECONDS = 10.0


class PortTaken(Refusal):
    """端口被占用。"""

    def __init__(self, port: int) -> None:
        super().__init__(f"端口 {port} 已被别的程序占用。请换一个端口, 例如 make demo PORT={port + 10}")


class SiteDidNotStart(Refusal):
    """网站没有起来。"""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}没有启动, 请看上面的出错信息, 或查看 {settings.VAR} 下的记录")


@dataclass
class Sites:
    """正在运行的两个网站和后台任务。"""

    port: int
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """启动, 等到两个网站都能连上。Raises PortTaken, SiteDidNotStart."""
        for port in (self.port, self.port + 1):
            if _answers(port):
                raise PortTaken(port)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        self.children["经办系统"] = _site("office", self.port, self.port + 1)
        self.children["群众网站"] = _site("public", self.port + 1, self.port + 1)
        self.children["后台任务"] = _manage("work")
        for name, port in (("经办系统", self.port), ("群众网站", self.port + 1)):
            self._wait(name, port)

    def watch(self) -> None:
        """守着, 直到被中断或有一个自己退出; 然后全部停下。"""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _interrupt)
        try:
            while all(child.poll() is None for child in self.children.values()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()

    def stop(self) -> None:
        """停下自己启动的进程, 一个个等它们退出。"""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _wait(self, name: str, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.children[name].poll() is None:
            if _answers(port):
                return
            time.sleep(0.1)
        self.stop()
        raise SiteDidNotStart(name)


def gunicorn(port: int) -> list[str]:
    """打开一个网站的命令。"""
    return [
        sys.executable, "-m", "gunicorn", "doudi.settings.wsgi:application", "--bind", f"{HOST}:{port}",
        "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS),
        "--keep-alive", str(KEEP_ALIVE), "--log-level", "warning",
    ]  # fmt: skip


def _site(site: str, port: int, public_port: int) -> subprocess.Popen[bytes]:
    return _child(gunicorn(port), DOUDI_SITE=site, DOUDI_PUBLIC_URL=f"http://{HOST}:{public_port}")


def _manage(command: str) -> subprocess.Popen[bytes]:
    return _child([sys.executable, str(Path(settings.ROOT) / "manage.py"), command])


def _child(command: list[str], **changes: str) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches only this process, which then stops its children in order."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "doudi.settings.dev"} | changes
    return subprocess.Popen(command, cwd=settings.ROOT, env=environment, start_new_session=True)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((HOST, port)) == 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
