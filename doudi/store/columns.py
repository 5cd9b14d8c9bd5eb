"""Whole columns out of the database in one piece: one joined text a column, cut apart by Arrow.

A row a time costs more in Python than the query itself: a county's facts come three times faster as nine long texts.
Dates come as ISO text, truths as 0 and 1; the order of the rows is the database's own, so take the key along and sort.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models
from django.db.models.functions import Cast

BETWEEN = "\x1f"  # the unit separator: a character no form lets in
# Made once: turning a Python value into Arrow's costs more than a small table's comparison.
EMPTY, NOTHING = pa.scalar("", pa.large_string()), pa.scalar(None, pa.large_string())
YES = pa.scalar("1", pa.large_string())


class ColumnsDisagree(RuntimeError):
    """某一列里有分隔符, 列与列对不上; 一行也没有采用。"""


class Joined(models.Aggregate):
    """一列的全部值连成一段文字, 空值为空文字。"""

    function = "GROUP_CONCAT"
    # The separator stands in the statement itself: a call for it would be made once a row.
    template = f"%(function)s(COALESCE(%(expressions)s, ''), '{BETWEEN}')"
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


def read_columns(queryset: models.QuerySet[Any], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """查询结果整列取出: `columns` maps each value of the queryset to int64, bool, date32 or (large_)string, in order.

    Texts come dictionary-encoded. An empty text stands for no value. Raises ColumnsDisagree.
    """
    wanted = {f"c{place}": _as_text(queryset, name) for place, name in enumerate(columns)}
    found = queryset.order_by().aggregate(rows=models.Count("pk"), **wanted)
    rows = found.pop("rows")
    arrays = [_typed(text, kind, rows) for text, kind in zip(found.values(), columns.values(), strict=True)]
    return pa.table(arrays, names=list(columns))


def _as_text(queryset: models.QuerySet[Any], name: str) -> models.Aggregate:
    value: Any = models.F(name)
    if isinstance(_field(queryset.model, name), models.BooleanField):
        value = models.Case(models.When(**{name: True}, then=models.Value(1)), default=models.Value(0))
    return Joined(Cast(value, models.TextField()))


def _field(model: type[models.Model], name: str) -> Any:
    first, _, rest = name.partition("__")
    field: Any = model._meta.pk if first == "pk" else model._meta.get_field(first)
    return _field(field.related_model, rest) if rest else field


def _typed(text: str | None, kind: pa.DataType, rows: int) -> pa.Array:
    if not rows:
        return pa.array([], kind if not _is_text(kind) else pa.dictionary(pa.int32(), pa.string()))
    parts = pc.split_pattern(pa.array([text or ""], pa.large_string()), BETWEEN).values
    if len(parts) != rows:
        raise ColumnsDisagree(f"取出 {rows} 行, 其中一列却有 {len(parts)} 个值")
    if _is_text(kind):
        return pc.dictionary_encode(parts.cast(pa.string()))
    known = pc.if_else(pc.equal(parts, EMPTY), NOTHING, parts)
    if pa.types.is_boolean(kind):
        return pc.equal(known, YES)
    return known.cast(kind)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
