"""openIMIS beside: an environment and a process of its own; what its answer says of wrong payments."""

import json
import subprocess
from pathlib import Path
from typing import Any

from doudi.demo.bench.payments.month import FAILED_EVERY, MONTH

NAME = "openimis"
FOLDER = Path("peers") / NAME
# Our step → the peer's steps that do the same; what it does not do is empty.
STEPS: dict[str, tuple[str, ...]] = {
    "first": (), "build": ("build",), "lock": (), "approve": ("approve",), "export": ("bank_file",),
    "refuse": ("return_with_unknown_line",), "return": ("return_mended",), "again": (),
    "month": ("build", "approve", "bank_file", "return_mended"),
}  # fmt: skip
OURS = {"approve": ("lock", "approve")}  # its approval is what fixes a payroll
_INSTALL_SECONDS, _LONGEST_SECONDS = 900, 7_200


class PeerMissing(RuntimeError):
    """同行装不上或没有跑成; 文本是它说的最后几行。"""


def run(root: Path, people: Path) -> dict[str, Any]:
    """同行发一个月。Raises PeerMissing."""
    python = root / "var" / "peers" / NAME / "bin" / "python"
    if not python.exists():
        _done(["sh", str(root / FOLDER / "install.sh")], root, _INSTALL_SECONDS)
    month = f"{MONTH // 100}-{MONTH % 100:02}"
    said = _done([str(python), str(root / FOLDER / "run.py"), str(people), month], root, _LONGEST_SECONDS)
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    for step in answer["steps"].values():
        step["cpu"] += step["database_cpu"]
    return answer


def faults(answer: dict[str, Any], people: int) -> list[str]:
    """同行答的里, 多发、漏发、金额不对, 和该整份拒收而没有拒收的。"""
    first, once = answer["first"], {"1": people}
    found = []
    if first["payments_per_person"] != once or first["wrong_amounts"]:
        found.append(f"生成: {first['payments_per_person']}, 金额不对 {first['wrong_amounts']}")
    if answer["return_with_unknown_line"]["changed"]:
        found.append(f"多一行的回盘入账了 {answer['return_with_unknown_line']['changed']} 笔")
    paid = answer["return_mended"]["changed"] + answer["return_with_unknown_line"]["changed"]
    if paid != people - people // FAILED_EVERY:
        found.append(f"改好的回盘之后已付 {paid} 笔")
    if answer["again"]["payments_per_person"] != once:
        found.append(f"同月再生成: 每人笔数 {answer['again']['payments_per_person']}")
    if int(max(answer["again"]["made_per_person"], default=0)) > 1:
        found.append(f"已付每人笔数 {answer['again']['made_per_person']}")
    return found


def _done(command: list[str], root: Path, longest: int) -> str:
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=False,
            timeout=longest, errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerMissing(str(error)) from error
    if done.returncode:
        raise PeerMissing(" ".join(done.stderr.split())[-400:])
    return done.stdout
