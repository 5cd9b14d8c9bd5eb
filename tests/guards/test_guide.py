"""What the pages of docs/ point at is there, every picture is used, every setting is told."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PICTURES_CAP = 2_500_000  # bytes; everybody who clones carries them
SETTING = re.compile(r"DOUDI_[A-Z_]+")


def links() -> list[tuple[Path, Path]]:
    return [
        (page, (page.parent / target).resolve())
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
    ]


def test_every_link_of_the_docs_leads_somewhere() -> None:
    broken = [f"{page.relative_to(ROOT)} → {target.name}" for page, target in links() if not target.exists()]
    assert not broken


def test_every_picture_of_the_guide_is_used() -> None:
    used = {target for _, target in links()}
    unused = [
        path.name for path in (ROOT / "docs/guide/pictures").glob("*.png") if path.resolve() not in used
    ]
    assert not unused


def test_the_pictures_stay_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "docs/guide/pictures").glob("*.png")]
    assert sizes
    assert sum(sizes) < PICTURES_CAP


def test_every_setting_is_told_in_the_deployment_page() -> None:
    told = set(SETTING.findall((ROOT / "docs/deploy.md").read_text(encoding="utf-8")))
    read = {
        name
        for path in (ROOT / "doudi/settings").glob("*.py")
        for name in SETTING.findall(path.read_text(encoding="utf-8"))
    }
    assert not sorted(read - told)
