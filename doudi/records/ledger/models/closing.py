"""A month of the books that nobody writes in any more."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class MonthClose(models.Model):
    """月结: 一人结账, 另一人确认; 从此没有账能记到这个月和以前, 差错在下个月另记。

    `trial` is the trial balance up to the month's last day as [[code, debit 分, credit 分], …]; `sha256` is of its
    canonical text, so that anybody can compute it again.
    """

    month = models.PositiveIntegerField("月份", unique=True)
    last_on = models.DateField("末日")
    trial = models.JSONField("试算平衡表")
    txns = models.PositiveIntegerField("账务笔数")
    sha256 = models.CharField("平衡表指纹", max_length=64)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="结账人"
    )
    prepared_on = models.DateField("结账日期")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_on = models.DateField("确认日期", null=True)

    class Meta:
        verbose_name = "月结"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("prepared_by")), name="month_closed_by_two"
            )
        ]
