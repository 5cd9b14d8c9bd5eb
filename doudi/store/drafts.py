"""What somebody has half typed on a page: his alone, sealed, gone once it is submitted or a month old."""

import datetime as dt

from doudi.store.models import Draft
from doudi.store.refusal import Refusal
from doudi.store.today import now

LONGEST = 200_000  # characters: a family of twenty with every grid filled takes a tenth
KEPT_DAYS = 30
KEPT_AT_MOST = 40


class DraftTooLong(Refusal):
    """草稿太长。"""


def save_draft(*, user_id: int, place: str, content: str) -> Draft:
    """存一份草稿, 同一页的换成新的; 太多时最早的让位。Raises DraftTooLong."""
    if len(content) > LONGEST or len(place) > 120:
        raise DraftTooLong("这一页填得太多, 草稿存不下, 请先提交")
    kept, _ = Draft.objects.update_or_create(
        user_id=user_id, place=place, defaults={"content": content, "saved_at": now()}
    )
    mine = Draft.objects.filter(user_id=user_id).order_by("-saved_at", "-pk")
    surplus = list(mine.values_list("pk", flat=True)[KEPT_AT_MOST:])
    Draft.objects.filter(pk__in=surplus).delete()
    return kept


def draft_of(*, user_id: int, place: str) -> Draft | None:
    """自己在这一页的草稿。"""
    return Draft.objects.filter(user_id=user_id, place=place).first()


def drop_draft(*, user_id: int, place: str) -> None:
    """提交了或丢弃了。"""
    Draft.objects.filter(user_id=user_id, place=place).delete()


def sweep_drafts() -> int:
    """清掉一个月没有动过的草稿。Returns how many."""
    gone, _ = Draft.objects.filter(saved_at__lt=now() - dt.timedelta(days=KEPT_DAYS)).delete()
    return gone
