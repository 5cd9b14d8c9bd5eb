"""Money paid that was not due: the order, its months, how it comes back, what is given up by two people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.awards.models import Award
from doudi.records.payments.models.runs import PayLine
from doudi.records.people.models import Household, Person
from doudi.store.fields import FenField
from doudi.store.models import AreaScoped, KeptFile


class Recovery(models.Model):
    """追缴: 哪一户哪几个月多发了多少, 凭什么追, 交了多少; 不与以后的待遇相抵。依据: 649号令 第六十八条

    One proposes and another confirms; the ledger knows of it from then on.
    """

    class Cause(models.TextChoices):
        DEATH = "death", "死亡后仍发放"
        STOPPED = "stopped", "停发后仍发放"
        REDUCED = "reduced", "减发后仍按原数发放"
        FRAUD = "fraud", "骗取"
        DUPLICATE = "duplicate", "重复发放"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        ORDERED = "ordered", "追缴中"
        SETTLED = "settled", "已缴清"
        WRITTEN_OFF = "written_off", "已核销"
        CANCELLED = "cancelled", "已撤销"

    no = models.CharField("追缴编号", max_length=30, unique=True)
    scheme = models.CharField("救助项目", max_length=30)
    household = models.ForeignKey(Household, models.RESTRICT, related_name="recoveries", verbose_name="家庭")
    payee = models.ForeignKey(Person, models.RESTRICT, verbose_name="领款人")
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    cause = models.CharField("追缴原因", max_length=12, choices=Cause)
    reason = models.CharField("追缴理由", max_length=400)
    basis = models.CharField("追缴依据", max_length=120)
    amount_fen = FenField("应追缴(分)")
    state = models.CharField("追缴状态", max_length=12, choices=State, default=State.PROPOSED)
    ordered_on = models.DateField("提出日期")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="提出人"
    )
    confirmed_on = models.DateField("批准日期", null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="批准人"
    )
    ended_on = models.DateField("了结日期", null=True)
    ended_reason = models.CharField("了结说明", max_length=400, blank=True)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "追缴"
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="recovery_amount"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("ordered_by")), name="recovery_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "cancelled")) | Q(confirmed_by__isnull=False),
                name="recovery_confirmed",
            ),
        ]
        indexes = [models.Index(fields=["scheme", "state"], name="recovery_scheme")]


class RecoveryMonth(models.Model):
    """追缴的一个月: 哪一行发放里有多少不该发; 各次追缴加起来不超过那一行。

    `stands_fen` is what of it counts as given back: all of it, until the order is cancelled; then what came in.
    """

    recovery = models.ForeignKey(Recovery, models.RESTRICT, related_name="months", verbose_name="追缴")
    line = models.ForeignKey(PayLine, models.RESTRICT, related_name="recovered_in", verbose_name="发放行")
    award = models.ForeignKey(Award, models.RESTRICT, verbose_name="待遇")
    month = models.PositiveIntegerField("月份")
    fen = FenField("多发(分)")
    stands_fen = FenField("仍算数(分)")

    class Meta:
        verbose_name = "追缴月份"
        constraints = [
            models.UniqueConstraint(fields=["recovery", "line"], name="line_once_a_recovery"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="recovery_month_amount"),
            models.CheckConstraint(
                condition=Q(stands_fen__gte=0, stands_fen__lte=F("fen")), name="recovery_month_stands"
            ),
        ]


class Instalment(models.Model):
    """分期: 第几次约定的第几期、哪天前、交多少; 另行约定的另记一次, 最后一次算数。"""

    recovery = models.ForeignKey(Recovery, models.RESTRICT, related_name="instalments", verbose_name="追缴")
    plan = models.PositiveIntegerField("第几次约定", default=1)
    number = models.PositiveIntegerField("期次")
    due_on = models.DateField("应缴日期")
    fen = FenField("应缴(分)")

    class Meta:
        verbose_name = "分期"
        constraints = [
            models.UniqueConstraint(fields=["recovery", "plan", "number"], name="instalment_number"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="instalment_amount"),
        ]


class RecoveryReceipt(models.Model):
    """追缴到账: 哪天、多少、凭哪张单据。"""

    class How(models.TextChoices):
        TRANSFER = "transfer", "转账"
        CASH = "cash", "缴现存入专户"
        RETURNED = "returned", "银行扣回"

    recovery = models.ForeignKey(Recovery, models.RESTRICT, related_name="receipts", verbose_name="追缴")
    document_no = models.CharField("单据号", max_length=60)
    on = models.DateField("到账日期")
    fen = FenField("到账(分)")
    how = models.CharField("缴款方式", max_length=12, choices=How)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "追缴到账"
        constraints = [
            models.UniqueConstraint(fields=["recovery", "document_no"], name="recovery_document_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="recovery_receipt_amount"),
        ]


class WriteOff(models.Model):
    """核销: 一人提出, 另一人批准或退回; 批准的, 余下的不再追。"""

    recovery = models.ForeignKey(Recovery, models.RESTRICT, related_name="write_offs", verbose_name="追缴")
    fen = FenField("核销(分)")
    reason = models.CharField("核销理由", max_length=400)
    proof = models.ForeignKey(KeptFile, models.RESTRICT, null=True, verbose_name="核销凭据")
    proposed_on = models.DateField("提出日期")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="提出人"
    )
    approved_on = models.DateField("批准日期", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="批准人"
    )
    declined_on = models.DateField("退回日期", null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="退回人"
    )
    declined_reason = models.CharField("退回理由", max_length=400, blank=True)

    class Meta:
        verbose_name = "核销"
        constraints = [
            models.UniqueConstraint(
                fields=["recovery"], condition=Q(declined_on=None), name="one_write_off_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(approved_on=None) | Q(declined_on=None), name="write_off_one_answer"
            ),
            models.CheckConstraint(
                condition=Q(declined_on=None) | ~Q(declined_reason=""), name="write_off_declined_because"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="write_off_amount"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="write_off_by_two"
            ),
        ]
