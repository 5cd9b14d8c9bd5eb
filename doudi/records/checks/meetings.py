"""Where a village deliberates: its panel and how it voted, and hearings. Tables only."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from doudi.records.areas.models import Area
from doudi.records.cases.models import Case
from doudi.records.people.models import Person
from doudi.store.fields import SealedField
from doudi.store.models import AreaScoped, KeptFile


class Panel(models.Model):
    """评议小组: 一个村同一时间只有一个。依据: 民发〔2012〕220号 第四章"""

    village = models.ForeignKey(Area, models.RESTRICT, verbose_name="村(社区)")
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    recorded_by = models.CharField("记录人", max_length=150)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "评议小组"
        constraints = [
            models.UniqueConstraint(
                fields=["village"], condition=Q(until_on=None), name="one_panel_a_village"
            )
        ]


class PanelMember(models.Model):
    """评议员: 姓名、身份, 是本县在册的人就连到那个人, 好看出要不要回避。"""

    class Standing(models.TextChoices):
        TOWNSHIP = "township", "乡镇工作人员"
        COMMITTEE = "committee", "村(居)两委成员"
        PARTY = "party", "党员代表"
        DELEGATE = "delegate", "村(居)民代表"

    panel = models.ForeignKey(Panel, models.RESTRICT, related_name="members", verbose_name="评议小组")
    name = SealedField("姓名")
    standing = models.CharField("身份", max_length=10, choices=Standing)
    person = models.ForeignKey(
        Person, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "评议员"


class Meeting(models.Model):
    """评议会: 哪天、在哪里、谁主持、谁到会; 一次可以评几户。"""

    panel = models.ForeignKey(Panel, models.RESTRICT, related_name="meetings", verbose_name="评议小组")
    village = models.ForeignKey(Area, models.RESTRICT, verbose_name="村(社区)")
    on = models.DateField("日期")
    place = models.CharField("地点", max_length=60)
    chair = models.ForeignKey(PanelMember, models.RESTRICT, related_name="chaired", verbose_name="主持人")
    notes = SealedField("会议记录", null=True, blank=True)
    minutes = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="签字的记录"
    )
    recorded_by = models.CharField("记录人", max_length=150)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "评议会"
        indexes = [models.Index(fields=["village", "on"], name="meeting_village")]


class Attendance(models.Model):
    """到会: 哪个评议员到了这次会。"""

    meeting = models.ForeignKey(Meeting, models.RESTRICT, related_name="attendances", verbose_name="评议会")
    member = models.ForeignKey(PanelMember, models.RESTRICT, related_name="+", verbose_name="评议员")

    class Meta:
        verbose_name = "到会"
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="attended_once")]


class PanelReview(models.Model):
    """一件申请的民主评议: 应到、实到、赞成、反对、弃权; 只记票数, 不记谁投的。依据: 民发〔2012〕220号 第四章"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="panels", verbose_name="案件")
    meeting = models.ForeignKey(Meeting, models.RESTRICT, related_name="reviews", verbose_name="评议会")
    opinion = models.ForeignKey(
        "checks.Opinion",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="评议之前的意见",
    )
    visit = models.ForeignKey(
        "checks.VisitRecord",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="评议之前的入户调查",
    )
    entitled = models.PositiveIntegerField("应到人数")
    present = models.PositiveIntegerField("实到人数")
    votes_for = models.PositiveIntegerField("赞成")
    votes_against = models.PositiveIntegerField("反对")
    abstained = models.PositiveIntegerField("弃权")
    passed = models.BooleanField("评议通过")
    summary = SealedField("评议意见")
    on = models.DateField("日期")
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "民主评议"
        constraints = [
            models.UniqueConstraint(fields=["case", "meeting"], name="one_vote_a_meeting"),
            models.CheckConstraint(
                condition=Q(
                    present=models.F("votes_for") + models.F("votes_against") + models.F("abstained")
                ),
                name="votes_add_up",
            ),
            models.CheckConstraint(condition=Q(present__lte=models.F("entitled")), name="present_entitled"),
        ]


class PanelRecusal(models.Model):
    """评议回避: 申请人本人、亲属或其他利害关系人, 不计入应到人数。"""

    review = models.ForeignKey(PanelReview, models.RESTRICT, related_name="recusals", verbose_name="民主评议")
    member = models.ForeignKey(PanelMember, models.RESTRICT, related_name="+", verbose_name="评议员")
    reason = models.CharField("回避原因", max_length=60)

    class Meta:
        verbose_name = "评议回避"
        constraints = [models.UniqueConstraint(fields=["review", "member"], name="recused_once")]


class Renewal(models.Model):
    """重新核实: 异议成立或评议没有通过之后, 欠一次重新入户或一次民主评议。依据: 民发〔2021〕57号 第十九条"""

    class Remedy(models.TextChoices):
        SURVEY = "survey", "重新调查"
        PANEL = "panel", "民主评议"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="renewals", verbose_name="案件")
    remedy = models.CharField("核实方式", max_length=10, choices=Remedy)
    opinion = models.ForeignKey(
        "checks.Opinion",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="当时的意见",
    )
    visit = models.ForeignKey(
        "checks.VisitRecord",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="当时的入户调查",
    )
    on = models.DateField("日期")
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "重新核实"


class Hearing(models.Model):
    """听证: 谁申请的、为什么; 不另设环节, 也不挡住下一步。"""

    class Asker(models.TextChoices):
        APPLICANT = "applicant", "申请人"
        OBJECTOR = "objector", "异议人"
        OFFICE = "office", "主管机关"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="hearings", verbose_name="案件")
    asker = models.CharField("申请方", max_length=10, choices=Asker)
    reason = SealedField("听证事由")
    asked_on = models.DateField("提出日期")
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "听证"


class HearingNotice(models.Model):
    """听证通知: 哪天通知的, 定在哪天、哪里。"""

    hearing = models.OneToOneField(Hearing, models.RESTRICT, related_name="notice", verbose_name="听证")
    notice_on = models.DateField("通知日期")
    hold_on = models.DateField("听证日期")
    place = models.CharField("地点", max_length=60)
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "听证通知"
        constraints = [
            models.CheckConstraint(condition=Q(hold_on__gt=models.F("notice_on")), name="told_before_heard")
        ]


class HearingRecord(models.Model):
    """听证笔录: 谁到场、各方说了什么、结论; 主持人不是办这件案子的人。"""

    hearing = models.OneToOneField(Hearing, models.RESTRICT, related_name="record", verbose_name="听证")
    held_on = models.DateField("举行日期")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="主持人"
    )
    attendees = SealedField("到场人员")
    statements = SealedField("各方陈述")
    conclusion = SealedField("听证结论")
    minutes = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="签字的笔录"
    )
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "听证笔录"
