"""How often a stranger may try: counted by the hour and by a keyed print of the address, never the address itself."""

import datetime as dt

from doudi.store.crypto import blind
from doudi.store.models import Counter
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal


class TooManyTries(Refusal):
    """这一小时里试得太多了。"""

    def __init__(self) -> None:
        super().__init__("这个网络上一小时内试的次数太多了。请过一小时再来, 或者打电话问。")


def require_room(what: str, who: str, *, most: int, at: dt.datetime) -> None:
    """这一小时里还没有用满 `most` 次。Raises TooManyTries."""
    if Counter.objects.filter(name=_name(what, who, at), value__gte=most).exists():
        raise TooManyTries


def spend(what: str, who: str, *, at: dt.datetime) -> None:
    """记一次; 每小时的第一次顺手清掉以前各小时的。"""
    if next_number(_name(what, who, at)) == 1:
        Counter.objects.filter(name__startswith=f"limit-{what}-", name__lt=_hour(what, at)).delete()


def _hour(what: str, at: dt.datetime) -> str:
    return f"limit-{what}-{at:%Y%m%d%H}-"


def _name(what: str, who: str, at: dt.datetime) -> str:
    return _hour(what, at) + blind(who, "limit").hex()[:16]
