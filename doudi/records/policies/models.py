"""Values a county adds in the office, what it weighs before, and its working days."""

from django.db import models
from django.db.models import F, Q


class PolicyValue(models.Model):
    """一项参数自某日起的值: 两人签署, 只增不改, 盖在随系统发布的政策文件之上。"""

    path = models.CharField("参数", max_length=120)
    area_code = models.CharField("适用区划", max_length=12)
    value = models.TextField("值")
    unit = models.CharField("单位", max_length=20)
    label = models.CharField("名称", max_length=80)
    document = models.CharField("文号", max_length=120)
    article = models.CharField("条款", max_length=60, blank=True)
    since = models.DateField("自")
    set_by = models.CharField("提出人", max_length=150)
    signed_by = models.CharField("签发人", max_length=150)
    at = models.DateTimeField("签发时间")

    class Meta:
        verbose_name = "参数值"
        constraints = [
            models.UniqueConstraint(fields=["path", "area_code", "since"], name="policy_value_once"),
            models.CheckConstraint(condition=~Q(set_by=F("signed_by")), name="policy_value_two_persons"),
        ]


class Scenario(models.Model):
    """测算方案: 改哪几项参数、哪个月、当时算出的数字, 存下不再变。只有合计, 没有任何人的资料。"""

    title = models.CharField("方案名称", max_length=60, unique=True)
    area_code = models.CharField("适用区划", max_length=12)
    rulebook = models.CharField("规则书", max_length=30)
    rulebook_version = models.CharField("规则版本", max_length=64)
    month = models.PositiveIntegerField("月份")
    changes = models.JSONField("改动")
    figures = models.JSONField("测算数字")
    on = models.DateField("测算日期")
    by = models.CharField("测算人", max_length=150)

    class Meta:
        verbose_name = "测算方案"


class PolicyProposal(models.Model):
    """参数改动: 一人提出, 局领导签发, 签发后成为新的参数值。"""

    class State(models.TextChoices):
        PENDING = "pending", "待签发"
        SIGNED = "signed", "已签发"
        SENT_BACK = "sent_back", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    area_code = models.CharField("适用区划", max_length=12)
    since = models.DateField("自")
    document = models.CharField("文号", max_length=120)
    reason = models.CharField("改动理由", max_length=400)
    scenario = models.ForeignKey(Scenario, models.RESTRICT, null=True, verbose_name="测算方案")
    state = models.CharField("签发状态", max_length=10, choices=State, default=State.PENDING)
    proposed_by = models.CharField("提出人", max_length=150)
    proposed_on = models.DateField("提出日期")
    decided_by = models.CharField("签发或退回人", max_length=150, blank=True)
    decided_on = models.DateField("签发或退回日期", null=True)
    answer = models.CharField("退回理由", max_length=400, blank=True)

    class Meta:
        verbose_name = "参数改动"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="withdrawn") | ~Q(decided_by=F("proposed_by")), name="proposal_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_on=None, decided_by="")
                | (~Q(state="pending") & Q(decided_on__isnull=False) & ~Q(decided_by="")),
                name="proposal_decided_by_somebody",
            ),
        ]


class ProposedValue(models.Model):
    """参数改动里的一项: 原来是多少, 拟改为多少 (写法与政策包相同)。"""

    proposal = models.ForeignKey(
        PolicyProposal, models.RESTRICT, related_name="items", verbose_name="参数改动"
    )
    path = models.CharField("参数", max_length=120)
    label = models.CharField("名称", max_length=80)
    unit = models.CharField("单位", max_length=20)
    before = models.TextField("原值", blank=True)
    value = models.TextField("值")
    article = models.CharField("条款", max_length=60, blank=True)

    class Meta:
        verbose_name = "拟改的值"
        constraints = [models.UniqueConstraint(fields=["proposal", "path"], name="proposed_value_once")]


class Workday(models.Model):
    """工作日历: 某日上班还是放假, 可由系统管理员录入当年调休。"""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    name = models.CharField("说明", max_length=40, blank=True)
    set_by = models.CharField("录入人", max_length=150)
    changed_at = models.DateTimeField("更改时间", auto_now=True)

    class Meta:
        verbose_name = "工作日"
