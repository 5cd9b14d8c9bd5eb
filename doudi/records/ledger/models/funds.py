"""Where the money comes from: what each level sent, what the year may cost, and the office's own money kept apart."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.ledger.models.special_accounts import SpecialAccount
from doudi.store.fields import FenField


class Level(models.TextChoices):
    """资金级次。依据: 649号令 第五条"""

    NATIONAL = "national", "中央"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"


class Voucher(models.Model):
    """两个人办的资金单据: 一人登记, 另一人对照银行单核对之后才记账。"""

    class State(models.TextChoices):
        WAITING = "waiting", "待核对"
        BOOKED = "booked", "已记账"
        DECLINED = "declined", "已退回"

    document_no = models.CharField("文号或单据号", max_length=60)
    on = models.DateField("收付日期")
    fen = FenField("金额(分)")
    state = models.CharField("单据状态", max_length=10, choices=State, default=State.WAITING)
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
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="%(class)s_amount"),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("registered_by")), name="%(class)s_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(checked_by__isnull=False), name="%(class)s_checked"
            ),
        ]


class FundReceipt(Voucher):
    """救助资金到账: 哪一级、凭什么文件、给哪个项目 (空着为全部救助)、多少; 年初结余也这样记。"""

    class Kind(models.TextChoices):
        GRANT = "grant", "拨款"
        OPENING = "opening", "年初结余"

    kind = models.CharField("到账种类", max_length=10, choices=Kind, default=Kind.GRANT)
    level = models.CharField("资金级次", max_length=10, choices=Level)
    scheme = models.CharField("专用于", max_length=30, blank=True)
    account = models.ForeignKey(
        SpecialAccount, models.RESTRICT, null=True, related_name="receipts", verbose_name="到账专户"
    )

    class Meta(Voucher.Meta):
        verbose_name = "资金到账"
        constraints = [
            *Voucher.Meta.constraints,
            models.UniqueConstraint(
                fields=["level", "document_no", "scheme"],
                condition=~Q(state="declined"),
                name="fund_document_once",
            ),
        ]


class AccountMove(Voucher):
    """专户之间划转: 从哪个专户到哪个专户, 凭银行的转账单据; 核对时转出的专户余额要够。"""

    source = models.ForeignKey(
        SpecialAccount, models.RESTRICT, related_name="moved_out", verbose_name="转出专户"
    )
    target = models.ForeignKey(
        SpecialAccount, models.RESTRICT, related_name="moved_in", verbose_name="转入专户"
    )

    class Meta(Voucher.Meta):
        verbose_name = "专户划转"
        constraints = [
            *Voucher.Meta.constraints,
            models.UniqueConstraint(
                fields=["source", "document_no"], condition=~Q(state="declined"), name="move_document_once"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="move_between_two"),
        ]


class WorkVoucher(Voucher):
    """工作经费的收支: 与救助资金分开存、分开记, 一分也不能用来发放。"""

    class Kind(models.TextChoices):
        IN = "in", "收入"
        OUT = "out", "支出"

    kind = models.CharField("收支", max_length=10, choices=Kind)
    purpose = models.CharField("用途", max_length=120)

    class Meta(Voucher.Meta):
        verbose_name = "工作经费单据"
        constraints = [
            *Voucher.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "document_no"], condition=~Q(state="declined"), name="work_document_once"
            ),
        ]


class Budget(models.Model):
    """预算: 某项目某年能用多少; 调整另记一次, 最后一次算数。"""

    scheme = models.CharField("救助项目", max_length=30)
    year = models.PositiveIntegerField("年份")
    revision = models.PositiveIntegerField("第几次", default=1)
    fen = FenField("预算(分)")
    document_no = models.CharField("预算文号", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="登记人")
    on = models.DateField("登记日期")

    class Meta:
        verbose_name = "预算"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "year", "revision"], name="budget_revision_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="budget_amount"),
        ]
