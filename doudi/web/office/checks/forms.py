"""What the township finds and recommends, put in forms."""

from collections.abc import Sequence
from typing import Any

from django import forms

from doudi.records.cases.models import Case
from doudi.records.checks.assessing import GRADED_BY
from doudi.records.policies.queries import catalogue
from doudi.web.office.forms import KeyedForm, VersionedForm


class AssessForm(KeyedForm):
    """测算: 平常不用填; 家庭不按认定的类别办的, 选仍按哪一类, 写明理由。"""

    keep_as = forms.ChoiceField(label="仍按哪一类办", required=False)
    keep = forms.CharField(label="理由", required=False, max_length=200)

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        field = self.fields["keep_as"]
        assert isinstance(field, forms.ChoiceField)
        known = catalogue().schemes.values()
        same = [
            one for one in known if one.rulebook in GRADED_BY and one.locality in ("", case.household.kind)
        ]
        field.choices = [("", "按认定的类别办"), *((one.id, one.name) for one in same)]

    @property
    def is_stayed(self) -> bool:
        """选了仍按哪一类, 或写了理由。"""
        return bool(self["keep_as"].value() or self["keep"].value())

    def clean(self) -> dict[str, Any]:
        """仍按别的类别办, 要有理由。"""
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("keep_as")) != bool(found.get("keep", "").strip()):
            self.add_error("keep", "仍按哪一类办和理由要一起填")
        return found


class OpinionForm(VersionedForm):
    """初审意见: 选一句, 可以再补充。"""

    phrase = forms.ChoiceField(label="意见", widget=forms.RadioSelect)
    more = forms.CharField(
        label="补充", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, phrases: Sequence[str], version: int) -> None:
        super().__init__(data, version=version, initial={"phrase": next(iter(phrases), "")})
        field = self.fields["phrase"]
        assert isinstance(field, forms.ChoiceField)
        # The sentence itself is sent, not its place: after another sum the same place would say another thing.
        field.choices = [(text, text) for text in phrases]
        field.error_messages["invalid_choice"] = "测算已经更新, 原来选的那句不再是现在的结论, 请重新选"

    @property
    def text(self) -> str:
        """写进意见的全文。"""
        return f"{self.cleaned_data['phrase']}{self.cleaned_data['more']}"[:600]
