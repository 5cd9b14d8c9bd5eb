"""The repository reads the same on every machine: no addresses in lock files, no one's paths, no one's names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, listed, own_files, own_text, shown

LOCKS = (
    "requirements.lock", "requirements-dev.lock", "requirements-node.lock", "requirements-spark.lock",
    "package-lock.json",
)  # fmt: skip
SOMEONES_FOLDER = re.compile(r"(?<![\w.])(?:/(?:home|Users)/[a-z][\w.-]+/|/root/[\w.]|[A-Z]:\\Users\\\w)")
PACKAGE_INDEX = re.compile(r"https?://[^\s\"'<>]*/(?:simple|-)/|\b(?:registry|files)\.[a-z]+(?:hosted|js)\b")
SHARED_PLACES = ("/opt", "/srv", "/usr", "/tmp", "/app")  # noqa: S108  (a document may well name these)
OUTSIDE = re.compile(r"(?<![\w.])\.\./\.?\w")
HOSTILE_NAME = "../../etc"  # what tests call an upload to see it stored under another name
MAY_NAME_A_PARENT = {".md", ".html", ".svg", ".typ", ".css", ".js"}
# Words for work left undone, put together here so that this file does not hold them.
LEFT_UNDONE = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "stuff"}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_digests_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "sha256:" in text or "sha512-" in text


def pinned_packages(text: str) -> Iterator[tuple[str, str]]:
    """Each pinned package with the lines that follow it."""
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text):
        if block.strip() and not block.startswith("#"):
            yield block.split("==")[0], block


@pytest.mark.parametrize("name", [name for name in LOCKS if name.endswith(".lock")])
def test_every_pinned_package_has_a_digest(name: str) -> None:
    packages = dict(pinned_packages((ROOT / name).read_text(encoding="utf-8")))
    assert packages
    assert [package for package, block in packages.items() if "--hash=sha256:" not in block] == []


def test_the_two_python_lists_agree() -> None:
    """Both are exported from one resolution; a package in both has one version."""
    versions = [
        dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    both = versions[0].keys() & versions[1].keys()
    assert {name for name in both if versions[0][name] != versions[1][name]} == set()


def hits(pattern: re.Pattern[str], paths_and_text: Iterator[tuple[Path, str]]) -> list[str]:
    """Every place a pattern matches, as file:line: text."""
    found = []
    for path, text in paths_and_text:
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{shown(path)}:{number}: {line.strip()[:100]}")
    return found


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = hits(SOMEONES_FOLDER, own_text())
    assert not found, listed(found)
    here = str(ROOT)
    if not here.startswith(SHARED_PLACES):
        found = hits(re.compile(re.escape(here) + r"\b"), own_text())
    assert not found, listed(found)


def test_no_file_names_a_package_index() -> None:
    found = hits(PACKAGE_INDEX, own_text())
    assert not found, listed(found)


def test_nothing_reaches_outside_the_repository() -> None:
    """The product brings what it needs; only pages that link to each other may climb folders."""
    inside = (
        (path, text.replace(HOSTILE_NAME, ""))
        for path, text in own_text()
        if path.suffix not in MAY_NAME_A_PARENT
    )
    found = hits(OUTSIDE, inside)
    assert not found, listed(found)


def test_nothing_is_left_undone_in_the_source() -> None:
    source = ((path, text) for path, text in own_text() if path.suffix not in {".lock", ".json"})
    found = hits(LEFT_UNDONE, source)
    assert not found, listed(found)


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {shown(path): {path.stem, *path.relative_to(ROOT).parts[:-1]} for path in own_files()}
    found = [name for name, names in parts.items() if name.endswith(".py") and names & EMPTY_NAMES]
    assert not found, listed(found)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("see /home/" + "li/doudi/x.py", SOMEONES_FOLDER),
        ("C:" + "\\Users\\li", SOMEONES_FOLDER),
        ("--index-url https://example.org/simple" + "/", PACKAGE_INDEX),
        ("open('.." + "/data/x')", OUTSIDE),
        ("# TO" + "DO later", LEFT_UNDONE),
    ],
)
def test_the_patterns_see_what_they_are_for(line: str, pattern: re.Pattern[str]) -> None:
    assert pattern.search(line)
