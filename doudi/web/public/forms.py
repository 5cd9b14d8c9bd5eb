"""What citizens type, read as they write it: full-width digits, spaces, 元, 万."""

import unicodedata
import uuid
from typing import Any

from django import forms

from doudi.law.money import BadAmount, parse_yuan, plain_yuan

TEN_THOUSAND = 10_000
MOST_FEN = 100_000_000 * 100


class MoneyField(forms.CharField):
    """金额: 填元, 也认 1.2万; 空着是没有, 按 0 算。得到整数分。"""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=20, **options)
        self.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def clean(self, value: Any) -> int:
        text = unicodedata.normalize("NFKC", str(super().clean(value))).replace(",", "").replace(" ", "")
        text = text.removesuffix("元")
        times = TEN_THOUSAND if text.endswith("万") else 1
        try:
            fen = parse_yuan(text.removesuffix("万"), zero=True) * times if text else 0
        except BadAmount as error:
            raise forms.ValidationError(error.text) from None
        if fen > MOST_FEN:
            raise forms.ValidationError("这个数太大了, 请核对是不是多写了")
        return fen

    def prepare_value(self, value: Any) -> Any:
        return plain_yuan(value) if isinstance(value, int) else value


class CodeField(forms.CharField):
    """受理号和查询码: 大小写、空格、全角都不碍事。"""

    def clean(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", str(value or ""))
        return str(super().clean("".join(text.split()).upper()))


class ProgressForm(forms.Form):
    """查进度: 受理号和回执上的查询码。"""

    no = CodeField(
        label="受理号",
        max_length=20,
        help_text="印在受理回执上, 例如 410482-2026-00123",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "请填受理号, 它印在回执上"},
    )
    code = CodeField(
        label="查询码",
        max_length=12,
        help_text="和受理号印在一起, 6 个字母或数字, 大小写都行",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "请填查询码, 它和受理号印在一起"},
    )


class ObjectionForm(forms.Form):
    """对一户公示的意见, 可以不留名。"""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = forms.CharField(
        label="您知道什么情况",
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="例如谁家有什么收入、房子、车, 您是怎么知道的。不要写别人的身份证号和银行卡号。",
        error_messages={"required": "请写一写您知道的情况", "min_length": "请写得再具体一点, 至少 5 个字"},
    )
    contact = forms.CharField(
        label="怎么找您 (选填)",
        required=False,
        max_length=60,
        help_text="电话就行。不留也可以, 我们照样查; 不会告诉村里和被反映的人家。",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
