"""Files kept as evidence: sealed on disk under a name of our own, known by their digest."""

import base64
import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from doudi.store.crypto import seal, unseal
from doudi.store.failpoints import point
from doudi.store.models import KeptFile
from doudi.store.today import now

COLUMN = "store.kept.file"
FOLDER = "kept"


def keep(data: bytes, *, media_type: str, title: str, by: str) -> KeptFile:
    """把一份文件封存: 内容加密落盘, 库里记指纹、大小、谁存的。同样的内容再存一次另记一条。"""
    text = base64.b64encode(data).decode()
    stored_as = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.sealed", ContentFile(seal(text, COLUMN)))
    point("kept.written")
    _reach_the_disk(stored_as)
    point("kept.synced")
    return KeptFile.objects.create(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size=len(data),
        title=title,
        stored_as=stored_as,
        kept_by=by,
        kept_at=now(),
    )


def _reach_the_disk(stored_as: str) -> None:
    """A power cut must not take a file that a committed row names."""
    place = folder()
    for path in (place / Path(stored_as).name, place) if place else ():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def folder() -> Path | None:
    """封存文件所在的目录; 存放处不是本机的目录时为空。"""
    if isinstance(default_storage, FileSystemStorage):
        return Path(default_storage.path(FOLDER))
    return None


def content(file: Any) -> bytes:
    """取回原样内容。Raises Unreadable where the sealed bytes were altered."""
    with default_storage.open(file.stored_as) as stored:
        return base64.b64decode(unseal(stored.read(), COLUMN))
