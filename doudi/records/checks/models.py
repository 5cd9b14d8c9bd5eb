"""What visitors and departments found, and the frozen sum made of it."""

from django.conf import settings
from django.db import models

from doudi.records.cases.models import Case
from doudi.records.checks.ability import AbilityAssessment, ObligorMeans, SupportPlan
from doudi.records.checks.meetings import (
    Attendance,
    Hearing,
    HearingNotice,
    HearingRecord,
    Meeting,
    Panel,
    PanelMember,
    PanelRecusal,
    PanelReview,
    Renewal,
)
from doudi.records.people.models import Person
from doudi.store.fields import FenField, SealedField
from doudi.store.models import KeptFile


class Finding(models.Model):
    """一条核对结果: 哪个部门、结论是什么; 说的是哪一项的, 申报多少、查到多少。依据: 民发〔2021〕57号 第十七条"""

    class Outcome(models.TextChoices):
        NOT_CONNECTED = "not_connected", "未接入"
        PENDING = "pending", "待反馈"
        CONSISTENT = "consistent", "相符"
        DIFFERENT = "different", "不符"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="findings", verbose_name="案件")
    source = models.CharField("核对来源", max_length=60)
    outcome = models.CharField("核对结论", max_length=15, choices=Outcome)
    note = models.CharField("说明", max_length=400, blank=True)
    person = models.ForeignKey(
        Person, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    kind = models.CharField("事实种类", max_length=30, blank=True)
    code = models.CharField("细类", max_length=40, blank=True)
    declared_fen = FenField("申报金额(分)", null=True, blank=True)
    found_fen = FenField("查到金额(分)", null=True, blank=True)
    reply_to = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, related_name="reply", verbose_name="答复哪一条"
    )
    on = models.DateField("日期")
    by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "核对结果"


class FindingDealing(models.Model):
    """核对结果的处理: 认定、不认定, 或等补充证明; 后一次盖过前一次。依据: 民发〔2021〕57号 第十八条"""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "认定"
        REJECTED = "rejected", "不认定"
        PROOF = "proof", "待补证"

    finding = models.ForeignKey(Finding, models.RESTRICT, related_name="dealings", verbose_name="核对结果")
    verdict = models.CharField("处理", max_length=10, choices=Verdict)
    note = models.CharField("说明", max_length=400)
    on = models.DateField("日期")
    by = models.CharField("处理人", max_length=150)

    class Meta:
        verbose_name = "核对结果的处理"


class Recheck(models.Model):
    """复查: 申请人对核对结果有异议, 自提出之日起限期复查。依据: 民发〔2021〕57号 第十八条"""

    finding = models.ForeignKey(Finding, models.RESTRICT, related_name="rechecks", verbose_name="核对结果")
    asked_on = models.DateField("提出日期")
    reason = SealedField("复查理由")
    due_on = models.DateField("期限", null=True, blank=True)
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "复查"


class RecheckAnswer(models.Model):
    """复查的答复: 维持还是改变原来的结果。"""

    class Result(models.TextChoices):
        UPHELD = "upheld", "维持"
        CHANGED = "changed", "改变"

    recheck = models.OneToOneField(Recheck, models.RESTRICT, related_name="answer", verbose_name="复查")
    result = models.CharField("复查结果", max_length=10, choices=Result)
    text = models.CharField("答复", max_length=400)
    on = models.DateField("日期")
    by = models.CharField("答复人", max_length=150)

    class Meta:
        verbose_name = "复查答复"


class VisitRecord(models.Model):
    """入户调查记录: 至少两名调查人, 家庭成员在场签字。依据: 民发〔2021〕57号 第十六条"""

    class Way(models.TextChoices):
        HOME = "home", "入户"
        VIDEO = "video", "视频"
        PHONE = "phone", "电话"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="visits", verbose_name="案件")
    visited_on = models.DateField("入户日期")
    way = models.CharField("调查方式", max_length=6, choices=Way, default=Way.HOME)
    way_reason = models.CharField("非接触调查的理由", max_length=200, blank=True)
    member_present = models.CharField("在场成员", max_length=60)
    observed = models.TextField("所见")
    is_consistent = models.BooleanField("与申报相符")
    signed = models.BooleanField("三方签字", default=False)
    member_signature = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="家庭成员签名"
    )
    refused_because = SealedField("拒绝签字的原因", null=True, blank=True)
    witness = SealedField("见证人", null=True, blank=True)
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "入户调查"

    @property
    def names(self) -> str:
        """调查人姓名, 顿号分开。"""
        return "、".join(one.user.name for one in self.investigators.all())


class Investigator(models.Model):
    """调查人: 谁参加了这次调查, 他的签名。"""

    visit = models.ForeignKey(
        VisitRecord, models.RESTRICT, related_name="investigators", verbose_name="入户调查"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, verbose_name="工作人员")
    signature = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="签名"
    )

    class Meta:
        verbose_name = "调查人"
        constraints = [models.UniqueConstraint(fields=["visit", "user"], name="investigator_once")]


class VisitMethod(models.Model):
    """调查方法: 听取陈述、观看、走访邻居、询问成员, 各记了什么。"""

    class Method(models.TextChoices):
        STATEMENT = "statement", "听取陈述"
        OBSERVATION = "observation", "观看"
        NEIGHBOURS = "neighbours", "走访邻居"
        MEMBERS = "members", "询问成员"

    visit = models.ForeignKey(VisitRecord, models.RESTRICT, related_name="methods", verbose_name="入户调查")
    method = models.CharField("调查方法", max_length=12, choices=Method)
    note = SealedField("情况")

    class Meta:
        verbose_name = "调查方法记录"
        constraints = [models.UniqueConstraint(fields=["visit", "method"], name="method_once")]


class VisitItem(models.Model):
    """逐项对照: 申报的这一项与所见相符还是不符, 看到的是多少。"""

    visit = models.ForeignKey(VisitRecord, models.RESTRICT, related_name="items", verbose_name="入户调查")
    person = models.ForeignKey(
        Person, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    kind = models.CharField("事实种类", max_length=30)
    code = models.CharField("细类", max_length=40, blank=True)
    agrees = models.BooleanField("相符")
    seen_fen = FenField("所见金额(分)", null=True, blank=True)
    note = SealedField("说明", null=True, blank=True)

    class Meta:
        verbose_name = "逐项对照"


class VisitPhoto(models.Model):
    """入户照片: 位置等附带信息已去掉, 封存, 查看留痕。"""

    class Subject(models.TextChoices):
        HOME = "home", "家中情况"
        PAPER = "paper", "签字的调查表"
        OTHER = "other", "其他"

    visit = models.ForeignKey(VisitRecord, models.RESTRICT, related_name="photos", verbose_name="入户调查")
    subject = models.CharField("照片内容", max_length=6, choices=Subject)
    file = models.ForeignKey(KeptFile, models.RESTRICT, related_name="+", verbose_name="封存文件")

    class Meta:
        verbose_name = "入户照片"


class NeighbourTalk(models.Model):
    """邻里访问: 问了谁、他说了什么, 只有办理这件案子的人看得到。依据: 民发〔2021〕57号 第十五条"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="talks", verbose_name="案件")
    on = models.DateField("日期")
    neighbour = SealedField("被访问人")
    relation = models.CharField("与申请人的关系", max_length=40)
    said = SealedField("反映的情况")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="访问人"
    )

    class Meta:
        verbose_name = "邻里访问"


class Assessment(models.Model):
    """一次测算: 冻结的输入、参数指纹、规则版本和结果; 步骤随时可以重算。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="assessments", verbose_name="案件")
    on = models.DateField("测算日期")
    rulebook = models.CharField("规则书", max_length=30)
    rulebook_version = models.CharField("规则版本", max_length=64)
    parameters_hash = models.CharField("参数指纹", max_length=64)
    inputs = models.JSONField("输入")
    results = models.JSONField("结果")
    result_hash = models.CharField("结果指纹", max_length=64)
    is_eligible = models.BooleanField("符合条件")
    amount_fen = FenField("月金额(分)")
    by = models.CharField("测算人", max_length=150)

    class Meta:
        verbose_name = "测算"


class Opinion(models.Model):
    """初审意见: 建议确认或不予确认, 建议多少。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="opinions", verbose_name="案件")
    assessment = models.ForeignKey(Assessment, models.RESTRICT, verbose_name="测算")
    recommends = models.BooleanField("建议确认")
    amount_fen = FenField("建议月金额(分)")
    text = models.CharField("意见", max_length=600)
    on = models.DateField("日期")
    by = models.CharField("意见人", max_length=150)

    class Meta:
        verbose_name = "初审意见"


__all__ = [
    "AbilityAssessment",
    "Assessment",
    "Attendance",
    "Finding",
    "FindingDealing",
    "Hearing",
    "HearingNotice",
    "HearingRecord",
    "Investigator",
    "Meeting",
    "NeighbourTalk",
    "ObligorMeans",
    "Opinion",
    "Panel",
    "PanelMember",
    "PanelRecusal",
    "PanelReview",
    "Recheck",
    "RecheckAnswer",
    "Renewal",
    "SupportPlan",
    "VisitItem",
    "VisitMethod",
    "VisitPhoto",
    "VisitRecord",
]
