"""Forms of the lists."""

import datetime as dt
from typing import Any

from django import forms

from doudi.records.areas.queries import county, townships
from doudi.records.decisions.list_sources import Picked
from doudi.records.decisions.services.listing import ONE_OFF, in_words
from doudi.records.ledger.models import Level
from doudi.records.policies.queries import catalogue, scheme_name
from doudi.store.today import today
from doudi.web.office.forms import KeyedForm, YuanField

OLDEST = 150


class RateField(YuanField):
    """百分比: 填 3.6, 得到万分之 360; 与金额一样写到两位小数。"""

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError("请填百分数, 最多两位小数, 如 3.6") from None


def months_around(on: dt.date, first: int, last: int) -> list[tuple[int, str]]:
    """离今天 `first` 到 `last` 个月的各月, 近的在前; 以前的为负。"""
    place = on.year * 12 + on.month - 1
    found = [(place + step) // 12 * 100 + (place + step) % 12 + 1 for step in range(first, last + 1)]
    return [(month, in_words(month)) for month in sorted(found, reverse=first < 0)]


class SubsidyForm(KeyedForm):
    """一个月的价格涨幅。"""

    month = forms.TypedChoiceField(label="哪个月的涨幅", coerce=int, help_text="补贴发给这个月 1 日在册的人")
    cpi = RateField(label="居民消费价格同比涨幅 (%)", help_text="下降的填 0")
    food = RateField(label="食品价格同比涨幅 (%)", help_text="下降的填 0")
    document = forms.CharField(label="公布涨幅、启动补贴的文件", max_length=120)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["month"].choices = months_around(today(), -12, -1)  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """填好的, 服务要的样子。"""
        given = self.cleaned_data
        return {
            "month": given["month"], "cpi_bp": given["cpi"], "food_bp": given["food"], "document": given["document"],
        }  # fmt: skip


class OneOffForm(KeyedForm):
    """一次性名单都要写的。"""

    scheme = forms.ChoiceField(label="发什么")
    month = forms.TypedChoiceField(label="哪个月发", coerce=int)
    title = forms.CharField(label="名单名称", max_length=60, help_text="如: 2027 年春节慰问")
    document = forms.CharField(label="依据的文件", max_length=120)
    item = forms.CharField(
        label="承保单位或物品",
        max_length=120,
        required=False,
        help_text="意外险写承保单位; 实物写发什么、每人多少",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scheme"].choices = [(one, scheme_name(one)) for one in ONE_OFF]  # type: ignore[attr-defined]
        self.fields["month"].choices = months_around(today(), 0, 1)  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """填好的, 服务要的样子。"""
        given = self.cleaned_data
        names = ("month", "title", "document", "item")
        return {"scheme_id": given["scheme"], **{name: given[name] for name in names}}


class PickForm(OneOffForm):
    """从在册的人里挑。"""

    schemes = forms.MultipleChoiceField(
        label="从哪些项目在册的人里挑", widget=forms.CheckboxSelectMultiple(attrs={"class": "two-up"})
    )
    area = forms.ChoiceField(label="哪里的人")
    age_from = forms.IntegerField(label="满几周岁", required=False, min_value=0, max_value=OLDEST)
    age_to = forms.IntegerField(label="到几周岁", required=False, min_value=0, max_value=OLDEST)
    amount = YuanField(label="每人金额 (元)", required=False, help_text="实物填每人折价, 没有折价的空着")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        paid = [(one.id, one.name) for one in catalogue().schemes.values() if one.shape == "recurring"]
        top = county()
        self.fields["schemes"].choices = paid  # type: ignore[attr-defined]
        self.fields["area"].choices = [(one.code, one.name) for one in [top, *townships(top.code)]]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        oldest = OLDEST if given["age_to"] is None else given["age_to"]
        wanted = Picked(tuple(given["schemes"]), given["area"], given["age_from"] or 0, oldest)
        return {**super().told(), "amount_fen": given["amount"] or 0, "wanted": wanted}


class UploadForm(OneOffForm):
    """照一份表列。"""

    file = forms.FileField(
        label="名单文件",
        help_text="xlsx 或 csv, 要有姓名、身份证号码、金额; 没有登记过的人还要有村, 有账号的一并写",
    )

    def told(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        return {**super().told(), "data": file.read(), "filename": file.name or ""}


class TransferForm(KeyedForm):
    """付给承保单位哪里, 凭什么单据, 用哪一级的资金。"""

    bank = forms.CharField(label="收款开户行", max_length=60)
    account = forms.CharField(label="收款账号", max_length=40)
    document_no = forms.CharField(label="保单号或发票号", max_length=60)
    level = forms.ChoiceField(label="用哪一级的资金", choices=Level.choices)


class ReasonForm(KeyedForm):
    """写明理由。"""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class SignForForm(KeyedForm):
    """照签字的名单登记。"""

    received_by = forms.CharField(label="签收人", max_length=60, help_text="照名单上签的字; 代领的写代领人")
