"""Tables of the funds pages."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from doudi.records.ledger.accounts import ACCOUNTS
from doudi.records.ledger.models import (
    AccountMove,
    AccountScheme,
    Budget,
    FundReceipt,
    MonthClose,
    SchemeChange,
    SpecialAccount,
    Voucher,
    WorkVoucher,
)
from doudi.records.ledger.services.closing import in_words
from doudi.records.ledger.services.special_accounts import REST
from doudi.records.payments.funds.forecasting import Forecast
from doudi.records.payments.funds.funding import LevelSum
from doudi.records.payments.funds.special_accounts import Sums
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.ui.components import Flag, Tone
from doudi.web.ui.tables import Column, Link, Row, Table

SUMS = ("received_fen", "paid_fen", "back_fen", "moved_fen", "left_fen")
TONES: dict[str, Tone] = {"waiting": "soon", "booked": "good", "declined": "", "open": "good", "closed": ""}


def levels(rows: list[LevelSum]) -> Table:
    """四级资金: 到账、用掉、退回、余额。"""
    columns = (
        Column("资金级次"), Column("到账和年初结余", "money"), Column("已分给各批次", "money"),
        Column("追回和取消应付", "money"), Column("余额", "money"),
    )  # fmt: skip
    lines = [Row([one.label, one.received_fen, one.used_fen, one.back_fen, one.left_fen]) for one in rows]
    names = ("received_fen", "used_fen", "back_fen", "left_fen")
    foot = ["合计", *(sum(getattr(one, name) for one in rows) for name in names)]
    return Table(columns, lines, foot=foot, compact=True, key="levels", keyboard=False)


def account_sums(sums: Sums) -> Table:
    """各专户的到账、付出、余额, 合计与总账 1001 对照。"""
    columns = (
        Column("专户"), Column("项目"), Column("到账", "money"), Column("付出", "money"),
        Column("退回和追回", "money"), Column("划转净额", "money"), Column("余额", "money"),
    )  # fmt: skip
    lines = []
    for one in sums.rows:
        held = one.account
        name = f"{held.bank} 尾号 {held.last4}" if held else "没有指定专户"
        what = schemes_of(held) if held else "设专户以前的收付"
        lines.append(Row([name, what, *(getattr(one, each) for each in SUMS)]))
    foot = ["合计", None, *(sum(getattr(one, each) for one in sums.rows) for each in SUMS)]
    return Table(columns, lines, foot=foot, compact=True, key="accounts", keyboard=False)


def schemes_of(account: SpecialAccount) -> str:
    """从这个专户发放的项目。"""
    is_open = account.state == SpecialAccount.State.OPEN
    rows = [
        one for one in account.schemes.all() if not is_open or one.until_on is None or one.until_on > today()
    ]
    return "、".join(_paid_here(one) for one in rows) or "没有"


def _paid_here(one: AccountScheme) -> str:
    name = scheme_name(one.scheme) if one.scheme else REST
    return f"{name} ({one.from_on} 起)" if one.from_on > today() else name


def accounts(user: User, rows: Iterable[SpecialAccount]) -> Table:
    """资金专户。"""
    columns = (
        Column("户名"), Column("开户行"), Column("尾号"), Column("发放的项目"), Column("开户", "day"),
        Column("登记 / 核对"), Column("状态", "flags"), Column("办理"),
    )  # fmt: skip
    lines = []
    for one in rows:
        state = Flag(str(one.get_state_display()), TONES[one.state])
        cells = [one.holder_name, one.bank, one.last4, schemes_of(one), one.opened_on, hands(one), [state],
                 _account_act(user, one)]  # fmt: skip
        lines.append(Row(cells))
    return Table(columns, lines, key="accounts", keyboard=False)


def _account_act(user: User, one: SpecialAccount) -> Any:
    if one.state == SpecialAccount.State.WAITING:
        name = "fund_account_check"
        return Link("核对", reverse(name, args=[one.pk])) if may_open(user, name) else "等发放复核核对"
    waiting = [each for each in one.changes.all() if each.state == SchemeChange.State.WAITING]
    if waiting:
        name = "fund_change_check"
        can = may_open(user, name)
        return Link("核对增减项目", reverse(name, args=[waiting[0].pk])) if can else "增减项目等发放复核核对"
    if one.state == SpecialAccount.State.OPEN and may_open(user, "fund_account_scheme"):
        return Link("增减项目", reverse("fund_account_scheme", args=[one.pk]))
    if one.state == SpecialAccount.State.OPEN and may_open(user, "fund_account_close"):
        return Link("销户", reverse("fund_account_close", args=[one.pk]))
    return f"{one.closed_on} 销户" if one.closed_on else one.declined_reason


def forecast(rows: list[Forecast]) -> Table:
    """到年底的需求。"""
    columns = (
        Column("项目"), Column("今年已支出", "money"), Column("下个月要发", "money"), Column("还有几个月", "number"),
        Column("到年底还需", "money"), Column("全年合计", "money"), Column("预算", "money"),
        Column("预算结余", "money"),
    )  # fmt: skip
    lines = [
        Row([scheme_name(one.scheme), one.spent_fen, one.monthly_fen, one.months, one.need_fen, one.year_fen,
             one.budget_fen, one.left_fen])
        for one in rows
    ]  # fmt: skip
    whole: list[Any] = ["合计", sum(r.spent_fen for r in rows), sum(r.monthly_fen for r in rows), None,
                        sum(r.need_fen for r in rows), sum(r.year_fen for r in rows)]  # fmt: skip
    budgets = [one.budget_fen for one in rows if one.budget_fen is not None]
    complete = len(budgets) == len(rows)
    left = sum(one.left_fen or 0 for one in rows) if complete else None
    foot = [*whole, sum(budgets) if complete else None, left]
    return Table(columns, lines, foot=foot, compact=True, key="forecast", keyboard=False)


def _state(one: Voucher) -> list[Flag]:
    return [Flag(str(one.get_state_display()), TONES[one.state])]


def hands(one: Voucher | SpecialAccount) -> str:
    """谁登记、谁核对。"""
    second = f" / {one.checked_by.name}" if one.checked_by else ""
    return f"{one.registered_by.name}{second}"


def _acts(user: User, one: Voucher, check: str) -> Any:
    if one.state == Voucher.State.WAITING:
        return Link("核对", reverse(check, args=[one.pk])) if may_open(user, check) else "等发放复核核对"
    return one.declined_reason


def _receipt_act(user: User, one: FundReceipt, *, placing: bool) -> Any:
    if placing and one.state == Voucher.State.BOOKED and one.account is None and may_open(user, "fund_place"):
        return Link("补写专户", reverse("fund_place", args=[one.pk]))
    return _acts(user, one, "fund_check")


def receipts(user: User, rows: Iterable[FundReceipt], *, placing: bool) -> Table:
    """资金到账。`placing`: 有在用的专户, 没有写明的可以补写。"""
    columns = (
        Column("日期", "day"), Column("来源"), Column("文号或单据号"), Column("用于"),
        Column("专户"), Column("金额", "money"), Column("登记 / 核对"), Column("状态", "flags"), Column("办理"),
    )  # fmt: skip
    lines = [
        Row([one.on, f"{one.get_level_display()}{one.get_kind_display()}", one.document_no,
             scheme_name(one.scheme) if one.scheme else "全部救助",
             f"尾号 {one.account.last4}" if one.account else "", one.fen, hands(one), _state(one),
             _receipt_act(user, one, placing=placing)])
        for one in rows
    ]  # fmt: skip
    return Table(columns, lines, key="receipts", keyboard=False)


def moves(user: User, rows: Iterable[AccountMove]) -> Table:
    """专户之间的划转。"""
    columns = (
        Column("日期", "day"), Column("转出"), Column("转入"), Column("单据号"), Column("金额", "money"),
        Column("登记 / 核对"), Column("状态", "flags"), Column("办理"),
    )  # fmt: skip
    lines = [
        Row([one.on, f"{one.source.bank} 尾号 {one.source.last4}", f"{one.target.bank} 尾号 {one.target.last4}",
             one.document_no, one.fen, hands(one), _state(one), _acts(user, one, "fund_move_check")])
        for one in rows
    ]  # fmt: skip
    return Table(columns, lines, key="moves", keyboard=False)


def work(user: User, rows: Iterable[WorkVoucher]) -> Table:
    """工作经费。"""
    columns = (
        Column("日期", "day"), Column("收支"), Column("用途"), Column("单据号"), Column("收入", "money"),
        Column("支出", "money"), Column("登记 / 核对"), Column("状态", "flags"), Column("办理"),
    )  # fmt: skip
    lines = []
    for one in rows:
        is_in = one.kind == WorkVoucher.Kind.IN
        sums = (one.fen, None) if is_in else (None, one.fen)
        cells = [one.on, one.get_kind_display(), one.purpose, one.document_no, *sums, hands(one), _state(one),
                 _acts(user, one, "fund_work_check")]  # fmt: skip
        lines.append(Row(cells))
    return Table(columns, lines, key="work", keyboard=False)


def budgets(rows: Iterable[Budget], current: dict[str, Budget]) -> Table:
    """预算和历次调整。"""
    columns = (
        Column("项目"), Column("年份"), Column("预算", "money"), Column("文号"), Column("第几次", "number"),
        Column("登记"), Column("登记日期", "day"), Column("状态", "flags"),
    )  # fmt: skip
    lines = []
    for one in rows:
        is_now = current[one.scheme].pk == one.pk
        flag = [Flag("现行", "good")] if is_now else [Flag("已调整")]
        cells = [scheme_name(one.scheme), str(one.year), one.fen, one.document_no, one.revision, one.by.name,
                 one.on, flag]  # fmt: skip
        lines.append(Row(cells))
    return Table(columns, lines, key="budgets", keyboard=False)


def months(rows: Iterable[MonthClose]) -> Table:
    """月结。"""
    columns = (
        Column("月份"), Column("账务", "number", unit="笔"), Column("借贷合计", "money"), Column("结账"),
        Column("确认"), Column("状态", "flags"),
    )  # fmt: skip
    lines = []
    for one in rows:
        url = reverse("fund_month", args=[one.pk])
        done = f"{one.confirmed_by.name} {one.confirmed_on}" if one.confirmed_by else ""
        flag = [Flag("已确认", "good")] if one.confirmed_by else [Flag("待确认", "soon")]
        cells = [Link(in_words(one.month), url), one.txns, sum(row[1] for row in one.trial),
                 f"{one.prepared_by.name} {one.prepared_on}", done, flag]  # fmt: skip
        lines.append(Row(cells, url=url))
    return Table(columns, lines, key="months")


def trial(close: MonthClose) -> Table:
    """试算平衡表。"""
    columns = (
        Column("科目"), Column("名称"), Column("借方", "money"), Column("贷方", "money"),
        Column("余额 (借减贷)", "money"),
    )  # fmt: skip
    lines = [
        Row([code, ACCOUNTS[code].name if code in ACCOUNTS else "不在科目表", debit, credit, debit - credit])
        for code, debit, credit in close.trial
    ]
    debit, credit = sum(row[1] for row in close.trial), sum(row[2] for row in close.trial)
    foot = ["合计", None, debit, credit, debit - credit]
    return Table(columns, lines, foot=foot, compact=True, key="trial", keyboard=False)
