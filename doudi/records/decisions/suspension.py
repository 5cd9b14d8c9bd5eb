"""A benefit that stands still for a while: from when, by which decision, and what its resumption gives back."""

from django.db import models

from doudi.records.awards.models import Award


class Suspension(models.Model):
    """暂停: 一份待遇从哪天起暂不发放; 恢复时写明是否补发。只增不改。"""

    decision = models.ForeignKey(
        "decisions.Decision", models.RESTRICT, related_name="suspends", verbose_name="暂停决定"
    )
    award = models.ForeignKey(Award, models.RESTRICT, related_name="suspensions", verbose_name="待遇")
    from_on = models.DateField("暂停起日")

    class Meta:
        verbose_name = "待遇暂停"
        constraints = [
            models.UniqueConstraint(fields=["award", "from_on"], name="suspension_once_a_day"),
            models.UniqueConstraint(fields=["decision", "award"], name="suspension_once_a_decision"),
        ]


class Resumption(models.Model):
    """恢复: 从哪天起照发; `pays_back` 为真则补发暂停的各月。"""

    decision = models.ForeignKey(
        "decisions.Decision", models.RESTRICT, related_name="resumes", verbose_name="恢复决定"
    )
    suspension = models.OneToOneField(
        Suspension, models.RESTRICT, related_name="resumption", verbose_name="待遇暂停"
    )
    from_on = models.DateField("恢复起日")
    pays_back = models.BooleanField("补发暂停的各月")

    class Meta:
        verbose_name = "待遇恢复"
