"""Values a county adds in the office, and its working days."""

from django.db import models
from django.db.models import F, Q


class PolicyValue(models.Model):
    """一项参数自某日起的值: 两人签署, 只增不改, 盖在随系统发布的政策文件之上。"""

    path = models.CharField("参数", max_length=120)
    area_code = models.CharField("适用区划", max_length=12)
    value = models.CharField("值", max_length=400)
    unit = models.CharField("单位", max_length=20)
    label = models.CharField("名称", max_length=80)
    document = models.CharField("文号", max_length=120)
    article = models.CharField("条款", max_length=60, blank=True)
    since = models.DateField("自")
    set_by = models.CharField("提出人", max_length=150)
    signed_by = models.CharField("签发人", max_length=150)
    at = models.DateTimeField("签发时间")

    class Meta:
        verbose_name = "参数值"
        constraints = [
            models.UniqueConstraint(fields=["path", "area_code", "since"], name="policy_value_once"),
            models.CheckConstraint(condition=~Q(set_by=F("signed_by")), name="policy_value_two_persons"),
        ]


class Workday(models.Model):
    """工作日历: 某日上班还是放假, 可由系统管理员录入当年调休。"""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    name = models.CharField("说明", max_length=40, blank=True)
    set_by = models.CharField("录入人", max_length=150)
    changed_at = models.DateTimeField("更改时间", auto_now=True)

    class Meta:
        verbose_name = "工作日"
