"""A month's payroll, its lines, who approved it, what went to the bank and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.awards.models import Award
from doudi.records.people.models import Household, Person
from doudi.store.fields import BlindIndexField, FenField, SealedField
from doudi.store.models import AreaScoped


class PayrollRun(models.Model):
    """一次发放: 一个项目一个周期一次; 补发和更正另起一次。

    `from_month` to `month` are the months it pays: one for a monthly scheme, three for a quarterly one; a back-pay or
    correction run pays earlier months and is known by the month it was made in.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular", "当期发放"
        BACKPAY = "backpay", "补发"
        CORRECTION = "correction", "更正发放"

    class State(models.TextChoices):
        BUILDING = "building", "生成中"
        DRAFT = "draft", "待锁定"
        LOCKED = "locked", "已锁定"
        REVIEWED = "reviewed", "已复核"
        APPROVED = "approved", "已审批"
        EXPORTED = "exported", "已导出"
        HANDED = "handed", "已交银行"
        CLOSED = "closed", "已办结"

    scheme = models.CharField("救助项目", max_length=30)
    month = models.PositiveIntegerField("月份")
    from_month = models.PositiveIntegerField("起月", db_default=0)
    kind = models.CharField("发放种类", max_length=12, choices=Kind, default=Kind.REGULAR)
    correction_no = models.PositiveIntegerField("更正序号", default=0)
    round = models.PositiveIntegerField("退回重做次数", default=0, db_default=0)
    state = models.CharField("发放状态", max_length=10, choices=State, default=State.BUILDING)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="经办人"
    )
    lines_count = models.PositiveIntegerField("笔数", default=0)
    total_fen = FenField("总额(分)", default=0)
    content_hash = models.CharField("清册指纹", max_length=64, blank=True)
    built_on = models.DateField("生成日期")
    locked_on = models.DateField("锁定日期", null=True)
    handed_on = models.DateField("交银行日期", null=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="交银行人"
    )
    closed_on = models.DateField("办结日期", null=True)

    class Meta:
        verbose_name = "发放批次"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "month", "kind", "correction_no"], name="one_run_per_scheme_month"
            )
        ]

    @property
    def batch_no(self) -> str:
        """批次号: 银行文件和回盘都认这个号, 重导出不变。县代码-年月-项目-序号, 补发的序号前有 B, 更正的有 C。"""
        mark = {self.Kind.BACKPAY: "B", self.Kind.CORRECTION: "C"}.get(self.Kind(self.kind), "")
        return f"{settings.COUNTY}-{self.month}-{self.scheme}-{mark}{self.correction_no}"

    @property
    def months(self) -> tuple[int, int]:
        """发哪几个月: 起月和止月, 都含。"""
        return self.from_month or self.month, self.month


class PayLine(models.Model):
    """发放清册的一行: 哪份待遇、哪个月、多少; 锁定时把领款账户抄进来。

    Lines of one award in one run share a `number`: the bank sees one credit for the three months of a quarter.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待发"
        HELD = "held", "拦截"
        SENT = "sent", "已交银行"
        PAID = "paid", "成功"
        FAILED = "failed", "失败"
        UNKNOWN = "unknown", "结果未知"
        RETURNED = "returned", "退票"

    run = models.ForeignKey(PayrollRun, models.RESTRICT, related_name="lines", verbose_name="发放批次")
    number = models.PositiveIntegerField("序号", null=True)
    award = models.ForeignKey(Award, models.RESTRICT, related_name="lines", verbose_name="待遇")
    month = models.PositiveIntegerField("月份")
    kind = models.CharField("行种类", max_length=12)
    correction_no = models.PositiveIntegerField("更正序号", default=0)
    household = models.ForeignKey(Household, models.RESTRICT, verbose_name="家庭")
    payee = models.ForeignKey(Person, models.RESTRICT, verbose_name="领款人")
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    persons = models.PositiveIntegerField("保障人数")
    amount_fen = FenField("金额(分)")
    state = models.CharField("行状态", max_length=10, choices=State, default=State.PENDING)
    holder_name = models.CharField("户名", max_length=60, blank=True)
    bank = models.CharField("开户行", max_length=60, blank=True)
    account = SealedField("账号", null=True)
    account_bi = BlindIndexField("账号索引", of="account")
    account_last4 = models.CharField("账号后四位", max_length=4, blank=True)
    paid_on = models.DateField("入账日期", null=True)
    reason = models.CharField("失败原因", max_length=120, blank=True)
    repays = models.ForeignKey(
        "self", models.RESTRICT, null=True, related_name="repaid_by", verbose_name="更正的行", db_index=False
    )

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "发放行"
        constraints = [
            models.UniqueConstraint(
                fields=["award", "month", "kind", "correction_no"], name="one_line_per_award_month"
            ),
            models.UniqueConstraint(fields=["run", "number", "month"], name="pay_line_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="pay_line_amount"),
        ]
        indexes = [models.Index(fields=["run", "state"], name="pay_line_run")]


class Paid(models.Model):
    """某人某月在某互斥组里已经发过: 同组同月只能有一份。"""

    month = models.PositiveIntegerField("月份")
    pair = models.CharField("互斥组", max_length=60)
    person = models.ForeignKey(Person, models.RESTRICT, verbose_name="人员", db_index=False)
    line = models.ForeignKey(PayLine, models.RESTRICT, related_name="paid_for", verbose_name="发放行")

    class Meta:
        verbose_name = "当月已发"
        constraints = [models.UniqueConstraint(fields=["month", "pair", "person"], name="paid_once_a_month")]


class Approval(models.Model):
    """两级审批: 每级一人, 都不是经办人, 彼此也不同。没有开关可以放宽。"""

    class Step(models.IntegerChoices):
        REVIEW = 1, "复核"
        APPROVE = 2, "审批"

    run = models.ForeignKey(PayrollRun, models.RESTRICT, related_name="approvals", verbose_name="发放批次")
    step = models.PositiveSmallIntegerField("级次", choices=Step)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="审批人"
    )
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="经办人"
    )
    on = models.DateField("日期")
    at = models.DateTimeField("时间")
    round = models.PositiveIntegerField("退回重做次数", default=0, db_default=0)

    class Meta:
        verbose_name = "发放审批"
        constraints = [
            models.UniqueConstraint(fields=["run", "round", "step"], name="one_approval_per_step"),
            models.UniqueConstraint(fields=["run", "round", "user"], name="one_step_per_person"),
            models.CheckConstraint(condition=~Q(user=F("maker")), name="approver_is_not_maker"),
        ]


class Interception(models.Model):
    """拦截: 这一行为什么先不发; 由人决定放行还是剔除, 写明理由。

    `about` names the person or account it is about, so that a new fact is a new interception even after a release.
    """

    class Cause(models.TextChoices):
        DECEASED = "deceased", "有死亡报告"
        NO_ACCOUNT = "no_account", "没有领款账户"
        SHARED_ACCOUNT = "shared_account", "多户共用账户"
        OTHERS_CARD = "others_card", "发到了别人的卡"
        NAME_MISMATCH = "name_mismatch", "户名与领款人不符"
        ACCOUNT_CHANGED = "account_changed", "领款账户已更换"
        COOLING = "cooling", "换卡未满三日"
        SAME_CARD = "same_card", "还是退回过的账户"
        EXCLUSIVE = "exclusive", "已享受互斥待遇"
        REVIEW_OVERDUE = "review_overdue", "复核已过期"
        NOT_POSTED = "not_posted", "没有长期公布"
        CLOSED = "closed", "待遇已停"

    class Outcome(models.TextChoices):
        OPEN = "", "待处理"
        RELEASED = "released", "放行"
        DROPPED = "dropped", "本月不发"
        BY_HAND = "by_hand", "当面发放"

    line = models.ForeignKey(PayLine, models.RESTRICT, related_name="interceptions", verbose_name="发放行")
    cause = models.CharField("拦截原因", max_length=16, choices=Cause)
    about = models.CharField("涉及", max_length=90, db_default="")
    detail = models.CharField("说明", max_length=200)
    outcome = models.CharField("处理", max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    reason = models.CharField("处理理由", max_length=200, blank=True)
    by = models.CharField("处理人", max_length=150, blank=True)
    on = models.DateField("处理日期", null=True)

    class Meta:
        verbose_name = "拦截"
        constraints = [
            models.UniqueConstraint(fields=["line", "cause", "about"], name="interception_once"),
            models.CheckConstraint(condition=Q(outcome="") | ~Q(reason=""), name="interception_reason"),
        ]


class BankFile(models.Model):
    """交给银行的文件: 同一批次同一格式重导出的内容逐字节相同。"""

    run = models.ForeignKey(PayrollRun, models.RESTRICT, related_name="bank_files", verbose_name="发放批次")
    format = models.CharField("格式", max_length=12)
    sha256 = models.CharField("文件指纹", max_length=64)
    count = models.PositiveIntegerField("笔数")
    total_fen = FenField("总额(分)")
    epoch = models.PositiveIntegerField("库的代次", default=1)
    by = models.CharField("导出人", max_length=150)
    on = models.DateField("导出日期")

    class Meta:
        verbose_name = "代发文件"
        constraints = [models.UniqueConstraint(fields=["run", "format"], name="bank_file_once")]


class ReturnFile(models.Model):
    """银行回盘: 同一文件再来一次不起作用。"""

    run = models.ForeignKey(PayrollRun, models.RESTRICT, related_name="return_files", verbose_name="发放批次")
    sha256 = models.CharField("文件指纹", max_length=64)
    paid_count = models.PositiveIntegerField("成功笔数")
    failed_count = models.PositiveIntegerField("失败笔数")
    queried_count = models.PositiveIntegerField("待查笔数", default=0)
    returned_count = models.PositiveIntegerField("退票笔数", default=0, db_default=0)
    name = models.CharField("文件名", max_length=120, blank=True, db_default="")
    paid_fen = FenField("成功金额(分)")
    by = models.CharField("登记人", max_length=150)
    on = models.DateField("登记日期")

    class Meta:
        verbose_name = "回盘文件"
        constraints = [models.UniqueConstraint(fields=["run", "sha256"], name="return_file_once")]


class ReturnLine(models.Model):
    """回盘的一行, 原样留存。"""

    file = models.ForeignKey(ReturnFile, models.RESTRICT, related_name="lines", verbose_name="回盘文件")
    number = models.PositiveIntegerField("序号")
    line = models.ForeignKey(PayLine, models.RESTRICT, related_name="returns", verbose_name="发放行")
    result = models.CharField("结果", max_length=10)
    reason = models.CharField("失败原因", max_length=120, blank=True)
    amount_fen = FenField("金额(分)")
    on = models.DateField("入账日期", null=True)
    is_queried = models.BooleanField("金额或账号不符待查", default=False)

    class Meta:
        verbose_name = "回盘行"
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="return_line_once")]
