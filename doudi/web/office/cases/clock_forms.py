"""Forms of the clock page: stop it, start it, ask for longer, sign that, end the case."""

from typing import Any

from django import forms

from doudi.records.cases.models import Case
from doudi.records.cases.queries import causes
from doudi.web.office.forms import KeyedForm


class ReasonForm(KeyedForm):
    """写明理由。"""

    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=200)


class CauseForm(ReasonForm):
    """选一种政策列出的情形, 写明理由。"""

    path = ""
    cause = forms.ChoiceField(label="情形")
    field_order = ("cause", "reason")

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [("", "请选择"), *causes(self.path, case)]
        self.fields["cause"].choices = listed  # type: ignore[attr-defined]


class PauseForm(CauseForm):
    """暂停计时。"""

    path = "procedure.pause_causes"


class TerminateForm(CauseForm):
    """终止办理。"""

    path = "procedure.end_causes"
