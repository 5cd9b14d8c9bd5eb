"""The roll of a month beside what was listed, paid and booked: all of it agrees, or every difference has its reason."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.payments.comparing.reconciling import Gap, Reconciled, months_paid, reconciled
from doudi.records.payments.periods import in_words
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.recoveries import sheets
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

WHOLE = (
    Column("项目"), Column("户(人)", "number"), Column("在册应发", "money"), Column("清册已锁定", "money"),
    Column("已入账", "money"), Column("已列入追缴", "money"), Column("账上还欠", "money"), Column("结论", "flags"),
)  # fmt: skip
GAPS = (
    Column("户主"), Column("项目"), Column("在册应发", "money"), Column("清册", "money"), Column("已入账", "money"),
    Column("已列入追缴", "money"), Column("账上还欠", "money"), Column("为什么"),
)  # fmt: skip


class MonthForm(forms.Form):
    """看哪个月。"""

    month = forms.TypedChoiceField(label="月份", coerce=int, required=False)

    def __init__(self, data: Any) -> None:
        self.months = months_paid()
        super().__init__({"month": str(self.months[0]) if self.months else ""} | data.dict())
        self.fields["month"].choices = [(one, in_words(one)) for one in self.months]  # type: ignore[attr-defined]

    def chosen(self) -> int | None:
        """选定的月份; 不认识的按最近有发放的月份, 一个也没有为空。"""
        self.is_valid()
        found: int | None = self.cleaned_data.get("month") or (self.months[0] if self.months else None)
        return found


def reconciliation(request: HttpRequest) -> HttpResponse:
    """账实核对: 某月在册、清册、银行结果和账务逐户相比。"""
    user, form = the_user(request), MonthForm(request.GET)
    month = form.chosen()
    told = reconciled(month) if month else []
    gaps = [(one.scheme, gap) for one in told for gap in one.gaps]
    page = Paginator(gaps, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    look(by=user, action="view", subject=f"reconciliation:{month}")
    context = {
        "filters": ui.FilterBar(list(form)),
        "month": in_words(month) if month else "",
        "whole": Table(WHOLE, [_whole(one) for one in told], key="whole", keyboard=False),
        "all_agree": bool(told) and all(one.is_locked and not one.gaps for one in told),
        "gaps": Table(GAPS, [_gap(user, scheme, gap) for scheme, gap in page.object_list], key="gaps"),
        "count": len(gaps),
        "pager": lists.pager(request, page),
        "xlsx": f"{reverse('reconciliation_xlsx')}?month={month}",
        "empty": ui.Empty("nothing", "还没有发放", "锁定过当期发放的月份, 在这里逐户核对。"),
    }
    return render(request, "office/recoveries/reconciliation.html", context)


def _whole(one: Reconciled) -> Row:
    if not one.is_locked:
        return Row(
            [scheme_name(one.scheme), None, None, None, None, None, None, [ui.Flag("还没有锁定", "soon")]]
        )
    flag = ui.Flag(f"{len(one.gaps)} 处不符", "over") if one.gaps else ui.Flag("全部相符", "good")
    cells = [scheme_name(one.scheme), one.units, one.due_fen, one.listed_fen, one.paid_fen, one.recovered_fen or None,
             one.booked_fen or None, [flag]]  # fmt: skip
    return Row(cells)


def _gap(user: User, scheme: str, gap: Gap) -> Row:
    home = gap.household
    name = shown_name(user, home.head.name)
    url = reverse("household", args=[home.pk]) if may_open(user, "household") else ""
    cells = [Link(name, url, home.no), scheme_name(scheme), gap.due_fen or None,
             gap.listed_fen or None, gap.paid_fen or None, gap.recovered_fen or None, gap.booked_fen or None,
             gap.why]  # fmt: skip
    return Row(cells)


def workbook(request: HttpRequest) -> HttpResponse:
    """账实核对的 xlsx 或 CSV; 每次下载留痕。"""
    user, month = the_user(request), MonthForm(request.GET).chosen()
    look(by=user, action="download", subject=f"reconciliation:{month}")
    told = reconciled(month) if month else []
    pages = sheets.reconciliation(user, told, month, on=today(), demo=settings.DEMO)
    return sent_as_file(request, f"duizhang-{month or 'kong'}", pages, on=today())
