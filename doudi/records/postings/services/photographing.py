"""The photograph of a board, sent back by whoever hung it."""

import datetime as dt

from django.db import transaction

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.law.duties import duties_of
from doudi.records.audit.services import record
from doudi.records.cases.services import NotYourDuty, OutsideYourArea
from doudi.records.postings.models import BoardPhoto, Posting
from doudi.records.staff.models import User
from doudi.records.staff.presence import require_present
from doudi.store.kept import keep
from doudi.store.refusal import Refusal


class PhotoTooEarly(Refusal):
    """期满日的照片要到期满那天再拍。"""


class PhotoUnusable(Refusal):
    """这张照片收不进来。"""


@transaction.atomic
def send_photo(*, posting: Posting, by: User, moment: str, data: bytes, on: dt.date) -> BoardPhoto:
    """传回一张榜的照片: 张贴后一张, 期满日 (最后一天) 起一张; 位置等附带信息去掉后封存。

    One photograph serves every household on that sheet. Raises PhotoTooEarly, PhotoUnusable.
    """
    if "post" not in duties_of(by.role):
        raise NotYourDuty(f"{by.get_role_display()}不张贴公示")
    require_present(by)
    if not Posting.objects.visible_to(by).filter(pk=posting.pk).exists():
        raise OutsideYourArea("这张榜不在您的辖区")
    if moment == BoardPhoto.Moment.LAST and on < posting.until_on:
        raise PhotoTooEarly(f"期满日的照片从 {posting.until_on} 起拍, 证明榜挂满了公示期")
    label = f"{posting.get_station_display()}{BoardPhoto.Moment(moment).label}照片"
    try:
        picture = cleaned(data)
    except BadPicture as bad:
        raise PhotoUnusable(str(bad)) from bad
    photo = BoardPhoto.objects.create(
        village_id=posting.village_id,
        station=posting.station,
        posted_on=posting.posted_on,
        moment=moment,
        file=keep(picture, media_type="image/jpeg", title=label, by=by.username),
        sent_on=on,
        sent_by=by.username,
    )
    record(by=by, action="posting.photo", subject=f"boardphoto:{photo.pk}", sha256=photo.file.sha256)
    return photo
