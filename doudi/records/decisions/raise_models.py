"""A raise of the standard over the whole roll: what was worked out for each household, and what was signed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.people.models import Household
from doudi.records.policies.models import PolicyProposal
from doudi.store.fields import FenField
from doudi.store.models import AreaScoped


class StandardRaise(models.Model):
    """调标批次: 新标准签发后把在册的各户重新核定一遍, 核算一人、签发另一人。依据: 649号令 第十条

    `from_on` is the first month the new amounts are for; it may lie before the day the new value stands from, where the
    document says so. One batch of a rulebook is open at a time.
    """

    class State(models.TextChoices):
        BUILDING = "building", "核算中"
        DRAFT = "draft", "待签发"
        SIGNED = "signed", "正在写入"
        DONE = "done", "已完成"
        WITHDRAWN = "withdrawn", "已撤回"

    OPEN = (State.BUILDING, State.DRAFT, State.SIGNED)

    proposal = models.ForeignKey(
        PolicyProposal, models.RESTRICT, related_name="raises", verbose_name="所依据的参数改动"
    )
    book = models.CharField("规则书", max_length=30)
    from_on = models.DateField("调标自")
    assessed_on = models.DateField("核算日期")
    state = models.CharField("调标状态", max_length=10, choices=State, default=State.BUILDING)
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="核算人"
    )
    built_on = models.DateField("发起日期")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="调标签发人"
    )
    signed_on = models.DateField("调标签发日期", null=True)
    households = models.PositiveIntegerField("签发户数", default=0)
    added_fen = FenField("签发每月增加(分)", default=0)

    class Meta:
        verbose_name = "调标批次"
        constraints = [
            models.UniqueConstraint(
                fields=["book"], condition=Q(state__in=("building", "draft", "signed")), name="one_open_raise"
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("built_by")), name="raise_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("signed", "done"), signed_by__isnull=False, signed_on__isnull=False)
                | Q(state__in=("building", "draft", "withdrawn"), signed_by=None, signed_on=None),
                name="raise_signed",
            ),
        ]


class RaiseLine(models.Model):
    """调标的一户: 原金额、按原标准和新标准重算的金额, 去向; 不随批办理的写明为什么。

    `changes` are the awards to be replaced: [{award, persons, klass, pays: [{name, person_id, amount_fen}]}].
    """

    class Effect(models.TextChoices):
        UP = "up", "提高"
        SAME = "same", "不变"
        DOWN = "down", "降低"
        LOST = "lost", "不再符合"
        CHANGED = "changed", "保障的人有变"

    REVIEWED = (Effect.DOWN, Effect.LOST, Effect.CHANGED)

    raising = models.ForeignKey(StandardRaise, models.RESTRICT, related_name="lines", verbose_name="调标批次")
    household = models.ForeignKey(Household, models.RESTRICT, related_name="+", verbose_name="家庭")
    scheme = models.CharField("救助项目", max_length=30)
    village = models.ForeignKey("areas.Area", models.RESTRICT, related_name="+", verbose_name="村(社区)")
    effect = models.CharField("调标结果", max_length=8, choices=Effect)
    was_fen = FenField("在册金额(分)")
    before_fen = FenField("按原标准重算(分)")
    now_fen = FenField("按新标准重算(分)")
    changes = models.JSONField("要换的待遇", default=list)
    left_out = models.CharField("不随批办理的原因", max_length=200, blank=True)
    left_out_by = models.CharField("剔除人", max_length=150, blank=True)
    decision = models.OneToOneField(
        "decisions.Decision", models.RESTRICT, null=True, related_name="raise_line", verbose_name="调标决定"
    )

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "调标名单"
        constraints = [
            models.UniqueConstraint(fields=["raising", "household"], name="household_once_a_raise")
        ]
        indexes = [models.Index(fields=["raising", "effect", "village"], name="raise_line_effect")]
