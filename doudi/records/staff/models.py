"""The people who work here: one role each, within one area."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from doudi.law.duties import ROLES
from doudi.records.areas.models import Area


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
