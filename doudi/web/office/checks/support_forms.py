"""Forms of destitute support: six things a person can or cannot do, how he is supported, what an obligor can give."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from doudi.law import identity
from doudi.law.entities import OBLIGOR, OBLIGOR_MEMBER, Entity
from doudi.law.rulebook import Input
from doudi.law.schemes.tekun import TEKUN
from doudi.law.schemes.tekun_inputs import ADL, FORMS
from doudi.records.people.models import Person
from doudi.records.staff.models import User
from doudi.web.office.forms import KeyedForm, YuanField
from doudi.web.office.intake.fields import field_of

REACHED = [("0", "达到"), ("1", "不能达到")]
# How often an obligor's people and the supported were counted is asked once, in words of the obligor's own family.
FAMILY: Mapping[str, Input] = {i.name: i for i in TEKUN.inputs.values() if i.entity is OBLIGOR}
OWN: Mapping[str, Input] = {
    i.name: i for i in TEKUN.inputs.values() if i.entity is OBLIGOR_MEMBER and i.name != "has_duty"
}


class PersonForm(KeyedForm):
    """说的是哪个人。"""

    person = forms.IntegerField(widget=forms.HiddenInput)


class AbilityForm(PersonForm):
    """自理能力评估: 六项各达到没有, 另一名评估人。"""

    second = forms.ChoiceField(label="另一名评估人")
    cause = forms.CharField(label="再次评估的原因", required=False, max_length=200)

    def __init__(self, data: Any = None, *, partners: Sequence[User], person: Person | None = None) -> None:
        start = {"person": person.pk} if person else {}
        super().__init__(data, initial=start, auto_id=f"p{person.pk}-%s" if person else "id_%s")
        field = self.fields["second"]
        assert isinstance(field, forms.ChoiceField)
        named = [(str(user.pk), f"{user.name} ({user.get_role_display()})") for user in partners]
        field.choices = [("", "请选择"), *named]
        for name, label in ADL.items():
            self.fields[name] = forms.ChoiceField(
                label=label.removeprefix("不能"), choices=REACHED, widget=forms.RadioSelect
            )

    def items(self) -> list[Any]:
        """六项的格。"""
        return [self[name] for name in ADL]

    def failed(self) -> dict[str, bool]:
        """录入名 → 不能达到。"""
        return {name: self.cleaned_data[name] == "1" for name in ADL}


class PlanForm(PersonForm):
    """供养方式: 本人选定。"""

    form = forms.ChoiceField(
        label="供养形式 (本人选定)", choices=tuple(FORMS.items()), widget=forms.RadioSelect
    )
    institution = forms.CharField(
        label="供养服务机构", required=False, max_length=80, help_text="集中供养的填"
    )
    carer = forms.CharField(label="照料护理人", required=False, max_length=60, help_text="分散供养的填")
    bank = forms.CharField(label="开户行", required=False, max_length=60)
    account = forms.CharField(
        label="领款账号", required=False, max_length=40, help_text="分散的填本人的卡, 集中的填机构的账户",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    shared = forms.CharField(
        label="与另一户用同一张卡的理由", required=False, max_length=200, help_text="账号已经是另一户的卡才写"
    )

    def __init__(self, data: Any = None, *, person: Person | None = None, **start: Any) -> None:
        first = {"form": "scattered", **start, **({"person": person.pk} if person else {})}
        super().__init__(data, initial=first, auto_id=f"g{person.pk}-%s" if person else "id_%s")

    def clean_account(self) -> str:
        """账号只收数字, 空格和横线不算。"""
        number = identity.normalise(self.cleaned_data["account"]).replace("-", "")
        if number and (not number.isdecimal() or not 12 <= len(number) <= 25):
            raise forms.ValidationError(f"账号应为 12 到 25 位数字, 现为 {len(number)} 位, 请对照卡面核对")
        return number

    def clean(self) -> dict[str, Any]:
        """集中的有机构, 填了账号的有开户行。"""
        found: dict[str, Any] = super().clean() or {}
        if found.get("form") == "centralised" and not found.get("institution"):
            self.add_error("institution", "集中供养的, 请写明机构的名称")
        if found.get("account") and not found.get("bank"):
            self.add_error("bank", "填了账号, 请填开户行")
        return found


class MeansForm(KeyedForm):
    """一个义务人家的情况: 各格由规则书的录入生成。"""

    obligor = forms.IntegerField(widget=forms.HiddenInput)
    others = forms.IntegerField(
        label="家里其他人数 (不算本人)", required=False, min_value=0, max_value=30, initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "r"}),
    )  # fmt: skip
    others_fen = YuanField(label="其他人年收入合计 (元)", required=False)
    evidence = forms.CharField(label="依据材料", required=False, max_length=200)

    def __init__(self, data: Any = None, *, number: int = 0, start: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"obligor": number, **(start or {})}, auto_id=f"y{number}-%s")
        for item in (*OWN.values(), *FAMILY.values()):
            self.fields[item.name] = field_of(item)
        self.order_fields(["key", "obligor", *OWN, "others", "others_fen", *FAMILY, "evidence"])

    def own_fields(self) -> list[Any]:
        """本人各项。"""
        return [self[name] for name in OWN]

    def family_fields(self) -> list[Any]:
        """赡养费各项。"""
        return [self["others"], self["others_fen"], *(self[name] for name in FAMILY), self["evidence"]]

    def told(self, entity: Entity) -> dict[str, Any]:
        """填了的各项: 录入名 → 值; 与通常值相同的不记。"""
        items = FAMILY if entity is OBLIGOR else OWN
        said = {name: self.cleaned_data.get(name) for name in items}
        return {
            name: value
            for name, value in said.items()
            if value is not None and value != "" and value != items[name].usual
        }
