"""Forms of the recovery pages."""

import datetime as dt
from typing import Any

from django import forms

from doudi.law.paying import equal_instalments
from doudi.records.payments.models import Recovery, RecoveryReceipt
from doudi.store.today import today
from doudi.web.office.forms import DayField, KeyedForm, YuanField

MOST_INSTALMENTS = 60
LONG = forms.Textarea(attrs={"rows": 3})


class PlanForm(KeyedForm):
    """分期: 几期、第一期哪天前; 每月一期。"""

    count = forms.IntegerField(
        label="分几期交",
        min_value=1,
        max_value=MOST_INSTALMENTS,
        initial=1,
        help_text="每月一期, 平均分; 一次交清填 1",
    )
    first_on = DayField(label="第一期在哪天前交")

    def clean_first_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["first_on"]
        if day < today():
            raise forms.ValidationError("第一期不能早于今天")
        return day

    def plan(self, fen: int) -> list[tuple[dt.date, int]]:
        """各期的日期和金额。"""
        return equal_instalments(fen, min(self.cleaned_data["count"], fen), self.cleaned_data["first_on"])


class OrderForm(PlanForm):
    """提出追缴。"""

    cause = forms.ChoiceField(label="原因", choices=Recovery.Cause.choices)
    reason = forms.CharField(
        label="理由", max_length=400, widget=LONG, help_text="写进通知书: 查到了什么, 哪份决定, 为什么不该发"
    )
    basis = forms.CharField(label="依据", max_length=120)
    field_order = ("cause", "reason", "basis", "count", "first_on")


class ReasonForm(KeyedForm):
    """写明理由的一步。"""

    reason = forms.CharField(label="理由", max_length=400, widget=LONG)


class ReceiptForm(KeyedForm):
    """登记到账。"""

    document_no = forms.CharField(
        label="单据号", max_length=60, help_text="进账单或收据上的号, 同一张单据只记一次"
    )
    on = DayField(label="到账日期")
    fen = YuanField(label="金额 (元)")
    how = forms.ChoiceField(label="缴款方式", choices=RecoveryReceipt.How.choices)

    def receipt(self) -> dict[str, Any]:
        """填好的到账。"""
        return {name: self.cleaned_data[name] for name in ("document_no", "on", "fen", "how")}
