"""Households, the people in them, what is known of them, and where their money goes."""

import re

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from doudi.law.identity import for_matching, normalise
from doudi.records.areas.models import Area
from doudi.store.fields import BlindIndexField, FenField, SealedField
from doudi.store.models import AreaScoped, Versioned


def last_four(number: str) -> str:
    """证件号后四位, 供查找。"""
    return for_matching(number)[-4:]


def plain_address(text: str) -> str:
    """住址的统一写法, 供比对: 全角转半角, 去空白和标点。"""
    return re.sub(r"\W+", "", normalise(text))


def names_a_door(text: str) -> bool:
    """住址写到了门牌 (号、室、户): 只写到组的, 同址不足以说明什么。"""
    return re.search(r"[0-9一二三四五六七八九十]+(号|室|户)", normalise(text)) is not None


class Person(models.Model):
    """一个人: 证件号只存密文, 全库唯一。"""

    class Sex(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    name = models.CharField("姓名", max_length=60)
    initials = models.CharField("拼音首字母", max_length=30, blank=True)
    id_number = SealedField("身份证号")
    id_number_bi = BlindIndexField(
        "身份证号索引", of="id_number", normal=for_matching, null=False, unique=True
    )
    id_last4_bi = BlindIndexField("证件后四位索引", of="id_number", normal=last_four, db_index=True)
    sex = models.CharField("性别", max_length=6, choices=Sex)
    birth_on = models.DateField("出生日期")
    ethnic = models.CharField("民族", max_length=20, blank=True)
    died_on = models.DateField("死亡日期", null=True, blank=True)
    death_reported_on = models.DateField("死亡报告日期", null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["id_number_bi", "id_last4_bi", "id_number"])

    class Meta:
        verbose_name = "人员"
        indexes = [
            models.Index(fields=["name"], name="person_name"),
            models.Index(fields=["initials"], name="person_initials"),
        ]

    def __str__(self) -> str:
        return self.name


class Household(Versioned):
    """共同生活的家庭: 一户一号, 落在一个村。"""

    class Kind(models.TextChoices):
        RURAL = "rural", "农村"
        URBAN = "urban", "城市"

    no = models.CharField("户编号", max_length=20, unique=True)
    village = models.ForeignKey(Area, models.RESTRICT, verbose_name="村(社区)")
    kind = models.CharField("城乡", max_length=6, choices=Kind)
    head = models.ForeignKey(Person, models.RESTRICT, related_name="headed", verbose_name="户主")
    address = SealedField("住址", null=True, blank=True)
    address_bi = BlindIndexField("住址索引", of="address", normal=plain_address, db_index=True)
    phone = SealedField("联系电话", null=True, blank=True)
    phone_bi = BlindIndexField("电话索引", of="phone", db_index=True)
    opened_on = models.DateField("建档日期")
    history = HistoricalRecords(excluded_fields=["address", "address_bi", "phone", "phone_bi"])

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "家庭"
        indexes = [models.Index(fields=["village", "no"], name="household_village")]

    def __str__(self) -> str:
        return self.no


class Membership(models.Model):
    """谁在哪一户, 与户主什么关系, 从哪天到哪天 (止日不含)。"""

    class Relation(models.TextChoices):
        HEAD = "head", "户主"
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        GRANDCHILD = "grandchild", "孙子女"
        GRANDPARENT = "grandparent", "祖父母"
        SIBLING = "sibling", "兄弟姐妹"
        OTHER = "other", "其他"

    household = models.ForeignKey(Household, models.RESTRICT, related_name="memberships", verbose_name="家庭")
    person = models.ForeignKey(Person, models.RESTRICT, related_name="memberships", verbose_name="人员")
    relation = models.CharField("与户主关系", max_length=12, choices=Relation)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "家庭成员"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_on=None), name="one_household_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=F("from_on")), name="membership_period"
            ),
        ]


class Fact(models.Model):
    """一条事实: 某户或某人的收入、财产、残疾、疾病等, 谁说的、凭什么。只增不改, 更正另记一条。"""

    class Source(models.TextChoices):
        DECLARED = "declared", "本人申报"
        SEEN = "seen", "入户所见"
        VERIFIED = "verified", "部门核对"

    household = models.ForeignKey(Household, models.RESTRICT, related_name="facts", verbose_name="家庭")
    person = models.ForeignKey(
        Person, models.RESTRICT, null=True, blank=True, related_name="facts", verbose_name="人员"
    )
    kind = models.CharField("事实种类", max_length=30)
    code = models.CharField("细类", max_length=40, blank=True)
    amount_fen = FenField("金额(分)", null=True, blank=True)
    cost_fen = FenField("成本(分)", null=True, blank=True)
    number = models.IntegerField("数值", null=True, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source)
    evidence = models.CharField("依据材料", max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, related_name="replaced_by", verbose_name="更正哪一条"
    )
    void = models.BooleanField("作废", default=False)
    recorded_by = models.CharField("记录人", max_length=150)
    recorded_on = models.DateField("记录日期")

    class Meta:
        verbose_name = "事实"
        indexes = [models.Index(fields=["household", "kind"], name="fact_household")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen=None) | Q(amount_fen__gte=0), name="fact_amount"),
            models.CheckConstraint(condition=Q(cost_fen=None) | Q(cost_fen__gte=0), name="fact_cost"),
        ]


class Account(models.Model):
    """领款账户: 谁的卡、哪家银行。换卡另记一条, 旧的注明止日。"""

    person = models.ForeignKey(Person, models.RESTRICT, related_name="accounts", verbose_name="持卡人")
    bank = models.CharField("开户行", max_length=60)
    number = SealedField("账号")
    number_bi = BlindIndexField("账号索引", of="number", normal=normalise, db_index=True)
    last4 = models.CharField("账号后四位", max_length=4)
    holder_name = models.CharField("户名", max_length=60)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    recorded_by = models.CharField("记录人", max_length=150)

    class Meta:
        verbose_name = "领款账户"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_on=None), name="one_account_at_a_time"
            )
        ]


class Obligor(models.Model):
    """赡养、抚养、扶养义务人: 不同住、有法定义务的人, 核对要他签字授权。依据: 649号令 第五十八条"""

    class Relation(models.TextChoices):
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        SPOUSE = "spouse", "配偶"
        GRANDCHILD = "grandchild", "孙子女、外孙子女"
        GRANDPARENT = "grandparent", "祖父母、外祖父母"
        SIBLING = "sibling", "兄弟姐妹"

    household = models.ForeignKey(Household, models.RESTRICT, related_name="obligors", verbose_name="家庭")
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("是申请人的", max_length=12, choices=Relation)
    id_number = SealedField("身份证号", null=True, blank=True)
    id_number_bi = BlindIndexField("身份证号索引", of="id_number", normal=for_matching, db_index=True)
    phone = SealedField("联系电话", null=True, blank=True)
    county = models.CharField("居住的县", max_length=60, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    ended_reason = models.CharField("去掉的理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "赡养抚养扶养义务人"
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | ~Q(ended_reason=""), name="obligor_ends_with_reason"
            )
        ]


class Relatives(AreaScoped):
    """备案的查询: 撤销的不算。"""

    def in_force(self) -> "Relatives":
        """没有撤销的备案。"""
        return self.filter(revoked_on=None)


class Relative(models.Model):
    """近亲属备案: 某工作人员或村干部与某人是近亲属 (或就是本人)。依据: 民发〔2021〕57号 第十一条

    A cadre who does not sign in here has no `user`, only a name and a position. Phone and address are the official's
    own, so that a family that shares them can be noticed. A revoked filing stays.
    """

    SELF = "本人"
    area_path = "area_id"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, blank=True, verbose_name="工作人员"
    )
    cadre_name = models.CharField("村(社区)干部姓名", max_length=60, blank=True)
    position = models.CharField("职务", max_length=60, blank=True)
    area = models.ForeignKey(Area, models.RESTRICT, null=True, blank=True, verbose_name="备案单位")
    phone = SealedField("工作人员电话", null=True, blank=True)
    phone_bi = BlindIndexField("工作人员电话索引", of="phone", db_index=True)
    address = SealedField("工作人员住址", null=True, blank=True)
    address_bi = BlindIndexField("工作人员住址索引", of="address", normal=plain_address, db_index=True)
    person = models.ForeignKey(Person, models.RESTRICT, related_name="staff_relatives", verbose_name="人员")
    relation = models.CharField("亲属关系", max_length=40)
    filed_on = models.DateField("备案日期")
    filed_by = models.CharField("备案人", max_length=150, blank=True)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoked_reason = models.CharField("撤销理由", max_length=200, blank=True)
    revoked_by = models.CharField("撤销人", max_length=150, blank=True)

    objects = Relatives.as_manager()

    class Meta:
        verbose_name = "近亲属备案"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "person"], condition=Q(revoked_on=None), name="relative_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(cadre_name=""), name="relative_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | ~Q(revoked_reason=""), name="revoked_with_reason"
            ),
        ]

    @property
    def official(self) -> str:
        """是谁的亲属: 工作人员或村干部的姓名。"""
        return self.user.name if self.user else self.cadre_name
