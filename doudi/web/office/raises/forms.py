"""Forms of the raise."""

import datetime as dt
from typing import Any

from django import forms

from doudi.law.library import BOOKS
from doudi.records.decisions.raise_queries import due, first_months
from doudi.records.policies.models import PolicyProposal
from doudi.web.office.forms import KeyedForm


class BeginForm(KeyedForm):
    """发起调标: 依据哪件签发了的改动、哪类待遇, 自哪个月起。"""

    basis = forms.ChoiceField(label="依据的新标准和待遇")
    from_on = forms.ChoiceField(
        label="自哪个月起", help_text="照文件写; 早于生效月的, 以前各月由补发清册补齐差额"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.due = {f"{one.pk}-{book}": (one, book) for one, book in due()}
        months = {day for one, _ in self.due.values() for day in first_months(one)}
        self.fields["basis"].choices = [(key, told(*row)) for key, row in self.due.items()]  # type: ignore[attr-defined]
        self.fields["from_on"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), f"{day:%Y} 年 {day.month} 月") for day in sorted(months, reverse=True)
        ]

    def chosen(self) -> tuple[PolicyProposal, str, dt.date]:
        """填好的: 改动、规则书、起月。"""
        return *self.due[self.cleaned_data["basis"]], dt.date.fromisoformat(self.cleaned_data["from_on"])


def told(proposal: PolicyProposal, book: str) -> str:
    """一件改动写成一行: 文号、生效日、哪类待遇。"""
    return f"{proposal.document}, 自 {proposal.since} 起 · {BOOKS[book].title}"


class ReasonForm(KeyedForm):
    """写明理由。"""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
