"""收一份上传的文件：过关口，交子进程读，拿回格子。"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import doudi
from doudi.exchange.sheets.grid import Workbook, unpack
from doudi.exchange.sheets.guard import MAX_BYTES, UploadRefused, file_kind, shown_name

TIMEOUT_SECONDS = 30
TOO_HEAVY = "读这份文件用的时间或内存超过了限度，已停止。请删去多余的格式和空行，或分成几份上传。"
CRASHED = "读这份文件时程序意外停止，文件没有被接收。请在表格软件里另存一次再上传。"


def read_grid(source: Path | bytes, filename: str) -> Workbook:
    """把上传的 xlsx 或 csv 读成带类型的格子。

    filename is what the sender called it; it decides nothing but the expected type and what is
    shown. Raises UploadRefused whatever is wrong with the file, also when the parser dies.
    """
    data = _bytes_of(source)
    kind = file_kind(data, filename)
    answer = _ask_child(data, kind)
    if "refused" in answer:
        code, text = answer["refused"]
        raise UploadRefused(code, text)
    return Workbook(shown_name(filename), hashlib.sha256(data).hexdigest(), unpack(answer["sheets"]))


def _bytes_of(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    with source.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _ask_child(data: bytes, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "doudi.exchange.sheets.child", kind]
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            cwd=Path(doudi.__path__[0]).parent,
            env=_bare_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UploadRefused("too_heavy", TOO_HEAVY) from error
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    raise _death(done.returncode, done.stderr)


def _bare_environment() -> dict[str, str]:
    # The parser never sees the office's secrets: only what Python needs to start is handed down.
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _death(code: int, stderr: bytes) -> UploadRefused:
    heavy = (
        -code in (signal.SIGXCPU, signal.SIGKILL)
        or b"MemoryError" in stderr
        or b"memory allocation" in stderr
    )
    return UploadRefused("too_heavy", TOO_HEAVY) if heavy else UploadRefused("crashed", CRASHED)
