"""One measured figure: its file under var/bench, and its row in the printed table."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from django.utils import timezone

HEADINGS = ("图", "值", "目标", "各次", "处理器", "说明")

Times = Mapping[
    str, Any
]  # what a step answers: "seconds" by the wall and "cpu" by the processor, a value a run


@dataclass(frozen=True, kw_only=True)
class Figure:
    """一个数: 名字、值 (各次的中位数)、单位; 有目标的写上限, 有同行的写名字和比值 (时间: 同行 ÷ 兜底)。

    `cpu` 是各次用的处理器秒数 (本进程的): 机器忙时, 它比墙上的时间可信。
    """

    name: str
    value: float
    unit: str
    runs: tuple[float, ...] = ()
    target: float | None = None
    peer: str = ""
    ratio: float | None = None
    note: str = ""
    cpu: tuple[float, ...] = ()

    @property
    def is_met(self) -> bool:
        """有目标的达到了没有; 没有目标的总算达到。"""
        return self.target is None or self.value <= self.target


def middle(name: str, unit: str, runs: Sequence[float], **more: Any) -> Figure:
    """各次的中位数。"""
    cpu = tuple(map(_short, more.pop("cpu", ())))
    return Figure(
        name=name, value=_short(median(runs)), unit=unit, runs=tuple(map(_short, runs)), cpu=cpu, **more
    )


def took(name: str, times: Times, **more: Any) -> Figure:
    """各次用的秒数。"""
    return middle(name, "s", times["seconds"], cpu=times["cpu"], **more)


def against(name: str, peer: str, theirs: Times, ours: Times, **more: Any) -> Figure:
    """同行用的时间, 和它与兜底的比值 (大于 1 是兜底快)。"""
    ratio = _short(median(theirs["seconds"]) / median(ours["seconds"]))
    return took(name, theirs, peer=peer, ratio=ratio, **more)


def _short(value: float) -> float:
    """Four significant digits: more would pretend to a precision no clock here has."""
    return float(f"{value:.4g}")


@dataclass(frozen=True)
class Circumstances:
    """在什么情形下量的: 代码、时刻、机器、县的大小。"""

    commit: str
    measured_at: datetime
    cpus: int
    load_average: float
    scale: float
    seed: int


def circumstances(root: Path, scale: float, seed: int) -> Circumstances:
    """此刻的情形。"""
    return Circumstances(
        _commit(root), timezone.localtime(), os.cpu_count() or 1, load_average(), scale, seed
    )


def load_average() -> float:
    """一分钟平均负载: 开始前就大于零点几的, 是有别的程序同在。"""
    return round(os.getloadavg()[0], 2)


def _commit(root: Path) -> str:
    """The commit, with a plus where the files differ from it; a copy without git has none."""
    head = _git(root, "rev-parse", "--short", "HEAD")
    return f"{head}{'+' if _git(root, 'status', '--porcelain', '--untracked-files=no') else ''}" or "未知"


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def write(folder: Path, found: Figure, at: Circumstances) -> None:
    """写成一个 JSON 文件, 名字就是图名。"""
    facts = {key: value for key, value in asdict(found).items() if value not in (None, "", (), {})}
    facts |= asdict(at) | {"measured_at": at.measured_at.isoformat(timespec="seconds")}
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    (folder / f"{found.name}.json").write_text(text + "\n", encoding="utf-8")


def table(found: Iterable[Figure]) -> str:
    """全部的图, 一行一个 (Markdown)。"""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(_row, found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(one: Figure) -> tuple[str, ...]:
    target = "" if one.target is None else f"≤ {one.target:g} {'达到' if one.is_met else '未达到'}"
    said = [f"{one.peer} ÷ 兜底 = {one.ratio:g}"] if one.ratio is not None else []
    said += [one.note] if one.note else []
    runs = ", ".join(f"{run:g}" for run in one.runs) if len(one.runs) > 1 else ""
    cpu = f"{_short(median(one.cpu)):g} s" if one.cpu else ""
    return one.name, f"{one.value:g} {one.unit}", target, runs, cpu, "; ".join(said)
