"""What happened to a family that receives: reported, verified by a second person, applied or turned down."""

import json
from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.records.cases.models import Case
from doudi.records.people.models import Household, Person
from doudi.store.fields import SealedField
from doudi.store.models import AreaScoped, KeptFile

# What is written after the report; the rest stays as it was reported.
WAY = ("state", "verified_on", "verified_by", "note", "decided_on", "decided_by", "case")


class ChangeEvent(models.Model):
    """一件变动: 哪户、谁、什么事、哪天发生, 谁报告核实决定。依据: 649号令 第十三条; 民发〔2021〕57号 第三十条"""

    class Kind(models.TextChoices):
        ADD = "add", "成员增加"
        REMOVE = "remove", "成员减少"
        DEATH = "death", "死亡"
        MOVE = "move", "县内迁移"
        MOVE_OUT = "move_out", "迁出本县"
        HEAD = "head", "变更户主"
        ACCOUNT = "account", "变更领款账户"
        ADDRESS = "address", "变更住址"
        MEANS = "means", "收入财产变化"
        JOB = "job", "就业"
        WITHDRAW = "withdraw", "申请退出"
        ALIVE = "alive", "死亡信息有误"
        SUSPEND = "suspend", "暂停发放"
        RESUME = "resume", "恢复发放"

    class State(models.TextChoices):
        REPORTED = "reported", "待核实"
        VERIFIED = "verified", "待县级决定"
        APPLIED = "applied", "已办"
        REJECTED = "rejected", "不属实"

    household = models.ForeignKey(Household, models.RESTRICT, related_name="changes", verbose_name="家庭")
    person = models.ForeignKey(Person, models.RESTRICT, null=True, related_name="+", verbose_name="变动的人")
    kind = models.CharField("变动种类", max_length=10, choices=Kind)
    on = models.DateField("发生日期")
    content = SealedField("变动内容")
    reported_on = models.DateField("报告日期")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="报告人"
    )
    state = models.CharField("变动状态", max_length=10, choices=State, default=State.REPORTED)
    verified_on = models.DateField("核实日期", null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="核实人"
    )
    note = models.CharField("核实情况", max_length=300, blank=True)
    decided_on = models.DateField("办结日期", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="办结人"
    )
    case = models.ForeignKey(
        Case, models.RESTRICT, null=True, related_name="changes", verbose_name="变更案件"
    )

    objects = AreaScoped.as_manager()
    area_path = "household__village_id"

    class Meta:
        verbose_name = "变动"
        indexes = [
            models.Index(fields=["state", "reported_on"], name="change_queue"),
            models.Index(fields=["household", "id"], name="change_household"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("reported_by")), name="change_by_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(verified_by__isnull=False), name="change_verified_first"
            ),
        ]

    @property
    def details(self) -> Mapping[str, str]:
        """变动内容, 按栏目。"""
        found: Mapping[str, str] = json.loads(self.content or "{}")
        return found


class ChangeProof(models.Model):
    """变动的证明: 户口页、死亡证明、银行卡等的照片。"""

    event = models.ForeignKey(ChangeEvent, models.RESTRICT, related_name="proofs", verbose_name="变动")
    file = models.ForeignKey(KeptFile, models.RESTRICT, verbose_name="证明照片")

    class Meta:
        verbose_name = "变动证明"
