"""The anchor as a file: what leaves the machine and what `verify` holds the database against."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.records.audit.chain import canonical
from doudi.records.audit.models import Anchor
from doudi.store.failpoints import point

_NAME = re.compile(r"\Aanchor-(\d{4}-\d{2}-\d{2})-(\d{3,})-(\d{12,})\.json\Z", re.ASCII)


@dataclass(frozen=True)
class AnchorFile:
    """一个锚文件: 名字里的代次和序号, 内容原文。`content` is None where the text is no anchor."""

    name: str
    epoch: int
    last_seq: int
    content: dict[str, Any] | None


def folder() -> Path:
    """锚文件所在的目录。"""
    return Path(settings.VAR) / "anchors"


def name_of(row: Anchor) -> str:
    """锚文件名: 日期、代次、最后序号。"""
    return f"anchor-{row.day.isoformat()}-{row.epoch:03d}-{row.last_seq:012d}.json"


def content_of(row: Anchor) -> dict[str, Any]:
    """锚文件里写的各项。"""
    return {
        "format": "doudi-anchor-1",
        "day": row.day.isoformat(),
        "last_seq": row.last_seq,
        "head": row.head,
        "totals": row.totals,
        "epoch": row.epoch,
    }


def write_missing() -> list[Path]:
    """把还没有文件的锚写成文件: 临时文件 → 落盘 → 改名 → 目录落盘。

    One row always gives the same bytes; an existing file is never touched.
    """
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in place.iterdir()}
    rows = (row for row in Anchor.objects.order_by("last_seq") if name_of(row) not in there)
    return [_write(place / name_of(row), canonical(content_of(row))) for row in rows]


def _write(path: Path, text: str) -> Path:
    temporary = path.with_suffix(f".{os.getpid()}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        point("anchor.written")
        os.fsync(file.fileno())
    point("anchor.synced")
    temporary.replace(path)
    point("anchor.renamed")
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    point("anchor.folder_synced")
    return path


def found() -> list[AnchorFile]:
    """目录里的锚文件, 由旧到新。"""
    return [_read(path, match) for path, match in _listed()]


def newest() -> AnchorFile | None:
    """最新的锚文件; 一个也没有则为空。"""
    listed = _listed()
    return _read(*listed[-1]) if listed else None


def _listed() -> list[tuple[Path, re.Match[str]]]:
    place = folder()
    named = [(path, match) for path in place.glob("anchor-*.json") if (match := _NAME.match(path.name))]
    return sorted(named, key=lambda pair: (int(pair[1][2]), int(pair[1][3])))


def _read(path: Path, match: re.Match[str]) -> AnchorFile:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # not UTF-8 or not JSON: verify names the file
        content = None
    return AnchorFile(path.name, int(match[2]), int(match[3]), content if isinstance(content, dict) else None)
