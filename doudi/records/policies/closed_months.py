"""Which months are paid and shut, told by the app that pays; this app knows it not, and stands before it."""

import datetime as dt
from collections.abc import Callable

Last = Callable[[], int | None]
_known: list[Last] = []


def register_closed_months(last: Last) -> None:
    """登记一个答“最后锁定到哪个月”的函数 (202610), 一个月也没有锁定时答空。"""
    _known.append(last)


def open_from() -> dt.date | None:
    """改动最早从哪天起: 最后锁定的月份的次月 1 日; 一个月也没有锁定时为空。"""
    months = [month for last in _known if (month := last()) is not None]
    if not months:
        return None
    year, month = divmod(max(months), 100)
    return dt.date(year + month // 12, month % 12 + 1, 1)
