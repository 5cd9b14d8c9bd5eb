"""What hung on the village board and how it is known to have hung there, who objected, whom one may call."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.cases.models import Case
from doudi.records.checks.models import Opinion
from doudi.records.people.models import Household, Membership
from doudi.store.fields import SealedField
from doudi.store.models import AreaScoped, KeptFile


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


class BoardPhoto(models.Model):
    """公示照片: 某村某榜某日张贴的一张榜, 贴出时和期满时各拍一张。"""

    class Moment(models.TextChoices):
        FIRST = "first", "张贴后"
        LAST = "last", "期满日"

    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    station = models.CharField("榜次", max_length=12, choices=Posting.Round)
    posted_on = models.DateField("张贴日期")
    moment = models.CharField("拍照时点", max_length=6, choices=Moment)
    file = models.ForeignKey(KeptFile, models.RESTRICT, verbose_name="照片")
    sent_on = models.DateField("传回日期")
    sent_by = models.CharField("传回人", max_length=150)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "公示照片"
        indexes = [models.Index(fields=["village", "station", "posted_on"], name="photo_of_a_sheet")]


class BoxOpening(models.Model):
    """开箱: 乡镇两人一同打开村里的意见箱, 记下有几封。"""

    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    opened_on = models.DateField("开箱日期")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="开箱人"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="一同开箱人"
    )
    letters = models.PositiveIntegerField("信件数")

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "开箱记录"
        constraints = [models.CheckConstraint(condition=~Q(first=F("second")), name="box_opened_by_two")]


UNTOLD = ("village", "assigned")  # whoever has this reach must not learn that anybody objected


class ObjectionQuerySet(AreaScoped):
    """异议的查询集: 村里的人、派单入户的人一条也看不到, 被反映家庭的近亲属看不到那一家的。"""

    def visible_to(self, user: Any) -> Self:
        """谁提的不能让村里知道, 所以不看内容, 连有没有也不给看。"""
        if user.sees in UNTOLD:
            return self.none()
        kin = Membership.objects.filter(
            person__staff_relatives__user=user, person__staff_relatives__revoked_on=None
        )
        return super().visible_to(user).exclude(household__in=kin.values("household"))

    def open(self) -> Self:
        """还没有处理的。"""
        return self.filter(outcome="")


class Objection(models.Model):
    """异议和举报: 公示期内提的是异议, 期满以后或对在册家庭提的是举报; 谁都可以提, 可以不留名。"""

    class Kind(models.TextChoices):
        OBJECTION = "objection", "异议"
        TIP = "tip", "举报"

    class Outcome(models.TextChoices):
        OPEN = "", "待处理"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    class Remedy(models.TextChoices):
        SURVEY = "survey", "重新调查"
        PANEL = "panel", "民主评议"

    no = models.CharField("异议编号", max_length=20, unique=True)
    kind = models.CharField("反映种类", max_length=10, choices=Kind, default=Kind.OBJECTION)
    household = models.ForeignKey(
        Household, models.RESTRICT, related_name="objections", verbose_name="被反映的家庭"
    )
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    case = models.ForeignKey(Case, models.RESTRICT, null=True, related_name="objections", verbose_name="案件")
    posting = models.ForeignKey(
        Posting, models.RESTRICT, null=True, related_name="objections", verbose_name="公示"
    )
    box = models.ForeignKey(
        BoxOpening, models.RESTRICT, null=True, related_name="taken", verbose_name="开箱记录"
    )
    received_on = models.DateField("收到日期")
    due_on = models.DateField("答复期限", null=True)
    channel = models.CharField("途径", max_length=20)
    text = SealedField("内容")
    contact = SealedField("联系方式", null=True, blank=True)
    outcome = models.CharField("处理结论", max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    remedy = models.CharField("处理方式", max_length=10, choices=Remedy, blank=True)
    answered_on = models.DateField("处理日期", null=True, blank=True)
    answer = models.CharField("处理说明", max_length=400, blank=True)
    answered_by = models.CharField("处理人", max_length=150, blank=True)
    replied_on = models.DateField("书面答复日期", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        indexes = [models.Index(fields=["village", "outcome", "due_on"], name="objection_queue")]

    @property
    def is_named(self) -> bool:
        """留了联系方式的, 要书面答复。依据: 民发〔2021〕57号 第三十七条"""
        return self.contact is not None


class Handler(models.Model):
    """承办人: 查这条异议的人, 两名; 换人另记, 旧的注明到哪天。"""

    objection = models.ForeignKey(Objection, models.RESTRICT, related_name="handlers", verbose_name="异议")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, verbose_name="工作人员")
    from_on = models.DateField("交办日期")
    until_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "异议承办"
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "user"], condition=Q(until_on=None), name="handles_once"
            )
        ]


class Conclusion(models.Model):
    """异议结论: 一名承办人写下, 另一名会签才算数; 退回重写的也留着, 重写另记一条。"""

    class Answer(models.TextChoices):
        WAITING = "", "待会签"
        AGREED = "agreed", "已会签"
        RETURNED = "returned", "退回重写"

    objection = models.ForeignKey(Objection, models.RESTRICT, related_name="conclusions", verbose_name="异议")
    outcome = models.CharField("拟写的结论", max_length=10, choices=Objection.Outcome)
    remedy = models.CharField("处理方式", max_length=10, choices=Objection.Remedy, blank=True)
    text = SealedField("查实的情况")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="写结论的承办人"
    )
    written_on = models.DateField("写结论日期")
    answer = models.CharField("会签", max_length=10, choices=Answer, default=Answer.WAITING, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="会签人"
    )
    checked_on = models.DateField("会签日期", null=True)
    words = SealedField("退回重写的理由", null=True)

    class Meta:
        verbose_name = "异议结论"
        constraints = [
            models.UniqueConstraint(
                fields=["objection"], condition=Q(answer=""), name="one_conclusion_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(answer="agreed")
                | (Q(checked_by__isnull=False) & ~Q(checked_by=F("written_by"))),
                name="concluded_by_two",
            ),
        ]


class Hotline(models.Model):
    """监督渠道: 一个地方的监督电话、公示栏位置、意见箱位置, 印在榜上。"""

    class Kind(models.TextChoices):
        PHONE = "phone", "监督电话"
        BOARD = "board", "公示栏位置"
        BOX = "box", "意见箱位置"

    area = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="区划")
    kind = models.CharField("监督渠道种类", max_length=8, choices=Kind)
    text = models.CharField("号码或位置", max_length=80)
    set_by = models.CharField("登记人", max_length=150)
    set_on = models.DateField("登记日期")

    class Meta:
        verbose_name = "监督渠道"
        constraints = [models.UniqueConstraint(fields=["area", "kind"], name="hotline_once")]
