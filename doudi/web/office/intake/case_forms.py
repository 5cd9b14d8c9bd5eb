"""Forms after the application is in: signatures, obligors, what looks alike, inquiries, referrals, relatives."""

import base64
import binascii
from typing import Any

from django import forms

from doudi.records.intake.models import Referral, Signature
from doudi.records.intake.queries import Signer
from doudi.records.people.models import Obligor, Relative
from doudi.records.people.services import ObligorDraft, Official
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.forms import KeyedForm
from doudi.web.office.intake.fields import NOTHING
from doudi.web.office.intake.forms import NUMERIC, PHOTO

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
PNG = "data:image/png;base64,"
WORDS = forms.Textarea(attrs={"rows": 2})


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """给一个选择框放进选项。"""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class SignForm(KeyedForm):
    """登记一个人的签字: 谁、哪天、怎么签的; 照片和屏幕签字带图像。"""

    who = forms.ChoiceField(label="谁签")
    signed_on = forms.DateField(label="签字日期", widget=DAY)
    way = forms.ChoiceField(
        label="怎么签的", choices=Signature.Way.choices, widget=forms.RadioSelect, initial=Signature.Way.HAND
    )
    guardian = forms.CharField(label="监护人 (代未成年人签)", required=False, max_length=60)
    photo = forms.FileField(label="签字页照片", required=False, widget=PHOTO)
    drawn = forms.CharField(required=False, max_length=1_500_000, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, waiting: list[Signer], **options: Any) -> None:
        super().__init__(data, files, initial={"signed_on": today()}, **options)
        choose(self, "who", [NOTHING, *((one.key, f"{one.told} · {one.standing}") for one in waiting)])

    def clean_signed_on(self) -> Any:
        """签字不能在将来。"""
        if self.cleaned_data["signed_on"] > today():
            raise forms.ValidationError("签字日期不能晚于今天")
        return self.cleaned_data["signed_on"]

    def clean_drawn(self) -> bytes:
        """屏幕上签的字: 空着的没有图像。"""
        text = self.cleaned_data["drawn"]
        try:
            return base64.b64decode(text.removeprefix(PNG), validate=True) if text.startswith(PNG) else b""
        except binascii.Error:
            raise forms.ValidationError("屏幕上的签字没有传完, 请重签") from None

    @property
    def image(self) -> bytes:
        """图像的字节: 照片或屏幕签字。"""
        said = self.cleaned_data
        if said["way"] == Signature.Way.DRAWN:
            return bytes(said["drawn"])
        return said["photo"].read() if said["photo"] else b""


class ObligorForm(KeyedForm):
    """登记一名赡养抚养扶养义务人。"""

    name = forms.CharField(label="姓名", max_length=60)
    relation = forms.ChoiceField(label="是申请人的", choices=[NOTHING, *Obligor.Relation.choices])
    id_number = forms.CharField(
        label="身份证号", required=False, max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(label="电话", required=False, max_length=20, widget=NUMERIC)
    county = forms.CharField(label="住在哪个县", required=False, max_length=60)

    def draft(self) -> ObligorDraft:
        """交给服务的内容。"""
        return ObligorDraft(**{name: value for name, value in self.cleaned_data.items() if name != "key"})


class ReasonForm(KeyedForm):
    """写明理由。"""

    reason = forms.CharField(label="理由", max_length=200)


class SettleForm(KeyedForm):
    """核实一条疑似: 属实还是排除, 写明说明。"""

    outcome = forms.ChoiceField(choices=[("confirmed", "属实"), ("dismissed", "排除")])
    note = forms.CharField(label="核实说明", max_length=200)


class HukouForm(KeyedForm):
    """一名成员户籍在外县。"""

    person = forms.ChoiceField(label="成员")
    county = forms.CharField(label="户籍所在县", max_length=60, help_text="写到县, 如 湖北省枣阳市")
    same_province = forms.BooleanField(label="与本县同省", required=False)
    basis = forms.CharField(
        label="由本县受理的依据", required=False, max_length=200, help_text="家里有人户籍在本县的空着"
    )

    def __init__(self, data: Any = None, *, members: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        choose(self, "person", [NOTHING, *members])


class AnswerForm(KeyedForm):
    """登记答复。"""

    answer = forms.CharField(label="答复内容", max_length=400, widget=WORDS)


class ReferForm(KeyedForm):
    """转给有关部门。"""

    department = forms.ChoiceField(label="转给", choices=[NOTHING, *Referral.Department.choices])
    matter = forms.CharField(label="请办什么", max_length=200, widget=WORDS)
    due_on = forms.DateField(label="请在何日前答复", widget=DAY)


class ReferralAnswerForm(KeyedForm):
    """登记一件转介的答复。"""

    state = forms.ChoiceField(
        label="结果",
        choices=[choice for choice in Referral.State.choices if choice[0] != Referral.State.SENT],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label="答复内容", max_length=400, widget=WORDS)


class RelativeForm(KeyedForm):
    """备案一名近亲属: 谁是工作人员或村干部, 谁是他的亲属 (或就是他本人)。"""

    staff = forms.ChoiceField(
        label="工作人员", required=False, help_text="没有登录的村 (社区) 干部填下面两格"
    )
    cadre_name = forms.CharField(label="村 (社区) 干部姓名", required=False, max_length=60)
    position = forms.CharField(label="职务", required=False, max_length=60)
    phone = forms.CharField(label="工作人员电话", required=False, max_length=20, widget=NUMERIC)
    address = forms.CharField(label="工作人员住址", required=False, max_length=120)
    name = forms.CharField(label="近亲属姓名", max_length=60)
    id_number = forms.CharField(
        label="近亲属身份证号", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    relation = forms.CharField(
        label="亲属关系", max_length=40, help_text=f"如 兄弟、岳母; 干部自己家的写“{Relative.SELF}”"
    )

    def __init__(self, data: Any = None, *, users: list[User], **options: Any) -> None:
        super().__init__(data, **options)
        self.users = {str(user.pk): user for user in users}
        named = [(key, f"{user.name} · {user.get_role_display()}") for key, user in self.users.items()]
        choose(self, "staff", [("", "不是系统里的工作人员"), *named])

    def clean(self) -> dict[str, Any]:
        """工作人员和村干部写一个。"""
        found: dict[str, Any] = super().clean() or {}
        if not found.get("staff") and not found.get("cadre_name"):
            self.add_error("staff", "请选工作人员, 或写村 (社区) 干部的姓名和职务")
        elif not found.get("staff") and not found.get("position"):
            self.add_error("position", "请写干部的职务, 如 村党支部书记")
        return found

    def official(self) -> Official:
        """备案里的工作人员。"""
        said = self.cleaned_data
        own = {name: said[name] for name in ("position", "phone", "address")}
        user = self.users.get(said["staff"])
        return Official(user=user, cadre_name="" if user else said["cadre_name"], **own)
