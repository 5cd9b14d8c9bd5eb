"""What was granted: written once; its end is the closing decision's."""

from django.db import models
from django.db.models import Q

from doudi.records.people.models import Household, Person
from doudi.store.fields import FenField
from doudi.store.models import AreaScoped


class Award(models.Model):
    """一份待遇: 哪一户(人)、哪项救助、每月多少、自哪天起。只增不改。"""

    no = models.CharField("待遇编号", max_length=30, unique=True)
    scheme = models.CharField("救助项目", max_length=30)
    household = models.ForeignKey(Household, models.RESTRICT, related_name="awards", verbose_name="家庭")
    payee = models.ForeignKey(Person, models.RESTRICT, related_name="awards_received", verbose_name="领款人")
    village = models.ForeignKey("areas.Area", models.RESTRICT, verbose_name="村(社区)")
    persons = models.PositiveIntegerField("保障人数")
    amount_fen = FenField("月金额(分)")
    klass = models.CharField("类别", max_length=10, blank=True)
    from_on = models.DateField("起")

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "待遇"
        indexes = [
            models.Index(fields=["scheme", "village"], name="award_scheme_village"),
            models.Index(fields=["from_on"], name="award_from"),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="award_amount")]


class AwardPart(models.Model):
    """待遇的组成: 补差金、分类施保增发等, 归到人的写明人。"""

    award = models.ForeignKey(Award, models.RESTRICT, related_name="parts", verbose_name="待遇")
    name = models.CharField("组成", max_length=40)
    person = models.ForeignKey(Person, models.RESTRICT, null=True, verbose_name="人员")
    amount_fen = FenField("金额(分)")

    class Meta:
        verbose_name = "待遇组成"


class Holding(models.Model):
    """某人正占着某组互斥待遇中的一份: 同一组同时只能有一份。"""

    person = models.ForeignKey(Person, models.RESTRICT, related_name="holdings", verbose_name="人员")
    award = models.ForeignKey(Award, models.RESTRICT, related_name="holdings", verbose_name="待遇")
    pair = models.CharField("互斥组", max_length=60)
    released_on = models.DateField("释放日期", null=True)

    class Meta:
        verbose_name = "享受占用"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "pair"], condition=Q(released_on=None), name="one_of_an_exclusive_pair"
            )
        ]


class Standing(models.Model):
    """在享: 还没有决定停止的待遇, 一份一行, 抄着待遇的项目、地方、人数、金额和最近排定的核查日。

    It repeats facts, because a county asks every day who receives and whose review is due, and without it each answer
    walks through all awards and decisions there ever were. The database writes it by itself, with the award, the
    closing or the decision it follows from, and refuses any other change (guards.py): no service writes it.
    """

    award = models.OneToOneField(
        Award, models.RESTRICT, primary_key=True, related_name="standing", verbose_name="待遇"
    )
    scheme = models.CharField("救助项目", max_length=30)
    klass = models.CharField("类别", max_length=10, blank=True)
    household = models.ForeignKey(
        Household, models.RESTRICT, related_name="+", db_index=False, verbose_name="家庭"
    )
    village = models.ForeignKey(
        "areas.Area", models.RESTRICT, related_name="+", db_index=False, verbose_name="村(社区)"
    )
    persons = models.PositiveIntegerField("保障人数")
    amount_fen = FenField("月金额(分)")
    from_on = models.DateField("起")
    review_on = models.DateField("应核查日期", null=True)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "在享"
        indexes = [
            # Every column of the month's figures, so that they are read from the index alone.
            models.Index(
                fields=["scheme", "klass", "village", "household", "persons", "amount_fen", "from_on"],
                name="standing_figures",
            ),
            models.Index(fields=["household", "scheme"], name="standing_household"),
            models.Index(fields=["review_on", "village"], name="standing_review"),
        ]
