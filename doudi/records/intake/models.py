"""What came in at the window: the application, its papers, the one notice of gaps."""

from django.db import models
from django.db.models import Q

from doudi.records.cases.models import Case
from doudi.records.people.models import Person


class Application(models.Model):
    """申请: 谁申请、谁代办、从哪里收进来、授权与承诺签了没有。"""

    class Channel(models.TextChoices):
        WINDOW = "window", "乡镇窗口"
        VILLAGE = "village", "村级代办"

    case = models.OneToOneField(Case, models.RESTRICT, related_name="application", verbose_name="案件")
    channel = models.CharField("收件途径", max_length=10, choices=Channel)
    applicant = models.ForeignKey(Person, models.RESTRICT, verbose_name="申请人")
    agent_name = models.CharField("代办人", max_length=60, blank=True)
    agent_mandate = models.BooleanField("委托手续", default=False)
    reason = models.CharField("申请理由", max_length=400)
    authorised_on = models.DateField("核对授权日期")
    promised_on = models.DateField("诚信承诺日期")

    class Meta:
        verbose_name = "申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(agent_name="") | Q(agent_mandate=True), name="agent_has_mandate"
            )
        ]


class Paper(models.Model):
    """一份材料: 有、缺, 还是由系统取得。"""

    class Status(models.TextChoices):
        HAVE = "have", "已收"
        MISSING = "missing", "缺"
        FETCHED = "fetched", "系统取得"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="papers", verbose_name="案件")
    kind = models.CharField("材料", max_length=40)
    status = models.CharField("材料状态", max_length=10, choices=Status)
    noted_on = models.DateField("登记日期")

    class Meta:
        verbose_name = "材料"
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="paper_once")]


class GapNotice(models.Model):
    """一次性告知: 缺的材料一次说清; 再次告知必须写明理由。依据: 民发〔2021〕57号 第十条"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="gap_notices", verbose_name="案件")
    round = models.PositiveIntegerField("第几次", default=1)
    kinds = models.JSONField("所缺材料")
    reason = models.CharField("再次告知理由", max_length=200, blank=True)
    told_on = models.DateField("告知日期")
    told_by = models.CharField("告知人", max_length=150)

    class Meta:
        verbose_name = "一次性告知"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="gap_notice_round"),
            models.CheckConstraint(condition=Q(round=1) | ~Q(reason=""), name="second_notice_has_reason"),
        ]
