"""A few small tables of the store itself, and the shapes other tables take from it."""

from typing import Any, Self

from django.db import models

from doudi.store.areas import code_range
from doudi.store.fields import SealedField
from doudi.store.refusal import Refusal


class OfficeDay(models.Model):
    """机关日期: 演示时可以拨动的"今天"。One row; empty outside the demo."""

    day = models.DateField("日期")

    class Meta:
        verbose_name = "机关日期"


class Submission(models.Model):
    """表单提交: 隐藏键、谁、交到哪、内容指纹和当时的回答。"""

    key = models.CharField("提交键", max_length=64, unique=True)
    user_id = models.BigIntegerField("提交人编号")
    endpoint = models.CharField("提交到", max_length=120)
    body_hash = models.CharField("内容指纹", max_length=64)
    outcome = models.JSONField("回答", null=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "表单提交"


class KeptFile(models.Model):
    """封存的文件: 照片、签名、证明材料。内容加密存放, 这里只有指纹和说明。"""

    sha256 = models.CharField("文件指纹", max_length=64)
    media_type = models.CharField("文件类型", max_length=40)
    size = models.PositiveIntegerField("字节数")
    title = models.CharField("标题", max_length=80)
    stored_as = models.CharField("存放处", max_length=120)
    kept_by = models.CharField("存放人", max_length=150)
    kept_at = models.DateTimeField("存放时间")

    class Meta:
        verbose_name = "封存文件"


class Draft(models.Model):
    """草稿: 谁在哪一页填到一半的内容, 加密存放, 提交后删去。"""

    user_id = models.BigIntegerField("填写人编号")
    place = models.CharField("页面", max_length=120)
    content = SealedField("草稿内容")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "草稿"
        constraints = [models.UniqueConstraint(fields=["user_id", "place"], name="one_draft_a_page")]


class StaleVersion(Refusal):
    """别人先保存了: 带着现在的记录, 好让后来的人看到两个版本。"""

    def __init__(self, current: models.Model) -> None:
        super().__init__("您打开之后, 别人已经改过这条记录。请对照两个版本, 决定保留哪些内容。")
        self.current = current


class Versioned(models.Model):
    """带版本号的记录: 保存时核对版本, 后到的人不会盖掉先到的人。"""

    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True

    def save_over(self, expected: int, fields: list[str]) -> Self:
        """只有库里的版本还是 `expected` 才写入 `fields`, 版本加一。Raises StaleVersion."""
        manager = type(self)._default_manager
        values = {name: getattr(self, name) for name in fields}
        hit = manager.filter(pk=self.pk, version=expected).update(**values, version=expected + 1)
        if not hit:
            raise StaleVersion(manager.get(pk=self.pk))
        self.version = expected + 1
        return self


class AreaScoped(models.QuerySet[Any]):
    """按辖区可见的记录。`area_path` of the model names the column that holds the 12-digit village code."""

    def visible_to(self, user: Any) -> Self:
        """只留下这个人职权范围内的记录; 没有范围就一条也没有。"""
        scope = user.sees
        if scope == "assigned":
            return self.assigned_to(user)
        return self.within(*user.areas) if scope in ("village", "township", "county") else self.none()

    def assigned_to(self, user: Any) -> Self:
        """分派给这个人的记录; a model that can be assigned says how."""
        return self.none()

    def within(self, *area_codes: str) -> Self:
        """这些行政区划之内 (县 6 位、乡镇 9 位、村 12 位有效); 一个也没有就一条也没有。"""
        path = getattr(self.model, "area_path", "village_id")
        found = models.Q(pk__in=())
        for low, high in map(code_range, area_codes):
            found |= models.Q(**{f"{path}__gte": low, f"{path}__lte": high})
        return self.filter(found)


class Counter(models.Model):
    """编号器: 每种编号一行, 取号即加一。"""

    name = models.CharField("编号种类", max_length=60, primary_key=True)
    value = models.BigIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "编号器"
