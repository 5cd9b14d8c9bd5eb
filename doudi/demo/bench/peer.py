"""OpenFisca on the same files: an environment and a process of its own, its amounts compared family by family."""

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

FOLDER = Path("peers") / "openfisca"
INSTALL_SECONDS = 600
ONE_YUAN = 100  # 分


class PeerMissing(RuntimeError):
    """同行装不上; 文本是安装程序说的最后几行。"""


@dataclass(frozen=True)
class Compared:
    """两边的月金额对照: 户数、相差一元以上的户数、相差一分以上的户数、最大的差 (分)。"""

    households: int
    by_yuan: int
    by_fen: int
    largest_fen: int


def installed(root: Path, environments: Path) -> Path:
    """同行的 Python; 没有装的现装。Raises PeerMissing."""
    home, wanted = environments / "openfisca", root / FOLDER / "requirements.txt"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        str(wanted),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerMissing(str(error)) from error
    if done.returncode:
        raise PeerMissing(" ".join(done.stderr.split())[-300:])
    return python


def run(root: Path, python: Path, folder: Path, on: str, runs: int) -> dict[str, Any]:
    """同行算一遍 (`runs` 次), 结果写进同一个文件夹。Raises PeerMissing where it fails."""
    command = [str(python), str(root / FOLDER / "run.py"), str(folder), on, str(runs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, check=False)
    if done.returncode:
        raise PeerMissing(f"同行运行出错, 退出码 {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def compare(folder: Path) -> Compared:
    """一户一户对照两边的月金额。"""
    ours = pq.read_table(folder / "doudi.parquet").to_pydict()
    theirs = pq.read_table(folder / "openfisca.parquet").to_pydict()
    amounts = dict(zip(theirs["household_id"], theirs["benefit"], strict=True))
    apart = [
        abs(fen - round(amounts[home] * 100))
        for home, fen in zip(ours["household_id"], ours["monthly_total"], strict=True)
    ]
    by_yuan = sum(fen >= ONE_YUAN for fen in apart)
    return Compared(len(apart), by_yuan, sum(map(bool, apart)), max(apart, default=0))
