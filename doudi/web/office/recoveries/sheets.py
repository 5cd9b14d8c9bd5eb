"""The register of recoveries as tables to take away, and the letter of one as a paper."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from doudi.exchange.sheets.writing import Column, ColumnKind, SheetOut
from doudi.records.payments.comparing.reconciling import Reconciled
from doudi.records.payments.models import Recovery
from doudi.records.payments.periods import in_words
from doudi.records.payments.recovery import papers as recovery_papers
from doudi.records.payments.recovery.recoveries import Standing, months_of, plan_of
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.cases.page import shown_name
from doudi.web.ui.print import offices
from doudi.web.ui.print.recovery_sheets import DueInstalment, RecoveredMonth, RecoveryNotice

COUNT, MONEY = ColumnKind.COUNT, ColumnKind.MONEY


def register(user: User, rows: Iterable[Standing], *, on: dt.date, demo: bool) -> SheetOut:
    """追缴清单, 末行合计。"""
    found = list(rows)
    columns = (
        Column("追缴编号", width=18), Column("户编号", width=18), Column("户主"), Column("项目", width=18),
        Column("原因", width=18), Column("状态"), Column("提出日期"), Column("应追缴（元）", MONEY, 16),
        Column("已到账（元）", MONEY, 16), Column("还差（元）", MONEY, 16), Column("逾期（元）", MONEY, 16),
    )  # fmt: skip
    lines = [
        (one.recovery.no, one.recovery.household.no, shown_name(user, one.recovery.household.head.name),
         scheme_name(one.recovery.scheme), str(one.recovery.get_cause_display()),
         str(one.recovery.get_state_display()), one.recovery.ordered_on.isoformat(), one.recovery.amount_fen,
         one.received_fen, one.outstanding_fen, one.overdue_fen)
        for one in found
    ]  # fmt: skip
    total: list[str | int | dt.date | None] = ["合计", "", "", "", "", "", ""]
    total += [
        sum(one.recovery.amount_fen for one in found), sum(one.received_fen for one in found),
        sum(one.outstanding_fen for one in found), sum(one.overdue_fen for one in found),
    ]  # fmt: skip
    return SheetOut("追缴清单", "社会救助资金追缴清单", columns, lines, on.isoformat(), total, demo)


def reconciliation(
    user: User, told: Iterable[Reconciled], month: int | None, *, on: dt.date, demo: bool
) -> list[SheetOut]:
    """账实核对: 各项目的合计, 和逐处不符。"""
    found, title = list(told), f"{in_words(month) if month else ''}在册与发放核对"
    whole = (
        Column("项目", width=20), Column("户（人）", COUNT), Column("在册应发（元）", MONEY, 18),
        Column("清册已锁定（元）", MONEY, 18), Column("已入账（元）", MONEY, 18), Column("已列入追缴（元）", MONEY, 18),
        Column("账上还欠（元）", MONEY, 18), Column("结论", width=16),
    )  # fmt: skip
    lines = [
        (scheme_name(one.scheme), one.units, one.due_fen, one.listed_fen, one.paid_fen, one.recovered_fen,
         one.booked_fen, _verdict(one))
        for one in found
    ]  # fmt: skip
    odd = (
        Column("项目", width=20), Column("户编号", width=18), Column("户主"), Column("在册应发（元）", MONEY, 16),
        Column("清册（元）", MONEY, 16), Column("已入账（元）", MONEY, 16), Column("已列入追缴（元）", MONEY, 16),
        Column("账上还欠（元）", MONEY, 16), Column("为什么", width=50),
    )  # fmt: skip
    gaps = [
        (scheme_name(one.scheme), gap.household.no, shown_name(user, gap.household.head.name), gap.due_fen,
         gap.listed_fen, gap.paid_fen, gap.recovered_fen, gap.booked_fen, gap.why)
        for one in found
        for gap in one.gaps
    ]  # fmt: skip
    return [
        SheetOut("分项目", title, whole, lines, on.isoformat(), demo=demo),
        SheetOut("不符", f"{title}: 不符 {len(gaps)} 处", odd, gaps, on.isoformat(), demo=demo),
    ]


def _verdict(one: Reconciled) -> str:
    if not one.is_locked:
        return "还没有锁定"
    return f"{len(one.gaps)} 处不符" if one.gaps else "全部相符"


def notice(found: Recovery) -> RecoveryNotice:
    """追缴通知书; 批准之后才有。"""
    home = found.household
    return RecoveryNotice(
        unit=offices.civil_affairs(),
        government=offices.county_government(),
        township=offices.township_office(home.village),
        no=found.no,
        name=home.head.name,
        payee=found.payee.name,
        village=offices.village_name(home.village),
        scheme=scheme_name(found.scheme),
        cause=str(found.get_cause_display()),
        reason=found.reason.rstrip("。."),
        basis=found.basis,
        months=[
            RecoveredMonth(in_words(one.month), one.line.amount_fen, one.fen) for one in months_of(found)
        ],
        plan=[DueInstalment(one.number, one.due_on, one.fen) for one in plan_of(found)],
        amount_fen=found.amount_fen,
        decided_on=found.confirmed_on or found.ordered_on,
        on=today(),
        document_no=recovery_papers.letter_no(found),
        phone=settings.HELP_PHONE,
        url=offices.public_address("public_verify", recovery_papers.token_of(found)),
    )
