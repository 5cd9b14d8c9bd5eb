"""The special accounts relief money stands on, and which schemes are paid from which."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.law.identity import normalise
from doudi.store.fields import BlindIndexField, SealedField


class SpecialAccount(models.Model):
    """社会救助资金专户: 一人登记, 另一人对照开户许可核对之后才能用; 余额为零才能销户。余额不存, 从账里推。"""

    class State(models.TextChoices):
        WAITING = "waiting", "待核对"
        OPEN = "open", "在用"
        DECLINED = "declined", "已退回"
        CLOSED = "closed", "已销户"

    holder_name = models.CharField("户名", max_length=60)
    bank = models.CharField("开户行", max_length=60)
    number = SealedField("账号")
    number_bi = BlindIndexField("账号索引", of="number", normal=normalise)
    last4 = models.CharField("账号后四位", max_length=4)
    opened_on = models.DateField("开户日期")
    state = models.CharField("专户状态", max_length=10, choices=State, default=State.WAITING)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="登记人"
    )
    registered_on = models.DateField("登记日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="核对人"
    )
    checked_on = models.DateField("核对日期", null=True)
    declined_reason = models.CharField("退回理由", max_length=200, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="销户人"
    )
    closed_on = models.DateField("销户日期", null=True)

    class Meta:
        verbose_name = "资金专户"
        constraints = [
            models.UniqueConstraint(
                fields=["number_bi"], condition=~Q(state="declined"), name="special_account_once"
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("registered_by")),
                name="special_account_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(checked_by__isnull=False), name="special_account_checked"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False, closed_by__isnull=False)
                | (~Q(state="closed") & Q(closed_on=None, closed_by=None)),
                name="special_account_closed",
            ),
        ]


class AccountScheme(models.Model):
    """专户发放哪个项目: 空着为没有另设专户的各项目; 一个项目同时只从一个专户发。"""

    account = models.ForeignKey(
        SpecialAccount, models.RESTRICT, related_name="schemes", verbose_name="资金专户"
    )
    scheme = models.CharField("发放的项目", max_length=30, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)

    class Meta:
        verbose_name = "专户项目"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(until_on=None), name="one_account_per_scheme"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="account_scheme_dates"
            ),
        ]


class SchemeChange(models.Model):
    """专户增减项目: 一人登记, 另一人核对, 核对次日起算, 以前的收付不动。"""

    class State(models.TextChoices):
        WAITING = "waiting", "待核对"
        APPLIED = "applied", "已生效"
        DECLINED = "declined", "已退回"

    account = models.ForeignKey(
        SpecialAccount, models.RESTRICT, related_name="changes", verbose_name="资金专户"
    )
    scheme = models.CharField("增减的项目", max_length=30, blank=True)
    adds = models.BooleanField("是增加")
    from_on = models.DateField("生效日期", null=True)
    state = models.CharField("增减状态", max_length=10, choices=State, default=State.WAITING)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="登记人"
    )
    registered_on = models.DateField("登记日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="核对人"
    )
    checked_on = models.DateField("核对日期", null=True)
    declined_reason = models.CharField("退回理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "专户增减项目"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="waiting"), name="one_scheme_change_waits"
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("registered_by")), name="scheme_change_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(checked_by__isnull=False), name="scheme_change_checked"
            ),
            models.CheckConstraint(
                condition=Q(state="applied", from_on__isnull=False) | (~Q(state="applied") & Q(from_on=None)),
                name="scheme_change_day",
            ),
        ]
