"""Small files and small functions; `make check` prints the middle and the largest."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from tests.guards.tree import ROOT, listed, own_python, shown

FILE_CAP = 400
TEST_FILE_CAP = 600
FUNCTION_CAP = 60
FUNCTION_MEDIAN = 10


class Size(NamedTuple):
    """How many lines a named thing has."""

    lines: int
    name: str


def functions_in(source: str, where: str) -> Iterator[Size]:
    """Every function with its length from `def` to its end, its docstring not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Size(length(node), f"{where}:{node.lineno} {node.name}")


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    told = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if told else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def is_test(path: Path) -> bool:
    return path.is_relative_to(ROOT / "tests")


def test_no_file_is_too_long() -> None:
    sizes = [
        (Size(len(path.read_text(encoding="utf-8").splitlines()), shown(path)), path) for path in own_python()
    ]
    caps = {True: TEST_FILE_CAP, False: FILE_CAP}
    long = [size for size, path in sizes if size.lines > caps[is_test(path)]]
    assert not long, listed(long)


def test_no_function_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = sorted(
        size
        for path in own_python()
        if not is_test(path)
        for size in functions_in(path.read_text(encoding="utf-8"), shown(path))
    )
    middle = median(size.lines for size in sizes)
    with capsys.disabled():
        print(f"\n函数 {len(sizes)} 个, 行数中位数 {middle:g}, 最长 {sizes[-1].lines} 行 ({sizes[-1].name})")
    long = [size for size in sizes if size.lines > FUNCTION_CAP]
    assert not long, listed(long)
    assert middle <= FUNCTION_MEDIAN


def test_a_docstring_is_not_counted() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n'
    assert list(functions_in(source, "x")) == [Size(2, "x:1 f")]
