"""`make test`: the tests on SQLite, those that use a database again on PostgreSQL, then the browser journeys.

Every pass runs even when one before it failed. pytest's own closing line of each pass is printed again at the end.
Arguments are handed to pytest, for example `make test ARGS="-k posting"`; a pass that then selects no test is fine.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
NOTHING_SELECTED = 5
WORKERS = str(min(2, os.cpu_count() or 1))


class Pass(NamedTuple):
    """One run of pytest: its name and its options."""

    name: str
    options: list[str]


PASSES = (
    Pass("SQLite", ["--db=sqlite", "-m", "not journey", "-n", WORKERS]),
    Pass("PostgreSQL", ["--db=postgres", "-m", "not journey", "-n", WORKERS]),
    Pass("浏览器", ["--db=sqlite", "-m", "journey"]),
)


def run(chosen: Pass, arguments: list[str]) -> tuple[int, str]:
    """Run one pass, showing its output as it comes; its exit code and its closing line."""
    print(f"\n—— {chosen.name} ——", flush=True)
    command = [sys.executable, "-m", "pytest", *chosen.options, *arguments]
    closing = ""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing = line.strip() or closing
    return process.returncode, closing


def is_good(code: int, arguments: list[str]) -> bool:
    """Whether a pass is fine; selecting nothing is fine only when the caller narrowed the choice."""
    return code == 0 or (code == NOTHING_SELECTED and bool(arguments))


def main(arguments: list[str]) -> int:
    """Exit code 0 when every pass is fine, else 1."""
    began = time.monotonic()
    results = [(chosen.name, *run(chosen, arguments)) for chosen in PASSES]
    failed = [name for name, code, _ in results if not is_good(code, arguments)]
    print(
        f"\n测试用时 {time.monotonic() - began:.0f} 秒。"
        + (f"未通过: {', '.join(failed)}" if failed else "全部通过")
    )
    for name, code, closing in results:
        print(f"{name} (退出码 {code}):\n{closing}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
