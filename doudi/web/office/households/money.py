"""What a family was paid, month by month: on its page, on a page of its own, and as a sheet with a seal place."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.areas.queries import full_name
from doudi.records.audit.services import look
from doudi.records.desk.paid import Credit, Month, Why, awards_of_household, months_of, short_name
from doudi.records.payments.in_person.custody import custodies_of
from doudi.records.people.models import Household
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import PAYROLL, may_open
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.custody import tables as custody_tables
from doudi.web.ui import components as ui
from doudi.web.ui.context import unit_name
from doudi.web.ui.print import printing
from doudi.web.ui.print.money_sheets import PaidRow, PaymentHistory
from doudi.web.ui.tables import Column, Link, Row, Table

MOST = 120  # months: ten years
TONES: dict[str, ui.Tone] = {"paid": "good", "waiting": "", "trouble": "over", "still": "soon"}
SHORT = {"paid": "已到账", "waiting": "还没发", "trouble": "还没发", "still": "暂停"}
COLUMNS = (
    Column("月份"), Column("项目"), Column("金额", "money"), Column("结果", "flags"), Column("入账", "day"),
    Column("到哪张卡"), Column("说明"), Column("为什么是这个数"),
)  # fmt: skip


def money(request: HttpRequest, pk: int) -> HttpResponse:
    """一户历月的发放: 哪个月、多少、怎样了、哪天到的、到哪张卡、依哪个决定。"""
    user = the_user(request)
    found = _found(user, pk)
    look(by=user, action="view", subject=found)
    months = months_of(awards_of_household(found), today(), MOST)
    sheet = "household_money_sheet" if may_open(user, "household_money_sheet") else "payroll_household_sheet"
    context = {
        "household": found,
        "head": shown_name(user, found.head.name),
        "back": reverse("household", args=[found.pk]) if may_open(user, "household") else "",
        "sheet": reverse(sheet, args=[found.pk]) if may_open(user, sheet) else "",
        "table": table(user, months),
        "arrived_fen": sum(one.arrived_fen for one in months),
        "custody": custody_tables.beside(user, custodies_of(found)),
        "open": [one for one in months if one.tone == "trouble"],
        "empty": ui.Empty(
            "nothing", "还没有发放", "待遇开始之后, 由发放经办按月生成清册, 发放经过会列在这里。"
        ),
    }
    return render(request, "office/households/money.html", context)


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """一户的发放经过 PDF, 留下载记录。"""
    user, on = the_user(request), today()
    found = _found(user, pk)
    look(by=user, action="download", subject=found)
    months = months_of(awards_of_household(found), on, MOST)
    history = PaymentHistory(
        unit=unit_name(), name=found.head.name, household_no=found.no, village=full_name(found.village_id),
        rows=[row for one in reversed(months) for row in _printed(one)],
        arrived_fen=sum(one.arrived_fen for one in months), maker=user.name, on=on,
    )  # fmt: skip
    response = HttpResponse(printing.render(history, demo=settings.DEMO), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="fafang-{found.no}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _found(user: User, pk: int) -> Household:
    """The payroll is the county's: who pays opens any family that is paid; everybody else those of the own area."""
    rows = Household.objects.all() if user.role in PAYROLL else Household.objects.visible_to(user)
    return get_object_or_404(rows.select_related("head", "village"), pk=pk)


def table(user: User, months: Iterable[Month]) -> Table:
    """逐月的表: 一笔一行, 一笔也没有的月份也有一行, 写明在等什么。"""
    rows = [row for one in months for row in _rows(user, one)]
    return Table(COLUMNS, rows, key="payments", compact=True, keyboard=False)


def _rows(user: User, one: Month) -> Iterator[Row]:
    why, notes = _reason(user, one.why), "; ".join(one.notes)
    if not one.credits:
        flag = ui.Flag(SHORT[one.tone], TONES[one.tone])
        said = notes if one.tone == "still" else "; ".join(filter(None, (one.words, notes)))
        yield Row([one.name, short_name(one.scheme), one.due_fen or None, [flag], None, None, said, why])
    for place, credit in enumerate(one.credits):
        flag = ui.Flag(credit.state, _tone(credit))
        said = "; ".join(filter(None, (credit.kind, credit.detail, credit.together, "" if place else notes)))
        yield Row([one.name, short_name(one.scheme), credit.amount_fen, [flag], credit.paid_on,
                   _card(credit, shown_name(user, credit.payee)), said, why])  # fmt: skip


def _tone(credit: Credit) -> ui.Tone:
    if credit.arrived:
        return "good"
    return "over" if credit.is_trouble and not credit.replaced else ""


def _card(credit: Credit, payee: str) -> str:
    return f"{payee} {credit.bank} 尾号\u00a0{credit.last4}" if credit.last4 else payee


def _reason(user: User, why: Iterable[Why]) -> Any:
    """What the amount follows from, leading to the decision for who may open it."""
    known = list(why)
    if not known:
        return None
    first = known[0]
    words = f"每月 {yuan(first.amount_fen)} 元, {first.words}"
    more = f"另有 {len(known) - 1} 份" if len(known) > 1 else first.decision.no
    name = next((one for one in ("decision", "payroll_decision") if may_open(user, one)), "")
    return Link(words, reverse(name, args=[first.decision.pk]), more) if name else words


def _printed(one: Month) -> Iterator[PaidRow]:
    why = "；".join(f"每月 {yuan(reason.amount_fen)} 元，{reason.words}" for reason in one.why)
    said = "；".join(filter(None, (why, *one.notes)))
    if not one.credits:
        yield PaidRow(one.name, short_name(one.scheme), one.due_fen, SHORT[one.tone], None, "", said)
    for credit in one.credits:
        card = f"尾号 {credit.last4}" if credit.last4 else ""
        words = "；".join(filter(None, (credit.kind, credit.detail, said)))
        yield PaidRow(
            one.name, short_name(one.scheme), credit.amount_fen, credit.state, credit.paid_on, card, words
        )
