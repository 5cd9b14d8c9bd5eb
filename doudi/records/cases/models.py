"""One application's way through the stations, and who did which duty on it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from doudi.records.people.models import Household
from doudi.store.fields import BlindIndexField, SealedField
from doudi.store.models import AreaScoped, Versioned


class CaseQuerySet(AreaScoped):
    """案件的查询集: 社工只看分派给自己的。"""

    def assigned_to(self, user: Any) -> Self:
        """分派给这个人入户的案件。"""
        mine = Assignment.objects.filter(user__in=user.stands_for)
        return self.filter(pk__in=mine.values("case"))

    def open(self) -> Self:
        """还没办结的。"""
        return self.filter(closed_on=None)


class Case(Versioned):
    """一件申请: 哪户、哪项、走到哪一站、几时到期。"""

    class Kind(models.TextChoices):
        APPLY = "apply", "申请"
        REVIEW = "review", "复核"
        CHANGE = "change", "变更"
        CORRECT = "correct", "更正"

    class Outcome(models.TextChoices):
        OPEN = "", "在办"
        GRANTED = "granted", "已确认"
        REFUSED = "refused", "不予确认"
        WITHDRAWN = "withdrawn", "已撤回"
        TERMINATED = "terminated", "已终止"

    # Closed without a decision: there is nothing to tell by letter, and the road was not walked to its end.
    ENDED_EARLY = (Outcome.WITHDRAWN, Outcome.TERMINATED)

    no = models.CharField("受理号", max_length=20, unique=True)
    query_code = SealedField("查询码")
    query_code_bi = BlindIndexField("查询码索引", of="query_code")
    household = models.ForeignKey(Household, models.RESTRICT, related_name="cases", verbose_name="家庭")
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    scheme = models.CharField("救助项目", max_length=30)
    kind = models.CharField("案件种类", max_length=10, choices=Kind, default=Kind.APPLY)
    road = models.CharField("办理路径", max_length=20)
    station = models.CharField("阶段", max_length=20)
    station_from_on = models.DateField("到本阶段日期")
    station_due_on = models.DateField("本阶段期限", null=True, blank=True)
    accepted_on = models.DateField("受理日期")
    due_on = models.DateField("全程期限")
    extended_reason = models.CharField("延长理由", max_length=200, blank=True)
    outcome = models.CharField("办理结果", max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    is_relative_filed = models.BooleanField("近亲属备案", default=False)
    returned_reason = models.CharField("退回理由", max_length=300, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "案件"
        constraints = [
            models.UniqueConstraint(
                fields=["household", "scheme"], condition=Q(closed_on=None), name="one_open_case_per_scheme"
            )
        ]
        indexes = [
            models.Index(fields=["village", "station", "station_due_on"], name="case_queue"),
            models.Index(fields=["station", "station_due_on"], name="case_county_queue"),
        ]

    def __str__(self) -> str:
        return self.no


class Assignment(models.Model):
    """派单: 这件案子由谁入户。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="assignments", verbose_name="案件")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, verbose_name="工作人员")
    on = models.DateField("派单日期")

    class Meta:
        verbose_name = "派单"
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="assigned_once")]


class Hand(models.Model):
    """谁在这件案子里站在哪一边: 经办、签批、确认只能居其一。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="hands", verbose_name="案件")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, verbose_name="工作人员")
    group = models.CharField("职责组", max_length=12)

    class Meta:
        verbose_name = "经手"
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="one_side_per_person")]


class Act(models.Model):
    """办理记录: 谁、在哪一天、对这件案子做了什么。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="acts", verbose_name="案件")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, verbose_name="工作人员")
    duty = models.CharField("职责", max_length=20)
    group = models.CharField("职责组", max_length=12)
    station = models.CharField("阶段", max_length=20)
    on = models.DateField("日期")
    at = models.DateTimeField("时间")
    title = models.CharField("事项", max_length=80)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = "办理记录"
        indexes = [models.Index(fields=["case", "id"], name="act_case")]


class Pause(models.Model):
    """计时暂停的一段: 从哪天起、为什么、哪天恢复; 期间案件不往下走, 这些天不计入时限。"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="pauses", verbose_name="案件")
    cause = models.CharField("暂停情形", max_length=20)
    reason = SealedField("暂停的具体情况")
    from_on = models.DateField("暂停日期")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="暂停经办人"
    )
    until_on = models.DateField("恢复日期", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="恢复经办人"
    )

    class Meta:
        verbose_name = "计时暂停"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until_on=None), name="one_pause_at_a_time")
        ]


class Extension(models.Model):
    """延长期限: 经办人写明理由, 负责人在到期之前签字才算。依据: 民发〔2021〕57号 第二十二条"""

    class Answer(models.TextChoices):
        WAITING = "", "待签"
        AGREED = "agreed", "同意延长"
        DECLINED = "declined", "不同意延长"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="extensions", verbose_name="案件")
    reason = SealedField("请求延长的理由")
    asked_on = models.DateField("提出日期")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="提出延长的人"
    )
    answer = models.CharField("延长答复", max_length=10, choices=Answer, default=Answer.WAITING, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="签延长的人"
    )

    class Meta:
        verbose_name = "延长期限"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(answer="declined"), name="extended_once_a_case"
            )
        ]
