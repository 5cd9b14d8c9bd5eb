"""What a change or review case is about, and the reasons the township proposes for the difference."""

from django.db import models
from django.db.models import Q

from doudi.records.cases.models import Case
from doudi.records.checks.models import Assessment
from doudi.store.fields import FenField


class AwardChange(models.Model):
    """变更或复核案的起因: 什么变了。改的是这户这个项目的全部在享待遇。依据: 民发〔2021〕57号 第三十一条、第三十二条"""

    case = models.OneToOneField(Case, models.RESTRICT, related_name="award_change", verbose_name="案件")
    cause = models.CharField("变动起因", max_length=20, blank=True)
    exit_cause = models.CharField("渐退原因", max_length=20, blank=True)
    text = models.CharField("变动说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "变更事由"


class ProposedReason(models.Model):
    """乡镇提出的增减理由: 一次测算的差额由哪几条理由说明, 各多少。"""

    assessment = models.ForeignKey(
        Assessment, models.RESTRICT, related_name="proposed_reasons", verbose_name="测算"
    )
    code = models.CharField("理由代码", max_length=40)
    amount_fen = FenField("说明的金额(分)")
    by = models.CharField("提出人", max_length=150)

    class Meta:
        verbose_name = "拟定理由"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "code"], name="proposed_once"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="proposed_amount"),
        ]
