"""Forms of the boards: which village, a photograph, an objection taken down, its answer, the numbers on the sheets."""

from collections.abc import Iterable
from typing import Any

from django import forms

from doudi.records.areas.models import Area
from doudi.records.postings.models import BoardPhoto, BoxOpening, Hotline, Objection
from doudi.records.postings.objections import Candidate
from doudi.records.staff.models import Role, User
from doudi.store.areas import code_range
from doudi.web.office.forms import KeyedForm, PlainForm

CHANNELS = ("电话", "来访", "意见箱", "来信", "上级转来")


def villages_of(user: User) -> list[tuple[str, str]]:
    """辖区内的村, 供选择。"""
    low, high = code_range(user.area_id or "0" * 12)
    rows = Area.objects.filter(level=Area.Level.VILLAGE, code__gte=low, code__lte=high).order_by("code")
    return list(rows.values_list("code", "name"))


class BoardForm(forms.Form):
    """筛选: 村。"""

    village = forms.ChoiceField(label="村(社区)", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", "全部"), *villages_of(user)]  # type: ignore[attr-defined]


class PhotoForm(KeyedForm):
    """一张榜的照片。"""

    moment = forms.ChoiceField(label="哪一张", choices=BoardPhoto.Moment.choices, widget=forms.RadioSelect)
    photo = forms.FileField(
        label="照片",
        help_text="对着整张榜拍, 字要看得清。位置等信息会自动去掉。",
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class TipForm(KeyedForm):
    """登记一条来电、来访或来信的举报。"""

    channel = forms.ChoiceField(label="途径", choices=[(name, name) for name in CHANNELS])
    text = forms.CharField(label="反映的情况", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)
    contact = forms.CharField(
        label="联系方式", required=False, max_length=60, help_text="不愿留的可以不填; 留了的要书面答复"
    )


class ObjectionForm(TipForm):
    """登记一条来电、来访或意见箱的异议。"""

    box = forms.ModelChoiceField(
        BoxOpening.objects.none(), label="哪次开箱", required=False, empty_label="不是意见箱里的"
    )

    def __init__(self, *args: Any, village: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["box"]
        field.queryset = BoxOpening.objects.filter(village=village).order_by("-opened_on", "-pk")
        field.label_from_instance = lambda one: f"{one.opened_on} 开箱, {one.letters} 封"


class AssignForm(KeyedForm):
    """交给哪两个人查。"""

    first = forms.TypedChoiceField(label="承办人", coerce=int)
    second = forms.TypedChoiceField(label="另一名承办人", coerce=int)

    def __init__(self, *args: Any, candidates: Iterable[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [
            (one.user.pk, f"{one.user.name} (原来调查过这家)" if one.looked_before else one.user.name)
            for one in candidates
        ]
        for name in ("first", "second"):
            self.fields[name].choices = [("", "请选择"), *known]  # type: ignore[attr-defined]


class AnswerForm(KeyedForm):
    """查实的情况和结论。"""

    outcome = forms.ChoiceField(label="结论", widget=forms.RadioSelect)
    text = forms.CharField(label="查实的情况", widget=forms.Textarea(attrs={"rows": 3}), max_length=400)

    def __init__(self, *args: Any, objection: Objection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dismissed, upheld = str(Objection.Outcome.DISMISSED), str(Objection.Outcome.UPHELD)
        choices = [(dismissed, "不成立"), (upheld, "成立")]
        if objection.kind == Objection.Kind.OBJECTION:
            remedies = [
                (f"{upheld} {code}", f"成立, 撤下公示, {label}") for code, label in Objection.Remedy.choices
            ]
            choices = [(dismissed, "不成立, 公示照常"), *remedies]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


class CountersignForm(KeyedForm):
    """另一名承办人: 同意, 或者写明哪里不对退回重写。"""

    decision = forms.ChoiceField(
        label="会签",
        choices=[("agree", "同意这个结论"), ("return", "不同意, 退回重写")],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="哪里不对", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回重写的必须写",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A conclusion goes back with the reason: else the other could only guess."""
        found = super().clean() or {}
        if found.get("decision") == "return" and not found.get("words"):
            self.add_error("words", "请写明哪里不对")
        return found


class PurposeForm(PlainForm):
    """为什么要看联系方式。"""

    purpose = forms.CharField(label="用途", max_length=100)


class BoxForm(KeyedForm):
    """开意见箱。"""

    village = forms.ChoiceField(label="村(社区)")
    second = forms.ModelChoiceField(User.objects.none(), label="一同开箱的人", empty_label="请选择")
    letters = forms.IntegerField(label="几封信", min_value=0, max_value=500, help_text="没有信也登记, 填 0")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(area=user.area_id, is_active=True, role__in=(Role.CLERK, Role.LEADER))
        self.fields["village"].choices = villages_of(user)  # type: ignore[attr-defined]
        self.fields["second"].queryset = others.exclude(pk=user.pk).order_by("pk")  # type: ignore[attr-defined]


class HotlineForm(KeyedForm):
    """一处的监督电话、公示栏和意见箱位置。"""

    phone = forms.CharField(label=Hotline.Kind.PHONE.label, required=False, max_length=80)
    board = forms.CharField(label=Hotline.Kind.BOARD.label, required=False, max_length=80)
    box = forms.CharField(label=Hotline.Kind.BOX.label, required=False, max_length=80)
