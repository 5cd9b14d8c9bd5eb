"""Decisions: append-only, each with its reason; they open and close awards."""

from django.db import models
from django.db.models import Q

from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment
from doudi.records.people.models import Household
from doudi.store.fields import FenField
from doudi.store.models import AreaScoped


class Decision(models.Model):
    """决定: 确认、不予确认、停发, 或由旧名册带入。只增不改。"""

    class Kind(models.TextChoices):
        GRANT = "grant", "确认"
        REFUSE = "refuse", "不予确认"
        STOP = "stop", "停发"
        CARRIED_OVER = "carried_over", "名册带入"

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
        indexes = [models.Index(fields=["scheme", "decided_on"], name="decision_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="carried_over", case=None) | Q(case__isnull=False) | Q(kind="stop"),
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


class Opening(models.Model):
    """哪个决定开了哪份待遇。"""

    decision = models.ForeignKey(Decision, models.RESTRICT, related_name="opens", verbose_name="决定")
    award = models.OneToOneField(Award, models.RESTRICT, related_name="opening", verbose_name="待遇")

    class Meta:
        verbose_name = "待遇开始"


class Closing(models.Model):
    """哪个决定停了哪份待遇, 到哪天为止 (止日不含)。"""

    decision = models.ForeignKey(Decision, models.RESTRICT, related_name="closes", verbose_name="决定")
    award = models.OneToOneField(Award, models.RESTRICT, related_name="closing", verbose_name="待遇")
    ends_on = models.DateField("止")

    class Meta:
        verbose_name = "待遇结束"


class Delivery(models.Model):
    """送达: 告知书交给了谁、哪天。"""

    decision = models.OneToOneField(Decision, models.RESTRICT, related_name="delivery", verbose_name="决定")
    delivered_on = models.DateField("送达日期")
    received_by = models.CharField("签收人", max_length=60)
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
