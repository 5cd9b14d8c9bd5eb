"""Papers beside the bank file: what waits for a second person, what was signed for by hand, whose money it was."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from doudi.law.identity import for_matching
from doudi.records.payments.models.runs import PayLine, PayrollRun
from doudi.records.people.models import Person
from doudi.store.fields import BlindIndexField, FenField, SealedField
from doudi.store.models import KeptFile


class ReturnDraft(models.Model):
    """送来待核的回盘: 一人上传, 另一人核对之后才入账。"""

    class State(models.TextChoices):
        WAITING = "waiting", "待核"
        APPLIED = "applied", "已入账"
        WITHDRAWN = "withdrawn", "已作废"

    run = models.ForeignKey(PayrollRun, models.RESTRICT, related_name="drafts", verbose_name="发放批次")
    sha256 = models.CharField("文件指纹", max_length=64)
    name = models.CharField("文件名", max_length=120, blank=True)
    file = models.ForeignKey(KeptFile, models.RESTRICT, verbose_name="回盘原件")
    summary = models.JSONField("核对结果")
    state = models.CharField("回盘状态", max_length=10, choices=State, default=State.WAITING)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="上传人"
    )
    uploaded_on = models.DateField("上传日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="核对人"
    )
    checked_on = models.DateField("核对日期", null=True)
    reason = models.CharField("作废理由", max_length=200, blank=True, db_default="")

    is_replay = False  # set on the row that a second submission of the same file gets back

    class Meta:
        verbose_name = "待核回盘"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sha256"], condition=~Q(state="withdrawn"), name="return_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=models.F("uploaded_by")), name="return_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", checked_by=None, reason="")
                | Q(state="applied", checked_by__isnull=False, reason="")
                | (Q(state="withdrawn", checked_by__isnull=False) & ~Q(reason="")),
                name="return_checked",
            ),
        ]


class HandReceipt(models.Model):
    """当面领款: 没有账户的, 本人或代领人签字领取, 经办和见证各一人。依据: 民发〔2021〕57号 第二十五条"""

    line = models.OneToOneField(PayLine, models.RESTRICT, related_name="hand_receipt", verbose_name="发放行")
    signed_on = models.DateField("领款日期")
    signed_by = models.CharField("领款签字人", max_length=60)
    is_agent = models.BooleanField("代领", default=False)
    proof = models.ForeignKey(KeptFile, models.RESTRICT, null=True, verbose_name="签字凭据")
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="发款人"
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="见证人"
    )

    class Meta:
        verbose_name = "领款签收"
        constraints = [
            models.CheckConstraint(
                condition=~Q(handed_by=models.F("witness")), name="handed_before_a_witness"
            )
        ]


class Custody(models.Model):
    """存折代管: 谁替谁保管, 书面协议、报县备案、起止。依据: 民发〔2021〕57号 第二十六条"""

    person = models.ForeignKey(Person, models.RESTRICT, related_name="custodies", verbose_name="持卡人")
    custodian = models.CharField("代管人", max_length=60)
    custodian_id = SealedField("代管人身份证号")
    custodian_bi = BlindIndexField(
        "代管人索引", of="custodian_id", normal=for_matching, null=False, db_index=True
    )
    relation = models.CharField("代管人是持卡人的", max_length=40)
    agreement = models.ForeignKey(KeptFile, models.RESTRICT, verbose_name="代管协议")
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)
    filed_on = models.DateField("备案日期", null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="备案人"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "存折代管"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_on=None), name="one_custody_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(filed_by=None) | ~Q(filed_by=models.F("recorded_by")),
                name="custody_filed_by_another",
            ),
        ]


class Release(models.Model):
    """取消应付: 没有发成、又不再应发的一笔, 一人提出, 另一人批准, 不再重发。依据: 民发〔2021〕57号 第三十二条

    `line` is the line that was locked as owing; corrections that paid it again and failed fall with it.
    """

    line = models.OneToOneField(PayLine, models.RESTRICT, related_name="release", verbose_name="发放行")
    reason = models.CharField("取消理由", max_length=400)
    proposed_on = models.DateField("提出日期")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name="提出人"
    )
    approved_on = models.DateField("批准日期", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+", verbose_name="批准人"
    )

    class Meta:
        verbose_name = "取消应付"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("proposed_by")), name="release_by_two"
            )
        ]


class Allocation(models.Model):
    """资金来源: 一个批次的钱由哪一级的拨款出多少, 各级相加等于批次总额。"""

    run = models.ForeignKey(PayrollRun, models.RESTRICT, related_name="allocations", verbose_name="发放批次")
    round = models.PositiveIntegerField("退回重做次数", default=0)
    level = models.CharField("资金级次", max_length=10)
    fen = FenField("金额(分)")

    class Meta:
        verbose_name = "资金分摊"
        constraints = [
            models.UniqueConstraint(fields=["run", "round", "level"], name="one_share_a_level"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="allocation_amount"),
        ]
