"""What is asked of each kind of change: few fields, the date, at least one photograph."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from doudi.records.areas.models import Area
from doudi.records.people.models import Household, Membership
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import scheme
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.queries import deaths_taken_for_true, schemes_of
from doudi.records.reviews.services.reporting import EXITS, JOINED, LEFT, OF_A_MEMBER, PAYS_BACK
from doudi.store.today import today
from doudi.web.office.checks.uploads import PhotosField
from doudi.web.office.forms import KeyedForm

Kind = ChangeEvent.Kind
NOTHING = ("", "请选择")
PROOFS: Mapping[str, str] = {
    Kind.ADD: "户口页、出生证明或结婚证",
    Kind.REMOVE: "结婚证、判决书、入伍通知书或迁出证明",
    Kind.DEATH: "死亡证明或火化证明",
    Kind.MOVE: "新住处的户口页或居住证明",
    Kind.MOVE_OUT: "迁移证明",
    Kind.HEAD: "户口页",
    Kind.ACCOUNT: "银行卡正面",
    Kind.ADDRESS: "门牌或居住证明",
    Kind.MEANS: "工资单、收入或财产证明",
    Kind.JOB: "劳动合同、工资单或营业执照",
    Kind.WITHDRAW: "本人签字的退出申请",
    Kind.ALIVE: "本人近照、身份证或公安机关的证明",
    Kind.SUSPEND: "要查清的情况的材料",
    Kind.RESUME: "查清的材料",
}


class ReportForm(KeyedForm):
    """报告一件变动: 栏目按种类, 只问用得着的。"""

    def __init__(self, *args: Any, kind: str, household: Household, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind, self.today = kind, today
        if kind in OF_A_MEMBER:
            self.fields["person"] = _person(household, kind, today)
        if kind == Kind.ALIVE:
            self.fields["person"] = _said_dead(household)
        self.fields["happened_on"] = forms.DateField(
            label=WHEN.get(kind, "发生日期"),
            initial=today,
            widget=forms.DateInput(attrs={"type": "date", "max": today.isoformat()}, format="%Y-%m-%d"),
        )
        for name, make in FIELDS.get(kind, {}).items():
            self.fields[name] = make(household)
        if "text" not in self.fields:
            self.fields["text"] = _text(household, required=False)
        self.fields["photos"] = PhotosField(label="证明照片", help_text=f"{PROOFS[kind]}, 至少拍一张")
        for field in self.fields.values():
            field.error_messages["required"] = "请选择" if isinstance(field, forms.ChoiceField) else "请填写"

    def clean_happened_on(self) -> dt.date:
        """What has not happened cannot be proved."""
        on: dt.date = self.cleaned_data["happened_on"]
        if on > self.today:
            raise forms.ValidationError("发生日期还没有到, 事情发生以后再报")
        return on

    def clean_photos(self) -> list[bytes]:
        """A change without proof is a rumour."""
        photos: list[bytes] = self.cleaned_data["photos"]
        if not photos:
            raise forms.ValidationError(f"请拍{PROOFS[self.kind]}的照片, 至少一张")
        return photos

    def details(self) -> dict[str, str]:
        """变动内容, 按栏目。"""
        apart = ("key", "person", "happened_on", "photos")
        return {name: str(value or "") for name, value in self.cleaned_data.items() if name not in apart}


WHEN: Mapping[str, str] = {
    Kind.DEATH: "死亡日期",
    Kind.ALIVE: "查明还在世的日期",
    Kind.MOVE: "迁入新村的日期",
    Kind.MOVE_OUT: "迁出日期",
    Kind.JOB: "开始上班或开业的日期",
    Kind.SUSPEND: "发现情况的日期",
    Kind.RESUME: "查清的日期",
}


def _person(household: Household, kind: str, on: dt.date) -> forms.ChoiceField:
    rows = [
        row for row in members_on(household, on) if kind != Kind.HEAD or row.person_id != household.head_id
    ]
    choices = [(str(row.person_id), f"{row.person.name} ({row.get_relation_display()})") for row in rows]
    label = "新户主" if kind == Kind.HEAD else "谁的卡" if kind == Kind.ACCOUNT else "是谁"
    first = str(household.head_id) if kind == Kind.ACCOUNT else None
    return forms.ChoiceField(label=label, choices=[NOTHING, *choices], initial=first)


def _said_dead(household: Household) -> forms.ChoiceField:
    """Whose death was applied."""
    rows = deaths_taken_for_true(household)
    choices = dict.fromkeys((str(row.person_id), row.person.name if row.person else "") for row in rows)
    only = next(iter(choices))[0] if len(choices) == 1 else None
    return forms.ChoiceField(label="是谁", choices=[NOTHING, *choices], initial=only)


def _words(label: str, most: int = 60, hint: str = "") -> Callable[[Household], forms.Field]:
    return lambda household: forms.CharField(label=label, max_length=most, help_text=hint)


def _holder(household: Household) -> forms.Field:
    return forms.CharField(
        label="户名",
        max_length=80,
        required=False,
        help_text="本人的卡空着; 集中供养的写机构名称, 并在说明里写缘由",
    )


def _shared(household: Household) -> forms.Field:
    return forms.CharField(
        label="与另一户用同一张卡的理由",
        max_length=200,
        required=False,
        help_text="账号已经是另一户的卡才写; 核实的人看得到, 记进审计链",
    )


def _choice(label: str, options: Mapping[str, str]) -> Callable[[Household], forms.Field]:
    return lambda household: forms.ChoiceField(label=label, choices=[NOTHING, *options.items()])


def _text(household: Household, required: bool = True) -> forms.Field:
    return forms.CharField(
        label="说明" if required else "补充说明",
        required=required,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _told_to_family(household: Household) -> forms.Field:
    field = _text(household)
    field.label, field.help_text = "理由", "写进给这一户的告知书; 不写是谁说的"
    return field


def _village(household: Household) -> forms.Field:
    rows = (
        Area.objects.filter(level=Area.Level.VILLAGE, code__startswith=household.village_id[:6])
        .exclude(code=household.village_id)
        .select_related("parent")
        .order_by("code")
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for village in rows:
        groups.setdefault(village.parent.name if village.parent else "", []).append(
            (village.code, village.name)
        )
    return forms.ChoiceField(label="迁往哪个村 (社区)", choices=[NOTHING, *groups.items()])


def _scheme_of(label: str) -> Callable[[Household], forms.Field]:
    """Which aid it is about, where there are several."""

    def field(household: Household) -> forms.Field:
        held = schemes_of(household, today())
        choices = [("", "全部"), *((code, scheme(code).name) for code in held)]
        return forms.ChoiceField(label=label, choices=choices, required=False)

    return field


RELATIONS = {
    code: str(label) for code, label in Membership.Relation.choices if code != Membership.Relation.HEAD
}
FIELDS: Mapping[str, Mapping[str, Callable[[Household], forms.Field]]] = {
    Kind.ADD: {
        "why": _choice("缘由", JOINED),
        "name": _words("姓名"),
        "id_number": _words("身份证号", 20),
        "relation": _choice("与户主关系", RELATIONS),
    },
    Kind.REMOVE: {"why": _choice("缘由", LEFT)},
    Kind.MOVE: {"village": _village, "address": _words("新住址", 120)},
    Kind.MOVE_OUT: {"to": _words("迁往哪里", 120, "写到县 (市、区)")},
    Kind.HEAD: {"former": _choice("原户主是新户主的", RELATIONS)},
    Kind.ACCOUNT: {
        "bank": _words("开户行"),
        "number": _words("账号", 30, "12 到 25 位数字, 对照卡面"),
        "holder": _holder,
        "shared": _shared,
    },
    Kind.ADDRESS: {"address": _words("新住址", 120)},
    Kind.MEANS: {"text": _text},
    Kind.JOB: {"exit_cause": _choice("增收的缘由", EXITS), "text": _text},
    Kind.WITHDRAW: {"scheme": _scheme_of("退出哪一项"), "text": _text},
    Kind.ALIVE: {"text": _text},
    Kind.SUSPEND: {"scheme": _scheme_of("暂停哪一项"), "text": _told_to_family},
    Kind.RESUME: {
        "scheme": _scheme_of("恢复哪一项"),
        "pays_back": _choice("暂停的各月", PAYS_BACK),
        "text": _told_to_family,
    },
}


class VerifyForm(KeyedForm):
    """核实: 看过什么; 户主离开的要选新户主。"""

    note = forms.CharField(
        label="怎么核实的", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如: 看了死亡证明原件, 电话问过家属",
    )  # fmt: skip

    def __init__(self, *args: Any, heirs: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if heirs:
            choices = [NOTHING, *((str(pk), name) for pk, name in heirs)]
            self.fields["new_head"] = forms.ChoiceField(label="新户主", choices=choices)
            self.fields["new_head"].error_messages["required"] = "请选择"


class RejectForm(KeyedForm):
    """不属实: 写明为什么。"""

    reason = forms.CharField(label="为什么不属实", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DecideForm(KeyedForm):
    """县级决定: 停发的要选理由。"""

    def __init__(
        self, *args: Any, reasons: Sequence[tuple[str, str]] = (), first: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if reasons:
            self.fields["stop_code"] = forms.ChoiceField(
                label="停发理由", choices=[NOTHING, *reasons], initial=first
            )
            self.fields["stop_code"].error_messages["required"] = "请选择"
