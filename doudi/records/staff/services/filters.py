"""Keep a list's conditions under a name, for oneself."""

from doudi.records.staff.models import SavedFilter, User
from doudi.store.refusal import Refusal

KEPT_AT_MOST = 12


class TooManyFilters(Refusal):
    """存下的筛选太多。"""


def save_filter(*, by: User, page: str, name: str, query: str) -> SavedFilter:
    """把一张名单上的条件存成一个名字; 同名的换成新条件。Raises TooManyFilters."""
    mine = SavedFilter.objects.filter(user=by, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= KEPT_AT_MOST:
        raise TooManyFilters(f"一张名单最多存 {KEPT_AT_MOST} 个筛选, 请先删去不用的")
    kept, _ = SavedFilter.objects.update_or_create(
        user=by, page=page, name=name, defaults={"query": query[:300]}
    )
    return kept


def drop_filter(*, by: User, pk: int) -> str:
    """删去自己的一个筛选, 返回它是哪张名单的; 别人的当作没有, 返回空。"""
    mine = SavedFilter.objects.filter(user=by, pk=pk).first()
    if mine is None:
        return ""
    mine.delete()
    return mine.page
