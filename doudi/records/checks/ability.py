"""What destitute support asks beside the facts: how far a person helps himself, how he is cared for, who owes him."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from doudi.law.schemes.tekun_inputs import FORMS
from doudi.records.people.models import Obligor, Person
from doudi.store.fields import FenField


class AbilityAssessment(models.Model):
    """生活自理能力评估: 六项各达到没有, 至少两人评估; 复评另记一次。依据: 民发〔2021〕43号 第二十条至第二十三条"""

    case = models.ForeignKey("cases.Case", models.RESTRICT, related_name="abilities", verbose_name="案件")
    person = models.ForeignKey(Person, models.RESTRICT, related_name="abilities", verbose_name="被评估人")
    cannot_eat = models.BooleanField("不能自主吃饭")
    cannot_dress = models.BooleanField("不能自主穿衣")
    cannot_rise = models.BooleanField("不能自主上下床")
    cannot_toilet = models.BooleanField("不能自主如厕")
    cannot_walk = models.BooleanField("不能室内自主行走")
    cannot_bathe = models.BooleanField("不能自主洗澡")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="评估人一"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="评估人二"
    )
    cause = models.CharField("复评原因", max_length=200, blank=True)
    on = models.DateField("评估日期")
    by = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "自理能力评估"
        constraints = [models.CheckConstraint(condition=~Q(first=F("second")), name="two_assessors")]


class SupportPlan(models.Model):
    """供养方式: 本人选集中还是分散, 哪个机构或谁照料; 改了另记一次。依据: 649号令 第十九条"""

    case = models.ForeignKey("cases.Case", models.RESTRICT, related_name="plans", verbose_name="案件")
    person = models.ForeignKey(Person, models.RESTRICT, related_name="plans", verbose_name="被供养人")
    form = models.CharField("供养形式", max_length=12, choices=tuple(FORMS.items()))
    institution = models.CharField("供养机构", max_length=80, blank=True)
    carer = models.CharField("照料护理人", max_length=60, blank=True)
    on = models.DateField("选定日期")
    by = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "供养方式"
        constraints = [
            models.CheckConstraint(
                condition=~Q(form="centralised") | ~Q(institution=""), name="centralised_in_an_institution"
            )
        ]


class ObligorMeans(models.Model):
    """义务人家的情况: 规则书要的各项, 本人一份、家里其他人合起来一份; 改了另记一次。依据: 民发〔2021〕43号 第八条"""

    obligor = models.ForeignKey(Obligor, models.RESTRICT, related_name="means", verbose_name="义务人")
    family = models.JSONField("家庭各项")
    own = models.JSONField("本人各项")
    others = models.PositiveIntegerField("家里其他人数", default=0)
    others_fen = FenField("其他人年收入(分)", default=0)
    evidence = models.CharField("依据材料", max_length=200, blank=True)
    on = models.DateField("登记日期")
    by = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "义务人家庭情况"
