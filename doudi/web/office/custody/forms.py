"""Forms of the custody pages."""

from typing import Any

from django import forms

from doudi.records.people.models import Household
from doudi.store.today import today
from doudi.web.office.forms import DayField, KeyedForm


class CustodyForm(KeyedForm):
    """登记存折代管。"""

    person = forms.TypedChoiceField(label="替谁保管", coerce=int)
    custodian = forms.CharField(label="代管人姓名", max_length=60)
    custodian_id = forms.CharField(label="代管人身份证号", max_length=30)
    relation = forms.CharField(
        label="代管人是持卡人的", max_length=40, help_text="例如: 侄子、邻居、供养机构"
    )
    from_on = DayField(label="从哪天起")
    agreement = forms.FileField(
        label="代管协议的照片", help_text="双方签字的书面协议, 拍清楚",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip

    def __init__(self, *args: Any, household: Household, **options: Any) -> None:
        super().__init__(*args, initial={"from_on": today()}, **options)
        members = household.memberships.filter(until_on=None).select_related("person").order_by("pk")
        choices = [(one.person_id, one.person.name) for one in members]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]


class EndForm(KeyedForm):
    """结束代管。"""

    reason = forms.CharField(
        label="缘由", max_length=200, help_text="例如: 存折交还本人、换人代管、本人去世",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
