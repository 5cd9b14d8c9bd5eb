"""Forms of signing, confirming, refusing, sampling, delivering and appealing."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from doudi.records.cases.models import Case
from doudi.records.decisions.models import Appeal, Delivery
from doudi.records.policies.queries import scheme
from doudi.records.staff.models import User
from doudi.web.office.forms import KeyedForm, PlainForm

PICTURES = {"accept": "image/jpeg,image/png,image/webp"}


def bytes_of(upload: Any) -> bytes:
    """上传的文件内容; 没有上传为空。"""
    return upload.read() if upload else b""


def _words(label: str, most: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, widget=area, max_length=most, required=required, help_text=hint)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class SendBackForm(KeyedForm):
    """退回补正。"""

    text = _words("退回的理由", 300)


class CountyVisitForm(KeyedForm):
    """县级入户核查: 两人同去, 相符还是不符, 看到什么。"""

    second = forms.ModelChoiceField(User.objects.none(), label="同行核查人", empty_label="请选择")
    agrees = forms.ChoiceField(
        label="与上报的情况",
        choices=[("yes", "相符"), ("no", "不符, 退回重新调查")],
        widget=forms.RadioSelect,
    )
    note = _words("看到的情况", 400)
    photo = forms.FileField(
        label="现场照片", required=False, widget=forms.ClearableFileInput(attrs=PICTURES),
        help_text="位置、时间等附带信息会去掉",
    )  # fmt: skip

    def __init__(self, *args: Any, visitors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["second"].queryset = visitors  # type: ignore[attr-defined]


class RefuseForm(KeyedForm):
    """不予确认: 理由代码来自政策文件, 可以选几条。"""

    reasons = forms.MultipleChoiceField(label="理由", widget=forms.CheckboxSelectMultiple)
    text = _words("具体情况", 400, required=False, hint="写进告知书; 不写就用理由原文")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = scheme(case.scheme).reasons_for("refuse")
        choices = [(one.code, f"{one.label} ({one.article})") for one in reasons]
        self.fields["reasons"].choices = choices  # type: ignore[attr-defined]


class DeliveredForm(PlainForm):
    """送达的日期: 不能晚于今天。"""

    on = _day("送达日期")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].initial = today

    def clean_on(self) -> dt.date:
        """Nobody delivers tomorrow."""
        on: dt.date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("送达日期不能晚于今天")
        return on


class DeliverForm(DeliveredForm, KeyedForm):
    """登记送达: 谁签收、哪天、怎么送的, 签收的回证照片。"""

    received_by = forms.CharField(label="签收人", max_length=60)
    how = forms.ChoiceField(label="送达方式", choices=Delivery.How.choices, initial=Delivery.How.BY_HAND)
    slip = forms.FileField(
        label="送达回证照片", required=False, widget=forms.ClearableFileInput(attrs=PICTURES),
        help_text="签了字的回证拍一张",
    )  # fmt: skip
    field_order = ("received_by", "how", "on", "slip", "key")


class DeliverManyForm(DeliveredForm):
    """一次登记许多份: 同一天、同一种方式; 留置的要见证, 一份一份登记。"""

    how = forms.ChoiceField(
        label="送达方式", choices=[one for one in Delivery.How.choices if one[0] != Delivery.How.LEFT]
    )
    field_order = ("how", "on")


class AppealForm(KeyedForm):
    """登记不服决定。"""

    kind = forms.ChoiceField(label="途径", choices=Appeal.Kind.choices)
    ground = _words("不服的理由", 1000)


class AnswerForm(KeyedForm):
    """登记申诉、复议、诉讼的结果。"""

    outcome = forms.ChoiceField(
        label="结果",
        choices=[choice for choice in Appeal.Outcome.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    document_no = forms.CharField(label="文书号", max_length=60, required=False, help_text="申诉可以不填")
    decided_on = _day("结果日期")
    text = _words("说明", 400)


class AssignForm(KeyedForm):
    """抽查派单: 由哪两人入户。"""

    visitors = forms.ModelMultipleChoiceField(
        User.objects.none(), label="入户的人 (至少两人)", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, visitors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visitors"].queryset = visitors  # type: ignore[attr-defined]

    def clean_visitors(self) -> Any:
        """County visits are made by two."""
        chosen = self.cleaned_data["visitors"]
        if len(chosen) < 2:
            raise forms.ValidationError("县级入户要两人同去, 请至少选两人")
        return chosen
