"""Double entry in 分."""

from django.db import models
from django.db.models import Q

from doudi.store.fields import FenField


class Txn(models.Model):
    """一笔账: 借贷相等才能封存, 未封存的不算数。"""

    key = models.CharField("业务键", max_length=120, unique=True)
    kind = models.CharField("业务", max_length=30)
    on = models.DateField("记账日期")
    memo = models.CharField("摘要", max_length=200)
    sealed = models.BooleanField("已封存", default=False)

    class Meta:
        verbose_name = "账务"


class Entry(models.Model):
    """一条分录: 科目、借或贷、分。"""

    class Side(models.TextChoices):
        DEBIT = "D", "借"
        CREDIT = "C", "贷"

    pk = models.CompositePrimaryKey("txn_id", "line")
    txn = models.ForeignKey(Txn, models.RESTRICT, related_name="entries", verbose_name="账务")
    line = models.PositiveIntegerField("分录号")
    account = models.CharField("科目", max_length=12)
    side = models.CharField("方向", max_length=1, choices=Side)
    fen = FenField("金额(分)")
    subject = models.BigIntegerField("发放行", null=True)

    class Meta:
        verbose_name = "分录"
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="entry_fen"),
            models.CheckConstraint(condition=Q(side__in=["D", "C"]), name="entry_side"),
        ]
        # The few whole sums among the many lines: what moved an account of money is found without reading them all.
        indexes = [models.Index(fields=["account"], condition=Q(subject=None), name="entry_whole")]
