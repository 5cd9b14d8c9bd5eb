"""Take every address out of an npm lock file; the integrity digests alone decide what is installed."""

import json
import sys
from pathlib import Path

ADDRESSES = ("resolved", "funding")


def strip(lock: Path) -> None:
    """Rewrite `lock` without the fields that hold addresses."""
    content = json.loads(lock.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        for field in ADDRESSES:
            package.pop(field, None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    strip(Path(sys.argv[1]))
