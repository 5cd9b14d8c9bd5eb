"""What hung on the village board, and who objected."""

from django.db import models
from django.db.models import Q

from doudi.records.cases.models import Case
from doudi.records.checks.models import Opinion
from doudi.store.fields import SealedField
from doudi.store.models import AreaScoped


class Posting(models.Model):
    """公示: 张贴当日不计, 满七日; 公开的只有姓名、人数、金额。依据: 民发〔2021〕57号 第十九条"""

    class Round(models.TextChoices):
        INTAKE = "post_intake", "受理公示"
        OPINION = "post", "初审公示"
        FINAL = "post_final", "确认公示"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="postings", verbose_name="案件")
    station = models.CharField("榜次", max_length=12, choices=Round, default=Round.OPINION)
    opinion = models.ForeignKey(Opinion, models.RESTRICT, null=True, verbose_name="初审意见")
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    posted_on = models.DateField("张贴日期")
    until_on = models.DateField("异议截止日")
    row = models.JSONField("公开内容")
    posted_by = models.CharField("张贴人", max_length=150)
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "公示"
        constraints = [
            models.UniqueConstraint(fields=["opinion", "station"], name="posting_once_per_opinion"),
            models.UniqueConstraint(
                fields=["case", "station"], condition=Q(withdrawn_on=None), name="one_posting_a_round"
            ),
        ]
        indexes = [models.Index(fields=["village", "until_on"], name="posting_board")]


class Objection(models.Model):
    """异议: 谁都可以提, 可以不留名; 处理结果要写明。"""

    class Outcome(models.TextChoices):
        OPEN = "", "待处理"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    no = models.CharField("异议编号", max_length=20, unique=True)
    posting = models.ForeignKey(Posting, models.RESTRICT, related_name="objections", verbose_name="公示")
    received_on = models.DateField("收到日期")
    channel = models.CharField("途径", max_length=20)
    text = SealedField("内容")
    contact = SealedField("联系方式", null=True, blank=True)
    outcome = models.CharField("处理结论", max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    answered_on = models.DateField("处理日期", null=True, blank=True)
    answer = models.CharField("处理说明", max_length=400, blank=True)
    answered_by = models.CharField("处理人", max_length=150, blank=True)

    class Meta:
        verbose_name = "异议"
