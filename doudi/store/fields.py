"""Columns every app uses: whole 分, sealed text, the blind index beside it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db import models

from doudi.store.crypto import blind, seal, unseal


class FenField(models.BigIntegerField):
    """金额, 单位分, 只收整数。A float or text is refused before it reaches the database."""

    description = "金额(分)"

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or isinstance(value, models.expressions.BaseExpression):
            return value  # type: ignore[return-value]
        if type(value) is not int:
            raise TypeError(f"{self.name}: 金额必须是整数分, 收到 {type(value).__name__}")
        return value


if TYPE_CHECKING:
    SealedBytes = models.Field[Any, Any]  # text in Python, bytes in the database
else:
    SealedBytes = models.BinaryField


class SealedField(SealedBytes):
    """密文列: Python 里是文字, 库里是密文。Never searchable; a BlindIndexField beside it is."""

    description = "密文"

    @property
    def column_name(self) -> str:
        return f"{self.model._meta.db_table}.{self.name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or value == "":
            return None if self.null else super().get_db_prep_value(b"", connection, prepared)
        return super().get_db_prep_value(seal(value, self.column_name), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        raw = bytes(value)
        return unseal(raw, self.column_name) if raw else ""

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return "(密)"

    def get_default(self) -> Any:
        return None if self.null else ""


class BlindIndexField(models.BinaryField):
    """盲索引列: 由同一行的密文列算出, 只能等值查找。

    `of` names the sealed field; `normal` makes equal what means the same.
    """

    description = "盲索引"

    def __init__(self, *args: Any, of: str = "", normal: Callable[[str], str] = str, **kwargs: Any) -> None:
        self.of, self.normal = of, normal
        kwargs.update(max_length=32, editable=False)
        kwargs.setdefault("null", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs | {"of": self.of, "null": self.null}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.of and "History" not in self.model.__name__ and not hasattr(self.model, self.of):
            found.append(checks.Error(f"{self.name}: 没有密文列 {self.of}", obj=self, id="doudi.E001"))
        return found

    def index_of(self, text: str | None) -> bytes | None:
        """文字的盲索引; 空文字没有索引。"""
        return blind(self.normal(text), f"{self.model._meta.db_table}.{self.of}") if text else None

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        index = self.index_of(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, index)
        return index


def index_value(model: type[models.Model], field: str, text: str) -> bytes | None:
    """某列某文字的盲索引值, 供等值查询: filter(id_number_bi=index_value(Person, "id_number_bi", text))。"""
    column = model._meta.get_field(field)
    if not isinstance(column, BlindIndexField):
        raise TypeError(f"{model.__name__}.{field} 不是盲索引列")
    return column.index_of(text)
