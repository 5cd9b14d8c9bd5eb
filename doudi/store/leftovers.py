"""What an interrupted process left on the disk: files half written, and files whose row was never committed."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

from doudi.store.kept import FOLDER, folder
from doudi.store.models import KeptFile

KEPT_SECONDS = 24 * 3600  # whoever wrote a file has long committed or died


def sweep_leftovers() -> int:
    """清掉中断留下的文件: 写了一半的锚文件和密钥文件, 没有入库的封存文件; 满一天才清。Returns how many."""
    found = [
        path
        for place in (Path(settings.VAR) / "anchors", Path(settings.KEYS))
        for path in _old(place, "*.new")
    ]
    kept = folder()
    if kept is not None:
        old = _old(kept, "*.sealed")  # listed before the rows are asked for
        named = set(KeptFile.objects.values_list("stored_as", flat=True)) if old else set()
        found += [path for path in old if f"{FOLDER}/{path.name}" not in named]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _old(place: Path, pattern: str) -> list[Path]:
    """Judged by the clock that dates the files: the office's day may have been moved."""
    if not place.is_dir():
        return []
    with tempfile.TemporaryFile(dir=place) as fresh:
        oldest = os.fstat(fresh.fileno()).st_mtime - KEPT_SECONDS
    return [path for path in place.glob(pattern) if path.stat().st_mtime < oldest]
