"""Every template is drawn by something."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEB = ROOT / "doudi" / "web"
# Names that Django and allauth ask for themselves.
ASKED_FOR = re.compile(r"^(40[0349].*|500|account/.*|allauth/.*|mfa/.*)\.html$")


def templates() -> dict[str, Path]:
    """Template name → file."""
    return {
        str(path.relative_to(folder)): path
        for folder in WEB.rglob("templates")
        if folder.is_dir() and "print" not in folder.parts
        for path in folder.rglob("*.html")
    }


def spoken_of() -> str:
    """All source that may name a template."""
    files = [*ROOT.joinpath("doudi").rglob("*.py"), *WEB.rglob("*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_no_template_is_unused() -> None:
    said = spoken_of()
    unused = sorted(name for name in templates() if not ASKED_FOR.match(name) and f'"{name}"' not in said)
    assert not unused, f"没有人用的模板: {', '.join(unused)}"


# A column that keeps a login, printed as it is; `|named` makes it a name. Who signed for a letter is typed by hand.
LOGIN = re.compile(r"\{\{\s*[\w.]+\.(?:by|actor|\w+_by)\s*(?:\}\}|\|(?!named))")
ACCOUNTS = "office/settings/"  # where accounts are kept, the login is what is looked at


def test_pages_write_names_and_never_logins() -> None:
    printed = [
        f"{name}: {found}"
        for name, path in templates().items()
        if not name.startswith(ACCOUNTS)
        for found in LOGIN.findall(path.read_text(encoding="utf-8").replace("delivered.received_by", "x"))
    ]
    assert not printed, f"印出登录名的模板: {'; '.join(printed)}"
