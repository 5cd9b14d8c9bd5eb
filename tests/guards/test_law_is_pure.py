"""`doudi/law` is arithmetic: only the standard library, no clock, no outside world, no float."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, listed, own_python, shown

LAW = ROOT / "doudi" / "law"
# Parts of the standard library that read a clock, chance, files, the network or the process.
OUTSIDE_WORLD = {
    "asyncio", "concurrent", "http", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
NOW = {"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp"}
FORBIDDEN_CALLS = {"float", "open", "print", "input", "eval", "exec", "__import__"}


def offences(source: str) -> Iterator[str]:
    """Each thing in a law module that is not arithmetic, as `line: what`."""
    for node in ast.walk(ast.parse(source)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import):
            yield from (f"{line}: import {alias.name}" for alias in node.names if not may_import(alias.name))
        elif isinstance(node, ast.ImportFrom) and not may_import(node.module or "."):
            yield f"{line}: from {node.module}"
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS
        ):
            yield f"{line}: {node.func.id}()"
        elif isinstance(node, ast.Attribute) and node.attr in NOW:
            yield f"{line}: .{node.attr} reads a clock"
        elif isinstance(node, ast.Constant) and node.value in NOW:
            yield f"{line}: the name of a clock, '{node.value}'"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{line}: the float {node.value}"


def may_import(module: str) -> bool:
    top = module.split(".")[0]
    if top == "doudi":
        return module == "doudi.law" or module.startswith("doudi.law.")
    return top in sys.stdlib_module_names and top not in OUTSIDE_WORLD


def law_modules() -> list[Path]:
    return [path for path in own_python() if path.is_relative_to(LAW)]


def test_the_law_is_arithmetic() -> None:
    modules = law_modules()
    assert modules
    found = [f"{shown(path)}:{offence}" for path in modules for offence in offences(path.read_text("utf-8"))]
    assert not found, listed(found)


@pytest.mark.parametrize(
    "source",
    [
        "import django",
        "from doudi.records import people",
        "import random",
        "from datetime import date\ndate.today()",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime\ndatetime.utcnow()",
        "from datetime import datetime\nread = datetime.now",
        "import time",
        "from time import monotonic",
        "from doudi.store.today import today",
        "getattr(date, 'today')()",
        "import importlib\nimportlib.import_module('time')",
        "x = 0.1",
        "float('1')",
        "open('x')",
    ],
)
def test_each_kind_of_offence_is_seen(source: str) -> None:
    assert list(offences(source))


def test_dates_and_fractions_are_arithmetic() -> None:
    assert not list(
        offences("from datetime import date, timedelta\nfrom fractions import Fraction\nx = date(2026, 1, 1)")
    )
