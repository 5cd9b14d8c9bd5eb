"""What the bank could not deliver: the township has the card changed by two, the payer sends it again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.payments.bank.unpaid import Unpaid, unpaid_seen_by, with_cards
from doudi.records.payments.periods import in_words
from doudi.records.policies.queries import scheme_name
from doudi.records.reviews.queries import cards_being_changed
from doudi.records.staff.models import User
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("领款人"), Column("乡镇 / 村"), Column("项目"), Column("月份"), Column("金额", "money"),
    Column("银行说"), Column("没发成的卡"), Column("现在的卡"), Column("怎么办"),
)  # fmt: skip


def unpaid(request: HttpRequest) -> HttpResponse:
    """没发成的: 哪张卡、银行怎么说, 换卡办到哪一步。"""
    user = the_user(request)
    page = lists.page_of(request, unpaid_seen_by(user))
    rows = with_cards(page.object_list)
    waiting = cards_being_changed([one.line.payee_id for one in rows])
    look(by=user, action="view", subject="payments:unpaid")
    context = {
        "table": Table(COLUMNS, [_row(user, one, waiting) for one in rows], key="unpaid"),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", "都发成了", "银行没有发成、退回来的, 会列在这里, 直到重发成功。"),
    }
    return render(request, "office/recoveries/unpaid.html", context)


def _row(user: User, one: Unpaid, waiting: set[int]) -> Row:
    line, name = one.line, shown_name(user, one.line.payee.name)
    url = reverse("household", args=[line.household_id]) if may_open(user, "household") else ""
    town = line.village.parent.name if line.village.parent else ""
    card = f"尾号 {one.card.last4}, {one.card.from_on} 起" if one.card else "没有在用的卡"
    cells = [
        Link(name, url, line.household.no),
        f"{town} · {line.village.name}", scheme_name(line.run.scheme), in_words(line.month), line.amount_fen,
        f"{line.get_state_display()}: {line.reason or '没有写原因'}", f"尾号 {line.account_last4}", card,
        _todo(user, one, waiting),
    ]  # fmt: skip
    return Row(cells, url=url)


def _todo(user: User, one: Unpaid, waiting: set[int]) -> Link | str:
    """Who holds it up: the township until another card is in force, the payer from then on."""
    if one.waits_for:
        return one.waits_for
    if one.line.payee_id in waiting:
        return "换卡已报, 等另一名经办人核实"
    if one.is_changed:
        return (
            Link("已换卡, 生成更正发放", reverse("payroll_beside"))
            if may_open(user, "payroll_build")
            else "已换卡, 等重发"
        )
    if may_open(user, "change_report"):
        return Link("换卡", f"{reverse('change_report', args=[one.line.household_id])}?kind=account")
    return "等乡镇换卡; 卡没有错的可以直接重发"
