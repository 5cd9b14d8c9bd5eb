"""Photographs and signatures as they come in: cleaned, then sealed."""

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.records.staff.models import User
from doudi.store.kept import keep
from doudi.store.models import KeptFile
from doudi.store.refusal import Refusal


class PictureRefused(Refusal):
    """照片收不进来; the text says why and what to do."""


def kept_picture(data: bytes, *, title: str, by: User) -> KeptFile:
    """收下一张照片或一个签名: 去掉附带信息, 压到 300 KB 以内, 封存。Raises PictureRefused."""
    try:
        clean = cleaned(data)
    except BadPicture as bad:
        raise PictureRefused(f"{title}: {bad}") from None
    return keep(clean, media_type="image/jpeg", title=title, by=by.username)
