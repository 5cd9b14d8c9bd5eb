"""What a confirmation recognises without paying: a border family, a family of rigid expenditure."""

from django.db import models
from django.db.models import F, Q

from doudi.records.people.models import Household
from doudi.store.models import AreaScoped


class Recognition(models.Model):
    """认定: 只认定身份不发钱, 到期为止 (止日不含); 提前终止的记终止日。

    依据: 民发〔2021〕57号 第八条、民发〔2024〕57号
    """

    no = models.CharField("认定编号", max_length=30, unique=True)
    decision = models.OneToOneField(
        "decisions.Decision", models.RESTRICT, related_name="recognition", verbose_name="决定"
    )
    scheme = models.CharField("救助项目", max_length=30)
    household = models.ForeignKey(
        Household, models.RESTRICT, related_name="recognitions", verbose_name="家庭"
    )
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    persons = models.PositiveIntegerField("认定人数")
    from_on = models.DateField("起")
    until_on = models.DateField("有效期止")
    ended_on = models.DateField("终止日期", null=True, blank=True)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "认定"
        indexes = [models.Index(fields=["scheme", "village"], name="recognition_place")]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="recognition_period")
        ]
