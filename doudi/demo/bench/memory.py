"""What a process used, as the kernel counted it: peak resident memory, processor seconds."""

import os
from pathlib import Path

PROC = Path("/proc")


def peak_mib(process: int | str) -> float:
    """一个进程到现在为止占用内存的最高点 (MiB); 内核不报的为 0。"""
    try:
        lines = (PROC / str(process) / "status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def cpu_seconds(process: int) -> float:
    """一个进程到现在为止用的处理器秒数; 内核不报的为 0。"""
    try:
        text = (PROC / str(process) / "stat").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()  # the name before it may hold spaces
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(process: int) -> list[int]:
    """一个进程的子进程。"""
    try:
        text = (PROC / str(process) / "task" / str(process) / "children").read_text(encoding="utf-8")
    except OSError:
        return []
    return [int(number) for number in text.split()]
