"""同行与判官：各在自己的虚拟环境里，作为单独的进程跑；判官只用整数，另写一遍。"""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path("peers") / "rules"
PEERS = ("policyengine", "openfisca")
_INSTALL_SECONDS = 900


class ContenderFailed(RuntimeError):
    """装不上或没有跑成; 文本是它说的最后几行。"""


@dataclass(frozen=True)
class Contenders:
    """同行在哪里: 代码的根目录, 虚拟环境的目录。"""

    root: Path
    environments: Path

    def install(self, peer: str) -> None:
        """现装一个同行; 装好的不再装。Raises ContenderFailed."""
        python = self._python(peer)
        if not python.exists():
            venv.create(python.parents[1], with_pip=True)
        wanted = self.root / FOLDER / f"requirements-{peer}.txt"
        _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(wanted)])

    def timed(
        self, peer: str, folder: Path, source: str, runs: int, result: Path | None = None
    ) -> dict[str, Any]:
        """同行跑几次 (`source` 为 file 或 memory)。Raises ContenderFailed."""
        script = self.root / FOLDER / "run.py"
        command = [str(self._python(peer)), str(script), peer, str(folder), source, str(runs)]
        return _answer(command + ([str(result)] if result else []))

    def judged(self, folder: Path, results: dict[str, str]) -> dict[str, Any]:
        """判官: 每户的真值, 和各家相差的户数。`results`: 名字 → 文件:列:单位。"""
        script = self.root / FOLDER / "oracle.py"
        told = [f"{name}={where}" for name, where in results.items()]
        return _answer([str(self._python(PEERS[0])), str(script), str(folder), *told])

    def _python(self, peer: str) -> Path:
        return self.environments / peer / "bin" / "python"


def step(name: str, **arguments: Any) -> dict[str, Any]:
    """兜底的一步, 在单独的进程里。Raises ContenderFailed."""
    command = [sys.executable, "-m", "doudi.demo.bench.rules.steps", name, json.dumps(arguments, default=str)]
    return _answer(command)


def _answer(command: list[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_run(command).splitlines()[-1])
    return answer


def _run(command: list[str]) -> str:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ContenderFailed(str(error)) from error
    if done.returncode:
        raise ContenderFailed(" ".join(done.stderr.split())[-400:])
    return done.stdout
