"""Forms of the boards: which village, an objection taken down, its answer."""

from typing import Any

from django import forms

from doudi.records.areas.models import Area
from doudi.records.postings.models import Objection
from doudi.records.staff.models import User
from doudi.store.areas import code_range
from doudi.web.office.forms import KeyedForm


class BoardForm(forms.Form):
    """筛选: 村。"""

    village = forms.ChoiceField(label="村(社区)", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = code_range(user.area_id or "0" * 12)
        rows = Area.objects.filter(level=Area.Level.VILLAGE, code__gte=low, code__lte=high).order_by("code")
        self.fields["village"].choices = [("", "全部"), *rows.values_list("code", "name")]  # type: ignore[attr-defined]


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
