"""The repository's own files: what git tracks or would track, without what make made."""

import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".venv", "node_modules", "var", "__pycache__", "vendor", "build", "dist"}


@cache
def own_files() -> tuple[Path, ...]:
    """Every file of the project, newest additions included; without git (a tarball) the folder is walked."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not MADE & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def own_python(*, migrations: bool = False) -> Iterator[Path]:
    """Python files of the product, its scripts and its tests."""
    for path in own_files():
        if path.suffix == ".py" and (migrations or "migrations" not in path.parts):
            yield path


def own_text() -> Iterator[tuple[Path, str]]:
    """Files that are text, with their text; figures, fonts and data files are not."""
    for path in own_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def listed(found: Iterable[object]) -> str:
    """What a guard found, one a line, for the message of a failing assert."""
    return "\n" + "\n".join(str(one) for one in found)


def shown(path: Path) -> str:
    """A path as a person reads it: from the repository's root."""
    return path.relative_to(ROOT).as_posix()
