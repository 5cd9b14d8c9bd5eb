"""Where the records live: one SQLite file unless DOUDI_DATABASE_URL names a PostgreSQL database."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    # INSERT OR REPLACE would otherwise walk around the append-only DELETE triggers.
    "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
)


def sqlite(path: Path | str) -> dict[str, Any]:
    """SQLite in WAL mode; a transaction takes the write lock when it begins, so two writers never deadlock."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }


def postgres(url: str) -> dict[str, Any]:
    """postgresql://user:password@host:port/name?host=/socket/dir as a Django database."""
    parts = urlparse(url)
    socket = parse_qs(parts.query).get("host", [""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def from_url(url: str, fallback: Path) -> dict[str, Any]:
    """The database an address names; no address means SQLite at `fallback`. Raises ValueError for other kinds."""
    if not url:
        return sqlite(fallback)
    if url.startswith("sqlite:///"):
        return sqlite(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://")):
        return postgres(url)
    raise ValueError(f"DOUDI_DATABASE_URL 不认识: {url.split(':')[0]}; 请用 postgresql:// 或 sqlite:///")
