"""What is asked of a simulation: the month, the parameters to change, how to round; one address says it all."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode

from doudi.law.library import BOOKS
from doudi.records.checks.simulating import BAND_BP, BOOK, Question
from doudi.records.checks.whatif import WHOLE_YUAN, Adjustable, adjustable
from doudi.records.payments.periods import month_after
from doudi.records.policies.written import TABLES
from doudi.web.office.forms import KeyedForm, PlainForm

MONTHS_AHEAD = 14
STEPS = (("100", "1 元"), ("1", "1 分"), ("1000", "10 元"), ("1200", "12 元 (月标准为整元)"))
BANDS = (("200", "2%"), ("500", "5%"), ("1000", "10%"), ("2000", "20%"))
PREFIX = "set:"


def months_from(day: dt.date) -> list[int]:
    """可测算的月份: 本月和以后一年多。"""
    found = [day.year * 100 + day.month]
    while len(found) < MONTHS_AHEAD:
        found.append(month_after(found[-1]))
    return found


class TermsForm(PlainForm):
    """测算的条件: 月份、百分比提标的取整、近线户的带宽。"""

    month = forms.TypedChoiceField(label="自哪个月起", coerce=int)
    step = forms.TypedChoiceField(
        label="按百分比改金额时取整到", coerce=int, choices=STEPS, initial=str(WHOLE_YUAN)
    )
    band = forms.TypedChoiceField(
        label="近线户: 离标准多远以内", coerce=int, choices=BANDS, initial=str(BAND_BP)
    )

    def __init__(self, data: Any, today: dt.date) -> None:
        months = months_from(today)
        super().__init__(data, initial={"month": months[1]})
        shown = [(one, f"{one // 100} 年 {one % 100} 月") for one in months]
        self.fields["month"].choices = shown  # type: ignore[attr-defined]


class ChangesForm(forms.Form):
    """每项参数一格, 空着就是不改; 写法与政策文件相同, 金额和比例可写 +5%。"""

    def __init__(self, data: Any, rows: Iterable[Adjustable], given: dict[str, str] | None = None) -> None:
        super().__init__(data)
        self.rows = list(rows)
        for one in self.rows:
            self.fields[PREFIX + one.path] = _field(one, (given or {}).get(one.path, ""))

    def grouped(self) -> list[tuple[str, list[tuple[Adjustable, Any]], bool]]:
        """组名、组里的 (参数, 输入框)、有没有填过。"""
        found: dict[str, list[tuple[Adjustable, Any]]] = {}
        for one in self.rows:
            found.setdefault(one.group, []).append((one, self[PREFIX + one.path]))
        return [(name, rows, any(field.value() for _, field in rows)) for name, rows in found.items()]

    def changes(self) -> list[tuple[str, str]]:
        """填了的各项: (路径, 文字)。"""
        self.is_valid()
        told = {one.path: str(self.cleaned_data.get(PREFIX + one.path) or "").strip() for one in self.rows}
        return [(path, text) for path, text in told.items() if text]


def _field(one: Adjustable, initial: str) -> forms.Field:
    label = f"{one.label}的新值"
    attrs = {"aria-label": label, "autocomplete": "off"}
    if one.unit.kind in ("flag", "code"):
        codes = {"是": "是", "否": "否"} if one.unit.kind == "flag" else one.names
        choices = [("", "不改"), *((code, name) for code, name in codes.items() if code != one.text)]
        widget: forms.Widget = forms.Select(attrs=attrs, choices=choices)
    elif one.unit.kind in TABLES:
        widget = forms.Textarea(attrs={**attrs, "rows": 2, "placeholder": one.text})
    else:
        widget = forms.TextInput(attrs={**attrs, "class": "r w-money", "inputmode": "text"})
    return forms.CharField(label=label, required=False, max_length=4000, initial=initial, widget=widget)


class Asked:
    """地址里写着的一次测算: 哪个月、改什么。"""

    def __init__(self, query: QueryDict, today: dt.date) -> None:
        self.terms = TermsForm(query or None, today)
        pairs = (text.partition("=") for text in query.getlist("set"))
        self.changes = tuple((path, value) for path, equals, value in pairs if equals and value.strip())
        known = self.terms.is_valid()
        months = months_from(today)
        self.month: int = self.terms.cleaned_data["month"] if known else months[1]
        self.step: int = self.terms.cleaned_data["step"] if known else WHOLE_YUAN
        self.band: int = self.terms.cleaned_data["band"] if known else BAND_BP

    @property
    def on(self) -> dt.date:
        return dt.date(self.month // 100, self.month % 100, 1)

    def question(self, area_code: str) -> Question:
        """交给测算的样子。"""
        return Question(area_code, self.month, self.changes, self.step, self.band)

    def address(self, without: str = "") -> str:
        """写成地址里的查询; `without` 去掉一项改动。"""
        return address(self.month, self.step, self.band, [one for one in self.changes if one[0] != without])

    def changes_form(self, area_code: str) -> ChangesForm:
        """改动表: 已经改的填好。"""
        return ChangesForm(None, adjustable(BOOKS[BOOK], area_code, self.on), dict(self.changes))


def address(month: int, step: int, band: int, changes: Iterable[tuple[str, str]]) -> str:
    """一次测算写成查询文字。"""
    sets = [("set", f"{path}={text}") for path, text in changes]
    return urlencode([("month", month), ("step", step), ("band", band), *sets])


class KeepForm(KeyedForm):
    """把这次测算存成方案。"""

    title = forms.CharField(label="方案名称", max_length=60, help_text="如 2027 年提标 5%")
