"""Who did what, chained; who looked at whom; the daily anchor that leaves the machine."""

from django.db import models


class Event(models.Model):
    """一件改变了记录的事, 与前一件首尾相扣: hash = SHA-256(版本, 序号, 前一件的 hash, 内容)。"""

    seq = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.CharField("操作人", max_length=150)
    action = models.CharField("动作", max_length=60)
    subject = models.CharField("对象", max_length=80)
    body = models.TextField("内容")
    prev = models.CharField("前一件指纹", max_length=64)
    hash = models.CharField("指纹", max_length=64, unique=True)

    class Meta:
        verbose_name = "审计事件"
        indexes = [models.Index(fields=["subject", "seq"], name="event_subject")]


class Look(models.Model):
    """一次查看: 谁、看了谁、为什么。每分钟一批封入审计链。"""

    at = models.DateTimeField("时间")
    actor = models.CharField("查看人", max_length=150)
    action = models.CharField("动作", max_length=40)
    subject = models.CharField("对象", max_length=80)
    purpose = models.CharField("用途", max_length=200, blank=True)

    class Meta:
        verbose_name = "查看记录"
        indexes = [models.Index(fields=["subject", "id"], name="look_subject")]


class Anchor(models.Model):
    """每日锚: 到某日为止的最后一件事和钱的合计, 抄送到系统之外。"""

    day = models.DateField("日期")
    last_seq = models.BigIntegerField("最后序号")
    head = models.CharField("链首指纹", max_length=64)
    totals = models.JSONField("资金合计")
    epoch = models.PositiveIntegerField("库的代次", default=1)

    class Meta:
        verbose_name = "审计锚"
        constraints = [models.UniqueConstraint(fields=["day", "last_seq"], name="anchor_once")]
