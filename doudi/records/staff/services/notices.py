"""Tell a role that something needs it; each person marks for himself what he has read."""

import datetime as dt

from doudi.records.staff.models import Notice, NoticeRead, Role, User
from doudi.records.staff.queries import notices_for, unread_notices


def notify(
    *,
    to_role: str,
    area_code: str,
    kind: str,
    title: str,
    link: str,
    on: dt.date,
    to_user: User | None = None,
) -> Notice:
    """给一个岗位发消息: 辖区含这个区划 (或在它之内) 的同岗位的人都看得到。

    `kind` is a Notice.Kind, `link` an office path ("/anjian/5/"), `area_code` usually the case's village. With
    `to_user` only that person (and who stands in for him) sees it: a social worker sees nothing else, because his
    area says nothing about whose visits are his. Raises ValueError for an unknown role or kind, which is a
    mistake of the program.
    """
    if link and not link.startswith("/"):
        raise ValueError(f"消息的链接应是本站地址: {link}")
    return Notice.objects.create(
        to_role=Role(to_role), to_user=to_user, area_id=area_code or None, kind=Notice.Kind(kind),
        title=title[:120], link=link, on=on,
    )  # fmt: skip


def read_notice(*, by: User, pk: int) -> Notice:
    """打开一条消息就算读过。Raises Notice.DoesNotExist for somebody else's."""
    notice: Notice = notices_for(by).get(pk=pk)
    NoticeRead.objects.get_or_create(notice=notice, user=by)
    return notice


def read_all(*, by: User) -> int:
    """全部标为已读, 返回标了几条。"""
    rows = [NoticeRead(notice=notice, user=by) for notice in unread_notices(by)]
    NoticeRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
