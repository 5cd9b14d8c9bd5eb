"""Forms of the settings pages."""

import datetime as dt
from typing import Any

from django import forms

from doudi.records.areas.models import Area
from doudi.records.areas.queries import county, townships, villages
from doudi.records.staff.models import Role
from doudi.web.office.forms import KeyedForm

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-day"})


class AreaField(forms.CharField):
    """辖区: 填区划代码, 前面几位也行; 空着为不设辖区。"""

    def to_python(self, value: Any) -> Area | None:  # type: ignore[override]
        code = str(value or "").strip()
        if not code:
            return None
        area = Area.objects.filter(code=code.ljust(12, "0")).first()
        if area is None:
            raise forms.ValidationError(f"没有区划 {code}, 请从列表中选")
        return area


class RoleForm(KeyedForm):
    """岗位和辖区。"""

    role = forms.ChoiceField(label="岗位", choices=[("", "请选择"), *Role.choices])
    area = AreaField(
        label="辖区",
        required=False,
        help_text="村级协理员选村, 乡镇岗位选乡镇, 县级岗位选县; 三类管理员不设辖区",
        widget=forms.TextInput(attrs={"list": "areas", "autocomplete": "off"}),
    )
    namesake = forms.BooleanField(label="已核实与同名的在岗人员不是同一人", required=False)


class NewUserForm(RoleForm):
    """新建账号。"""

    name = forms.CharField(label="姓名", max_length=60)
    username = forms.RegexField(
        r"^[a-z][a-z0-9-]{2,29}$",
        label="登录名",
        help_text="小写字母开头, 可带数字和短横, 3 到 30 位",
        error_messages={"invalid": "登录名用小写字母、数字和短横, 3 到 30 位, 字母开头"},
    )
    field_order = ("key", "name", "username", "role", "area", "namesake")


class DisableForm(KeyedForm):
    """停用账号的理由。"""

    reason = forms.CharField(label="停用理由", max_length=120, help_text="如 调离、退休、岗位调整")


class PeopleFilter(forms.Form):
    """筛选工作人员。"""

    text = forms.CharField(label="姓名或登录名", required=False, max_length=30)
    role = forms.ChoiceField(label="岗位", required=False, choices=[("", "不限"), *Role.choices])
    active = forms.ChoiceField(
        label="状态", required=False, choices=[("", "不限"), ("yes", "在用"), ("no", "已停用")]
    )


class WorkdayForm(KeyedForm):
    """一段放假或上班的日子。"""

    first = forms.DateField(label="起", widget=DAY)
    last = forms.DateField(label="止", widget=DAY)
    kind = forms.ChoiceField(label="安排", choices=[("rest", "放假"), ("work", "调休上班")])
    name = forms.CharField(label="名称", max_length=40, help_text="如 国庆节、国庆节调休")


class DemoDayForm(KeyedForm):
    """演示日期。"""

    day = forms.DateField(label="把今天拨到", widget=DAY)

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if not 2020 <= day.year <= 2040:
            raise forms.ValidationError("请填 2020 到 2040 年之间的日期")
        return day


class TrailFilter(forms.Form):
    """筛选审计记录。"""

    actor = forms.CharField(label="操作人登录名", required=False, max_length=40)
    action = forms.CharField(label="动作", required=False, max_length=40)
    subject = forms.CharField(label="对象", required=False, max_length=60)
    day = forms.DateField(label="日期", required=False, widget=DAY)


def area_choices() -> list[tuple[str, str]]:
    """可选的辖区: 县、各乡镇、各村, 供输入框的候选。"""
    top = county()
    towns = {one.code[:9]: one.name for one in townships(top.code)}
    found = [(top.code, top.name), *((f"{code}000", name) for code, name in towns.items())]
    return found + [(one.code, f"{towns.get(one.code[:9], '')} {one.name}") for one in villages(top.code)]
