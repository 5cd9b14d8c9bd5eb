"""Forms of the roster pages."""

from typing import Any

from django import forms

from doudi.records.areas.models import Area
from doudi.records.areas.queries import county, townships, villages
from doudi.records.policies.queries import catalogue
from doudi.records.staff.models import User
from doudi.store.areas import contains
from doudi.web.office.forms import KeyedForm


class UploadForm(forms.Form):
    """上传一份名册。"""

    scheme = forms.ChoiceField(label="项目")
    area = forms.ChoiceField(label="名册是哪里的")
    file = forms.FileField(label="名册文件")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = [(one.id, one.name) for one in catalogue().schemes.values() if one.shape == "recurring"]
        self.fields["scheme"].choices = schemes  # type: ignore[attr-defined]
        self.fields["area"].choices = [(one.code, one.name) for one in _areas(user)]  # type: ignore[attr-defined]

    def clean_area(self) -> Area:
        return Area.objects.get(code=self.cleaned_data["area"])


def _areas(user: User) -> list[Area]:
    top = county()
    known = [top, *townships(top.code)]
    mine = [one for one in known if user.area_id and contains(user.area_id, one.code)]
    return [*mine, *villages(mine[0].code)] if len(mine) == 1 else mine


class CommitForm(KeyedForm):
    """入库; 有合计不符时要写说明。"""

    note = forms.CharField(
        label="对不一致之处的说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, must_note: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if must_note:
            self.fields["note"].required = True
        else:
            self.fields["note"].widget = forms.HiddenInput()
