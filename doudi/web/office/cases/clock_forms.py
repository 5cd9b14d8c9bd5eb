"""Forms of the clock page: stop it, start it, ask for longer, sign that, end the case."""

from collections.abc import Iterable
from typing import Any

from django import forms

from doudi.records.cases.models import Case
from doudi.records.cases.queries import causes
from doudi.records.decisions.services import end_causes
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
        self.fields["cause"].choices = [("", "请选择"), *self.listed(case)]  # type: ignore[attr-defined]

    def listed(self, case: Case) -> Iterable[tuple[str, str]]:
        """可选的情形。"""
        return causes(self.path, case)


class PauseForm(CauseForm):
    """暂停计时。"""

    path = "procedure.pause_causes"


class TerminateForm(CauseForm):
    """终止办理。"""

    def listed(self, case: Case) -> Iterable[tuple[str, str]]:
        """申请按政策列出的; 变更、复核只有待遇已经停止。"""
        return end_causes(case).items()
