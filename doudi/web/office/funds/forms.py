"""Forms of the funds pages."""

from typing import Any

from django import forms

from doudi.records.ledger.models import FundReceipt, Level, SpecialAccount, WorkVoucher
from doudi.records.ledger.services.special_accounts import REST
from doudi.records.ledger.special_accounts import open_accounts
from doudi.web.office.forms import DayField, KeyedForm, YuanField


class _Voucher(KeyedForm):
    document_no = forms.CharField(label="文号或单据号", max_length=60)
    on = DayField(label="日期", help_text="银行到账或付出的日期")
    fen = YuanField(label="金额 (元)")


class AccountField(forms.TypedChoiceField):
    """在用的专户; 只有一个的, 就是它。"""

    def __init__(self, label: str = "到账专户", **options: Any) -> None:
        super().__init__(label=label, empty_value=None, **options)
        self.known: dict[str, SpecialAccount] = {}

    def offer(self) -> None:
        """照现在在用的专户。Called once for each form that is made."""
        self.known = {str(one.pk): one for one in open_accounts()}
        chosen = [(key, f"{one.bank} 尾号 {one.last4}") for key, one in self.known.items()]
        self.choices = chosen if len(chosen) == 1 else [("", "请选"), *chosen]
        self.coerce = self.known.__getitem__


class ReceiptForm(_Voucher):
    """资金到账。"""

    kind = forms.ChoiceField(label="到账种类", choices=FundReceipt.Kind.choices)
    level = forms.ChoiceField(label="哪一级", choices=Level.choices)
    scheme = forms.ChoiceField(label="用于", required=False, help_text="文件写明专用于一个项目的, 选那个项目")
    account = AccountField()
    field_order = ("kind", "level", "scheme", "account", "document_no", "on", "fen")

    def __init__(self, *args: Any, schemes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", "全部救助"), *schemes]  # type: ignore[attr-defined]
        offered: Any = self.fields["account"]
        offered.offer()
        if not offered.known:
            del self.fields["account"]

    def told(self) -> dict[str, Any]:
        """填好的到账。"""
        names = ("kind", "level", "scheme", "document_no", "on", "fen")
        given = {name: self.cleaned_data[name] for name in names}
        return {**given, "account": self.cleaned_data.get("account")}


class MoveForm(_Voucher):
    """专户之间划转。"""

    source = AccountField("从哪个专户转出")
    target = AccountField("转入哪个专户")
    field_order = ("source", "target", "document_no", "on", "fen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            offered: Any = self.fields[name]
            offered.offer()

    def told(self) -> dict[str, Any]:
        """填好的划转。"""
        return {name: self.cleaned_data[name] for name in self.field_order}


class PlaceForm(KeyedForm):
    """补写进了哪个专户。"""

    account = AccountField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["account"]
        offered.offer()


class AccountForm(KeyedForm):
    """资金专户。"""

    holder_name = forms.CharField(label="户名", max_length=60, help_text="照开户许可证写全")
    bank = forms.CharField(label="开户行", max_length=60)
    number = forms.CharField(label="账号", max_length=40)
    opened_on = DayField(label="开户日期")
    schemes = forms.MultipleChoiceField(
        label="从这个专户发放的项目",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "two-up"}),
        help_text="一个也不选的, 就是没有另设专户的各项目都从这里发",
    )

    def __init__(self, *args: Any, schemes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schemes"].choices = schemes  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """填好的专户。"""
        names = ("holder_name", "bank", "number", "opened_on", "schemes")
        return {name: self.cleaned_data[name] for name in names}


class SchemeChangeForm(KeyedForm):
    """专户增加或移出一个项目。"""

    which = forms.ChoiceField(label="增加或移出", help_text="核对次日起算; 以前的收付还是原来那个专户的")

    def __init__(
        self, *args: Any, schemes: list[tuple[str, str]], account: SpecialAccount, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        mine = {one.scheme for one in account.schemes.all() if one.until_on is None}
        known = [("", REST), *schemes]
        self.fields["which"].choices = [  # type: ignore[attr-defined]
            ("", "请选"),
            *((f"-{key}", f"移出 {name}") for key, name in known if key in mine),
            *((f"+{key}", f"增加 {name}") for key, name in known if key not in mine),
        ]

    def told(self) -> dict[str, Any]:
        """增还是减, 哪个项目。"""
        which = self.cleaned_data["which"]
        return {"scheme": which[1:], "adds": which[0] == "+"}


class WorkForm(_Voucher):
    """工作经费的收支。"""

    kind = forms.ChoiceField(label="收支", choices=WorkVoucher.Kind.choices)
    purpose = forms.CharField(label="用途", max_length=120)
    field_order = ("kind", "purpose", "document_no", "on", "fen")

    def told(self) -> dict[str, Any]:
        """填好的单据。"""
        return {name: self.cleaned_data[name] for name in ("kind", "purpose", "document_no", "on", "fen")}


class BudgetForm(KeyedForm):
    """预算。"""

    scheme = forms.ChoiceField(label="项目")
    year = forms.IntegerField(label="年份")
    fen = YuanField(label="全年预算 (元)")
    document_no = forms.CharField(label="预算文号", max_length=60)

    def __init__(self, *args: Any, schemes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = schemes  # type: ignore[attr-defined]


class DeclineForm(KeyedForm):
    """为什么退回。"""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class MonthForm(KeyedForm):
    """结哪个月。"""

    month = forms.TypedChoiceField(label="月份", coerce=int)

    def __init__(self, *args: Any, months: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = months  # type: ignore[attr-defined]
