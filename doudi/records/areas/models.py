"""The county's townships and villages, and how many people live there."""

from django.db import models


class Area(models.Model):
    """行政区划: 12 位代码, 县、乡镇、村三级。"""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县"
        TOWNSHIP = "township", "乡镇"
        VILLAGE = "village", "村"

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=80)
    level = models.CharField("级别", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="children", verbose_name="上级区划"
    )

    class Meta:
        verbose_name = "区划"
        indexes = [models.Index(fields=["level", "code"], name="area_level")]

    def __str__(self) -> str:
        return self.name


class PopulationBase(models.Model):
    """人口基数: 覆盖率的分母, 写明年份、口径和来源。"""

    class Kind(models.TextChoices):
        RURAL = "rural", "农村"
        URBAN = "urban", "城市"

    area = models.ForeignKey(Area, models.RESTRICT, verbose_name="区划")
    kind = models.CharField("口径", max_length=10, choices=Kind)
    year = models.PositiveIntegerField("年份")
    persons = models.PositiveIntegerField("人数")
    source = models.CharField("来源", max_length=120)

    class Meta:
        verbose_name = "人口基数"
        constraints = [models.UniqueConstraint(fields=["area", "kind", "year"], name="population_base_once")]
