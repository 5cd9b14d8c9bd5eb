"""Forms of signing, confirming, refusing and delivering."""

from typing import Any

from django import forms

from doudi.records.cases.models import Case
from doudi.records.policies.queries import scheme
from doudi.web.office.forms import KeyedForm


class SendBackForm(KeyedForm):
    """退回补正。"""

    text = forms.CharField(label="退回的理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=300)


class CountyVisitForm(KeyedForm):
    """县级入户核查。"""

    note = forms.CharField(
        label="入户核查看到的情况", widget=forms.Textarea(attrs={"rows": 3}), max_length=400
    )


class RefuseForm(KeyedForm):
    """不予确认: 理由代码来自政策文件。"""

    reason_code = forms.ChoiceField(label="理由")
    text = forms.CharField(
        label="具体情况", widget=forms.Textarea(attrs={"rows": 3}), max_length=400, required=False,
        help_text="写进告知书; 不写就用理由原文",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = scheme(case.scheme).reasons_for("refuse")
        choices = [(one.code, f"{one.label} ({one.article})") for one in reasons]
        self.fields["reason_code"].choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]


class DeliverForm(KeyedForm):
    """登记送达。"""

    received_by = forms.CharField(label="签收人", max_length=60)
