"""Files kept as evidence: sealed on disk under a name of our own, known by their digest."""

import base64
import hashlib
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from doudi.store.crypto import seal, unseal
from doudi.store.models import KeptFile
from doudi.store.today import now

COLUMN = "store.kept.file"


def keep(data: bytes, *, media_type: str, title: str, by: str) -> KeptFile:
    """把一份文件封存: 内容加密落盘, 库里记指纹、大小、谁存的。同样的内容再存一次另记一条。"""
    text = base64.b64encode(data).decode()
    stored_as = default_storage.save(f"kept/{uuid.uuid4().hex}.sealed", ContentFile(seal(text, COLUMN)))
    return KeptFile.objects.create(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size=len(data),
        title=title,
        stored_as=stored_as,
        kept_by=by,
        kept_at=now(),
    )


def content(file: Any) -> bytes:
    """取回原样内容。Raises Unreadable where the sealed bytes were altered."""
    with default_storage.open(file.stored_as) as stored:
        return base64.b64decode(unseal(stored.read(), COLUMN))
