"""Forms of the payroll pages."""

from typing import Any

from django import forms

from doudi.exchange.bank.formats import FORMATS
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.staff.models import User
from doudi.web.office.forms import KeyedForm, PlainForm

LARGEST = 20 * 1024 * 1024


class BuildForm(KeyedForm):
    """生成哪个项目哪个月的清册。"""

    scheme = forms.ChoiceField(label="项目")
    month = forms.TypedChoiceField(label="月份", coerce=int)

    def __init__(
        self, *args: Any, schemes: list[tuple[str, str]], months: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = schemes  # type: ignore[attr-defined]
        self.fields["month"].choices = months  # type: ignore[attr-defined]


class BesideForm(BuildForm):
    """补发或更正, 哪个项目, 记在哪个月。"""

    kind = forms.ChoiceField(
        label="种类",
        choices=[
            (PayrollRun.Kind.BACKPAY.value, "补发: 以前的月份少发的"),
            (PayrollRun.Kind.CORRECTION.value, "更正: 银行没有发成的"),
        ],
    )
    field_order = ("kind", "scheme", "month")


class ReleaseForm(KeyedForm):
    """取消一笔应付的理由。"""

    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清哪份决定使那个月不再应发",
    )


class PasswordForm(KeyedForm):
    """动钱之前再输一次口令。"""

    password = forms.CharField(
        label="您的登录口令", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="这一步不能撤回, 请再输一次口令",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if not self.user.check_password(given):
            raise forms.ValidationError("口令不对, 请重新输入")
        return ""


class ReopenForm(PasswordForm):
    """为什么退回重做。"""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清哪里不对, 要改什么",
    )
    field_order = ("reason", "password")


class ResolveForm(KeyedForm):
    """拦截的处理。"""

    outcome = forms.ChoiceField(
        label="处理", widget=forms.RadioSelect,
        choices=[
            (Interception.Outcome.RELEASED.value, "放行, 本月照发"),
            (Interception.Outcome.DROPPED.value, "本月不发, 待遇不变"),
            (Interception.Outcome.BY_HAND.value, "当面发放 (只限没有领款账户的)"),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label="理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清核实了什么、问了谁",
    )


class ExportForm(PlainForm):
    """导出哪种银行文件。"""

    format = forms.ChoiceField(label="格式", choices=[(one.id, one.title) for one in FORMATS.values()])


class ReturnForm(PlainForm):
    """银行回盘。"""

    file = forms.FileField(
        label="回盘文件", help_text="文本、定长文本或 xlsx; 先看核对结果, 另一人核对之后整份入账"
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("文件超过 20 MB, 请核对是不是回盘文件")
        return file


class WithdrawForm(KeyedForm):
    """为什么作废一份回盘。"""

    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="写清哪里不对"
    )


class LinesFilter(forms.Form):
    """筛选清册的行。"""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "不限"), *PayLine.State.choices])
