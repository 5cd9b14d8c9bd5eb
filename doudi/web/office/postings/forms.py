"""Forms of the boards: which village, an objection taken down, its answer."""

from typing import Any

from django import forms

from doudi.records.areas.queries import villages
from doudi.records.postings.models import Objection
from doudi.records.staff.models import User
from doudi.web.office.forms import KeyedForm


class BoardForm(forms.Form):
    """筛选: 村。"""

    village = forms.ChoiceField(label="村(社区)", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(village.code, village.name) for mine in user.areas for village in villages(mine)]
        self.fields["village"].choices = [("", "全部"), *rows]  # type: ignore[attr-defined]


class ObjectionForm(KeyedForm):
    """登记一条来电、来访或意见箱的异议。"""

    channel = forms.ChoiceField(
        label="途径", choices=[(name, name) for name in ("来访", "电话", "意见箱", "来信")]
    )
    text = forms.CharField(label="反映的情况", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)
    contact = forms.CharField(label="联系方式", required=False, max_length=60, help_text="不愿留的可以不填")


class AnswerForm(KeyedForm):
    """处理结论。"""

    outcome = forms.ChoiceField(
        label="结论",
        choices=[
            (Objection.Outcome.DISMISSED, "不成立"),
            (Objection.Outcome.UPHELD, "成立, 撤下公示, 重新调查"),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label="查实的情况", widget=forms.Textarea(attrs={"rows": 3}), max_length=400)
