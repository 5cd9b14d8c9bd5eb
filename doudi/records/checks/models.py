"""What visitors and departments found, and the frozen sum made of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.cases.models import Case
from doudi.store.fields import FenField


class Finding(models.Model):
    """一条核对结果: 哪个部门、结论是什么。"""

    class Outcome(models.TextChoices):
        NOT_CONNECTED = "not_connected", "未接入"
        CONSISTENT = "consistent", "相符"
        DIFFERENT = "different", "不符"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="findings", verbose_name="案件")
    source = models.CharField("核对来源", max_length=60)
    outcome = models.CharField("核对结论", max_length=15, choices=Outcome)
    note = models.CharField("说明", max_length=400, blank=True)
    on = models.DateField("日期")
    by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "核对结果"


class VisitRecord(models.Model):
    """入户调查记录: 至少两名调查人, 家庭成员在场签字。依据: 民发〔2021〕57号 第十六条"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="visits", verbose_name="案件")
    visited_on = models.DateField("入户日期")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="调查人一"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="调查人二"
    )
    member_present = models.CharField("在场成员", max_length=60)
    observed = models.TextField("所见")
    is_consistent = models.BooleanField("与申报相符")
    signed = models.BooleanField("三方签字", default=False)
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "入户调查"
        constraints = [models.CheckConstraint(condition=~Q(first=F("second")), name="two_investigators")]


class Assessment(models.Model):
    """一次测算: 冻结的输入、参数指纹、规则版本和结果; 步骤随时可以重算。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="assessments", verbose_name="案件")
    on = models.DateField("测算日期")
    rulebook = models.CharField("规则书", max_length=30)
    rulebook_version = models.CharField("规则版本", max_length=64)
    parameters_hash = models.CharField("参数指纹", max_length=64)
    inputs = models.JSONField("输入")
    results = models.JSONField("结果")
    result_hash = models.CharField("结果指纹", max_length=64)
    is_eligible = models.BooleanField("符合条件")
    amount_fen = FenField("月金额(分)")
    by = models.CharField("测算人", max_length=150)

    class Meta:
        verbose_name = "测算"


class Opinion(models.Model):
    """初审意见: 建议确认或不予确认, 建议多少。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="opinions", verbose_name="案件")
    assessment = models.ForeignKey(Assessment, models.RESTRICT, verbose_name="测算")
    recommends = models.BooleanField("建议确认")
    amount_fen = FenField("建议月金额(分)")
    text = models.CharField("意见", max_length=600)
    on = models.DateField("日期")
    by = models.CharField("意见人", max_length=150)

    class Meta:
        verbose_name = "初审意见"
