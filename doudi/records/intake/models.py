"""What came in at the window: the application, its papers and signatures, the one notice of gaps."""

from django.db import models
from django.db.models import Q

from doudi.records.cases.models import Case
from doudi.records.people.models import Household, Obligor, Person, Relative
from doudi.store.fields import SealedField
from doudi.store.models import AreaScoped, KeptFile


class Application(models.Model):
    """申请: 谁申请、谁代办凭什么手续、从哪里收进来。"""

    class Channel(models.TextChoices):
        WINDOW = "window", "乡镇窗口"
        VILLAGE = "village", "村级代办"

    case = models.OneToOneField(Case, models.RESTRICT, related_name="application", verbose_name="案件")
    channel = models.CharField("收件途径", max_length=10, choices=Channel)
    applicant = models.ForeignKey(Person, models.RESTRICT, verbose_name="申请人")
    agent_name = models.CharField("代办人", max_length=60, blank=True)
    agent_relation = models.CharField("代办人是申请人的", max_length=40, blank=True)
    agent_phone = SealedField("代办人电话", null=True, blank=True)
    agent_mandate = models.BooleanField("委托手续", default=False)
    mandate_photo = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="委托书照片"
    )
    reason = models.CharField("申请理由", max_length=400)

    class Meta:
        verbose_name = "申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(agent_name="") | Q(agent_mandate=True), name="agent_has_mandate"
            )
        ]


class Paper(models.Model):
    """一份材料: 有、缺, 还是由系统取得; 原件看过没有, 留没留复印件。"""

    class Status(models.TextChoices):
        HAVE = "have", "已收"
        MISSING = "missing", "缺"
        FETCHED = "fetched", "系统取得"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="papers", verbose_name="案件")
    kind = models.CharField("材料", max_length=40)
    status = models.CharField("材料状态", max_length=10, choices=Status)
    original_seen = models.BooleanField("原件已核对", default=False)
    copy_kept = models.BooleanField("复印件已留存", default=False)
    photo = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="材料照片"
    )
    noted_on = models.DateField("登记日期")

    class Meta:
        verbose_name = "材料"
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="paper_once")]


class Signature(models.Model):
    """一个人的签字: 核对授权由每个成员和义务人签, 诚信承诺由申请人签; 未成年人由监护人代签。只增不改。"""

    class What(models.TextChoices):
        AUTHORISE = "authorise", "核对授权"
        PROMISE = "promise", "诚信承诺"

    class Way(models.TextChoices):
        HAND = "hand", "在纸上签了"
        PHOTO = "photo", "签字页照片"
        DRAWN = "drawn", "在屏幕上签"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="signatures", verbose_name="案件")
    what = models.CharField("签什么", max_length=10, choices=What)
    person = models.ForeignKey(Person, models.RESTRICT, null=True, blank=True, verbose_name="成员")
    obligor = models.ForeignKey(Obligor, models.RESTRICT, null=True, blank=True, verbose_name="义务人")
    guardian = models.CharField("监护人", max_length=60, blank=True)
    way = models.CharField("签字方式", max_length=6, choices=Way)
    image = models.ForeignKey(
        KeptFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="签字图像"
    )
    signed_on = models.DateField("签字日期")
    noted_by = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "签字"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, obligor=None) | Q(person=None, obligor__isnull=False),
                name="signature_of_one",
            ),
            models.CheckConstraint(condition=Q(way="hand") | Q(image__isnull=False), name="signature_shown"),
            models.UniqueConstraint(fields=["case", "what", "person"], name="person_signs_once"),
            models.UniqueConstraint(fields=["case", "what", "obligor"], name="obligor_signs_once"),
        ]


class GapNotice(models.Model):
    """一次性告知: 缺的材料一次说清; 再次告知必须写明理由。依据: 民发〔2021〕57号 第十条"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="gap_notices", verbose_name="案件")
    round = models.PositiveIntegerField("第几次", default=1)
    kinds = models.JSONField("所缺材料")
    unsigned = models.JSONField("还没有签字的人", default=list)
    reason = models.CharField("再次告知理由", max_length=200, blank=True)
    told_on = models.DateField("告知日期")
    told_by = models.CharField("告知人", max_length=150)

    class Meta:
        verbose_name = "一次性告知"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="gap_notice_round"),
            models.CheckConstraint(condition=Q(round=1) | ~Q(reason=""), name="second_notice_has_reason"),
        ]


class Suspicion(models.Model):
    """疑似: 与另一户像是重复申请, 或像是工作人员的近亲属; 由经办人核实后了结, 写明理由。"""

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", "疑似重复申请"
        RELATIVE = "relative", "疑似近亲属"

    class Sign(models.TextChoices):
        PHONE = "phone", "电话相同"
        ACCOUNT = "account", "领款账户相同"
        ADDRESS = "address", "住址相同"
        CHILD = "child", "子女同名同生日"
        HOUSEHOLD = "household", "曾在同一户"

    class State(models.TextChoices):
        OPEN = "open", "待核实"
        CONFIRMED = "confirmed", "属实"
        DISMISSED = "dismissed", "排除"

    case = models.ForeignKey(Case, models.RESTRICT, related_name="suspicions", verbose_name="案件")
    kind = models.CharField("疑似什么", max_length=10, choices=Kind)
    sign = models.CharField("凭什么", max_length=10, choices=Sign)
    household = models.ForeignKey(
        Household, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="另一户"
    )
    relative = models.ForeignKey(
        Relative, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name="哪条备案"
    )
    state = models.CharField("核实结果", max_length=10, choices=State, default=State.OPEN)
    note = models.CharField("核实说明", max_length=200, blank=True)
    found_on = models.DateField("发现日期")
    settled_on = models.DateField("核实日期", null=True, blank=True)
    settled_by = models.CharField("核实人", max_length=150, blank=True)

    class Meta:
        verbose_name = "疑似情形"
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | ~Q(note=""), name="settled_with_note"),
            models.CheckConstraint(
                condition=Q(kind="duplicate", household__isnull=False)
                | Q(kind="relative", relative__isnull=False),
                name="suspicion_points_somewhere",
            ),
        ]


class HukouInquiry(models.Model):
    """户籍在外地的成员: 在哪个县, 请那里协查了什么, 怎么答复的。依据: 民发〔2021〕57号 第五条"""

    case = models.ForeignKey(Case, models.RESTRICT, related_name="hukou_inquiries", verbose_name="案件")
    person = models.ForeignKey(Person, models.RESTRICT, verbose_name="成员")
    county = models.CharField("户籍所在县", max_length=60)
    same_province = models.BooleanField("与本县同省", default=False)
    basis = models.CharField("由本县受理的依据", max_length=200, blank=True)
    asked_on = models.DateField("发函日期")
    asked_by = models.CharField("发函人", max_length=150)
    answer = models.CharField("答复内容", max_length=400, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)

    class Meta:
        verbose_name = "户籍地协查"
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="one_inquiry_a_person")]


class Referral(models.Model):
    """转介: 低保管不了的事转给有关部门, 跟到有答复为止; 案件照办不误。依据: 649号令 第五十七条"""

    class Department(models.TextChoices):
        MEDICAL = "medical", "医疗保障"
        DISABLED = "disabled", "残联"
        EDUCATION = "education", "教育"
        HOUSING = "housing", "住房城乡建设"
        EMPLOYMENT = "employment", "人力资源社会保障"
        HEALTH = "health", "卫生健康"
        EMERGENCY = "emergency", "应急管理"
        JUSTICE = "justice", "司法 (法律援助)"
        CHARITY = "charity", "慈善组织"
        WOMEN = "women", "妇联"
        UNION = "union", "工会"
        OTHER = "other", "其他单位"

    class State(models.TextChoices):
        SENT = "sent", "等答复"
        DONE = "done", "已办"
        DECLINED = "declined", "不予办理"
        WITHDRAWN = "withdrawn", "撤回"

    area_path = "household__village_id"

    no = models.CharField("转介单号", max_length=20, unique=True)
    household = models.ForeignKey(Household, models.RESTRICT, related_name="referrals", verbose_name="家庭")
    case = models.ForeignKey(
        Case, models.RESTRICT, null=True, blank=True, related_name="referrals", verbose_name="案件"
    )
    department = models.CharField("转给", max_length=12, choices=Department)
    matter = models.CharField("请办什么", max_length=200)
    sent_on = models.DateField("转出日期")
    due_on = models.DateField("请在何日前答复")
    sent_by = models.CharField("转出人", max_length=150)
    state = models.CharField("转介状态", max_length=10, choices=State, default=State.SENT)
    answer = models.CharField("答复", max_length=400, blank=True)
    answered_on = models.DateField("收到答复日期", null=True, blank=True)
    answered_by = models.CharField("登记答复人", max_length=150, blank=True)

    objects = AreaScoped.as_manager()

    class Meta:
        verbose_name = "转介"
        indexes = [models.Index(fields=["state", "due_on"], name="referral_waiting")]
        constraints = [
            models.CheckConstraint(condition=Q(state="sent") | ~Q(answer=""), name="referral_answered"),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("sent_on")), name="referral_due"),
        ]
