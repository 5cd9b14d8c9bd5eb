"""Decisions: append-only, each with its reason; they open and close awards."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment
from doudi.records.decisions.change_models import AwardChange, ProposedReason  # noqa: F401  (tables of this app)
from doudi.records.decisions.list_models import ListBatch, ListRow, ListTransfer  # noqa: F401  (likewise)
from doudi.records.decisions.raise_models import RaiseLine, StandardRaise  # noqa: F401  (likewise)
from doudi.records.decisions.recognition import Recognition  # noqa: F401  (likewise)
from doudi.records.decisions.suspension import Resumption, Suspension  # noqa: F401  (likewise)
from doudi.records.people.models import Household
from doudi.store.fields import FenField, SealedField
from doudi.store.models import AreaScoped, KeptFile


class Decision(models.Model):
    """决定: 确认、不予确认、增减、停发、转移、不变、暂停、恢复, 全县调标或名单发放, 或由旧名册带入。只增不改。"""

    class Kind(models.TextChoices):
        GRANT = "grant", "确认"
        REFUSE = "refuse", "不予确认"
        ADJUST = "adjust", "增减"
        STOP = "stop", "停发"
        TRANSFER = "transfer", "转移"
        UNCHANGED = "unchanged", "不变"
        CARRIED_OVER = "carried_over", "名册带入"
        SUSPEND = "suspend", "暂停"
        RESUME = "resume", "恢复"
        RAISE = "raise", "调标"
        LIST = "list", "名单发放"

    no = models.CharField("决定文号", max_length=40, unique=True)
    kind = models.CharField("决定种类", max_length=14, choices=Kind)
    scheme = models.CharField("救助项目", max_length=30)
    household = models.ForeignKey(Household, models.RESTRICT, related_name="decisions", verbose_name="家庭")
    case = models.ForeignKey(Case, models.RESTRICT, null=True, related_name="decisions", verbose_name="案件")
    assessment = models.ForeignKey(Assessment, models.RESTRICT, null=True, verbose_name="测算")
    decided_on = models.DateField("决定日期")
    amount_fen = FenField("月金额(分)", default=0)
    reason_code = models.CharField("理由代码", max_length=40, blank=True)
    reason = models.CharField("理由", max_length=400)
    basis = models.CharField("依据", max_length=120)
    next_review_on = models.DateField("下次复核", null=True)
    by = models.CharField("决定人", max_length=150)

    class Meta:
        verbose_name = "决定"
        indexes = [
            models.Index(fields=["scheme", "decided_on"], name="decision_month"),
            models.Index(fields=["household", "scheme", "decided_on"], name="decision_household"),
            models.Index(fields=["kind", "decided_on", "household"], name="decision_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="carried_over", case=None)
                | Q(case__isnull=False)
                | Q(kind__in=("stop", "transfer", "adjust", "suspend", "resume", "raise", "list")),
                name="decision_has_case",
            ),
            models.CheckConstraint(
                condition=~Q(kind="refuse") | ~Q(reason_code=""), name="refusal_has_reason"
            ),
        ]

    @property
    def delivered(self) -> "Delivery | None":
        """送达记录; 还没有送达为空。"""
        return getattr(self, "delivery", None)


class DecisionReason(models.Model):
    """决定的理由: 一个决定可以有几条; 增发、减发、停发的各带它说明的金额。"""

    decision = models.ForeignKey(Decision, models.RESTRICT, related_name="reasons", verbose_name="决定")
    code = models.CharField("理由代码", max_length=40)
    amount_fen = FenField("说明的金额(分)", default=0)

    class Meta:
        verbose_name = "决定理由"
        constraints = [models.UniqueConstraint(fields=["decision", "code"], name="reason_once_a_decision")]


class Opening(models.Model):
    """哪个决定开了哪份待遇。"""

    decision = models.ForeignKey(Decision, models.RESTRICT, related_name="opens", verbose_name="决定")
    award = models.OneToOneField(Award, models.RESTRICT, related_name="opening", verbose_name="待遇")

    class Meta:
        verbose_name = "待遇开始"


class Closing(models.Model):
    """哪个决定停了哪份待遇, 到哪天为止 (止日不含); 更正了停发的, 渐退期由更正的决定提前结束, 原定的止日留着。"""

    decision = models.ForeignKey(Decision, models.RESTRICT, related_name="closes", verbose_name="决定")
    award = models.OneToOneField(Award, models.RESTRICT, related_name="closing", verbose_name="待遇")
    ends_on = models.DateField("止")
    first_ends_on = models.DateField("原定止日", null=True)
    cut_by = models.ForeignKey(
        Decision, models.RESTRICT, null=True, related_name="cuts", verbose_name="提前结束的决定"
    )

    class Meta:
        verbose_name = "待遇结束"
        indexes = [models.Index(fields=["ends_on", "award"], name="closing_ends")]


class Delivery(models.Model):
    """送达: 告知书交给了谁、哪天、用什么办法, 签收的回执照片。"""

    class How(models.TextChoices):
        BY_HAND = "by_hand", "当面送达"
        LEFT = "left", "留置送达"
        POST = "post", "邮寄送达"
        PUBLIC = "public", "公告送达"
        ELECTRONIC = "electronic", "电子送达"

    decision = models.OneToOneField(Decision, models.RESTRICT, related_name="delivery", verbose_name="决定")
    delivered_on = models.DateField("送达日期")
    how = models.CharField("送达方式", max_length=12, choices=How, default=How.BY_HAND)
    received_by = models.CharField("签收人", max_length=60)
    slip = models.ForeignKey(KeptFile, models.RESTRICT, null=True, verbose_name="送达回证照片")
    by = models.CharField("送达人", max_length=150)

    class Meta:
        verbose_name = "送达"


class RosterImport(models.Model):
    """名册导入: 某项目某辖区收到的一份名册, 核对过什么、何时由谁入库。同一份文件只入库一次。"""

    class State(models.TextChoices):
        FAULTY = "faulty", "有错误"
        READY = "ready", "待入库"
        RUNNING = "running", "入库中"
        DONE = "done", "已入库"

    scheme = models.CharField("救助项目", max_length=30)
    area = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="辖区")
    sha256 = models.CharField("文件指纹", max_length=64)
    filename = models.CharField("文件名", max_length=80)
    stored_as = models.CharField("存放处", max_length=120)
    state = models.CharField("导入状态", max_length=10, choices=State)
    households = models.PositiveIntegerField("户数")
    persons = models.PositiveIntegerField("人数")
    amount_fen = FenField("月金额(分)")
    findings = models.JSONField("核对结果")
    uploaded_by = models.CharField("上传人", max_length=150)
    uploaded_at = models.DateTimeField("上传时间")
    imported_by = models.CharField("入库人", max_length=150, blank=True)
    imported_at = models.DateTimeField("入库时间", null=True)
    imported_on = models.DateField("入库日期", null=True)
    note = models.CharField("核对说明", max_length=300, blank=True)

    objects = AreaScoped.as_manager()
    area_path = "area_id"

    class Meta:
        verbose_name = "名册导入"
        constraints = [models.UniqueConstraint(fields=["scheme", "area", "sha256"], name="roster_once")]


class SampleDraw(models.Model):
    """一次抽签: 名单、比例、种子和抽中的号, 写下就不改, 随时可以重算核对。"""

    class Stage(models.TextChoices):
        BEFORE = "before", "确认前抽查"
        AFTER = "after", "确认后抽查"

    no = models.CharField("抽签编号", max_length=30, unique=True)
    area = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="辖区")
    scheme = models.CharField("救助项目", max_length=30)
    stage = models.CharField("抽查时机", max_length=8, choices=Stage)
    month = models.PositiveIntegerField("决定月份")
    frame = models.JSONField("抽签名单")
    rate_bp = models.PositiveIntegerField("抽查比例(万分比)")
    seed = models.CharField("抽签种子", max_length=64)
    drawn = models.JSONField("抽中的受理号")
    on = models.DateField("抽签日期")
    by = models.CharField("抽签人", max_length=150)

    objects = AreaScoped.as_manager()
    area_path = "area_id"

    class Meta:
        verbose_name = "抽签"


class SampleEntry(models.Model):
    """抽签名单上的一件: 抽中、未抽中, 或者按规定必须去 (近亲属备案、有投诉), 不占抽查名额。"""

    class Result(models.TextChoices):
        DRAWN = "drawn", "抽中"
        PASSED = "passed", "未抽中"
        MUST = "must", "必须入户"

    draw = models.ForeignKey(SampleDraw, models.RESTRICT, related_name="entries", verbose_name="抽签")
    case = models.ForeignKey(Case, models.RESTRICT, related_name="samples", verbose_name="案件")
    result = models.CharField("抽签结果", max_length=8, choices=Result)

    class Meta:
        verbose_name = "抽签名单"
        constraints = [models.UniqueConstraint(fields=["case"], name="case_in_one_draw")]


class CountyVisit(models.Model):
    """县级入户核查: 两人同去, 与上报相符或不符, 看到的情况。依据: 民发〔2021〕57号 第二十条"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="county_visits", verbose_name="案件")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="核查人"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="同行核查人"
    )
    visited_on = models.DateField("核查日期")
    agrees = models.BooleanField("与上报相符")
    findings = SealedField("看到的情况")
    photo = models.ForeignKey(KeptFile, models.RESTRICT, null=True, verbose_name="核查照片")

    class Meta:
        verbose_name = "县级入户"
        constraints = [
            models.CheckConstraint(condition=~Q(first=models.F("second")), name="county_visit_by_two")
        ]


class Appeal(models.Model):
    """对决定不服: 申诉、行政复议、行政诉讼, 几时收到、何时应办结、结果如何。依据: 649号令 第六十五条"""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", "申诉"
        RECONSIDERATION = "reconsideration", "行政复议"
        LAWSUIT = "lawsuit", "行政诉讼"

    class Outcome(models.TextChoices):
        OPEN = "", "在办"
        UPHELD = "upheld", "维持"
        REVOKED = "revoked", "撤销"
        ALTERED = "altered", "变更"
        REJECTED = "rejected", "驳回"

    no = models.CharField("申诉编号", max_length=20, unique=True)
    decision = models.ForeignKey(Decision, models.RESTRICT, related_name="appeals", verbose_name="决定")
    kind = models.CharField("不服的途径", max_length=16, choices=Kind)
    received_on = models.DateField("收到日期")
    due_on = models.DateField("应办结日期", null=True)
    ground = SealedField("不服的理由")
    received_by = models.CharField("登记人", max_length=150)
    outcome = models.CharField("不服的结果", max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    document_no = models.CharField("结果文号", max_length=60, blank=True)
    decided_on = models.DateField("结果日期", null=True)
    answer = models.CharField("结果说明", max_length=400, blank=True)
    answered_by = models.CharField("结果登记人", max_length=150, blank=True)

    class Meta:
        verbose_name = "不服决定"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "kind"], condition=Q(outcome=""), name="one_open_appeal_a_kind"
            )
        ]


class Correction(models.Model):
    """更正: 哪个决定由哪件新案子重新决定; 原决定不改, 由另一人作出新决定。"""

    case = models.OneToOneField(Case, models.RESTRICT, related_name="correction", verbose_name="更正案件")
    corrects = models.ForeignKey(Decision, models.RESTRICT, related_name="corrections", verbose_name="原决定")
    appeal = models.OneToOneField(
        Appeal, models.RESTRICT, null=True, related_name="correction", verbose_name="不服决定"
    )
    cause = models.CharField("更正原因", max_length=400)

    class Meta:
        verbose_name = "更正"
