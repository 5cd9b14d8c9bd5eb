"""Lists decided in one go: the price subsidy of a month, condolence money, group insurance, goods."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.awards.models import Award
from doudi.records.ledger.models import Level
from doudi.records.people.models import Household, Person
from doudi.store.fields import FenField, SealedField
from doudi.store.models import AreaScoped


class ListBatch(models.Model):
    """名单: 一次定下一批人, 一人拟、另一人签发; 发钱的各户写决定和一个月的待遇, 由那个月的发放清册发。

    `month` is the one month the awards are in force. `told` keeps how the amounts came about: the index and the steps
    of the rule for a price subsidy, the filter or the file otherwise.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "待签发"
        SIGNED = "signed", "正在写入"
        DONE = "done", "已签发"
        WITHDRAWN = "withdrawn", "已撤回"

    scheme = models.CharField("救助项目", max_length=30)
    month = models.PositiveIntegerField("月份")
    title = models.CharField("名单名称", max_length=60)
    document = models.CharField("依据文件", max_length=120)
    item = models.CharField("物品或承保单位", max_length=120, blank=True)
    told = models.JSONField("怎样定的", default=dict)
    sha256 = models.CharField("文件指纹", max_length=64, blank=True)
    state = models.CharField("名单状态", max_length=10, choices=State, default=State.DRAFT)
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="拟定人"
    )
    built_on = models.DateField("拟定日期")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="名单签发人"
    )
    signed_on = models.DateField("名单签发日期", null=True)
    persons = models.PositiveIntegerField("签发人数", default=0)
    total_fen = FenField("签发金额(分)", default=0)

    class Meta:
        verbose_name = "名单"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "month", "title"], condition=~Q(state="withdrawn"), name="list_once"
            ),
            models.UniqueConstraint(
                fields=["month"], condition=Q(scheme="price_subsidy") & ~Q(state="withdrawn"),
                name="one_price_list_a_month",
            ),
            models.UniqueConstraint(
                fields=["scheme", "sha256"], condition=~Q(sha256="") & ~Q(state="withdrawn"), name="list_file_once"
            ),
            models.CheckConstraint(condition=Q(signed_by=None) | ~Q(signed_by=F("built_by")), name="list_by_two"),
            models.CheckConstraint(
                condition=Q(state__in=("signed", "done"), signed_by__isnull=False, signed_on__isnull=False)
                | Q(state__in=("draft", "withdrawn"), signed_by=None, signed_on=None),
                name="list_signed",
            ),
        ]  # fmt: skip


class ListRow(models.Model):
    """名单上的一个人: 哪一户、谁领、多少; 不发的写明为什么。同一个人在一份名单上只有一行。

    `base` is the award the person is on the list for, where the list was drawn from the roll.
    """

    batch = models.ForeignKey(ListBatch, models.RESTRICT, related_name="rows", verbose_name="名单")
    person = models.ForeignKey(Person, models.RESTRICT, related_name="+", verbose_name="人员")
    household = models.ForeignKey(Household, models.RESTRICT, related_name="+", verbose_name="家庭")
    village = models.ForeignKey("areas.Area", models.RESTRICT, related_name="+", verbose_name="村(社区)")
    payee = models.ForeignKey(Person, models.RESTRICT, related_name="+", verbose_name="领款人")
    base = models.ForeignKey(
        Award, models.RESTRICT, null=True, related_name="+", db_index=False, verbose_name="凭哪份待遇"
    )
    amount_fen = FenField("金额(分)")
    left_out = models.CharField("不列入的原因", max_length=200, blank=True)
    left_out_by = models.CharField("名单剔除人", max_length=150, blank=True)
    decision = models.ForeignKey(
        "decisions.Decision", models.RESTRICT, null=True, related_name="list_rows", verbose_name="名单决定"
    )
    received_on = models.DateField("签收日期", null=True)
    received_by = models.CharField("签收人", max_length=60, blank=True)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "名单的一行"
        constraints = [models.UniqueConstraint(fields=["batch", "person"], name="person_once_a_list")]
        indexes = [models.Index(fields=["batch", "village", "household"], name="list_row_place")]


class ListTransfer(models.Model):
    """转账: 一份保险名单的保费一笔付给承保单位; 一人登记, 复核、审批各一人, 审批后付款记账。依据: 649号令 第五条

    The sum is the signed list's; one transfer of a list is not declined.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待复核"
        REVIEWED = "reviewed", "已复核"
        PAID = "paid", "已付款"
        DECLINED = "declined", "已退回"

    batch = models.ForeignKey(ListBatch, models.RESTRICT, related_name="transfers", verbose_name="名单")
    payee = models.CharField("收款单位", max_length=120)
    bank = models.CharField("开户行", max_length=60)
    account = SealedField("收款账号")
    account_last4 = models.CharField("账号后四位", max_length=4)
    fen = FenField("金额(分)")
    level = models.CharField("资金级次", max_length=10, choices=Level)
    document_no = models.CharField("保单号或发票号", max_length=60)
    state = models.CharField("转账状态", max_length=10, choices=State, default=State.WAITING)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="登记人"
    )
    registered_on = models.DateField("登记日期")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="复核人"
    )
    reviewed_on = models.DateField("复核日期", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="审批人"
    )
    approved_on = models.DateField("付款日期", null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="退回人"
    )
    declined_reason = models.CharField("退回理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "保费转账"
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=~Q(state="declined"), name="one_transfer_a_list"
            ),
            models.UniqueConstraint(
                fields=["document_no"], condition=~Q(state="declined"), name="transfer_document_once"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="transfer_amount"),
            models.CheckConstraint(
                condition=(Q(reviewed_by=None) | ~Q(reviewed_by=F("registered_by")))
                & (
                    Q(approved_by=None)
                    | ~Q(approved_by=F("registered_by")) & ~Q(approved_by=F("reviewed_by"))
                ),
                name="transfer_by_three",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", reviewed_by=None, approved_by=None)
                | Q(state="reviewed", reviewed_by__isnull=False, approved_by=None)
                | Q(
                    state="paid",
                    reviewed_by__isnull=False,
                    approved_by__isnull=False,
                    approved_on__isnull=False,
                )
                | (Q(state="declined", declined_by__isnull=False, approved_by=None) & ~Q(declined_reason="")),
                name="transfer_steps",
            ),
        ]
