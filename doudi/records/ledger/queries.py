"""What the ledger says: balances, the trial balance, the journal. Unsealed transactions never count."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from doudi.exchange.ledger import beancount, hledger
from doudi.exchange.ledger.journal import Account, Line, Transaction
from doudi.records.ledger.accounts import ACCOUNTS, GRANT, GRANTS
from doudi.records.ledger.models import (
    AccountMove,
    Budget,
    Entry,
    FundReceipt,
    MonthClose,
    Txn,
    Voucher,
    WorkVoucher,
)

BATCH = 5_000
FORMATS = {"hledger": hledger.render, "beancount": beancount.render}
_JOURNAL = ("txn__on", "txn_id", "txn__key", "txn__kind", "txn__memo", "account", "side", "fen", "subject")


@dataclass(frozen=True)
class TrialLine:
    """试算平衡表的一行: 科目、借方合计、贷方合计, 单位分。"""

    account: Account
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """余额: 借减贷。"""
        return self.debit_fen - self.credit_fen


def trial_balance(as_of: dt.date) -> list[TrialLine]:
    """到某日 (含) 的试算平衡表, 按科目代码排; 只列动过的科目。"""
    return _lines(Q(txn__on__lte=as_of))


def balances(as_of: dt.date) -> dict[str, int]:
    """到某日 (含) 各科目的余额, 借减贷, 单位分。"""
    return {line.account.code: line.balance_fen for line in trial_balance(as_of)}


def receipts(since: dt.date, until: dt.date) -> dict[str, int]:
    """一段日子 (止日不含) 里各级拨款到账多少, 单位分: 中央、省、市、县, 没有到账的一级不列。"""
    grants = Txn.objects.filter(kind=GRANT, sealed=True, on__gte=since, on__lt=until)
    rows = Entry.objects.filter(txn__in=list(grants.order_by("id")), side=Entry.Side.CREDIT)
    sums = rows.order_by("account").values_list("account").annotate(fen=Sum("fen"))
    told = {code: int(fen) for code, fen in sums}
    return {level: told[code] for level, code in GRANTS.items() if told.get(code)}


BOOKED = Voucher.State.BOOKED


def fund_receipts() -> QuerySet[FundReceipt]:
    """资金到账的单据, 新的在前。"""
    rows = FundReceipt.objects.select_related("registered_by", "checked_by", "account")
    return rows.defer("account__number").order_by("-on", "-pk")


def received_by_source(until: dt.date | None = None) -> dict[tuple[str, str], int]:
    """各级各用途到账多少 (含年初结余), 核对过的才算: (级次, 项目) → 分; 项目空着为全部救助。"""
    rows = FundReceipt.objects.filter(state=BOOKED, **({"on__lte": until} if until else {})).order_by()
    sums = rows.values_list("level", "scheme").annotate(total=Sum("fen"))
    return {(level, scheme): int(total) for level, scheme, total in sums}


def granted_in(level: str, year: int) -> int:
    """某级某年拨款到账多少, 单位分。"""
    rows = FundReceipt.objects.filter(state=BOOKED, kind=FundReceipt.Kind.GRANT, level=level, on__year=year)
    return int(rows.aggregate(total=Sum("fen"))["total"] or 0)


def work_vouchers() -> QuerySet[WorkVoucher]:
    """工作经费的单据, 新的在前。"""
    return WorkVoucher.objects.select_related("registered_by", "checked_by").order_by("-on", "-pk")


def account_moves() -> QuerySet[AccountMove]:
    """专户之间的划转, 新的在前; 账号不取出。"""
    rows = AccountMove.objects.select_related("registered_by", "checked_by", "source", "target")
    return rows.defer("source__number", "target__number").order_by("-on", "-pk")


def work_balance() -> int:
    """工作经费的余额, 单位分。"""
    rows = WorkVoucher.objects.filter(state=BOOKED).order_by().values_list("kind").annotate(total=Sum("fen"))
    sums = {kind: int(total) for kind, total in rows}
    return sums.get(WorkVoucher.Kind.IN, 0) - sums.get(WorkVoucher.Kind.OUT, 0)


def budgets(year: int) -> dict[str, Budget]:
    """某年各项目现在的预算: 每个项目最后一次登记的。"""
    return {row.scheme: row for row in Budget.objects.filter(year=year).order_by("revision")}


def budget_revisions(year: int) -> QuerySet[Budget]:
    """某年登记过的预算, 新的在前。"""
    return Budget.objects.filter(year=year).select_related("by").order_by("-on", "-pk")


def month_closes() -> QuerySet[MonthClose]:
    """月结, 新的在前。"""
    return MonthClose.objects.select_related("prepared_by", "confirmed_by").order_by("-month")


def first_month() -> int:
    """第一笔账的月份 (202411); 还没有账为 0。"""
    on = Txn.objects.order_by("on").values_list("on", flat=True).first()
    return on.year * 100 + on.month if on else 0


def unsealed() -> QuerySet[Txn]:
    """没有封存的账: 正常情况下一笔也没有。"""
    return Txn.objects.filter(sealed=False).order_by("id")


def totals(earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """写进每日锚的合计: 到哪一笔、共几笔、各科目余额。`earlier` names the last transaction to count again."""
    sealed = Txn.objects.filter(sealed=True)
    last = earlier["last_txn"] if earlier else sealed.aggregate(last=Max("id"))["last"] or 0
    lines = _lines(Q(txn_id__lte=last))
    return {
        "last_txn": last,
        "txns": sealed.filter(id__lte=last).count(),
        "debit_fen": sum(line.debit_fen for line in lines),
        "accounts": {line.account.code: line.balance_fen for line in lines},
    }


def _lines(within: Q) -> list[TrialLine]:
    rows = (
        Entry.objects.filter(within, txn__sealed=True)
        .order_by("account")
        .values_list("account")
        .annotate(
            debit=Sum("fen", filter=Q(side="D"), default=0), credit=Sum("fen", filter=Q(side="C"), default=0)
        )
    )
    # PostgreSQL sums bigint into numeric.
    return [TrialLine(_account(code), int(debit), int(credit)) for code, debit, credit in rows]


def _account(code: str) -> Account:
    return ACCOUNTS.get(code) or Account(code, "不在科目表", "equity")


def journal() -> Iterator[Transaction]:
    """已封存的账, 按记账日期和先后, 逐笔给出。"""
    rows = Entry.objects.filter(txn__sealed=True).order_by("txn__on", "txn_id", "line").values_list(*_JOURNAL)
    for (on, _, key, kind, memo), group in groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row[:5]):
        yield Transaction(key, kind, on, memo, tuple(_line(*row[5:]) for row in group))


def _line(code: str, side: str, fen: int, subject: int | None) -> Line:
    return Line(_account(code), fen if side == "D" else -fen, subject)


def exported(style: str) -> Iterator[str]:
    """整个账簿的文本, `style` 为 hledger 或 beancount, 逐笔给出。Every piece ends with a newline."""
    return FORMATS[style](ACCOUNTS.values(), journal())
