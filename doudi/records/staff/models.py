"""The people who work here: one role each, within one area; who stands in for whom; what they are told."""

import datetime as dt
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from doudi.law.duties import ROLES
from doudi.records.areas.models import Area
from doudi.store.today import today


class Role(models.TextChoices):
    """岗位。Conflicting duties belong to different roles; a person has exactly one."""

    VILLAGE = "cun", "村级协理员"
    CLERK = "jingban", "乡镇经办"
    LEADER = "fuze", "乡镇负责人"
    SOCIAL_WORKER = "shegong", "社工/网格员"
    VERIFIER = "hedui", "核对员"
    APPROVER = "shenpi", "县级审批"
    PAYER = "caiwu", "发放经办"
    PAY_REVIEWER = "fuhe", "发放复核"
    PAY_APPROVER = "pizhun", "发放审批"
    DIRECTOR = "juzhang", "局领导"
    AUDITOR = "shenji", "审计/纪检"
    SYSTEM = "xitong", "系统管理员"
    SECURITY = "anquan", "安全管理员"
    AUDIT_ADMIN = "shenjiyuan", "审计管理员"


# The auditor's masked view, the director's figures and the verifier's data all range over the county.
SEES = {"masked": "county", "figures": "county", "verification": "county"}


class User(AbstractUser):
    """工作人员: 一人一岗, 只看职权范围内的记录。"""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=60)
    role = models.CharField("岗位", max_length=12, choices=Role)
    area = models.ForeignKey(Area, models.RESTRICT, null=True, blank=True, verbose_name="辖区")

    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        verbose_name = "工作人员"

    def __str__(self) -> str:
        return self.name

    @property
    def sees(self) -> str:
        """范围: village, township, county, assigned; 核对员看全县案件, 其余岗位不按辖区看案件。"""
        return SEES.get(ROLES[self.role].scope, ROLES[self.role].scope)

    @cached_property
    def covers(self) -> tuple["User", ...]:
        """今天正在代理谁。One query a request, for whoever asks again on the same page."""
        return self.covers_on(today())

    @property
    def areas(self) -> tuple[str, ...]:
        """今天看得到的辖区: 自己的, 加上正在代理的人的。"""
        return tuple(dict.fromkeys(one.area_id for one in (self, *self.covers) if one.area_id))

    @property
    def stands_for(self) -> tuple[int, ...]:
        """今天替谁办事: 自己, 加上正在代理的人 (用户编号)。"""
        return tuple(one.pk for one in (self, *self.covers))

    @cached_property
    def is_away(self) -> bool:
        """今天登记了不在岗: 看得到, 不办事, 由代理人办。"""
        return self.absences.in_force(today()).exists()

    def covers_on(self, day: dt.date) -> tuple["User", ...]:
        """某日正在代理谁。Whoever is away is covered only while both hold one role and both accounts are in use."""
        if not self.is_active:
            return ()
        mine = self.covered.in_force(day).filter(user__role=self.role, user__is_active=True)
        return tuple(absence.user for absence in mine.select_related("user").order_by("pk"))


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """不在岗的查询集。"""

    def in_force(self, day: dt.date) -> "AbsenceQuerySet":
        """某日有效的: 首尾两天都算, 提前回来的当天起不算。"""
        back = Q(back_on=None) | Q(back_on__gt=day)
        return self.filter(back, from_on__lte=day, until_on__gte=day)


class Absence(models.Model):
    """不在岗: 谁从哪天到哪天 (含) 不在, 由谁代理。代理人以自己的名义办事。"""

    user = models.ForeignKey(User, models.RESTRICT, related_name="absences", verbose_name="不在岗的人")
    deputy = models.ForeignKey(User, models.RESTRICT, related_name="covered", verbose_name="代理人")
    from_on = models.DateField("从")
    until_on = models.DateField("到")
    reason = models.CharField("事由", max_length=120)
    set_by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name="安排人")
    back_on = models.DateField("提前回岗日期", null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "不在岗"
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(user=F("deputy")), name="absence_deputy_is_another"),
        ]
        indexes = [models.Index(fields=["deputy", "until_on"], name="absence_deputy")]


class Notice(models.Model):
    """消息: 告诉一个辖区的一个岗位 (或一个人) 有一件事要看。"""

    class Kind(models.TextChoices):
        RETURNED = "returned", "退回补正"
        OBJECTION = "objection", "收到异议"
        SAMPLE = "sample", "抽查抽签"
        VISIT = "visit", "需要入户"
        CHANGE = "change", "变动上报"
        LETTER = "letter", "待告知"
        REFERRAL = "referral", "转办"
        MEETING = "meeting", "评议听证"
        EXTENSION = "extension", "延长期限"
        ASSIGNED = "assigned", "派单"
        DEPUTY = "deputy", "代理"
        JOB = "job", "任务办完"

    to_role = models.CharField("岗位", max_length=12, choices=Role)
    to_user = models.ForeignKey(User, models.RESTRICT, null=True, blank=True, verbose_name="收信人")
    area = models.ForeignKey(Area, models.RESTRICT, null=True, blank=True, verbose_name="所涉区划")
    kind = models.CharField("消息种类", max_length=12, choices=Kind)
    title = models.CharField("消息内容", max_length=120)
    link = models.CharField("打开的地址", max_length=200, blank=True)
    on = models.DateField("消息日期")

    class Meta:
        verbose_name = "消息"
        indexes = [models.Index(fields=["to_role", "area", "id"], name="notice_role_area")]


class NoticeRead(models.Model):
    """消息已读: 谁读过哪一条。"""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="reads", verbose_name="消息")
    user = models.ForeignKey(User, models.RESTRICT, verbose_name="读的人")

    class Meta:
        verbose_name = "消息已读"
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once")]


class SavedFilter(models.Model):
    """存下的筛选: 一个人在一张名单上常用的条件, 只给自己用。"""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="谁的")
    page = models.CharField("名单", max_length=40)
    name = models.CharField("筛选名", max_length=20)
    query = models.CharField("筛选条件", max_length=300)

    class Meta:
        verbose_name = "存下的筛选"
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once")]
