"""The money itself: whose it is, what came in, what the year will cost, the office's own, and the closed months."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.audit.services import look
from doudi.records.ledger import queries
from doudi.records.ledger.models import Voucher
from doudi.records.ledger.services.closing import in_words
from doudi.records.ledger.special_accounts import open_accounts
from doudi.records.payments.funds import forecasting, funding
from doudi.records.payments.funds.forecasting import Forecast
from doudi.records.payments.funds.funding import LevelSum
from doudi.records.payments.funds.special_accounts import Sums, account_sums
from doudi.records.payments.periods import month_before
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.funds import pictures, sheets, tables
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui

MONTHS = 24
TABS = (
    ("funds", "资金"),
    ("fund_receipts", "到账"),
    ("fund_accounts", "专户"),
    ("fund_moves", "划转"),
    ("fund_budgets", "预算"),
    ("fund_work", "工作经费"),
    ("fund_months", "月结"),
)


def tabs(here: str) -> list[ui.Tab]:
    """资金各页的页签。"""
    return [ui.Tab(label, reverse(name), name == here) for name, label in TABS]


def funds(request: HttpRequest) -> HttpResponse:
    """资金: 各级余额、到年底够不够、近两年支出、预算用了多少、为什么没有发成。"""
    on = today()
    levels, rows, sums = funding.level_sums(), forecasting.forecast(on), account_sums()
    since = (on.year - 1) * 100 + on.month
    context = {
        "tabs": tabs("funds"),
        "tiles": _tiles(levels, rows, on),
        "levels": tables.levels(levels),
        "accounts": tables.account_sums(sums) if _has_accounts(sums) else None,
        "sums": sums,
        "forecast": tables.forecast(rows),
        "spending": pictures.spending(forecasting.spending(MONTHS), on),
        "burn": pictures.burn(rows, on),
        "reasons": pictures.reasons(forecasting.return_reasons(since), since),
        "on": on,
        "empty": _empty(),
        "known": any(one.received_fen or one.used_fen for one in levels) or bool(rows),
    }
    return render(request, "office/funds/funds.html", context)


def _tiles(levels: list[LevelSum], rows: list[Forecast], on: dt.date) -> list[ui.Tile]:
    left, need = sum(one.left_fen for one in levels), sum(one.need_fen for one in rows)
    county = next(one for one in levels if one.level == funding.LAST)
    waiting = queries.fund_receipts().filter(state=Voucher.State.WAITING).count()
    found = [
        ui.Tile("各级资金余额", yuan(left), "元", "到账减去已锁定的发放", "", "over" if left < 0 else ""),
        ui.Tile(
            "到年底还需", yuan(need), "元",
            f"还差 {yuan(need - left)} 元" if need > left else "现有余额够发到年底", "", "soon" if need > left else "",
        ),
        ui.Tile(
            "待核对的到账", f"{waiting:,}", "张", "核对以后才算数", reverse("fund_receipts"), "soon" if waiting else ""
        ),
    ]  # fmt: skip
    if county.left_fen < 0:
        found.append(
            ui.Tile("县级要补", yuan(-county.left_fen), "元", "上级资金不足, 已由县级垫付", "", "over")
        )
    match = funding.county_match(on.year, on)
    if match:
        missing = match.due_fen - match.granted_fen
        note = f"每人 {yuan(match.per_head_fen)} 元 × {match.persons:,} 人"
        tone: Any = "soon" if missing > 0 else ""
        found.append(ui.Tile(f"{on.year} 年县级配套到位", _share(match), "%", note, "", tone))
    return found


def _has_accounts(sums: Sums) -> bool:
    return any(row.account for row in sums.rows)


def _share(match: funding.Match) -> str:
    points = match.granted_fen * 1000 // match.due_fen if match.due_fen else 1000
    return f"{points // 10}.{points % 10}"


def _empty() -> ui.Empty:
    return ui.Empty("nothing", "还没有资金记录", "先登记年初结余和各级拨款, 由另一人核对之后入账。")


def receipts(request: HttpRequest) -> HttpResponse:
    """资金到账的单据。"""
    user = the_user(request)
    page = Paginator(queries.fund_receipts(), lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **head(user, "fund_receipts", "资金到账", "fund_new", "登记到账"),
        "export_url": reverse("fund_receipts_xlsx"),
        "sub": "各级拨款和年初结余凭文件登记, 由另一人对照银行单核对之后记账。",
        "table": tables.receipts(user, page.object_list, placing=bool(open_accounts())),
        "pager": lists.pager(request, page),
        "empty": _empty(),
    }
    return render(request, "office/funds/list.html", context)


def receipts_file(request: HttpRequest) -> HttpResponse:
    """资金到账的 xlsx 或 CSV; 每次下载留痕。"""
    on = today()
    look(by=the_user(request), action="download", subject="fundreceipts:all")
    page = sheets.receipts(queries.fund_receipts(), on=on, demo=settings.DEMO)
    return sent_as_file(request, f"daozhang-{on:%Y%m%d}", [page], on=on)


def head(user: Any, here: str, title: str, name: str, words: str) -> dict[str, Any]:
    """页签、题目和这一页的动作。"""
    act = ui.Action(words, reverse(name)) if may_open(user, name) else None
    return {"tabs": tabs(here), "title": title, "act": act}


def budgets(request: HttpRequest) -> HttpResponse:
    """今年各项目的预算和历次调整。"""
    user, year = the_user(request), today().year
    page = Paginator(queries.budget_revisions(year), lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **head(user, "fund_budgets", f"{year} 年预算", "fund_budget_new", "登记预算"),
        "sub": "凭预算文件登记; 调整另登记一次, 以前的留着, 最后一次算数。",
        "table": tables.budgets(page.object_list, queries.budgets(year)),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nothing", f"{year} 年还没有登记预算", "登记以后, 资金页才能对照预算看够不够。"),
    }
    return render(request, "office/funds/list.html", context)


def work(request: HttpRequest) -> HttpResponse:
    """工作经费的收支和余额。"""
    user = the_user(request)
    page = Paginator(queries.work_vouchers(), lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **head(user, "fund_work", "工作经费", "fund_work_new", "登记收支"),
        "sub": f"与救助资金分开存、分开记, 不能用来发放。余额 {yuan(queries.work_balance())} 元。",
        "table": tables.work(user, page.object_list),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nothing", "还没有工作经费的单据", "收入和支出都凭单据登记, 由另一人核对。"),
    }
    return render(request, "office/funds/list.html", context)


def months(request: HttpRequest) -> HttpResponse:
    """结过的月份。"""
    user = the_user(request)
    page = Paginator(queries.month_closes(), lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **head(user, "fund_months", "月结", "fund_month_prepare", "结账"),
        "sub": "一人结账, 另一人确认; 确认以后不能再往这个月和以前记账, 差错在下个月另记。",
        "table": tables.months(page.object_list),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nothing", "还没有结过账", "月份过完之后, 由发放经办结账, 发放复核确认。"),
    }
    return render(request, "office/funds/list.html", context)


def month(request: HttpRequest, pk: int) -> HttpResponse:
    """一个月的试算平衡表。"""
    user = the_user(request)
    close = get_object_or_404(queries.month_closes(), pk=pk)
    can = close.confirmed_by is None and may_open(user, "fund_month_confirm")
    context = {
        "tabs": tabs("fund_months"),
        "close": close,
        "title": f"{in_words(close.month)}月结",
        "table": tables.trial(close),
        "act": ui.Action("确认月结", reverse("fund_month_confirm", args=[pk])) if can else None,
    }
    return render(request, "office/funds/month.html", context)


def open_months() -> list[tuple[int, str]]:
    """还可以结的月份: 最后确认的那个月之后、过完了的, 新的在前。"""
    closed = queries.month_closes().filter(confirmed_by__isnull=False).first()
    first = queries.first_month()
    after = closed.month if closed else month_before(first) if first else 0
    at, found = month_before(today().year * 100 + today().month), []
    while after and at > after:
        found.append((at, in_words(at)))
        at = month_before(at)
    return found
